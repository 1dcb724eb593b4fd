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

static void check_lion_twin(vectors *v) {
  int32_t d = v->d;
  mah_step_settings settings = {.lr = .01, .beta1 = .9, .beta2 = .99, .decay = .1};
  if (v->n > 1) set(v->g, d, 1, 0), set(v->b, d, 1, 0), set(v->b0, d, 1, 0); /* no sign */
  v->kernels->update[MAH_LION](v->w, v->b, NULL, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double g = get(v->g, d, i), m = get(v->b0, d, i), c = .9 * m + .1 * g;
    double sign = c > 0 ? 1 : c < 0 ? -1 : 0;
    if (c == 0 || fabs(c) > 1e-6) /* it may round to either side */
      assert_close(get(v->w, d, i), .9 * get(v->w0, d, i) - .01 * sign, tolerance_of(d));
    assert_close(get(v->b, d, i), .99 * m + .01 * g, tolerance_of(d));
  }
}

static void check_nadam_twin(vectors *v) {
  int32_t d = v->d;
  mah_step_settings settings = {.lr = .01,
                                .ahead = .02,
                                .correction = 2,
                                .beta1 = .9,
                                .beta2 = .99,
                                .epsilon = 1e-3,
                                .decay = .1};
  v->kernels->update[MAH_NADAM](v->w, v->b, v->a, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double w = get(v->w0, d, i), g = get(v->g, d, i) + .1 * w;
    double m = .9 * get(v->b0, d, i) + .1 * g, a = .99 * get(v->a0, d, i) + .01 * g * g;
    assert_close(get(v->w, d, i), w - (.01 * m + .02 * g) / (2 * sqrt(a) + 1e-3), tolerance_of(d));
    assert_close(get(v->a, d, i), a, tolerance_of(d));
    assert_close(get(v->b, d, i), m, tolerance_of(d));
  }
}

static void check_radam_twin(vectors *v, int is_rectified) {
  int32_t d = v->d;
  mah_step_settings settings = {.lr = .01,
                                .is_rectified = is_rectified,
                                .beta1 = .9,
                                .beta2 = .99,
                                .epsilon = 1e-3,
                                .decay = .1};
  v->kernels->update[MAH_RADAM](v->w, v->b, v->a, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double w = get(v->w0, d, i), g = get(v->g, d, i) + .1 * w;
    double m = .9 * get(v->b0, d, i) + .1 * g, a = .99 * get(v->a0, d, i) + .01 * g * g;
    assert_close(get(v->w, d, i), w - .01 * m / (is_rectified ? sqrt(a) + 1e-3 : 1),
                 tolerance_of(d));
    assert_close(get(v->a, d, i), a, tolerance_of(d));
    assert_close(get(v->b, d, i), m, tolerance_of(d));
  }
}

/* Gradients of 1e-25 have signs, too. */
static void check_rprop_twin(vectors *v) {
  int32_t d = v->d;
  mah_step_settings settings = {.eta_minus = .5, .eta_plus = 1.25, .size_min = .3, .size_max = 1};
  if (v->n > 2) set(v->g, d, 1, 0), set(v->b, d, 2, 0), set(v->b0, d, 2, 0);
  for (int64_t i = 3; i < v->n; i += 4) set(v->g, d, i, 1e-25 * get(v->g, d, i));
  void *g0 = copy_reals(v->b, d, v->n);
  v->kernels->update[MAH_RPROP](v->w, v->b, v->a, v->g, v->n, &settings);
  for (int64_t i = 0; i < v->n; i++) {
    double g = get(v->g, d, i), before = get(g0, d, i);
    double sign = g > 0 ? 1 : g < 0 ? -1 : 0;
    int turned = sign * before < 0;
    double size = get(v->a0, d, i) * (sign * before > 0 ? 1.25 : turned ? .5 : 1);
    size = size < .3 ? .3 : size > 1 ? 1 : size;
    assert_close(get(v->w, d, i), get(v->w0, d, i) - (turned ? 0 : size * sign), tolerance_of(d));
    assert_close(get(v->a, d, i), size, tolerance_of(d));
    assert_true(get(v->b, d, i) == (turned ? 0 : g));
  }
  mah_free(g0);
}

static void check_others(const mah_learn_kernels *kernels, int32_t d, int64_t n) {
  for (int which = 0; which < 9; which++) {
    vectors v = new_vectors(kernels, d, n);
    if (which < 2) check_rmsprop_twin(&v, which);
    if (which == 2) check_adagrad_twin(&v);
    if (which == 3) check_adamw_twin(&v);
    if (which == 4) check_lion_twin(&v);
    if (which == 5) check_nadam_twin(&v);
    if (which == 6 || which == 7) check_radam_twin(&v, which == 7);
    if (which == 8) check_rprop_twin(&v);
    free_vectors(&v);
  }
}

