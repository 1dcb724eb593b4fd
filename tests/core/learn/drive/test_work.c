/* The work space: room that grows, chunks that take all inputs once, memory that runs out. */
#include "testing.h"

#include "learn/drive/work.h"

static mah_network network_of(int32_t inputs, int32_t units) {
  mah_network network;
  mah_layer layers[] = {{.units = units, .activation = MAH_GELU, .dropout = 0.5},
                        {.units = units, .activation = MAH_RELU},
                        {.units = 3}};
  assert_ok(mah_network_init(&network, MAH_FLOAT32, inputs, MAH_SQUARED, layers, 3));
  return network;
}

static void chunks_take_each_layers_inputs_once(void **state) {
  (void)state;
  mah_network network = network_of(250, 97);
  mah_work work;
  assert_ok(mah_work_init(&work, &network));
  int32_t layer = 0;
  int64_t next = 0;
  for (int32_t i = 0; i < work.n_chunks; i++) {
    const mah_chunk *chunk = &work.chunks[i];
    if (next == network.layers[layer].inputs) layer++, next = 0;
    assert_true(chunk->layer == layer && chunk->first == next && chunk->count > 0);
    if (layer == 0) assert_int_equal(chunk->first % 2, 0); /* pairs of columns stay together */
    next += chunk->count;
  }
  assert_true(layer == 2 && next == 97);
  mah_work_release(&work);
  mah_network_release(&network);
}

static void room_is_made_for_what_the_layers_keep(void **state) {
  (void)state;
  mah_network network = network_of(10, 8);
  mah_work work;
  assert_ok(mah_work_init(&work, &network));
  assert_int_equal(work.rows, 0);
  assert_null(work.x);
  assert_ok(mah_work_reserve(&work, 20));
  const mah_layer_work *layer = work.layers;
  for (int i = 0; i < 3; i++) assert_true(layer[i].out && layer[i].delta && layer[i].packed);
  assert_true(layer[0].mask_ && layer[0].z_ && !layer[0].transposed_);
  assert_true(!layer[1].mask_ && !layer[1].z_ && layer[1].transposed_);
  mah_work_release(&work);
  mah_work_release(&work); /* does no harm */
  mah_network_release(&network);
}

/* Up to the rows of a piece. */
static void room_grows_and_does_not_shrink(void **state) {
  (void)state;
  mah_network network = network_of(10, 8);
  mah_work work;
  assert_ok(mah_work_init(&work, &network));
  assert_ok(mah_work_reserve(&work, 20));
  const void *x = work.x, *out = work.layers[1].out;
  int64_t live = mah_memory_live();
  assert_ok(mah_work_reserve(&work, 3));
  assert_true(work.rows == 20 && work.x == x && work.layers[1].out == out);
  assert_int_equal(mah_memory_live(), live);
  assert_ok(mah_work_reserve(&work, 100));
  assert_int_equal(work.rows, 100);
  assert_ok(mah_work_reserve(&work, 100000));
  assert_int_equal(work.rows, 512);
  live = mah_memory_live();
  assert_ok(mah_work_reserve(&work, 600));
  assert_int_equal(mah_memory_live(), live);
  mah_work_release(&work);
  mah_network_release(&network);
}

static int rooms_of(const mah_work *work, int32_t layer) {
  int count = 0;
  for (int32_t i = 0; i < work->n_chunks; i++)
    count += work->chunks[i].layer == layer && work->chunks[i].room_ != NULL;
  return count;
}

