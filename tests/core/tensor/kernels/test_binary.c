/* Every operation on two operands, in every dtype and on every instruction set, against a plain
 * loop in double; likewise those with a scalar or a third operand. */
#include "tensor/vectors.h"

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
  if (op == MAH_OP_pow && mah_dtype_is_integer(dtype)) assert_ok(mah_unary(&y, MAH_OP_abs, &y));
  assert_ok(mah_binary(&z, op, &x, &y, 0));
  double tolerance = z.elem == MAH_FLOAT64 ? 1e-14 : 4e-7;
  for (int64_t i = 0; i < n; i++) {
    double expected = plain_binary(op, at(&x, i), at(&y, i), dtype > MAH_FLOAT64);
    assert_same(at(&z, i), wrapped(expected, z.elem), tolerance, mah_binary_name(op));
  }
  mah_tensor *all[] = {&x, &y, &z};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

/* One operand is a single element, which broadcasts, of the same dtype or of another. */
static void check_one(mah_rng *rng, int32_t op, int32_t dtype, int64_t n, int left) {
  mah_tensor x = random_vector(rng, dtype, n, 1), y = {0}, z = {0}, one = {0};
  int64_t extent = 1;
  int32_t other = op % 2 ? MAH_UINT8 : dtype; /* which is converted */
  if (op == MAH_OP_pow && dtype > MAH_FLOAT64) assert_ok(mah_unary(&x, MAH_OP_abs, &x));
  assert_ok(mah_tensor_new(&one, other, 1, &extent));
  assert_ok(mah_tensor_fill(&one, 2));
  assert_ok(mah_binary(&z, op, left ? &one : &x, left ? &x : &one, 0));
  if (!(op == MAH_OP_div && dtype > MAH_FLOAT64)) /* a number takes the tensor's dtype */
    assert_ok(mah_binary(&y, op, left ? NULL : &x, left ? &x : NULL, 2));
  assert_int_equal(mah_tensor_count(&z), n);
  double tolerance = z.elem == MAH_FLOAT64 ? 1e-14 : 4e-7;
  for (int64_t i = 0; i < n; i++) {
    double v = at(&x, i);
    double expected = plain_binary(op, left ? 2 : v, left ? v : 2, dtype > MAH_FLOAT64);
    assert_same(at(&z, i), wrapped(expected, z.elem), tolerance, mah_binary_name(op));
    if (y.store) assert_true(memcmp(&(double){at(&y, i)}, &(double){at(&z, i)}, 8) == 0);
  }
  mah_tensor *all[] = {&x, &y, &z, &one};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

static void one_element_serves_a_whole_row(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t op = 0; op < MAH_BINARY_COUNT; op++)
      for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
        for (int r = 0; r < 2 * RAGGED; r++) check_one(&rng, op, dtype, ragged[r / 2], r % 2);
  }
}

static void rows_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t op = 0; op < MAH_BINARY_COUNT; op++)
      for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
        for (int r = 0; r < RAGGED; r++) check_binary(&rng, op, dtype, ragged[r]);
  }
}

static void scaled_lerp_clamp_and_where_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
      for (int r = 0; r < RAGGED; r++) {
        int64_t n = ragged[r];
        assert_ok(mah_simd_use(simd));
        mah_tensor a = random_vector(&rng, dtype, n, 0), b = random_vector(&rng, dtype, n, 0);
        mah_tensor c = random_vector(&rng, MAH_UINT8, n, 0), y[4] = {{0}};
        assert_ok(mah_add_scaled(&y[0], &a, &b, -3));
        assert_ok(mah_lerp(&y[1], &a, &b, 0.25));
        assert_ok(mah_clamp(&y[2], &a, -1.5, 2));
        assert_ok(mah_where(&y[3], &c, &a, NULL, 0, 7));
        double low = dtype == MAH_UINT8 ? 0 : mah_dtype_is_integer(dtype) ? -1 : -1.5;
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_equal_a_plain_loop),
      cmocka_unit_test(one_element_serves_a_whole_row),
      cmocka_unit_test(scaled_lerp_clamp_and_where_equal_a_plain_loop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
