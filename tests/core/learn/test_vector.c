/* The fused operations on tensors: values computed by hand, and what is refused. */
#include "testing.h"

static mah_tensor vector_over(void *values, int32_t dtype, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, dtype, 1, &n));
  return t;
}

static void values_are_those_computed_by_hand(void **state) {
  (void)state;
  double a[2] = {1, -2}, b[2] = {3, 4}, c[2], d[2], e[2], f[2] = {5, 7}, dot, largest, sy, yy;
  mah_tensor ta = vector_over(a, MAH_FLOAT64, 2), tb = vector_over(b, MAH_FLOAT64, 2);
  mah_tensor tc = vector_over(c, MAH_FLOAT64, 2), td = vector_over(d, MAH_FLOAT64, 2);
  mah_tensor te = vector_over(e, MAH_FLOAT64, 2), tf = vector_over(f, MAH_FLOAT64, 2);
  int32_t same;
  assert_ok(mah_vector_combine(&dot, &tc, 2, &ta, 1, &tb, &ta)); /* c = (5, 0) */
  assert_true(c[0] == 5 && c[1] == 0 && dot == 5);
  assert_ok(mah_vector_combine(NULL, &tc, 1, &tc, 1, &tc, NULL));
  assert_true(c[0] == 10 && c[1] == 0);
  assert_ok(mah_vector_dot_and_max(&dot, &largest, &ta, &tb));
  assert_true(dot == -5 && largest == 2);
  assert_ok(mah_vector_same(&same, &ta, &tb));
  assert_int_equal(same, 0);
  assert_ok(mah_vector_advance(&sy, &yy, &ta, &tb, &td, &te, &tc, &tf)); /* s = (9,2) y = (2,3) */
  assert_true(d[0] == 9 && d[1] == 2 && e[0] == 2 && e[1] == 3 && sy == 24 && yy == 13);
  assert_ok(mah_vector_same(&same, &ta, &tc));
  assert_int_equal(same, 1);
  mah_tensor *all[] = {&ta, &tb, &tc, &td, &te, &tf};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

static void vectors_that_do_not_fit_are_named(void **state) {
  (void)state;
  double a[4] = {0}, b[4] = {0}, dot, largest;
  float c[4] = {0};
  int32_t d[4] = {0}, same;
  mah_tensor ta = vector_over(a, MAH_FLOAT64, 4), tb = vector_over(b, MAH_FLOAT64, 4);
  mah_tensor tc = vector_over(c, MAH_FLOAT32, 4), td = vector_over(d, MAH_INT32, 4);
  mah_tensor part = {0}, next = {0}, sparse = {0};
  assert_ok(mah_tensor_narrow(&part, &ta, 0, 0, 2));
  assert_ok(mah_tensor_narrow(&next, &ta, 0, 1, 2));
  assert_ok(mah_tensor_stride(&sparse, &tb, 0, 0, 2, 2));
  assert_fails(MAH_ERROR_SHAPE, "y: a contiguous vector like x (float64 4)",
               mah_vector_dot_and_max(&dot, &largest, &ta, &tc));
  assert_fails(MAH_ERROR_SHAPE, "y", mah_vector_same(&same, &ta, &part));
  assert_fails(MAH_ERROR_DTYPE, "x: float32 or float64",
               mah_vector_dot_and_max(&dot, &largest, &td, &td));
  assert_fails(MAH_ERROR_SHAPE, "x: a contiguous vector",
               mah_vector_dot_and_max(&dot, &largest, &sparse, &part));
  assert_fails(MAH_ERROR_ARGUMENT, "out and x share memory",
               mah_vector_combine(NULL, &part, 1, &next, 1, &part, NULL));
  assert_fails(MAH_ERROR_ARGUMENT, "out and z share memory",
               mah_vector_combine(&dot, &ta, 1, &tb, 1, &tb, &ta));
  assert_fails(MAH_ERROR_ARGUMENT, "go together",
               mah_vector_combine(NULL, &ta, 1, &tb, 1, &tb, &tb));
  assert_fails(MAH_ERROR_ARGUMENT, "w and g share memory",
               mah_vector_advance(&dot, &largest, &ta, &ta, &tb, &tb, &tb, &tb));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_vector_dot_and_max(&dot, &largest, NULL, &ta));
  mah_tensor *all[] = {&ta, &tb, &tc, &td, &part, &next, &sparse};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_vector_dot_and_max(&dot, &largest, &ta, &ta));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_those_computed_by_hand),
      cmocka_unit_test(vectors_that_do_not_fit_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
