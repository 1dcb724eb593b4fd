/* The error function's and the normal distribution's vectors against C's library in long double, on
 * every instruction set. */
#include "testing.h"

#include <float.h>

static double ulps(double got, long double exact, int32_t dtype) {
  if (isnan(got) && isnan(exact)) return 0;
  if (got == (double)exact) return 0;
  long double least = dtype == MAH_FLOAT32 ? FLT_MIN : DBL_MIN;
  int exponent = ilogbl(fabsl(exact) > least ? fabsl(exact) : least);
  return (double)(fabsl(got - exact) / ldexpl(1, exponent - (dtype == MAH_FLOAT32 ? 23 : 52)));
}

static void check_errors(int32_t op, int32_t dtype, double limit) {
  enum { MANY = 20000 };
  int64_t n = MANY;
  mah_tensor x = {0}, y = {0};
  mah_rng rng = rng_of(3);
  assert_ok(mah_tensor_new(&x, dtype, 1, &n));
  for (int64_t i = 0; i < n; i++) {
    double size = i % 3 == 0 ? 1 : i % 3 == 1 ? 6 : 28;
    set(x.data, dtype, i, size * (2 * mah_rng_double(&rng) - 1));
  }
  static const double odd[] = {0, -0.0, 0.5, -0.5, 1e-300, INFINITY, -INFINITY, NAN, 27.3, 1e300};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) set(x.data, dtype, (int64_t)i, odd[i]);
  assert_ok(mah_special(&y, op, &x, NULL, NULL, 0, 0, 0));
  for (int64_t i = 0; i < n; i++) {
    long double t = get(x.data, dtype, i);
    double error = ulps(get(y.data, dtype, i), op == MAH_SPECIAL_erf ? erfl(t) : erfcl(t), dtype);
    if (!(error <= limit))
      fail_msg("%s(%.17g) = %.17g: %g ulp", mah_special_name(op), (double)t, get(y.data, dtype, i),
               error);
  }
  mah_tensor_release(&x);
  mah_tensor_release(&y);
}

static void errors_are_as_told(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t op = MAH_SPECIAL_erf; op <= MAH_SPECIAL_erfc; op++) {
      check_errors(op, MAH_FLOAT32, 0.6);
      check_errors(op, MAH_FLOAT64, op == MAH_SPECIAL_erf ? 2 : 4);
    }
  }
}

static void rows_equal_numbers(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int r = 0; r < RAGGED; r++)
        for (int32_t function = MAH_PDF; function <= MAH_SF; function++) {
          mah_tensor x = {0}, y = {0};
          assert_ok(mah_tensor_new(&x, dtype, 1, &ragged[r]));
          for (int64_t i = 0; i < ragged[r]; i++)
            set(x.data, dtype, i, 8 * mah_rng_double(&rng) - 4);
          assert_ok(
              mah_distribution(&y, MAH_DISTRIBUTION_normal, function, &x, NULL, NULL, 0.5, 2));
          for (int64_t i = 0; i < ragged[r]; i++)
            assert_close(get(y.data, dtype, i),
                         mah_distribution_at(MAH_DISTRIBUTION_normal, function,
                                             get(x.data, dtype, i), 0.5, 2),
                         dtype == MAH_FLOAT32 ? 2e-7 : 1e-14);
          mah_tensor_release(&x);
          mah_tensor_release(&y);
        }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(errors_are_as_told),
      cmocka_unit_test(rows_equal_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