static void check_sgd_and_adam(const mah_learn_kernels *kernels, int32_t d, int64_t n,
                               double decay) {
  mah_rng rng = rng_of((uint64_t)n);
  void *w = random_reals(&rng, d, n), *m = random_reals(&rng, d, n), *g = random_reals(&rng, d, n);
  void *v = random_reals(&rng, d, n);
  for (int64_t i = 0; i < n; i++) set(v, d, i, fabs(get(v, d, i)));
  void *w0 = copy_reals(w, d, n), *m0 = copy_reals(m, d, n), *v0 = copy_reals(v, d, n);
  mah_step_settings adam = {.lr = .01, .beta1 = .9, .beta2 = .99, .epsilon = 1e-8, .decay = decay};
  kernels->update[MAH_ADAM](w, m, v, g, n, &adam);
  for (int64_t i = 0; i < n; i++) {
    double gi = get(g, d, i) + decay * get(w0, d, i), mi = .9 * get(m0, d, i) + .1 * gi;
    double vi = .99 * get(v0, d, i) + .01 * gi * gi;
    assert_close(get(w, d, i), get(w0, d, i) - .01 * mi / (sqrt(vi) + 1e-8), tolerance_of(d));
  }
  memcpy(w, w0, (size_t)(n * mah_dtype_size(d)));
  mah_step_settings sgd = {.lr = .1, .momentum = .5, .nesterov = 1, .decay = decay};
  kernels->update[MAH_SGD](w, m0, NULL, g, n, &sgd);
  for (int64_t i = 0; i < n; i++) { /* m0 is the velocity, new by now */
    double gi = get(g, d, i) + decay * get(w0, d, i);
    assert_close(get(w, d, i), get(w0, d, i) + .5 * get(m0, d, i) - .1 * gi, tolerance_of(d));
  }
  void *blocks[] = {w, m, g, v, w0, m0, v0};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void steps_equal_plain_loops(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      for (int i = 0; i <= RAGGED; i++) {
        int64_t n = i < RAGGED ? ragged[i] : 79510;
        check_sgd_and_adam(mah_learn_for(dtype, simd), dtype, n, 0);
        check_sgd_and_adam(mah_learn_for(dtype, simd), dtype, n, .1);
        check_others(mah_learn_for(dtype, simd), dtype, n);
      }
    }
}

/* -- Roots and quotients ----------------------------------------------------------------------- */

/* m / (sqrt(v) + epsilon) as Adam's step computes it, n of them, in float. */
static void adam_quotients(mah_simd simd, float *out, float *m, float *v, int64_t n,
                           double epsilon) {
  mah_step_settings adam = {.lr = 1, .beta1 = 0, .beta2 = 1, .epsilon = epsilon};
  float zero[64] = {0};
  assert_true(n <= 64);
  memcpy(zero, m, sizeof(float) * (size_t)n); /* the gradient; m becomes it */
  memset(out, 0, sizeof(float) * (size_t)n);
  mah_learn_for(MAH_FLOAT32, simd)->update[MAH_ADAM](out, m, v, zero, n, &adam);
  for (int64_t i = 0; i < n; i++) out[i] = -out[i];
}

/* 1 unit in the last place for the root and for the quotient. */
static void quotients_are_right_to_two_units(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  double worst = 0;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int round = 0; round < 3000; round++) {
      float m[37], v[37], q[37];
      for (int i = 0; i < 37; i++) {
        m[i] = (float)ldexp(2 * mah_rng_double(&rng) - 1, (int)mah_rng_below(&rng, 60) - 30);
        v[i] = (float)ldexp(1 + mah_rng_double(&rng), (int)mah_rng_below(&rng, 160) - 80);
      }
      adam_quotients(simd, q, m, v, 37, 1e-30);
      for (int i = 0; i < 37; i++) {
        double exact = (double)m[i] / (sqrt((double)v[i]) + 1e-30),
               unit = ldexp(1, ilogb(exact) - 23);
        double error = fabs((double)q[i] - exact) / unit;
        worst = error > worst ? error : worst;
      }
    }
  if (worst > 2) fail_msg("%g units in the last place", worst);
}

