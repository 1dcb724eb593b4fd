/* Tensors: making, looking, borrowing, and what shares memory. */
#include "tensor/counting.h"

static void dtypes_have_names_and_sizes(void **state) {
  (void)state;
  assert_string_equal(mah_dtype_name(MAH_INT32), "int32");
  assert_string_equal(mah_dtype_name(-1), "unknown");
  assert_int_equal(mah_dtype_size(MAH_FLOAT64), 8);
  assert_int_equal(mah_dtype_size(99), 0);
}

static void impossible_shapes_are_refused(void **state) {
  (void)state;
  int64_t shape[] = {2, 3}, negative[] = {2, -3}, vast[] = {INT64_MAX / 2, 3}, holed[] = {0, 5};
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, MAH_INT32, 2, shape));
  assert_int_equal(mah_tensor_count(&t), 6);
  assert_int_equal((uintptr_t)t.data % 64, 0);
  assert_string_equal(mah_tensor_describe(&t), "int32 2x3");
  for (int i = 0; i < 6; i++) assert_int_equal(((int32_t *)t.data)[i], 0);
  assert_fails(MAH_ERROR_ARGUMENT, "already", mah_tensor_new(&t, MAH_INT32, 2, shape));
  mah_tensor_release(&t);
  assert_null(t.store);
  mah_tensor_release(&t);
  mah_tensor_release(NULL);
  assert_fails(MAH_ERROR_DTYPE, "7", mah_tensor_new(&t, 7, 2, shape));
  assert_fails(MAH_ERROR_SHAPE, "negative", mah_tensor_new(&t, MAH_INT32, 2, negative));
  assert_fails(MAH_ERROR_SHAPE, "too many", mah_tensor_new(&t, MAH_INT32, 2, vast));
  assert_fails(MAH_ERROR_SHAPE, "9 dimensions", mah_tensor_new(&t, MAH_INT32, 9, vast));
  assert_ok(mah_tensor_new(&t, MAH_UINT8, 2, holed));
  assert_int_equal(mah_tensor_count(&t), 0);
  mah_tensor_release(&t);
  assert_ok(mah_tensor_new(&t, MAH_UINT8, 0, NULL));
  assert_int_equal(mah_tensor_count(&t), 1);
  assert_string_equal(mah_tensor_describe(&t), "uint8 scalar");
  mah_tensor_release(&t);
}

static void out_of_memory_loses_nothing(void **state) {
  (void)state;
  int64_t before = mah_memory_live(), shape = 1000;
  mah_tensor t = {0};
  for (int n = 1; n <= 2; n++) { /* the elements, the storage */
    mah_memory_fail_at(n);
    assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_tensor_new(&t, MAH_FLOAT32, 1, &shape));
    assert_null(t.store);
  }
  mah_memory_fail_at(0);
  assert_int_equal(mah_memory_live(), before);
}

static void borrowed_elements_are_the_callers(void **state) {
  (void)state;
  float numbers[] = {1, 2, 3};
  int64_t three = 3;
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, numbers, MAH_FLOAT32, 1, &three));
  assert_ok(mah_tensor_fill(&t, 5));
  assert_int_equal((int)numbers[2], 5);
  mah_tensor_release(&t);
  assert_fails(MAH_ERROR_ARGUMENT, "null", mah_tensor_borrow(&t, NULL, MAH_FLOAT32, 1, &three));
}

static void views_keep_the_storage(void **state) {
  (void)state;
  int64_t before = mah_memory_live();
  mah_tensor t = MAKE(4), view = {0};
  assert_ok(mah_tensor_alias(&view, &t));
  mah_tensor_release(&t);
  assert_true(mah_memory_live() > before);
  assert_values(&view, "0 1 2 3");
  assert_int_equal(mah_memory_live(), before);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_tensor_alias(&view, &t));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_tensor_alias(&view, NULL));
}

static void overlap_and_sameness_are_seen(void **state) {
  (void)state;
  mah_tensor t = MAKE(6), other = MAKE(6), a = {0}, b = {0}, c = {0};
  assert_ok(mah_tensor_narrow(&a, &t, 0, 0, 4));
  assert_ok(mah_tensor_narrow(&b, &t, 0, 3, 3));
  assert_ok(mah_tensor_narrow(&c, &t, 0, 4, 2));
  assert_true(mah_tensor_overlaps(&a, &b));
  assert_false(mah_tensor_overlaps(&a, &c));
  assert_false(mah_tensor_overlaps(&a, &other));
  assert_true(mah_tensor_same_view(&a, &a));
  assert_false(mah_tensor_same_view(&a, &t));
  mah_tensor *all[] = {&t, &other, &a, &b, &c};
  for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dtypes_have_names_and_sizes),
      cmocka_unit_test(impossible_shapes_are_refused),
      cmocka_unit_test(out_of_memory_loses_nothing),
      cmocka_unit_test(borrowed_elements_are_the_callers),
      cmocka_unit_test(views_keep_the_storage),
      cmocka_unit_test(overlap_and_sameness_are_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
