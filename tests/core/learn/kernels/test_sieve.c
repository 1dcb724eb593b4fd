/* The first layer through the sieve, and rows one by one, against plain loops: both number types,
 * every instruction set of this machine, ragged sizes; and both give the same bits. */
#include "learn/kernels/sparse_matrix.h"

static void check_forward(sparse_variant *f, int64_t rows, int64_t inputs, int64_t units) {
  int32_t d = f->dtype, relu = (int32_t)(units % 2);
  matrix X = new_matrix(f, rows, inputs);
  void *x = random_reals(&f->rng, d, rows * inputs), *W = random_reals(&f->rng, d, inputs * units);
  void *bias = random_reals(&f->rng, d, units), *Y = random_reals(&f->rng, d, rows * units);
  void *Z = random_reals(&f->rng, d, rows * units);
  for (int64_t i = 0; i < rows * inputs; i++) set(x, d, i, X.x[i]);
  mah_affine a = {.Y = Y,
                  .X = x,
                  .W = W,
                  .bias = bias,
                  .relu = relu,
                  .rows = rows,
                  .inputs = inputs,
                  .units = units};
  assert_true(f->kernels->sieve_forward(&a));
  a.Y = Z;
  f->kernels->row_forward(&a);
  for (int64_t b = 0; b < rows; b++)
    for (int64_t o = 0; o < units; o++) {
      double y = get(bias, d, o);
      for (int64_t i = 0; i < inputs; i++) y += X.x[b * inputs + i] * get(W, d, i * units + o);
      assert_close(get(Y, d, b * units + o), relu && y < 0 ? 0 : y, tolerance_of(d));
      assert_true(get(Y, d, b * units + o) == get(Z, d, b * units + o));
    }
  a.Y = Y;
  for (int64_t i = 0; rows > 0 && i<inputs; i += inputs - 1> 0 ? inputs - 1 : 1) {
    set(x, d, (rows - 1) * inputs + i, i == 0 ? NAN : -INFINITY);
    assert_false(f->kernels->sieve_forward(&a));
    set(x, d, (rows - 1) * inputs + i, 0);
  }
  void *blocks[] = {x, W, bias, Y, Z};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_matrix(&X);
}

static void check_ragged(sparse_variant *f) {
  for (int r = 0; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u++) check_forward(f, ragged[r], ragged[i], ragged[u]);
}

static void ragged_sizes_equal_plain_loops(void **state) {
  (void)state;
  for_each_sparse_variant(check_ragged);
}

/* Every number of lanes; more rows than a block has, more columns than go at a time. */
static void check_widths(sparse_variant *f) {
  for (int64_t units = 1; units <= 290; units += units < 70 ? 1 : 7) check_forward(f, 3, 30, units);
  check_forward(f, 131, 784, 100);
  check_forward(f, 65, 1025, 9);
  check_forward(f, 2, 2051, 17);
}

static void every_width_equals_plain_loops(void **state) {
  (void)state;
  for_each_sparse_variant(check_widths);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ragged_sizes_equal_plain_loops),
      cmocka_unit_test(every_width_equals_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
