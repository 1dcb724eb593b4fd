/* How the inputs of a batch reach the kernels: which way is chosen, and what comes. */
#include "learn/drive/journey.h"

/* -- Which way --------------------------------------------------------------------------------- */

static mah_inputs choose(journey *j, int copies) {
  return mah_inputs_choose(&j->network, &j->batch, 1, copies);
}

/* A third is where it changes. */
static void rows_with_many_zeros_go_without_them(void **state) {
  (void)state;
  const uint32_t percent[] = {0, 10, 25, 45, 100};
  for (int i = 0; i < 5; i++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      journey j;
      begin_journey(&j, dtype, 300, percent[i]);
      assert_int_equal(choose(&j, 0).is_sparse, percent[i] < 33);
      end_journey(&j);
    }
}

/* Exactly: of the 8 rows x 21 columns that are looked at, 55 make 32.7 %, 56 make 33.3 %. */
static void the_share_is_a_third(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT32, 8, 0);
  for (int64_t i = 0; i < 55; i++) set(j.x.data, MAH_FLOAT32, i * 3, 1);
  assert_true(choose(&j, 0).is_sparse);
  set(j.x.data, MAH_FLOAT32, 1, 1);
  assert_false(choose(&j, 0).is_sparse);
  end_journey(&j);
}

static void bytes_and_integers_are_looked_at_too(void **state) {
  (void)state;
  for (int dtype = 0; dtype < 2; dtype++) {
    journey j;
    begin_journey(&j, MAH_FLOAT32, 20, 0);
    mah_tensor x = new_tensor(dtype ? MAH_INT32 : MAH_UINT8, 2, 20, WIDE);
    j.batch.x = &x;
    assert_true(choose(&j, 0).is_sparse);
    memset(x.data, 1, bytes_of(&x));
    assert_false(choose(&j, 0).is_sparse);
    mah_tensor_release(&x);
    end_journey(&j);
  }
}

static void compressed_rows_are_taken_where_there_are_any(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT32, 20, 90);
  assert_false(choose(&j, 0).is_sparse);
  compress_journey(&j);
  assert_true(choose(&j, 0).is_sparse);
  assert_null(mah_inputs_matrix(choose(&j, 0), &j.work, &j.batch, 0));
  assert_ok(mah_inputs_check(&j.network, &j.batch));
  j.compressed->dtype = MAH_FLOAT64;
  assert_fails(MAH_ERROR_DTYPE, "the compressed inputs are float64, the network is float32",
               mah_inputs_check(&j.network, &j.batch));
  end_journey(&j);
}

static void rows_that_lie_ready_are_taken_in_place(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT32, 20, 100);
  assert_ok(mah_work_reserve(&j.work, 20));
  assert_false(choose(&j, 0).in_place); /* in another order */
  assert_ptr_equal(mah_inputs_matrix(choose(&j, 0), &j.work, &j.batch, 5), j.work.x);
  j.batch.order_ = NULL;
  j.batch.first = 3;
  j.batch.count = 10;
  assert_true(choose(&j, 0).in_place);
  assert_ptr_equal(mah_inputs_matrix(choose(&j, 0), &j.work, &j.batch, 5),
                   (float *)j.x.data + 8 * WIDE);
  assert_false(choose(&j, 1).in_place);
  mah_tensor wide = new_tensor(MAH_FLOAT32, 2, 20, WIDE + 1), view = {0};
  mah_tensor other = new_tensor(MAH_FLOAT64, 2, 20, WIDE);
  assert_ok(mah_tensor_narrow(&view, &wide, 1, 0, WIDE));
  j.batch.x = &view; /* with a gap behind each row */
  assert_false(choose(&j, 0).in_place);
  j.batch.x = &other;
  assert_false(choose(&j, 0).in_place);
  mah_tensor_release(&view);
  mah_tensor_release(&wide);
  mah_tensor_release(&other);
  end_journey(&j);
}

/* -- What comes -------------------------------------------------------------------------------- */

/* Brings the rows of a batch into the work space. */
static void fetch(journey *j) { send(j, &(mah_leg){.fetches = 1}, 1, MAH_RUN_COPY); }

static void rows_are_gathered_in_their_order(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT64, 200, 100);
  fetch(&j);
  for (int64_t r = 0; r < 200; r++)
    assert_memory_equal((double *)j.work.x + r * WIDE, (double *)j.x.data + (199 - r) * WIDE,
                        WIDE * sizeof(double));
  end_journey(&j);
}

/* x / 255 exactly, and any other scale as a product; reals are left as they are. */
static void check_scale(int32_t dtype, double scale) {
  journey j;
  begin_journey(&j, dtype, 200, 100);
  mah_tensor bytes = new_tensor(MAH_UINT8, 2, 200, WIDE);
  for (int64_t i = 0; i < 200 * WIDE; i++) ((uint8_t *)bytes.data)[i] = (uint8_t)(i % 255 + 1);
  j.network.input_scale = scale;
  j.batch.x = &bytes;
  j.batch.order_ = NULL;
  fetch(&j);
  for (int64_t i = 0; i < 200 * WIDE; i++) {
    double value = (double)(i % 255 + 1), scaled = scale == 1 / 255. ? value / 255 : value * scale;
    if (dtype == MAH_FLOAT32) scaled = (double)(float)scaled;
    assert_true(get(j.work.x, dtype, i) == scaled);
  }
  j.batch.x = &j.x;
  fetch(&j);
  assert_memory_equal(j.work.x, j.x.data, bytes_of(&j.x));
  mah_tensor_release(&bytes);
  end_journey(&j);
}

static void bytes_are_scaled(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    check_scale(dtype, 1 / 255.);
    check_scale(dtype, 0.3);
    check_scale(dtype, 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_with_many_zeros_go_without_them),
      cmocka_unit_test(the_share_is_a_third),
      cmocka_unit_test(bytes_and_integers_are_looked_at_too),
      cmocka_unit_test(compressed_rows_are_taken_where_there_are_any),
      cmocka_unit_test(rows_that_lie_ready_are_taken_in_place),
      cmocka_unit_test(rows_are_gathered_in_their_order),
      cmocka_unit_test(bytes_are_scaled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
