/* Every operation in every dtype and on every instruction set against a plain loop in double, on
 * ragged sizes; broadcasting, strides, overlap, dtypes of results, and what is refused. */
#include "testing.h"

static double at(const mah_tensor *t, int64_t i) {
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[i];
  case MAH_FLOAT64: return ((double *)t->data)[i];
  case MAH_INT32: return ((int32_t *)t->data)[i];
  default: return ((uint8_t *)t->data)[i];
  }
}

/* Small integers and, for floats, quarters; never 0 when `nonzero`. */
static mah_tensor random_vector(mah_rng *rng, int32_t dtype, int64_t n, int nonzero) {
  mah_tensor wide = {0}, t = {0};
  assert_ok(mah_tensor_new(&wide, MAH_FLOAT64, 1, &n));
  for (int64_t i = 0; i < n; i++) {
    double x = (double)mah_rng_below(rng, 9) - (dtype == MAH_UINT8 ? 0 : 4);
    if (dtype <= MAH_FLOAT64) x += 0.25 * mah_rng_below(rng, 4);
    ((double *)wide.data)[i] = nonzero && x == 0 ? 3 : x;
  }
  assert_ok(mah_tensor_to(&t, &wide, dtype));
  mah_tensor_release(&wide);
  return t;
}

static void assert_same(double got, double expected, double tolerance, const char *what) {
  if (isnan(expected) ? isnan(got) : got == expected) return;
  if (!(fabs(got - expected) <= tolerance * fmax(1, fabs(expected))))
    fail_msg("%s: %.17g is not %.17g", what, got, expected);
}

/* -- One operand ------------------------------------------------------------------------------- */

static double plain_unary(int32_t op, double x) {
  switch (op) {
  case MAH_OP_neg: return -x;
  case MAH_OP_abs: return fabs(x);
  case MAH_OP_sign: return (x > 0) - (x < 0);
  case MAH_OP_square: return x * x;
  case MAH_OP_relu: return x > 0 ? x : 0;
  case MAH_OP_floor: return floor(x);
  case MAH_OP_ceil: return ceil(x);
  case MAH_OP_round: return rint(x);
  case MAH_OP_trunc: return trunc(x);
  case MAH_OP_reciprocal: return 1 / x;
  case MAH_OP_sqrt: return sqrt(x);
  case MAH_OP_exp: return exp(x);
  case MAH_OP_expm1: return expm1(x);
  case MAH_OP_log: return log(x);
  case MAH_OP_log1p: return log1p(x);
  case MAH_OP_sin: return sin(x);
  case MAH_OP_cos: return cos(x);
  case MAH_OP_tan: return tan(x);
  case MAH_OP_tanh: return tanh(x);
  case MAH_OP_sigmoid: return 1 / (1 + exp(-x));
  case MAH_OP_isnan: return isnan(x) != 0;
  case MAH_OP_isfinite: return isfinite(x) != 0;
  default: fail_msg("operation %d has no plain twin", op); return 0;
  }
}

static double wrapped(double x, int32_t dtype) {
  if (dtype == MAH_UINT8) return (double)(uint8_t)(int64_t)x;
  if (dtype == MAH_INT32) return (double)(int32_t)(uint32_t)(int64_t)x;
  return x;
}

static void check_unary(mah_rng *rng, int32_t op, int32_t dtype, int64_t n) {
  mah_tensor x = random_vector(rng, dtype, n, 0), y = {0};
  assert_ok(mah_unary(&y, op, &x));
  double tolerance = y.elem == MAH_FLOAT64 ? 1e-14 : 4e-7;
  for (int64_t i = 0; i < n; i++)
    assert_same(at(&y, i), wrapped(plain_unary(op, at(&x, i)), y.elem), tolerance,
                mah_unary_name(op));
  mah_tensor_release(&x);
  mah_tensor_release(&y);
}

static void test_unary(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t op = 0; op < MAH_UNARY_COUNT; op++)
      for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
        for (int r = 0; r < RAGGED; r++) check_unary(&rng, op, dtype, ragged[r]);
  }
}

/* -- Two operands ------------------------------------------------------------------------------ */

