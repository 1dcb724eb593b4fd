/* Every operation on one operand, in every dtype and on every instruction set, against a plain loop
 * in double. */
#include "tensor/vectors.h"

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

static void rows_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t op = 0; op < MAH_UNARY_COUNT; op++)
      for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
        for (int r = 0; r < RAGGED; r++) check_unary(&rng, op, dtype, ragged[r]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_equal_a_plain_loop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
