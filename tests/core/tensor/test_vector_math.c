/* The accuracy of exp, log, sin and their kin, over all exponents, against libm in the next
 * wider type; limits as vector_math.h states them. */
#include "testing.h"

enum { COUNT = 1 << 17 };

typedef long double exact_function(long double);

static long double sigmoidl(long double x) { return 1 / (1 + expl(-x)); }

/* ulps: for floats, then for doubles */
static const struct {
  int32_t op;
  exact_function *exact;
  double ulps[2];
} functions[] = {
    {MAH_OP_exp, expl, {1, 1}},       {MAH_OP_expm1, expm1l, {2, 2}},
    {MAH_OP_log, logl, {1, 1}},       {MAH_OP_log1p, log1pl, {1, 1}},
    {MAH_OP_tanh, tanhl, {2.5, 2.5}}, {MAH_OP_sigmoid, sigmoidl, {2.5, 2.5}},
    {MAH_OP_sin, sinl, {1.5, 1}},     {MAH_OP_cos, cosl, {1.5, 1}},
    {MAH_OP_tan, tanl, {1, 2.5}},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* Bit patterns at equal distances: every exponent, both signs, NaN and infinity among them. */
static void fill_float(float *x) {
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t bits = i * (uint32_t)(0x100000000ull / COUNT) + i % 977;
    memcpy(&x[i], &bits, sizeof bits);
  }
  for (int i = 0; i < 20000; i++) {
    x[20000 + i] = (float)(i - 10000) * 1.57079637f;
    x[50000 + i] = (float)(i - 10000) * 105.1234f; /* the last of them beyond 2^20 */
    x[80000 + i] = nextafterf((float)(i * 4.1721 * 1.5707963267948966), i % 2 ? 0 : INFINITY);
  }
  x[0] = 0, x[1] = -0.0f, x[2] = INFINITY, x[3] = -INFINITY, x[4] = NAN, x[5] = 1, x[6] = -1;
}
static void fill_double(double *x) {
  for (uint64_t i = 0; i < COUNT; i++) {
    uint64_t bits = i * (0xffffffffffffffffull / COUNT) + i * 77777777777ull % 9999991;
    memcpy(&x[i], &bits, sizeof bits);
  }
  for (int i = 0; i < COUNT / 2; i++)
    x[2 * i] = (i - COUNT / 4) * 0.02171828; /* where it matters */
  for (int i = 0; i < 10000; i++) x[20000 + i] = (i - 5000) * 1.5707963267948966; /* near 0, 1 */
  x[0] = 0, x[1] = -0.0, x[2] = INFINITY, x[3] = -INFINITY, x[4] = NAN, x[5] = 1, x[6] = -1;
}

/* Error in units of the last place of the type at the exact value. */
static double ulps_between(double got, long double exact, int32_t dtype) {
  long double rounded = dtype == MAH_FLOAT32 ? (long double)(float)exact : (double)exact;
  if (isnan(got) || isnan(exact)) return isnan(got) && isnan(exact) ? 0 : INFINITY;
  if (isinf(got) || isinf(rounded)) return (long double)got == rounded ? 0 : INFINITY;
  int exponent, bits = dtype == MAH_FLOAT32 ? 24 : 53, least = dtype == MAH_FLOAT32 ? -149 : -1074;
  frexpl(exact, &exponent);
  if (exponent - bits < least) exponent = least + bits;
  return (double)(fabsl((long double)got - exact) / ldexpl(1, exponent - bits));
}

/* One ulp more where the result is subnormal and rounded twice. */
static double slack(long double exact, int32_t dtype) {
  long double least = dtype == MAH_FLOAT32 ? 0x1p-126L : 0x1p-1022L;
  return fabsl(exact) < least ? 1 : 0;
}

static void check_function(int f, int32_t dtype) {
  int64_t extent = COUNT;
  mah_tensor x = {0}, y = {0};
  double worst = 0, at = 0;
  assert_ok(mah_tensor_new(&x, dtype, 1, &extent));
  if (dtype == MAH_FLOAT32)
    fill_float(x.data);
  else
    fill_double(x.data);
  assert_ok(mah_unary(&y, functions[f].op, &x));
  for (int64_t i = 0; i < COUNT; i++) {
    double in = get(x.data, dtype, i), out = get(y.data, dtype, i);
    long double exact = functions[f].exact(in);
    double error = ulps_between(out, exact, dtype) - slack(exact, dtype);
    if (error > worst) worst = error, at = in;
    if (out == 0 && in == 0) assert_int_equal(signbit(out), signbit((double)exact));
  }
  if (!(worst <= functions[f].ulps[dtype == MAH_FLOAT64]))
    fail_msg("%s %s %s: %.2f ulp at %a (%.9g)", mah_simd_name(mah_simd_current()),
             mah_dtype_name(dtype), mah_unary_name(functions[f].op), worst, at, at);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
}

