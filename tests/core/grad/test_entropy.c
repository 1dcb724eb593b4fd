/* Cross entropies and their gradients against plain loops, on ragged sizes, with every instruction
 * set.
 */
#include "testing.h"

enum { ROWS = 5 };

typedef struct given {
  mah_tensor x, y, g, class_of, out, before;
} given;

static given make(mah_rng *rng, int32_t dtype, int64_t n) {
  given v = {.x = new_tensor(dtype, 2, ROWS, n),
             .y = new_tensor(dtype, 1, ROWS, 0),
             .g = new_tensor(dtype, 1, ROWS, 0),
             .class_of = new_tensor(MAH_INT32, 1, ROWS, 0),
             .out = new_tensor(dtype, 2, ROWS, n)};
  for (int64_t i = 0; i < ROWS * n; i++) {
    set(v.x.data, dtype, i, 6 * mah_rng_double(rng) - 3);
    set(v.out.data, dtype, i, mah_rng_double(rng));
  }
  for (int64_t i = 0; i < ROWS; i++) {
    set(v.g.data, dtype, i, mah_rng_double(rng));
    ((int32_t *)v.class_of.data)[i] = (int32_t)(i * 7 % n);
  }
  assert_ok(mah_tensor_clone(&v.before, &v.out));
  return v;
}

static void release(given *v) {
  mah_tensor *all[] = {&v->x, &v->y, &v->g, &v->class_of, &v->out, &v->before};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

static void check(mah_rng *rng, int32_t dtype, int64_t n, int add) {
  given v = make(rng, dtype, n);
  if (!add) assert_ok(mah_tensor_fill(&v.out, NAN));
  assert_ok(mah_class_entropy(&v.y, &v.x, &v.class_of));
  assert_ok(mah_back_class_entropy(&v.out, &v.g, &v.x, &v.class_of, add));
  for (int64_t i = 0; i < ROWS; i++) {
    int64_t class = ((int32_t *)v.class_of.data)[i];
    double sum = 0, g = get(v.g.data, dtype, i);
    for (int64_t j = 0; j < n; j++) sum += exp(get(v.x.data, dtype, i * n + j));
    assert_close(get(v.y.data, dtype, i),
                 log(fmax(sum, 1e-300)) - get(v.x.data, dtype, i * n + class), tolerance_of(dtype));
    for (int64_t j = 0; j < n; j++) {
      double p = exp(get(v.x.data, dtype, i * n + j)) / sum;
      double old = add ? get(v.before.data, dtype, i * n + j) : 0;
      assert_close(get(v.out.data, dtype, i * n + j), old + g * (p - (j == class)),
                   tolerance_of(dtype));
    }
  }
  release(&v);
}

static void entropies_equal_plain_loops(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int add = 0; add < 2; add++) {
        assert_ok(mah_simd_use(simd));
        for (int i = 1; i < RAGGED; i++) check(&rng, dtype, ragged[i], add);
        check(&rng, dtype, 150, add); /* several strips */
      }
  assert_ok(mah_simd_use(mah_simd_best()));
}

/* Scores as large as there are do not overflow; infinite ones are certain. */
static void large_scores_do_not_overflow(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  given v = make(&rng, MAH_FLOAT32, 3);
  const float x[ROWS][3] = {
      {3e38f, -3e38f, 0}, {-INFINITY, 5, 5}, {NAN, 0, 0}, {1e4f, 1e4f, 0}, {0, 0, 0}};
  memcpy(v.x.data, x, sizeof x);
  ((int32_t *)v.class_of.data)[1] = 1;
  assert_ok(mah_class_entropy(&v.y, &v.x, &v.class_of));
  assert_ok(mah_back_class_entropy(&v.out, &v.g, &v.x, &v.class_of, 0));
  const float *y = v.y.data, *out = v.out.data, *g = v.g.data;
  assert_true(y[0] == 0 && out[0] == 0);
  assert_close(y[1], log(2), 1e-6);
  assert_true(out[3] == 0 && fabsf(out[5] - g[1] / 2) < 1e-6f);
  assert_true(isnan(y[2]));
  release(&v);
}

static void wrong_operands_are_refused(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  given v = make(&rng, MAH_FLOAT64, 4);
  mah_tensor turned = {0}, floats = new_tensor(MAH_FLOAT32, 1, ROWS, 0);
  assert_ok(mah_tensor_transpose(&turned, &v.x, 0, 1));
  assert_fails(MAH_ERROR_SHAPE, "the classes are", mah_class_entropy(&v.y, &turned, &v.class_of));
  assert_fails(MAH_ERROR_DTYPE, "out", mah_class_entropy(&floats, &v.x, &v.class_of));
  assert_fails(MAH_ERROR_DTYPE, "the classes", mah_class_entropy(&v.y, &v.x, &v.y));
  assert_fails(MAH_ERROR_SHAPE, "fit", mah_back_class_entropy(&turned, &v.g, &v.x, &v.class_of, 0));
  assert_fails(MAH_ERROR_SHAPE, "beside",
               mah_back_class_entropy(&v.out, &v.out, &v.x, &v.class_of, 0));
  ((int32_t *)v.class_of.data)[2] = 4;
  assert_fails(MAH_ERROR_ARGUMENT, "class 4 is none of 0 ... 3",
               mah_class_entropy(&v.y, &v.x, &v.class_of));
  mah_tensor_release(&turned), mah_tensor_release(&floats);
  release(&v);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(entropies_equal_plain_loops),
      cmocka_unit_test(large_scores_do_not_overflow),
      cmocka_unit_test(wrong_operands_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
