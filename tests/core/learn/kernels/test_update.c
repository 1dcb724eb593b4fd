/* The solvers' fused steps: sequences computed by hand, and plain twins on ragged sizes. */
#include "testing.h"

#include "learn/kernels/kernels.h"

static mah_tensor vector_over(double *values, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, MAH_FLOAT64, 1, &n));
  return t;
}

/* w = 1, g = 0.5, lr 0.1, momentum 0.9 */
static void check_sgd_sequence(int32_t nesterov, const double *expected) {
  mah_step_settings settings = {.lr = 0.1, .momentum = 0.9, .nesterov = nesterov};
  double w = 1, velocity = 0, g = 0.5;
  mah_tensor tw = vector_over(&w, 1), tv = vector_over(&velocity, 1), tg = vector_over(&g, 1);
  for (int i = 0; i < 4; i++) {
    assert_ok(mah_step(MAH_SGD, &tw, &tv, NULL, &tg, &settings));
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
  mah_step_settings settings = {.beta1 = .9, .beta2 = .999, .epsilon = 1e-8};
  double w = 1, m = 0, v = 0, g;
  mah_tensor tw = vector_over(&w, 1), tm = vector_over(&m, 1), tv = vector_over(&v, 1);
  mah_tensor tg = vector_over(&g, 1);
  for (int t = 1; t <= 4; t++) {
    g = gradients[t - 1];
    settings.lr = 1e-3 * sqrt(1 - pow(.999, t)) / (1 - pow(.9, t));
    assert_ok(mah_step(MAH_ADAM, &tw, &tm, &tv, &tg, &settings));
    assert_close(w, expected[t - 1], 1e-15);
  }
  mah_tensor_release(&tg);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_step(MAH_ADAM, &tw, &tm, &tv, &tg, &settings));
  mah_tensor_release(&tw);
  mah_tensor_release(&tm);
  mah_tensor_release(&tv);
}

/* w = 1 and four gradients; the expected w are those of tests/golden/solvers.py. */
typedef struct {
  double w, a, b, g; /* parameter, the solver's two vectors, gradient */
  mah_tensor tw, ta, tb, tg;
} scalar;

static void check_golden(void (*step)(scalar *, int), double start, const double *expected) {
  const double gradients[] = {.5, -.25, .1, .1};
  scalar s = {.w = 1, .a = start};
  s.tw = vector_over(&s.w, 1);
  s.ta = vector_over(&s.a, 1);
  s.tb = vector_over(&s.b, 1);
  s.tg = vector_over(&s.g, 1);
  for (int t = 1; t <= 4; t++) {
    s.g = gradients[t - 1];
    step(&s, t);
    assert_close(s.w, expected[t - 1], 1e-15);
  }
  mah_tensor *tensors[] = {&s.tw, &s.ta, &s.tb, &s.tg};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
}

static void step_rmsprop(scalar *s, int t) {
  (void)t;
  mah_step_settings settings = {.lr = .01, .alpha = .99, .epsilon = 1e-8};
  assert_ok(mah_step(MAH_RMSPROP, &s->tw, &s->ta, NULL, &s->tg, &settings));
}
static void step_rmsprop_momentum(scalar *s, int t) {
  (void)t;
  mah_step_settings settings = {
      .lr = .01, .alpha = .99, .epsilon = 1e-8, .momentum = .9, .decay = .1};
  assert_ok(mah_step(MAH_RMSPROP, &s->tw, &s->ta, &s->tb, &s->tg, &settings));
}
static void step_adagrad(scalar *s, int t) {
  (void)t;
  mah_step_settings settings = {.lr = .01, .epsilon = 1e-10};
  assert_ok(mah_step(MAH_ADAGRAD, &s->tw, &s->ta, NULL, &s->tg, &settings));
}
static void step_adagrad_decay(scalar *s, int t) {
  mah_step_settings settings = {.lr = .01 / (1 + (t - 1) * .1), .epsilon = 1e-10, .decay = .1};
  assert_ok(mah_step(MAH_ADAGRAD, &s->tw, &s->ta, NULL, &s->tg, &settings));
}
static void step_adamw(scalar *s, int t) {
  mah_step_settings settings = {.lr = .1 / (1 - pow(.9, t)),
                                .correction = 1 / sqrt(1 - pow(.999, t)),
                                .beta1 = .9,
                                .beta2 = .999,
                                .epsilon = 1e-8,
                                .decay = .1 * .5};
  assert_ok(mah_step(MAH_ADAMW, &s->tw, &s->ta, &s->tb, &s->tg, &settings));
}

static void test_golden(void **state) {
  (void)state;
  check_golden(
      step_rmsprop, 0,
      (double[]){0.900000019999996, 0.9449013374421751, 0.9271374176630169, 0.9095619140087285});
  check_golden(
      step_rmsprop_momentum, 0,
      (double[]){0.900000016666664, 0.8358874192942146, 0.7495800192387101, 0.6454786497071581});
  check_golden(
      step_adagrad, 0,
      (double[]){0.990000000002, 0.9944721359561995, 0.9927112341438584, 0.990977014205111});
  check_golden(
      step_adagrad_decay, 0.5,
      (double[]){0.9935300336084913, 0.9949877148936767, 0.9932567943231267, 0.9916937129715668});
  check_golden(
      step_adamw, 0,
      (double[]){0.8500000019999999, 0.7808662986078463, 0.7102986279953237, 0.6392617215390827});
}

/* -- Plain twins ------------------------------------------------------------------------------- */

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

static void check_new_twins(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
  for (int which = 0; which < 4; which++) {
    vectors v = new_vectors(kernels, d, n);
    if (which < 2) check_rmsprop_twin(&v, which);
    if (which == 2) check_adagrad_twin(&v);
    if (which == 3) check_adamw_twin(&v);
    free_vectors(&v);
  }
}

static void check_twins(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
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

static void test_twins(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      for (int i = 0; i <= RAGGED; i++) {
        int64_t n = i < RAGGED ? ragged[i] : 79510;
        check_twins(mah_learn_for(dtype, simd), dtype, n);
        check_new_twins(mah_learn_for(dtype, simd), dtype, n);
      }
    }
}

static void test_shapes(void **state) {
  (void)state;
  double w[2] = {0}, v[3] = {0};
  mah_tensor tw = vector_over(w, 2), tv = vector_over(v, 3);
  mah_step_settings s = {.lr = .1, .epsilon = 1e-8, .momentum = .5};
  assert_fails(MAH_ERROR_SHAPE, "velocity", mah_step(MAH_SGD, &tw, &tv, NULL, &tw, &s));
  assert_fails(MAH_ERROR_SHAPE, "gradient", mah_step(MAH_SGD, &tw, &tw, NULL, &tv, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_step(MAH_SGD, NULL, &tw, NULL, &tw, &s));
  assert_fails(MAH_ERROR_SHAPE, "m:", mah_step(MAH_ADAMW, &tw, &tv, &tw, &tw, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "v: the solver needs",
               mah_step(MAH_ADAM, &tw, &tw, NULL, &tw, &s));
  assert_fails(MAH_ERROR_SHAPE, "sum:", mah_step(MAH_ADAGRAD, &tw, &tv, NULL, &tw, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "momentum of 0.5 needs",
               mah_step(MAH_RMSPROP, &tw, &tw, NULL, &tw, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "no solver has the number 9",
               mah_step(9, &tw, &tw, NULL, &tw, &s));
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sgd_sequences), cmocka_unit_test(test_adam_sequence),
      cmocka_unit_test(test_golden), cmocka_unit_test(test_twins), cmocka_unit_test(test_shapes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
