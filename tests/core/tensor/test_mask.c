/* Elements by condition: counted and listed on every instruction set, against plain loops. */
#include "tensor/operations.h"

#include "tensor/index.h"

static void masked_select_and_nonzero_agree(void **state) {
  (void)state;
  for (int s = 0; s < RAGGED; s++) {
    mah_tensor x = make(MAH_UINT8, 3, ragged[s]), picked = {0}, where = {0};
    assert_ok(mah_masked_select(&picked, &x, &x));
    assert_ok(mah_nonzero(&where, &x, 0));
    int64_t n = 0;
    for (int64_t i = 0; i < 3 * ragged[s]; i++) {
      uint8_t value = ((uint8_t *)x.data)[i];
      if (value == 0) continue;
      assert_int_equal(((uint8_t *)picked.data)[n], value);
      assert_int_equal(((int32_t *)where.data)[2 * n], i / ragged[s]);
      assert_int_equal(((int32_t *)where.data)[2 * n++ + 1], i % ragged[s]);
    }
    assert_int_equal(picked.extent[0], n);
    assert_int_equal(where.extent[0], n);
    mah_tensor *all[] = {&x, &picked, &where};
    for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  }
}

/* Of every dtype, in pieces and beyond, in views of every other column and of one column. */
static void views_of_every_dtype_are_listed(void **state) {
  (void)state;
  for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
    for (int64_t step = 1; step <= 1203; step += 601) {
      mah_tensor x = make(dtype, 5, 1203), narrow = {0}, picked = {0}, where = {0}, wide = {0};
      int64_t n = 0, columns = (1203 + step - 1) / step;
      assert_ok(mah_tensor_stride(&narrow, &x, 1, 0, columns, step));
      assert_ok(mah_masked_select(&picked, &narrow, &narrow));
      assert_ok(mah_nonzero(&where, &narrow, 1));
      assert_ok(mah_tensor_to(&wide, &x, MAH_FLOAT64));
      mah_tensor values = {0};
      assert_ok(mah_tensor_to(&values, &picked, MAH_FLOAT64));
      for (int64_t i = 0; i < 5; i++)
        for (int64_t j = 0; j < columns; j++) {
          double value = ((double *)wide.data)[i * 1203 + j * step];
          if (value == 0) continue;
          assert_true(((double *)values.data)[n] == value);
          assert_int_equal(((int32_t *)where.data)[2 * n], i + 1);
          assert_int_equal(((int32_t *)where.data)[2 * n++ + 1], j + 1);
        }
      assert_int_equal(picked.extent[0], n);
      assert_int_equal(where.extent[0], n);
      mah_tensor *all[] = {&x, &narrow, &picked, &where, &wide, &values};
      for (int i = 0; i < 6; i++) mah_tensor_release(all[i]);
    }
}

/* NaN is not 0, -0 is; a mask of one row stands for all. */
static void special_masks(void **state) {
  (void)state;
  float special[] = {0, -0.0f, NAN, 1e-45f};
  int64_t four = 4;
  mah_tensor x = make(MAH_INT32, 2, 4), mask = {0}, picked = {0}, where = {0};
  assert_ok(mah_tensor_borrow(&mask, special, MAH_FLOAT32, 1, &four));
  assert_ok(mah_nonzero(&where, &mask, 0));
  assert_int_equal(where.extent[0], 2);
  assert_int_equal(((int32_t *)where.data)[0], 2);
  assert_int_equal(((int32_t *)where.data)[1], 3);
  assert_ok(mah_masked_select(&picked, &x, &mask));
  assert_int_equal(picked.extent[0], 4);
  for (int k = 0; k < 4; k++)
    assert_int_equal(((int32_t *)picked.data)[k], ((int32_t *)x.data)[k / 2 * 4 + 2 + k % 2]);
  mah_tensor *all[] = {&x, &mask, &picked, &where};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* -- Without memory, without tensors ----------------------------------------------------------- */

static mah_status do_masked_select(mah_tensor out[4], mah_tensor *x) {
  return mah_masked_select(&out[0], x, x);
}
static mah_status do_nonzero(mah_tensor out[4], mah_tensor *x) {
  return mah_nonzero(&out[0], x, 1);
}

static operation *const operations[] = {do_masked_select, do_nonzero, NULL};

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  check_all_without_memory(operations);
}

static void missing_tensors_are_named(void **state) {
  (void)state;
  check_all_missing(operations);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(masked_select_and_nonzero_agree),
      cmocka_unit_test(views_of_every_dtype_are_listed),
      cmocka_unit_test(special_masks),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
