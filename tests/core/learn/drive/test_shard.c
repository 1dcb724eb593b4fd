/* How rows are cut, and that the number of threads changes no bit. */
#include "learn/drive/journey.h"

/* -- Cutting ----------------------------------------------------------------------------------- */

/* Of a network with one layer of so many units. */
static mah_shards cut_for(int32_t units, int32_t threads, int64_t rows) {
  mah_layer layer = {.inputs = WIDE, .units = units};
  mah_network network = {.dtype = MAH_FLOAT32, .inputs = WIDE, .n_layers = 1, .layers = &layer};
  assert_ok(mah_parallel_use(threads));
  return mah_shards_cut(&network, rows, 1);
}

static mah_shards cut(int32_t threads, int64_t rows) { return cut_for(1000, threads, rows); }

static void blocks_depend_on_the_rows_only(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int64_t rows = 1; rows <= 520; rows++) {
    int32_t blocks = cut(1, rows).blocks;
    assert_in_range(blocks, 1, 8);
    for (int32_t threads = 2; threads <= 5; threads++)
      assert_int_equal(cut(threads, rows).blocks, blocks);
  }
  assert_ok(mah_parallel_use(before));
}

/* All blocks are in a shard, and no shard is without one. */
static void shards_take_all_blocks(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int64_t rows = 1; rows <= 520; rows++)
    for (int32_t threads = 1; threads <= 9; threads++) {
      mah_shards s = cut(threads, rows);
      assert_true(s.count * s.together >= s.blocks && (s.count - 1) * s.together < s.blocks);
      assert_true((int64_t)s.longest * s.count >= rows && s.longest <= rows);
    }
  assert_ok(mah_parallel_use(before));
}

static void there_is_work_for_all_threads(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  assert_int_equal(cut(1, 512).count, 2); /* long shards would leave the caches */
  assert_int_equal(cut(2, 512).count, 2);
  assert_int_equal(cut(2, 200).longest, 100); /* none waits for the other */
  assert_in_range(cut(4, 200).longest, 50, 52);
  assert_int_equal(cut(4, 512).count, 4);
  assert_int_equal(cut(8, 512).count, 8);
  assert_int_equal(cut(256, 512).count, 8);
  assert_int_equal(cut(8, 20).count, 1);          /* not worth it */
  assert_int_equal(cut_for(60, 1, 512).count, 8); /* a block of each fits the first cache, */
  assert_int_equal(cut_for(20, 1, 512).count, 4); /* or two, */
  assert_int_equal(cut_for(2, 1, 512).count, 2);  /* or all that may go together */
  assert_ok(mah_parallel_use(before));
}

/* -- Running ----------------------------------------------------------------------------------- */

static void check_threads(int32_t dtype, int64_t rows, uint32_t percent, int compressed) {
  journey j;
  begin_journey(&j, dtype, rows, percent);
  if (compressed) compress_journey(&j);
  assert_ok(mah_parallel_use(1));
  double alone = send_there_and_back(&j);
  void *expected = copy_reals(j.g.data, dtype, j.network.parameters);
  for (int32_t threads = 2; threads <= 5; threads++) {
    assert_ok(mah_parallel_use(threads));
    memset(j.g.data, 255, bytes_of(&j.g));
    assert_true(send_there_and_back(&j) == alone);
    assert_memory_equal(j.g.data, expected, bytes_of(&j.g));
  }
  mah_free(expected);
  end_journey(&j);
}

static void results_have_the_same_bits_for_any_number_of_threads(void **state) {
  (void)state;
  const int64_t rows[] = {1, 23, 100, 700};
  int32_t before = mah_parallel_threads();
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
    for (int i = 0; i < 4; i++) {
      check_threads(dtype, rows[i], 100, 0);
      check_threads(dtype, rows[i], 15, 0);
      check_threads(dtype, rows[i], 15, 1);
    }
  assert_ok(mah_parallel_use(before));
}

/* The rows that are right are counted over all shards, and all pieces. */
static void right_rows_are_counted_once(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  journey j;
  double first = -1;
  begin_journey(&j, MAH_FLOAT32, 700, 100);
  for (int32_t threads = 1; threads <= 5; threads++) {
    mah_run run;
    int64_t expected = 0;
    assert_ok(mah_parallel_use(threads));
    assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, 0));
    for (int64_t at = 0, rows; at < j.batch.count; at += rows) {
      int32_t class[512];
      assert_ok(mah_run_load(&run, &rows, at));
      assert_ok(mah_run_go(&run, &(mah_leg){.fetches = 1, .to = LAYERS, .measures = 1, .counts = 1},
                           NULL));
      mah_learn(MAH_FLOAT32)->argmax(class, j.work.layers[LAYERS - 1].out, rows, CLASSES);
      for (int64_t b = 0; b < rows; b++) expected += class[b] == j.work.class[b];
    }
    assert_int_equal(run.score.correct, expected);
    if (threads > 1) assert_true(run.score.loss == first);
    first = run.score.loss;
  }
  assert_ok(mah_parallel_use(before));
  end_journey(&j);
}

/* Whichever shard it is in, dense or sparse; where it is not asked for, it goes through. */
static void no_number_is_found_in_any_shard(void **state) {
  (void)state;
  const mah_leg leg = {.fetches = 1, .checks = 1, .to = 1};
  for (uint32_t percent = 10; percent <= 100; percent += 90)
    for (int64_t row = 0; row < 500; row += 83) {
      journey j;
      char words[64];
      mah_run run;
      int64_t rows;
      begin_journey(&j, MAH_FLOAT64, 500, percent);
      j.batch.y = NULL;
      set(j.x.data, MAH_FLOAT64, row * WIDE + 7, NAN);
      snprintf(words, sizeof words, "x: row %d, column 8 is nan", (int)row + 1);
      assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, 0));
      assert_ok(mah_run_load(&run, &rows, 0));
      assert_fails(MAH_ERROR_NUMERIC, words, mah_run_go(&run, &leg, NULL));
      assert_ok(mah_run_go(&run, &(mah_leg){.fetches = 1, .to = 1}, NULL));
      end_journey(&j);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_depend_on_the_rows_only),
      cmocka_unit_test(shards_take_all_blocks),
      cmocka_unit_test(there_is_work_for_all_threads),
      cmocka_unit_test(results_have_the_same_bits_for_any_number_of_threads),
      cmocka_unit_test(right_rows_are_counted_once),
      cmocka_unit_test(no_number_is_found_in_any_shard),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