static double plain_binary(int32_t op, double x, double y, int is_integer) {
  switch (op) {
  case MAH_OP_add: return x + y;
  case MAH_OP_sub: return x - y;
  case MAH_OP_mul: return x * y;
  case MAH_OP_div: return x / y;
  case MAH_OP_pow: return is_integer ? trunc(pow(x, y)) : pow(x, y);
  case MAH_OP_remainder: return x - floor(x / y) * y;
  case MAH_OP_minimum: return x < y ? x : y;
  case MAH_OP_maximum: return x > y ? x : y;
  case MAH_OP_eq: return x == y;
  case MAH_OP_ne: return x != y;
  case MAH_OP_lt: return x < y;
  case MAH_OP_le: return x <= y;
  case MAH_OP_gt: return x > y;
  case MAH_OP_ge: return x >= y;
  default: fail_msg("operation %d has no plain twin", op); return 0;
  }
}

static void check_binary(mah_rng *rng, int32_t op, int32_t dtype, int64_t n) {
  mah_tensor x = random_vector(rng, dtype, n, op == MAH_OP_pow);
  mah_tensor y = random_vector(rng, dtype, n, op == MAH_OP_remainder), z = {0};
  assert_ok(mah_binary(&z, op, &x, &y, 0));
  double tolerance = z.elem == MAH_FLOAT64 ? 1e-14 : 4e-7;
  for (int64_t i = 0; i < n; i++) {
    double expected = plain_binary(op, at(&x, i), at(&y, i), dtype > MAH_FLOAT64);
    assert_same(at(&z, i), wrapped(expected, z.elem), tolerance, mah_binary_name(op));
  }
  mah_tensor *all[] = {&x, &y, &z};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static void test_binary(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t op = 0; op < MAH_BINARY_COUNT; op++)
      for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
        for (int r = 0; r < RAGGED; r++) check_binary(&rng, op, dtype, ragged[r]);
  }
}

static mah_tensor one(int32_t dtype, double value) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, dtype, 0, NULL));
  assert_ok(mah_tensor_fill(&t, value));
  return t;
}

static double binary_of(int32_t op, int32_t dtype, double x, double y) {
  mah_tensor a = one(dtype, x), b = one(dtype, y), c = {0};
  assert_ok(mah_binary(&c, op, &a, &b, 0));
  double result = at(&c, 0);
  mah_tensor *all[] = {&a, &b, &c};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  return result;
}

static void test_edges(void **state) {
  (void)state;
  double least = -2147483648.0, most = 2147483647.0;
  assert_true(binary_of(MAH_OP_add, MAH_INT32, most, 1) == least);
  assert_true(binary_of(MAH_OP_mul, MAH_INT32, 65536, 65536) == 0);
  assert_true(binary_of(MAH_OP_add, MAH_UINT8, 250, 10) == 4);
  assert_true(binary_of(MAH_OP_remainder, MAH_INT32, 7, 0) == 0);
  assert_true(binary_of(MAH_OP_remainder, MAH_INT32, least, -1) == 0);
  assert_true(binary_of(MAH_OP_remainder, MAH_UINT8, 7, 0) == 0);
  assert_true(binary_of(MAH_OP_pow, MAH_INT32, 2, -1) == 0);
  assert_true(binary_of(MAH_OP_pow, MAH_INT32, -1, -3) == -1);
  assert_true(binary_of(MAH_OP_pow, MAH_INT32, 0, 0) == 1);
  assert_true(isinf(binary_of(MAH_OP_div, MAH_INT32, 1, 0)));
  for (int32_t f = MAH_FLOAT32; f <= MAH_FLOAT64; f++) {
    assert_true(isnan(binary_of(MAH_OP_minimum, f, NAN, 1)));
    assert_true(isnan(binary_of(MAH_OP_minimum, f, 1, NAN)));
    assert_true(isnan(binary_of(MAH_OP_maximum, f, NAN, 1)));
    assert_true(isnan(binary_of(MAH_OP_maximum, f, 1, NAN)));
    assert_true(binary_of(MAH_OP_remainder, f, -1, 3) == 2);
    assert_true(binary_of(MAH_OP_remainder, f, 1, -3) == -2);
    assert_true(isnan(binary_of(MAH_OP_remainder, f, 1, 0)));
    assert_true(binary_of(MAH_OP_eq, f, NAN, NAN) == 0);
  }
}

/* -- Shapes ------------------------------------------------------------------------------------ */

/* (5, 700) minus a column and a row, both wider than the buffers that feed the kernels, with mixed
 * dtypes and a transposed operand. */
