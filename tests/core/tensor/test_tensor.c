/* Tensors: making, looking, and views with their bounds. */
#include "testing.h"

static mah_tensor make(int32_t ndim, const int64_t *extent) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, MAH_FLOAT32, ndim, extent));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++) ((float *)t.data)[i] = (float)i;
  return t;
}
#define MAKE(...)                                                                                  \
  make((int32_t)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

/* Row by row, as a text: "0 1 2 3". */
static const char *values(const mah_tensor *t) {
  static char text[512];
  mah_tensor flat = {0};
  size_t used = 0;
  text[0] = '\0';
  assert_ok(mah_tensor_to(&flat, t, MAH_FLOAT64));
  for (int64_t i = 0; i < mah_tensor_count(&flat) && used < sizeof text; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, i ? " %g" : "%g",
                             ((double *)flat.data)[i]);
  mah_tensor_release(&flat);
  return text;
}

static void assert_values(mah_tensor *view, const char *expected) {
  assert_string_equal(values(view), expected);
  mah_tensor_release(view);
}

static void test_dtypes(void **state) {
  (void)state;
  assert_string_equal(mah_dtype_name(MAH_INT32), "int32");
  assert_string_equal(mah_dtype_name(-1), "unknown");
  assert_int_equal(mah_dtype_size(MAH_FLOAT64), 8);
  assert_int_equal(mah_dtype_size(99), 0);
}

static void test_making(void **state) {
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

static void test_out_of_memory(void **state) {
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

static void test_borrow(void **state) {
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

static void test_views_keep_the_storage(void **state) {
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

static void test_positions(void **state) {
  (void)state;
  mah_tensor t = MAKE(3, 4), view = {0};
  assert_ok(mah_tensor_select(&view, &t, 0, 2));
  assert_values(&view, "8 9 10 11");
  assert_ok(mah_tensor_select(&view, &t, 1, 3));
  assert_false(mah_tensor_is_contiguous(&view));
  assert_values(&view, "3 7 11");
  assert_ok(mah_tensor_narrow(&view, &t, 1, 1, 2));
  assert_values(&view, "1 2 5 6 9 10");
  assert_ok(mah_tensor_narrow(&view, &t, 0, 3, 0));
  assert_values(&view, "");
  assert_ok(mah_tensor_stride(&view, &t, 1, 1, 2, 2));
  assert_values(&view, "1 3 5 7 9 11");
  assert_fails(MAH_ERROR_ARGUMENT, "index 4", mah_tensor_select(&view, &t, 0, 3));
  assert_fails(MAH_ERROR_ARGUMENT, "index 0", mah_tensor_select(&view, &t, 0, -1));
  assert_fails(MAH_ERROR_ARGUMENT, "dimension 3", mah_tensor_select(&view, &t, 2, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "leave", mah_tensor_narrow(&view, &t, 1, 2, 3));
  assert_fails(MAH_ERROR_ARGUMENT, "leave", mah_tensor_narrow(&view, &t, 1, -1, 2));
  assert_fails(MAH_ERROR_ARGUMENT, "leave", mah_tensor_narrow(&view, &t, 1, 4, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "leave", mah_tensor_stride(&view, &t, 1, 1, 3, 2));
  assert_fails(MAH_ERROR_ARGUMENT, "leave", mah_tensor_stride(&view, &t, 1, 0, 2, INT64_MAX));
  assert_fails(MAH_ERROR_ARGUMENT, "leave", mah_tensor_narrow(&view, &t, 1, INT64_MAX, 2));
  mah_tensor_release(&t);
}

static void test_orders(void **state) {
  (void)state;
  mah_tensor t = MAKE(2, 3, 2), view = {0};
  int32_t turned[] = {2, 0, 1}, twice[] = {0, 0, 1}, far[] = {0, 1, 3};
  assert_ok(mah_tensor_permute(&view, &t, turned));
  assert_values(&view, "0 2 4 6 8 10 1 3 5 7 9 11");
  assert_ok(mah_tensor_transpose(&view, &t, 0, 1));
  assert_values(&view, "0 1 6 7 2 3 8 9 4 5 10 11");
  assert_fails(MAH_ERROR_ARGUMENT, "permutation", mah_tensor_permute(&view, &t, twice));
  assert_fails(MAH_ERROR_ARGUMENT, "permutation", mah_tensor_permute(&view, &t, far));
  assert_fails(MAH_ERROR_ARGUMENT, "dimension", mah_tensor_transpose(&view, &t, 0, 3));
  mah_tensor_release(&t);
}

static void test_extents(void **state) {
  (void)state;
  mah_tensor t = MAKE(2, 1, 3), view = {0}, wide = {0};
  int64_t big[] = {2, 2, 4, 3}, bad[] = {2, 1, 4};
  assert_ok(mah_tensor_unsqueeze(&view, &t, 3));
  assert_int_equal(view.ndim, 4);
  assert_int_equal(view.extent[3], 1);
  assert_true(mah_tensor_is_contiguous(&view));
  mah_tensor_release(&view);
  assert_ok(mah_tensor_squeeze(&view, &t, 1));
  assert_string_equal(mah_tensor_describe(&view), "float32 2x3");
  mah_tensor_release(&view);
  assert_ok(mah_tensor_squeeze(&view, &t, 0)); /* not of extent 1: stays */
  assert_int_equal(view.ndim, 3);
  mah_tensor_release(&view);
  assert_ok(mah_tensor_expand(&wide, &t, 4, big));
  assert_int_equal(mah_tensor_count(&wide), 48);
  assert_fails(MAH_ERROR_ARGUMENT, "expanded", mah_tensor_fill(&wide, 1));
  mah_tensor_release(&wide);
  assert_fails(MAH_ERROR_SHAPE, "2x1x4", mah_tensor_expand(&wide, &t, 3, bad));
  assert_fails(MAH_ERROR_ARGUMENT, "room", mah_tensor_unsqueeze(&view, &t, 4));
  mah_tensor_release(&t);
}

static void test_view(void **state) {
  (void)state;
  mah_tensor t = MAKE(4, 6), part = {0}, view = {0};
  int64_t flat[] = {24}, other[] = {2, 2, 3, 2}, split[] = {4, 1, 2, 2}, joined[] = {16};
  int64_t wrong[] = {5, 5};
  assert_ok(mah_tensor_view(&view, &t, 4, other));
  assert_int_equal(view.step[0], 12);
  mah_tensor_release(&view);
  assert_fails(MAH_ERROR_SHAPE, "24 elements are not 25", mah_tensor_view(&view, &t, 2, wrong));
  assert_ok(mah_tensor_narrow(&part, &t, 1, 1, 4));
  assert_ok(mah_tensor_view(&view, &part, 4, split));
  assert_values(&view, "1 2 3 4 7 8 9 10 13 14 15 16 19 20 21 22");
  assert_fails(MAH_ERROR_SHAPE, "without a copy", mah_tensor_view(&view, &part, 1, joined));
  mah_tensor_release(&part);
  assert_ok(mah_tensor_transpose(&part, &t, 0, 1));
  assert_fails(MAH_ERROR_SHAPE, "without a copy", mah_tensor_view(&view, &part, 1, flat));
  mah_tensor_release(&part);
  mah_tensor_release(&t);
}

static void test_diagonal(void **state) {
  (void)state;
  mah_tensor t = MAKE(3, 4), cube = MAKE(2, 2, 2), view = {0};
  assert_ok(mah_tensor_diagonal(&view, &t));
  assert_values(&view, "0 5 10");
  assert_fails(MAH_ERROR_SHAPE, "matrix", mah_tensor_diagonal(&view, &cube));
  mah_tensor_release(&t);
  mah_tensor_release(&cube);
}

static void test_overlap(void **state) {
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
      cmocka_unit_test(test_dtypes),
      cmocka_unit_test(test_making),
      cmocka_unit_test(test_out_of_memory),
      cmocka_unit_test(test_borrow),
      cmocka_unit_test(test_views_keep_the_storage),
      cmocka_unit_test(test_positions),
      cmocka_unit_test(test_orders),
      cmocka_unit_test(test_extents),
      cmocka_unit_test(test_view),
      cmocka_unit_test(test_diagonal),
      cmocka_unit_test(test_overlap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
