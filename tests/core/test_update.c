/* The solvers' fused steps: sequences computed by hand, and plain twins on ragged sizes. */
#include "testing.h"

#include "learn/kernels.h"

static mah_tensor vector_over(double *values, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, MAH_FLOAT64, 1, &n));
  return t;
}

/* w = 1, g = 0.5, lr 0.1, momentum 0.9 */
static void check_sgd_sequence(int32_t nesterov, const double *expected) {
  double w = 1, velocity = 0, g = 0.5;
  mah_tensor tw = vector_over(&w, 1), tv = vector_over(&velocity, 1), tg = vector_over(&g, 1);
  for (int i = 0; i < 4; i++) {
    assert_ok(mah_step_sgd(&tw, &tv, &tg, 0.1, 0.9, nesterov));
    assert_close(w, expected[i], 1e-15);
  }
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
  mah_tensor_release(&tg);
}

static void test_sgd_sequences(void **state) {
  (void)state;
  check_sgd_sequence(0, (double[]){.95, .855, .7195, .54755});
  check_sgd_sequence(1, (double[]){.905, .7695, .59755, .392795});
}

static void test_adam_sequence(void **state) {
  (void)state;
  const double gradients[] = {.5, -.25, .1, .1};
  const double expected[] = {0.9990000006324551, 0.9987336637435179, 0.9984184203527734,
                             0.9980632007849458};
  double w = 1, m = 0, v = 0, g;
  mah_tensor tw = vector_over(&w, 1), tm = vector_over(&m, 1), tv = vector_over(&v, 1);
  mah_tensor tg = vector_over(&g, 1);
  for (int t = 1; t <= 4; t++) {
    g = gradients[t - 1];
    double lr = 1e-3 * sqrt(1 - pow(.999, t)) / (1 - pow(.9, t));
    assert_ok(mah_step_adam(&tw, &tm, &tv, &tg, lr, .9, .999, 1e-8));
    assert_close(w, expected[t - 1], 1e-15);
  }
  assert_fails(MAH_ERROR_ARGUMENT, "freed",
               (mah_tensor_release(&tg), mah_step_adam(&tw, &tm, &tv, &tg, 1, .9, .999, 1e-8)));
  mah_tensor_release(&tw);
  mah_tensor_release(&tm);
  mah_tensor_release(&tv);
}

static void check_twins(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
  mah_rng rng = rng_of((uint64_t)n);
  void *w = random_reals(&rng, d, n), *m = random_reals(&rng, d, n), *g = random_reals(&rng, d, n);
  void *v = random_reals(&rng, d, n);
  for (int64_t i = 0; i < n; i++) set(v, d, i, fabs(get(v, d, i)));
  void *w0 = copy_reals(w, d, n), *m0 = copy_reals(m, d, n), *v0 = copy_reals(v, d, n);
  kernels->adam(w, m, v, g, n, .01, .9, .99, 1e-8);
  for (int64_t i = 0; i < n; i++) {
    double gi = get(g, d, i), mi = .9 * get(m0, d, i) + .1 * gi;
    double vi = .99 * get(v0, d, i) + .01 * gi * gi;
    assert_close(get(w, d, i), get(w0, d, i) - .01 * mi / (sqrt(vi) + 1e-8), tolerance_of(d));
  }
  memcpy(w, w0, (size_t)(n * mah_dtype_size(d)));
  kernels->sgd(w, m0, g, n, .1, .5, 1);
  for (int64_t i = 0; i < n; i++) /* m0 is the velocity, new by now */
    assert_close(get(w, d, i), get(w0, d, i) + .5 * get(m0, d, i) - .1 * get(g, d, i),
                 tolerance_of(d));
  void *blocks[] = {w, m, g, v, w0, m0, v0};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void test_twins(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      for (int i = 0; i < RAGGED; i++) check_twins(mah_learn_for(dtype, simd), dtype, ragged[i]);
      check_twins(mah_learn_for(dtype, simd), dtype, 79510);
    }
}

static void test_shapes(void **state) {
  (void)state;
  double w[2] = {0}, v[3] = {0};
  mah_tensor tw = vector_over(w, 2), tv = vector_over(v, 3);
  assert_fails(MAH_ERROR_SHAPE, "velocity", mah_step_sgd(&tw, &tv, &tw, .1, 0, 0));
  assert_fails(MAH_ERROR_SHAPE, "gradient", mah_step_sgd(&tw, &tw, &tv, .1, 0, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "nil", mah_step_sgd(NULL, &tw, &tw, .1, 0, 0));
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sgd_sequences),
                                     cmocka_unit_test(test_adam_sequence),
                                     cmocka_unit_test(test_twins), cmocka_unit_test(test_shapes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
