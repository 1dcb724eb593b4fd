/* Dense layers against their plain twins: both number types, every instruction set of this machine,
 * ragged sizes and one of the studies' size.
 */
#include "testing.h"

#include "learn/kernels.h"

typedef struct {
  const mah_learn_kernels *kernels;
  int32_t dtype;
  mah_rng rng;
} fixture;

static void for_each_variant(void (*check)(fixture *)) {
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      fixture f = {mah_learn_for(dtype, simd), dtype, rng_of(1)};
      check(&f);
    }
}

/* C[i,j] (+)= sum_k A B; which of A and B is transposed is said by the steps. */
static double dot(const void *a, int64_t a0, int64_t a_step, const void *b, int64_t b0,
                  int64_t b_step, int64_t n, int32_t dtype) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += get(a, dtype, a0 + i * a_step) * get(b, dtype, b0 + i * b_step);
  return sum;
}

static void check_forward(fixture *f, int64_t rows, int64_t inputs, int64_t units) {
  void *X = random_reals(&f->rng, f->dtype, rows * inputs);
  void *W = random_reals(&f->rng, f->dtype, inputs * units);
  void *Y = random_reals(&f->rng, f->dtype, rows * units);
  f->kernels->dense_forward(Y, X, W, rows, inputs, units);
  for (int64_t b = 0; b < rows; b++)
    for (int64_t o = 0; o < units; o++)
      assert_close(get(Y, f->dtype, b * units + o),
                   dot(X, b * inputs, 1, W, o, units, inputs, f->dtype), tolerance_of(f->dtype));
  mah_free(X);
  mah_free(W);
  mah_free(Y);
}

static void check_backward(fixture *f, int64_t rows, int64_t inputs, int64_t units) {
  int32_t d = f->dtype;
  void *X = random_reals(&f->rng, d, rows * inputs), *W = random_reals(&f->rng, d, inputs * units);
  void *dY = random_reals(&f->rng, d, rows * units), *dX = random_reals(&f->rng, d, rows * inputs);
  void *dW = random_reals(&f->rng, d, inputs * units), *db = random_reals(&f->rng, d, units);
  void *dW0 = copy_reals(dW, d, inputs * units), *db0 = copy_reals(db, d, units);
  f->kernels->dense_backward(dX, dW, db, dY, X, W, rows, inputs, units);
  for (int64_t i = 0; i < inputs; i++)
    for (int64_t o = 0; o < units; o++)
      assert_close(get(dW, d, i * units + o),
                   get(dW0, d, i * units + o) + dot(X, i, inputs, dY, o, units, rows, d),
                   tolerance_of(d));
  for (int64_t o = 0; o < units; o++) {
    double sum = get(db0, d, o);
    for (int64_t b = 0; b < rows; b++) sum += get(dY, d, b * units + o);
    assert_close(get(db, d, o), sum, tolerance_of(d));
  }
  for (int64_t b = 0; b < rows; b++)
    for (int64_t i = 0; i < inputs; i++)
      assert_close(get(dX, d, b * inputs + i), dot(dY, b * units, 1, W, i * units, 1, units, d),
                   tolerance_of(d));
  void *blocks[] = {X, W, dY, dX, dW, db, dW0, db0};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_dense(fixture *f) {
  for (int r = 1; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u += 2) {
        check_forward(f, ragged[r], ragged[i], ragged[u]);
        check_backward(f, ragged[r], ragged[i], ragged[u]);
      }
  check_forward(f, 200, 784, 30);
  check_backward(f, 50, 784, 30);
}

static void test_dense(void **state) {
  (void)state;
  for_each_variant(check_dense);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_dense)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
