/* Views and their bounds. */
#include "tensor/counting.h"

static void positions_are_checked(void **state) {
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

static void any_strides_stay_inside(void **state) {
  (void)state;
  mah_tensor t = MAKE(3, 4), view = {0};
  const int64_t windows[] = {3, 2}, by_one[] = {1, 1}, column[] = {3}, by_four[] = {4};
  const int64_t same[] = {2, 2}, by_nothing[] = {0, 0}, none[] = {0, 9}, far[] = {3, INT64_MAX};
  assert_ok(mah_tensor_as_strided(&view, &t, 2, windows, by_one, 8));
  assert_values(&view, "8 9 9 10 10 11");
  assert_ok(mah_tensor_as_strided(&view, &t, 1, column, by_four, 3));
  assert_values(&view, "3 7 11");
  assert_ok(mah_tensor_as_strided(&view, &t, 2, same, by_nothing, 11));
  assert_values(&view, "11 11 11 11");
  assert_ok(mah_tensor_as_strided(&view, &t, 2, none, far, 12));
  assert_values(&view, "");
  assert_fails(MAH_ERROR_ARGUMENT, "lead out",
               mah_tensor_as_strided(&view, &t, 2, windows, by_one, 9));
  assert_fails(MAH_ERROR_ARGUMENT, "lead out",
               mah_tensor_as_strided(&view, &t, 1, column, by_four, 4));
  assert_fails(MAH_ERROR_ARGUMENT, "lead out",
               mah_tensor_as_strided(&view, &t, 2, windows, far, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "lead out",
               mah_tensor_as_strided(&view, &t, 1, column, by_four, -1));
  assert_fails(MAH_ERROR_ARGUMENT, "lead out", mah_tensor_as_strided(&view, &t, 2, none, far, 13));
  assert_fails(MAH_ERROR_ARGUMENT, "dimensions", mah_tensor_as_strided(&view, &t, 9, far, far, 0));
  mah_tensor_release(&t);
}

static void dimensions_change_places(void **state) {
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

static void extents_of_one_come_and_go(void **state) {
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

static void a_view_needs_no_copy_or_is_refused(void **state) {
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

static void the_diagonal_is_a_view(void **state) {
  (void)state;
  mah_tensor t = MAKE(3, 4), cube = MAKE(2, 2, 2), view = {0};
  assert_ok(mah_tensor_diagonal(&view, &t));
  assert_values(&view, "0 5 10");
  assert_fails(MAH_ERROR_SHAPE, "matrix", mah_tensor_diagonal(&view, &cube));
  mah_tensor_release(&t);
  mah_tensor_release(&cube);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(positions_are_checked),
      cmocka_unit_test(any_strides_stay_inside),
      cmocka_unit_test(dimensions_change_places),
      cmocka_unit_test(extents_of_one_come_and_go),
      cmocka_unit_test(a_view_needs_no_copy_or_is_refused),
      cmocka_unit_test(the_diagonal_is_a_view),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