static void errors_stay_within_the_stated_ulps(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int f = 0; f < FUNCTIONS; f++) {
      check_function(f, MAH_FLOAT32);
      check_function(f, MAH_FLOAT64);
    }
  }
  assert_ok(mah_simd_use(mah_simd_best()));
}

/* Every pair of special values and of many others. */
static void powers_of_special_values_are_rounded_right(void **state) {
  (void)state;
  enum { SPECIAL = 24, SIDE = 300 };
  const float special[SPECIAL] = {0,      -0.0f,     1,    -1,    2,    -2,       3,      -3,
                                  0.5f,   -0.5f,     1.5f, -2.5f, NAN,  1e30f,    -1e30f, INFINITY,
                                  1e-40f, -INFINITY, 4,    127,   -126, 16777215, 1e-3f,  88.5f};
  mah_rng rng = rng_of(9);
  int64_t column[] = {SIDE, 1}, row[] = {1, SIDE};
  mah_tensor x = {0}, y = {0}, z = {0};
  assert_ok(mah_tensor_new(&x, MAH_FLOAT32, 2, column));
  assert_ok(mah_tensor_new(&y, MAH_FLOAT32, 2, row));
  for (int i = 0; i < SIDE; i++) {
    set(x.data, MAH_FLOAT32, i, i < SPECIAL ? special[i] : exp(20 * mah_rng_normal(&rng)));
    set(y.data, MAH_FLOAT32, i, i < SPECIAL ? special[i] : mah_rng_normal(&rng));
  }
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    assert_ok(mah_binary(&z, MAH_OP_pow, &x, &y, 0));
    for (int64_t i = 0; i < SIDE * SIDE; i++) {
      double a = get(x.data, MAH_FLOAT32, i / SIDE), b = get(y.data, MAH_FLOAT32, i % SIDE);
      double got = get(z.data, MAH_FLOAT32, i);
      long double exact = powl(a, b);
      if (ulps_between(got, exact, MAH_FLOAT32) - slack(exact, MAH_FLOAT32) > 0.51 ||
          (got == 0 && !signbit(got) != !signbit(exact)))
        fail_msg("%s: %a ^ %a is %a, not %La", mah_simd_name(simd), a, b, got, exact);
    }
    mah_tensor_release(&z);
  }
  mah_tensor_release(&x);
  mah_tensor_release(&y);
}

/* A number as the exponent: squares and multiples of 1/2 have kernels of their own. */
static void powers_with_a_number_are_rounded_right(void **state) {
  (void)state;
  int64_t extent = COUNT;
  mah_tensor x = {0}, z = {0};
  assert_ok(mah_tensor_new(&x, MAH_FLOAT32, 1, &extent));
  fill_float(x.data);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int n = -17; n <= 17; n++) {
      assert_ok(mah_simd_use(simd));
      assert_ok(mah_binary(&z, MAH_OP_pow, &x, NULL, n * 0.5));
      for (int64_t i = n & 7; i < COUNT; i += i < 64 ? 1 : 7) {
        double a = get(x.data, MAH_FLOAT32, i), got = get(z.data, MAH_FLOAT32, i);
        long double exact = powl(a, n * 0.5L);
        if (ulps_between(got, exact, MAH_FLOAT32) - slack(exact, MAH_FLOAT32) > 0.51 ||
            (!isnan(got) && !signbit(got) != !signbit(exact)))
          fail_msg("%s: %a ^ %g is %a, not %La", mah_simd_name(simd), a, n * 0.5, got, exact);
      }
      mah_tensor_release(&z);
    }
  mah_tensor_release(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(errors_stay_within_the_stated_ulps),
                                     cmocka_unit_test(powers_of_special_values_are_rounded_right),
                                     cmocka_unit_test(powers_with_a_number_are_rounded_right)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
