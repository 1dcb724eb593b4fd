/* The solvers' fused steps against plain twins, on ragged sizes. */
#include "testing.h"

#include "learn/kernels/kernels.h"

typedef struct {
  const mah_learn_kernels *kernels;
  int32_t d;
  int64_t n;
  void *w, *a, *b, *g, *w0, *a0, *b0; /* a >= 0; the zeros hold what was before the step */
} vectors;

static vectors new_vectors(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
  mah_rng rng = rng_of((uint64_t)n);
  vectors v = {kernels,
               d,
               n,
               random_reals(&rng, d, n),
               random_reals(&rng, d, n),
               random_reals(&rng, d, n),
               random_reals(&rng, d, n),
               NULL,
               NULL,
               NULL};
  for (int64_t i = 0; i < n; i++) set(v.a, d, i, 0.01 + fabs(get(v.a, d, i)));
  v.w0 = copy_reals(v.w, d, n);
  v.a0 = copy_reals(v.a, d, n);
  v.b0 = copy_reals(v.b, d, n);
  return v;
}

static void free_vectors(vectors *v) {
  void *blocks[] = {v->w, v->a, v->b, v->g, v->w0, v->a0, v->b0};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_rmsprop_twin(vectors *v, int momentum) {
  int32_t d = v->d;
  mah_step_settings settings = {
      .lr = .01, .alpha = .9, .epsilon = 1e-3, .momentum = momentum ? .5 : 0, .decay = .1};
  v->kernels->update[MAH_RMSPROP](v->w, v->a, momentum ? v->b : NULL, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double w = get(v->w0, d, i), g = get(v->g, d, i) + .1 * w;
    double a = .9 * get(v->a0, d, i) + .1 * g * g;
    double b = (momentum ? .5 * get(v->b0, d, i) : 0) + g / (sqrt(a) + 1e-3);
    assert_close(get(v->w, d, i), w - .01 * b, tolerance_of(d));
    assert_close(get(v->a, d, i), a, tolerance_of(d));
    assert_close(get(v->b, d, i), momentum ? b : get(v->b0, d, i), tolerance_of(d));
  }
}

static void check_adagrad_twin(vectors *v) {
  int32_t d = v->d;
  mah_step_settings settings = {.lr = .01, .epsilon = 1e-3, .decay = .1};
  v->kernels->update[MAH_ADAGRAD](v->w, v->a, NULL, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double w = get(v->w0, d, i), g = get(v->g, d, i) + .1 * w, a = get(v->a0, d, i) + g * g;
    assert_close(get(v->w, d, i), w - .01 * g / (sqrt(a) + 1e-3), tolerance_of(d));
    assert_close(get(v->a, d, i), a, tolerance_of(d));
  }
}

static void check_adamw_twin(vectors *v) {
  int32_t d = v->d;
  mah_step_settings settings = {
      .lr = .01, .correction = 2, .beta1 = .9, .beta2 = .99, .epsilon = 1e-3, .decay = .1};
  v->kernels->update[MAH_ADAMW](v->w, v->b, v->a, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double g = get(v->g, d, i), m = .9 * get(v->b0, d, i) + .1 * g;
    double a = .99 * get(v->a0, d, i) + .01 * g * g;
    assert_close(get(v->w, d, i), .9 * get(v->w0, d, i) - .01 * m / (2 * sqrt(a) + 1e-3),
                 tolerance_of(d));
    assert_close(get(v->a, d, i), a, tolerance_of(d));
    assert_close(get(v->b, d, i), m, tolerance_of(d));
  }
}

static void check_others(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
  for (int which = 0; which < 4; which++) {
    vectors v = new_vectors(kernels, d, n);
    if (which < 2) check_rmsprop_twin(&v, which);
    if (which == 2) check_adagrad_twin(&v);
    if (which == 3) check_adamw_twin(&v);
    free_vectors(&v);
  }
}

static void check_sgd_and_adam(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
  mah_rng rng = rng_of((uint64_t)n);
  void *w = random_reals(&rng, d, n), *m = random_reals(&rng, d, n), *g = random_reals(&rng, d, n);
  void *v = random_reals(&rng, d, n);
  for (int64_t i = 0; i < n; i++) set(v, d, i, fabs(get(v, d, i)));
  void *w0 = copy_reals(w, d, n), *m0 = copy_reals(m, d, n), *v0 = copy_reals(v, d, n);
  mah_step_settings adam = {.lr = .01, .beta1 = .9, .beta2 = .99, .epsilon = 1e-8};
  kernels->update[MAH_ADAM](w, m, v, g, n, &adam);
  for (int64_t i = 0; i < n; i++) {
    double gi = get(g, d, i), mi = .9 * get(m0, d, i) + .1 * gi;
    double vi = .99 * get(v0, d, i) + .01 * gi * gi;
    assert_close(get(w, d, i), get(w0, d, i) - .01 * mi / (sqrt(vi) + 1e-8), tolerance_of(d));
  }
  memcpy(w, w0, (size_t)(n * mah_dtype_size(d)));
  mah_step_settings sgd = {.lr = .1, .momentum = .5, .nesterov = 1};
  kernels->update[MAH_SGD](w, m0, NULL, g, n, &sgd);
  for (int64_t i = 0; i < n; i++) /* m0 is the velocity, new by now */
    assert_close(get(w, d, i), get(w0, d, i) + .5 * get(m0, d, i) - .1 * get(g, d, i),
                 tolerance_of(d));
  void *blocks[] = {w, m, g, v, w0, m0, v0};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void steps_equal_plain_loops(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      for (int i = 0; i <= RAGGED; i++) {
        int64_t n = i < RAGGED ? ragged[i] : 79510;
        check_sgd_and_adam(mah_learn_for(dtype, simd), dtype, n);
        check_others(mah_learn_for(dtype, simd), dtype, n);
      }
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_equal_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