static void room_for_products_is_for_large_layers_with_dense_inputs(void **state) {
  (void)state;
  mah_network large = network_of(200, 210), small = network_of(300, 32);
  mah_work work;
  assert_ok(mah_work_init(&work, &large));
  assert_ok(mah_work_reserve(&work, 10));
  assert_ok(mah_work_reserve_products(&work, 1));
  assert_true(rooms_of(&work, 0) == 0 && rooms_of(&work, 1) == 3 && rooms_of(&work, 2) == 0);
  int64_t live = mah_memory_live();
  assert_ok(mah_work_reserve_products(&work, 1));
  assert_int_equal(mah_memory_live(), live);
  assert_ok(mah_work_reserve_products(&work, 0));
  assert_true(rooms_of(&work, 0) == 5 && rooms_of(&work, 1) == 3);
  assert_ok(mah_work_reserve(&work, 20)); /* they were for fewer rows */
  assert_int_equal(rooms_of(&work, 1), 0);
  mah_work_release(&work);
  assert_ok(mah_work_init(&work, &small));
  assert_ok(mah_work_reserve(&work, 10));
  assert_ok(mah_work_reserve_products(&work, 0));
  assert_true(rooms_of(&work, 0) == 0 && rooms_of(&work, 1) == 0);
  mah_work_release(&work);
  mah_network_release(&large);
  mah_network_release(&small);
}

static mah_status reserve(mah_work *work, int64_t rows) {
  MAH_TRY(mah_work_reserve(work, rows));
  MAH_TRY(mah_work_reserve_products(work, 0));
  return mah_sparse_inputs_reserve_products(&work->sparse, work->network, work->rows);
}

/* Where it fails, the work space may be used again: for as many rows, for fewer, for more. */
static void memory_runs_out_anywhere_and_it_goes_on(void **state) {
  (void)state;
  const int64_t then[] = {9, 4, 50};
  mah_network network = network_of(200, 70);
  int64_t live = mah_memory_live();
  int failures = 0;
  mah_status status = MAH_ERROR_MEMORY;
  for (int n = 1; status != MAH_OK; n++) {
    mah_work work;
    assert_ok(mah_work_init(&work, &network));
    assert_ok(reserve(&work, 5));
    mah_memory_fail_at(n);
    status = reserve(&work, 9);
    mah_memory_fail_at(0);
    if (status != MAH_OK) {
      assert_int_equal(status, MAH_ERROR_MEMORY);
      failures++;
    }
    assert_ok(reserve(&work, then[n % 3]));
    assert_true(work.rows >= then[n % 3]);
    assert_ok(reserve(&work, 5));
    mah_work_release(&work);
    assert_int_equal(mah_memory_live(), live);
  }
  assert_true(failures > 15);
  mah_network_release(&network);
}

static void memory_runs_out_at_the_beginning(void **state) {
  (void)state;
  mah_network network = network_of(20, 7);
  int64_t live = mah_memory_live();
  for (int n = 1; n <= 2; n++) {
    mah_work work;
    mah_memory_fail_at(n);
    assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_work_init(&work, &network));
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), live);
  }
  mah_network_release(&network);
}

/* Weights that fit no machine. */
static void too_wide_a_layer_is_out_of_memory(void **state) {
  (void)state;
  mah_network network;
  mah_layer layers[] = {{.units = 1 << 24}, {.units = 1 << 24}};
  assert_ok(mah_network_init(&network, MAH_FLOAT32, 1, MAH_SQUARED, layers, 2));
  mah_work work = {.network = &network};
  mah_layer_work room[2] = {{0}};
  work.layers = room;
  int64_t live = mah_memory_live();
  assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_work_reserve(&work, 1));
  assert_int_equal(work.rows, 0);
  assert_int_equal(mah_memory_live(), live);
  mah_network_release(&network);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chunks_take_each_layers_inputs_once),
      cmocka_unit_test(room_is_made_for_what_the_layers_keep),
      cmocka_unit_test(room_grows_and_does_not_shrink),
      cmocka_unit_test(room_for_products_is_for_large_layers_with_dense_inputs),
      cmocka_unit_test(memory_runs_out_anywhere_and_it_goes_on),
      cmocka_unit_test(memory_runs_out_at_the_beginning),
      cmocka_unit_test(too_wide_a_layer_is_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
