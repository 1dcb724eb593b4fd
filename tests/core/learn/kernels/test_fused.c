/* The fused vector operations against plain loops, on ragged sizes and at full size. */
#include "testing.h"

#include "learn/kernels/kernels.h"

typedef struct vectors {
  void *x, *y, *z, *out, *s, *d; /* n reals each */
  int32_t dtype;
  int64_t n;
} vectors;

static vectors new_vectors(int32_t dtype, int64_t n) {
  mah_rng rng = rng_of((uint64_t)n + 1);
  vectors v = {.dtype = dtype, .n = n};
  void **all[] = {&v.x, &v.y, &v.z, &v.out, &v.s, &v.d};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = random_reals(&rng, dtype, n);
  return v;
}

static void free_vectors(vectors *v) {
  void *all[] = {v->x, v->y, v->z, v->out, v->s, v->d};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_free(all[i]);
}

/* Sums are taken in double of what is stored, so that they agree far beyond float's precision. */
static const double SUM_TOLERANCE = 1e-12;

static double dot_twin(const void *x, const void *y, const vectors *v) {
  double sum = 0;
  for (int64_t i = 0; i < v->n; i++) sum += get(x, v->dtype, i) * get(y, v->dtype, i);
  return sum;
}

static void check_combine(const mah_learn_kernels *kernels, int32_t dtype, int64_t n) {
  vectors v = new_vectors(dtype, n);
  double dot = kernels->combine(v.out, 0.7, v.x, -1.3, v.y, v.z, n);
  for (int64_t i = 0; i < n; i++)
    assert_close(get(v.out, dtype, i), 0.7 * get(v.x, dtype, i) - 1.3 * get(v.y, dtype, i),
                 tolerance_of(dtype));
  assert_close(dot, dot_twin(v.out, v.z, &v), SUM_TOLERANCE);
  void *expected = copy_reals(v.out, dtype, n);
  assert_true(kernels->combine(v.s, 0.7, v.x, -1.3, v.y, NULL, n) == 0);
  assert_memory_equal(v.s, expected, (size_t)(n * mah_dtype_size(dtype)));
  kernels->combine(v.y, 0.7, v.x, -1.3, v.y, v.z, n); /* in place */
  assert_memory_equal(v.y, expected, (size_t)(n * mah_dtype_size(dtype)));
  mah_free(expected);
  free_vectors(&v);
}

static void check_dot_and_max(const mah_learn_kernels *kernels, int32_t dtype, int64_t n) {
  vectors v = new_vectors(dtype, n);
  for (int64_t place = 0; place<n; place += n> 100 ? n / 10 : 1) {
    double dot, largest, expected = 0;
    set(v.x, dtype, place, place % 2 ? 2.5 : -2.5);
    kernels->dot_and_max(&dot, &largest, v.x, v.y, n);
    assert_true(largest == 2.5);
    set(v.x, dtype, place, 0.125);
    kernels->dot_and_max(&dot, &largest, v.x, v.y, n);
    assert_close(dot, dot_twin(v.x, v.y, &v), SUM_TOLERANCE);
    for (int64_t i = 0; i < n; i++) expected = fmax(expected, fabs(get(v.x, dtype, i)));
    assert_true(largest == expected);
  }
  free_vectors(&v);
}

static void check_advance(const mah_learn_kernels *kernels, int32_t dtype, int64_t n) {
  vectors v = new_vectors(dtype, n);
  void *w = copy_reals(v.x, dtype, n), *g = copy_reals(v.y, dtype, n);
  double sy, yy;
  kernels->advance(&sy, &yy, &(mah_secant){w, g, v.s, v.d, v.out, v.z, n});
  for (int64_t i = 0; i < n; i++) {
    assert_close(get(v.s, dtype, i), get(v.out, dtype, i) - get(v.x, dtype, i),
                 tolerance_of(dtype));
    assert_close(get(v.d, dtype, i), get(v.z, dtype, i) - get(v.y, dtype, i), tolerance_of(dtype));
  }
  assert_memory_equal(w, v.out, (size_t)(n * mah_dtype_size(dtype)));
  assert_memory_equal(g, v.z, (size_t)(n * mah_dtype_size(dtype)));
  assert_close(sy, dot_twin(v.s, v.d, &v), SUM_TOLERANCE);
  assert_close(yy, dot_twin(v.d, v.d, &v), SUM_TOLERANCE);
  mah_free(w);
  mah_free(g);
  free_vectors(&v);
}

static void check_at_every_size(void (*check)(const mah_learn_kernels *, int32_t, int64_t)) {
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      for (int i = 0; i < RAGGED; i++) check(mah_learn_for(dtype, simd), dtype, ragged[i]);
      check(mah_learn_for(dtype, simd), dtype, 79510);
    }
}

static void combine_equals_a_plain_loop(void **state) {
  (void)state;
  check_at_every_size(check_combine);
}

static void dot_and_max_equal_a_plain_loop(void **state) {
  (void)state;
  check_at_every_size(check_dot_and_max);
}

static void advance_equals_a_plain_loop(void **state) {
  (void)state;
  check_at_every_size(check_advance);
}

/* 1 + 2^-40 has no room in a float; a sum of floats in double keeps it. */
static void sums_of_floats_are_double(void **state) {
  (void)state;
  float x[2] = {1, 9.5367431640625e-07f}, y[2] = {1, 9.5367431640625e-07f};
  double dot, largest;
  mah_learn(MAH_FLOAT32)->dot_and_max(&dot, &largest, x, y, 2);
  assert_true(dot == 1 + ldexp(1, -40));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(combine_equals_a_plain_loop),
      cmocka_unit_test(dot_and_max_equal_a_plain_loop),
      cmocka_unit_test(advance_equals_a_plain_loop),
      cmocka_unit_test(sums_of_floats_are_double),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
