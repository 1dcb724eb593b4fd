/* Comparison with a tolerance against a plain loop. */
#include "testing.h"

static int is_close(double a, double b, double rtol, double atol, int nan_equal) {
  if (isnan(a) || isnan(b)) return nan_equal && isnan(a) && isnan(b);
  return isfinite(a) && isfinite(b) ? fabs(a - b) <= atol + rtol * fabs(b) : a == b;
}

static void closeness_equals_a_plain_loop(void **state) {
  (void)state;
  const double odd[] = {0, 1, 1.125, -1, 2, INFINITY, -INFINITY, NAN};
  int64_t n = 8 * 8 + 5;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int nan_equal = 0; nan_equal < 2; nan_equal++) {
        mah_tensor a = {0}, b = {0}, out = {0};
        int32_t all = 1, got;
        assert_ok(mah_simd_use(simd));
        assert_ok(mah_tensor_new(&a, dtype, 1, &n));
        assert_ok(mah_tensor_new(&b, dtype, 1, &n));
        for (int64_t i = 0; i < n; i++) {
          set(a.data, dtype, i, odd[i % 8]);
          set(b.data, dtype, i, odd[i / 8 % 8]);
        }
        assert_ok(mah_isclose(&out, &a, &b, 0.125, 0.25, nan_equal));
        for (int64_t i = 0; i < n; i++) {
          int expected = is_close(odd[i % 8], odd[i / 8 % 8], 0.125, 0.25, nan_equal);
          assert_int_equal(((uint8_t *)out.data)[i], expected);
          all &= expected;
        }
        assert_ok(mah_allclose(&got, &a, &b, 0.125, 0.25, nan_equal));
        assert_int_equal(got, all);
        assert_ok(mah_allclose(&got, &a, &a, 0, 0, nan_equal));
        assert_int_equal(got, nan_equal);
        mah_tensor_release(&out);
        assert_fails(MAH_ERROR_ARGUMENT, "rtol = -1", mah_isclose(&out, &a, &b, -1, 0, 0));
        mah_tensor_release(&a);
        mah_tensor_release(&b);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(closeness_equals_a_plain_loop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