static void test_broadcast_and_strides(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  int64_t shape[] = {700, 5}, column[] = {5, 1};
  mah_tensor flat = random_vector(&rng, MAH_INT32, 3500, 0), grid = {0}, x = {0};
  mah_tensor c = random_vector(&rng, MAH_FLOAT64, 5, 0), b = {0}, y = {0};
  assert_ok(mah_tensor_view(&grid, &flat, 2, shape));
  assert_ok(mah_tensor_transpose(&x, &grid, 0, 1));
  assert_ok(mah_tensor_view(&b, &c, 2, column));
  assert_ok(mah_binary(&y, MAH_OP_sub, &x, &b, 0));
  assert_int_equal(y.elem, MAH_FLOAT64);
  for (int64_t i = 0; i < 5; i++)
    for (int64_t j = 0; j < 700; j++)
      assert_true(at(&y, i * 700 + j) == at(&flat, j * 5 + i) - at(&c, i));
  mah_tensor *all[] = {&flat, &grid, &x, &c, &b, &y};
  for (int i = 0; i < 6; i++) mah_tensor_release(all[i]);
}

/* x[1:] += x[:-1] with the old values, and onto a strided half. */
static void test_in_place(void **state) {
  (void)state;
  int64_t n = 2000;
  mah_tensor x = {0}, up = {0}, down = {0}, half = {0};
  assert_ok(mah_tensor_new(&x, MAH_FLOAT32, 1, &n));
  for (int64_t i = 0; i < n; i++) ((float *)x.data)[i] = (float)i;
  assert_ok(mah_tensor_narrow(&up, &x, 0, 1, n - 1));
  assert_ok(mah_tensor_narrow(&down, &x, 0, 0, n - 1));
  assert_ok(mah_binary(&up, MAH_OP_add, &up, &down, 0));
  for (int64_t i = 1; i < n; i++) assert_true(at(&x, i) == (double)(2 * i - 1));
  assert_ok(mah_tensor_stride(&half, &x, 0, 0, n / 2, 2));
  assert_ok(mah_unary(&half, MAH_OP_neg, &half));
  for (int64_t i = 1; i < n; i++)
    assert_true(at(&x, i) == (i % 2 ? 1.0 : -1.0) * (double)(2 * i - 1));
  mah_tensor *all[] = {&x, &up, &down, &half};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* -- Numbers, scalars, choices ----------------------------------------------------------------- */

static void test_numbers(void **state) {
  (void)state;
  mah_tensor f = one(MAH_FLOAT32, 3), i = one(MAH_INT32, 7), u = one(MAH_UINT8, 9), y = {0};
  struct {
    const mah_tensor *a, *b;
    int32_t op, dtype;
    double number, result;
  } cases[] = {
      {&f, NULL, MAH_OP_sub, MAH_FLOAT32, 0.5, 2.5}, {NULL, &f, MAH_OP_sub, MAH_FLOAT32, 0.5, -2.5},
      {&i, NULL, MAH_OP_mul, MAH_INT32, 2, 14},      {&i, NULL, MAH_OP_mul, MAH_FLOAT32, 0.5, 3.5},
      {&i, NULL, MAH_OP_div, MAH_FLOAT32, 2, 3.5},   {&u, NULL, MAH_OP_lt, MAH_UINT8, 1000, 1},
      {&u, NULL, MAH_OP_gt, MAH_UINT8, 8.5, 1},      {&i, NULL, MAH_OP_gt, MAH_UINT8, -INFINITY, 1},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    assert_ok(mah_binary(&y, cases[c].op, cases[c].a, cases[c].b, cases[c].number));
    assert_int_equal(y.elem, cases[c].dtype);
    assert_true(at(&y, 0) == cases[c].result);
    mah_tensor_release(&y);
  }
  assert_fails(MAH_ERROR_ARGUMENT, "256 does not fit", mah_binary(&y, MAH_OP_add, &u, NULL, 256));
  assert_fails(MAH_ERROR_ARGUMENT, "two numbers", mah_binary(&y, MAH_OP_add, NULL, NULL, 1));
  mah_tensor_release(&f);
  mah_tensor_release(&i);
  mah_tensor_release(&u);
}

static void test_scaled_lerp_clamp_where(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
      for (int r = 0; r < RAGGED; r++) {
        int64_t n = ragged[r];
        assert_ok(mah_simd_use(simd));
        mah_tensor a = random_vector(&rng, dtype, n, 0), b = random_vector(&rng, dtype, n, 0);
        mah_tensor c = random_vector(&rng, MAH_UINT8, n, 0), y[4] = {{0}};
        assert_ok(mah_add_scaled(&y[0], &a, &b, -3));
        assert_ok(mah_lerp(&y[1], &a, &b, 0.25));
        assert_ok(mah_clamp(&y[2], &a, -1.5, 2));
        assert_ok(mah_where(&y[3], &c, &a, NULL, 0, 7));
        double low = dtype == MAH_UINT8 ? 0 : dtype == MAH_INT32 ? -1 : -1.5;
        for (int64_t i = 0; i < n; i++) {
          double p = at(&a, i), q = at(&b, i);
          assert_true(at(&y[0], i) == wrapped(p - 3 * q, dtype));
          assert_true(at(&y[1], i) == p + 0.25 * (q - p));
          assert_true(at(&y[2], i) == fmin(fmax(p, low), 2));
          assert_true(at(&y[3], i) == (at(&c, i) != 0 ? p : 7));
        }
        mah_tensor *all[] = {&a, &b, &c, &y[0], &y[1], &y[2], &y[3]};
        for (int i = 0; i < 7; i++) mah_tensor_release(all[i]);
      }
}

static void test_refusals(void **state) {
  (void)state;
  int64_t shape[] = {2, 3}, other[] = {2}, wide[] = {4, 3};
  mah_tensor x = {0}, v = {0}, ints = {0}, none = {0}, gone = {0}, row = {0}, spread = {0};
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 2, shape));
  assert_ok(mah_tensor_zeros(&v, MAH_FLOAT32, 1, other));
  assert_ok(mah_tensor_zeros(&ints, MAH_INT32, 2, shape));
  assert_ok(mah_tensor_narrow(&row, &x, 0, 0, 1));
  assert_ok(mah_tensor_expand(&spread, &row, 2, wide));
  assert_fails(MAH_ERROR_SHAPE, "broadcast", mah_binary(&none, MAH_OP_add, &x, &v, 0));
  assert_fails(MAH_ERROR_SHAPE, "broadcast", mah_binary(&v, MAH_OP_add, &x, NULL, 1));
  assert_fails(MAH_ERROR_DTYPE, "int32 2x3 cannot hold",
               mah_binary(&ints, MAH_OP_add, &ints, &x, 0));
  assert_fails(MAH_ERROR_DTYPE, "cannot hold", mah_unary(&ints, MAH_OP_exp, &ints));
  assert_fails(MAH_ERROR_ARGUMENT, "expanded", mah_unary(&spread, MAH_OP_exp, &spread));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_unary(&none, MAH_OP_exp, &gone));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_binary(&none, MAH_OP_add, &x, &gone, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "nil", mah_add_scaled(&none, &x, NULL, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "operation number", mah_unary(&none, MAH_UNARY_COUNT, &x));
  assert_fails(MAH_ERROR_ARGUMENT, "operation number", mah_binary(&none, -1, &x, &x, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "clamp", mah_clamp(&none, &x, 2, 1));
  assert_fails(MAH_ERROR_DTYPE, "uint8 is expected", mah_where(&none, &x, &x, &x, 0, 0));
  assert_null(mah_unary_name(-1));
  assert_null(mah_unary_text(MAH_UNARY_COUNT));
  assert_null(mah_binary_text(-1));
  assert_string_equal(mah_binary_text(MAH_OP_pow), "a^b");
  assert_null(mah_binary_name(MAH_BINARY_COUNT));
  mah_tensor *all[] = {&x, &v, &ints, &row, &spread};
  for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
}

static void test_out_of_memory(void **state) {
  (void)state;
  int64_t n = 100, before = mah_memory_live();
  mah_tensor x = {0}, a = {0}, b = {0}, y = {0};
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 1, &n));
  assert_ok(mah_tensor_narrow(&a, &x, 0, 0, 50));
  assert_ok(mah_tensor_narrow(&b, &x, 0, 25, 50));
  for (int k = 1; k <= 2; k++) {
    mah_memory_fail_at(k);
    assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_unary(&y, MAH_OP_exp, &x));
    mah_memory_fail_at(k);
    assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_binary(&a, MAH_OP_add, &a, &b, 0));
  }
  mah_tensor *all[] = {&x, &a, &b};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  assert_int_equal(mah_memory_live(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unary),
      cmocka_unit_test(test_binary),
      cmocka_unit_test(test_edges),
      cmocka_unit_test(test_broadcast_and_strides),
      cmocka_unit_test(test_in_place),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_scaled_lerp_clamp_where),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
