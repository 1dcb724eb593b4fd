/* The penalties and their slopes against plain loops. */
#include "learn/variants.h"

static void check_penalty(variant *v, int64_t n) {
  void *W = random_reals(&v->rng, v->dtype, n);
  double magnitudes = 0, squares = 0;
  for (int64_t i = 0; i < n; i++) {
    magnitudes += fabs(get(W, v->dtype, i));
    squares += get(W, v->dtype, i) * get(W, v->dtype, i);
  }
  assert_close(v->kernels->penalty(W, n, 0.3, 0), 0.3 * magnitudes, 1e-12);
  assert_close(v->kernels->penalty(W, n, 0, 0.7), 0.35 * squares, 1e-12);
  assert_close(v->kernels->penalty(W, n, 0.3, 0.7), 0.3 * magnitudes + 0.35 * squares, 1e-12);
  assert_true(v->kernels->penalty(W, n, 0, 0) == 0);
  mah_free(W);
}

static void check_penalties(variant *v) { for_each_size(v, check_penalty); }

static void penalties_equal_plain_sums(void **state) {
  (void)state;
  for_each_variant(check_penalties);
}

/* Added to what is there; a weight that is 0, of either sign, has the slope 0. */
static void check_slope(variant *v, int64_t n) {
  void *W = random_reals(&v->rng, v->dtype, n), *dW = random_reals(&v->rng, v->dtype, n);
  for (int64_t i = 0; i < n; i += 5) set(W, v->dtype, i, i % 2 ? 0.0 : -0.0);
  void *old = copy_reals(dW, v->dtype, n);
  v->kernels->penalty_slopes(dW, W, n, 0.25);
  for (int64_t i = 0; i < n; i++) {
    double weight = get(W, v->dtype, i), sign = (weight > 0) - (weight < 0);
    assert_close(get(dW, v->dtype, i), get(old, v->dtype, i) + 0.25 * sign, tolerance_of(v->dtype));
  }
  FREE(W, dW, old);
}

static void check_slopes(variant *v) { for_each_size(v, check_slope); }

static void slopes_are_added_by_sign(void **state) {
  (void)state;
  for_each_variant(check_slopes);
}

/* Floats are added up in double: 2^24 + 1 has no room in a float. */
static void sums_of_floats_are_double(void **state) {
  (void)state;
  float W[] = {16777216, 1};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    assert_true(mah_learn_for(MAH_FLOAT32, simd)->penalty(W, 2, 1, 0) == 16777217);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(penalties_equal_plain_sums),
      cmocka_unit_test(slopes_are_added_by_sign),
      cmocka_unit_test(sums_of_floats_are_double),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