/* 0, subnormal and infinite v */
static void ends_of_the_range_are_right(void **state) {
  (void)state;
  const float v[] = {0, 0x1p-149f, 0x1p-130f, 0x1p-127f, 0x1p-126f, 0x1p127f, INFINITY, 0};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++) {
    float m[] = {1, -1, 1, 2, 3, 4, 1e30f, 0}, squares[8], q[8];
    memcpy(squares, v, sizeof v);
    adam_quotients(simd, q, m, squares, 8, 1e-8);
    for (int i = 0; i < 8; i++) {
      double exact = (double)m[i] / (sqrt((double)v[i]) + (double)1e-8f);
      assert_true(fabs((double)q[i] - exact) <= 3e-7 * fabs(exact));
    }
    float nan[] = {1}, not_a_number[] = {NAN};
    adam_quotients(simd, q, nan, not_a_number, 1, 1e-8);
    assert_true(isnan(q[0]));
  }
}

/* A gradient whose square is more than a float holds makes no step, with any instruction set; but
 * those that look at signs alone do make theirs. */
static void squares_that_are_too_large_make_no_step(void **state) {
  (void)state;
  mah_step_settings s = {.lr = .01,
                         .correction = 31,
                         .beta1 = .9,
                         .beta2 = .999,
                         .alpha = .9,
                         .epsilon = 1e-8,
                         .ahead = .01,
                         .is_rectified = 1};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t solver = MAH_SGD + 1; solver < MAH_SOLVER_COUNT; solver++) {
      float w[] = {1, -1}, a[] = {0, 0}, b[] = {0, 0}, g[] = {1e25f, -1e25f};
      mah_learn_for(MAH_FLOAT32, simd)->update[solver](w, a, b, g, 2, &s);
      if (solver != MAH_LION && solver != MAH_RPROP) assert_true(w[0] == 1 && w[1] == -1);
    }
}

/* It must come to light. */
static void not_a_number_has_no_sign(void **state) {
  (void)state;
  mah_step_settings s = {.lr = .01, .beta1 = .9, .beta2 = .99, .size_max = 1};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t solver = MAH_LION; solver <= MAH_RPROP; solver += MAH_RPROP - MAH_LION) {
      float w[] = {1, 1}, a[] = {0, 0}, b[] = {1, 1}, g[] = {NAN, 0};
      mah_learn_for(MAH_FLOAT32, simd)->update[solver](w, a, b, g, 2, &s);
      assert_true(isnan(w[0]) && w[1] == 1);
    }
}

/* -- Places ------------------------------------------------------------------------------------ */

/* An element gets the same bits wherever a call begins and ends. */
static void check_places(const mah_learn_kernels *kernels, int32_t d, int32_t solver) {
  enum { N = 101 };
  mah_step_settings s = {.lr = .01,
                         .momentum = .9,
                         .nesterov = 1,
                         .correction = 2,
                         .beta1 = .9,
                         .beta2 = .99,
                         .alpha = .9,
                         .epsilon = 1e-3,
                         .decay = .1,
                         .ahead = .02,
                         .eta_minus = .5,
                         .eta_plus = 1.2,
                         .size_min = .2,
                         .size_max = 1,
                         .is_rectified = 1};
  vectors one = new_vectors(kernels, d, N), many = new_vectors(kernels, d, N);
  int64_t size = mah_dtype_size(d);
  memcpy(one.b, one.a, (size_t)(N * size));
  memcpy(many.b, many.a, (size_t)(N * size));
  kernels->update[solver](one.w, one.a, one.b, one.g, N, &s);
  for (int64_t first = 0, n = 1; first < N; first += n, n = n * 2 + 1) {
    n = first + n < N ? n : N - first;
    char *at[] = {many.w, many.a, many.b, many.g};
    for (int i = 0; i < 4; i++) at[i] += first * size;
    kernels->update[solver](at[0], at[1], at[2], at[3], n, &s);
  }
  assert_memory_equal(one.w, many.w, (size_t)(N * size));
  assert_memory_equal(one.a, many.a, (size_t)(N * size));
  assert_memory_equal(one.b, many.b, (size_t)(N * size));
  free_vectors(&one);
  free_vectors(&many);
}

static void bits_do_not_depend_on_the_place(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int32_t solver = 0; solver < MAH_SOLVER_COUNT; solver++)
        check_places(mah_learn_for(dtype, simd), dtype, solver);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_equal_plain_loops),
      cmocka_unit_test(quotients_are_right_to_two_units),
      cmocka_unit_test(ends_of_the_range_are_right),
      cmocka_unit_test(squares_that_are_too_large_make_no_step),
      cmocka_unit_test(not_a_number_has_no_sign),
      cmocka_unit_test(bits_do_not_depend_on_the_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
