/* Sparse products against dense plain twins: both number types, every instruction set of this
 * machine, coded and plain values, ragged sizes and the studies' size.
 */
#include "learn/kernels/sparse_matrix.h"

/* Y = X W + bias, from row `first` on. */
static void check_forward(sparse_variant *f, int64_t rows, int64_t inputs, int64_t units,
                          int64_t first) {
  int32_t d = f->dtype, relu = (int32_t)(units % 2);
  matrix X = new_matrix(f, rows, inputs);
  transposed t = transpose(f, &X, first, rows);
  void *W = random_reals(&f->rng, d, inputs * units), *bias = random_reals(&f->rng, d, units);
  void *Y = random_reals(&f->rng, d, (rows - first) * units);
  f->kernels->sparse_forward(&(mah_affine){.Y = Y,
                                           .columns_ = &t.columns,
                                           .row = first,
                                           .W = W,
                                           .bias = bias,
                                           .relu = relu,
                                           .rows = rows - first,
                                           .inputs = inputs,
                                           .units = units});
  for (int64_t b = first; b < rows; b++)
    for (int64_t o = 0; o < units; o++) {
      double y = get(bias, d, o);
      for (int64_t i = 0; i < inputs; i++) y += X.x[b * inputs + i] * get(W, d, i * units + o);
      assert_close(get(Y, d, (b - first) * units + o), relu && y < 0 ? 0 : y, tolerance_of(d));
    }
  void *blocks[] = {W, bias, Y};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_transposed(&t);
  free_matrix(&X);
}

static void *pack(sparse_variant *f, const void *dY, int64_t rows, int64_t units) {
  void *packed = mah_alloc(rows * mah_packed_width(units), 8);
  int64_t half = rows / 2; /* in two parts, as tasks do */
  f->kernels->sparse_pack(packed, dY, rows, units, 0, half);
  f->kernels->sparse_pack(packed, dY, rows, units, half, rows - half);
  return packed;
}

/* dW = start / 2 + X' dY, in two parts. */
static void check_weights(sparse_variant *f, int64_t rows, int64_t inputs, int64_t units,
                          int has_start) {
  int32_t d = f->dtype;
  int64_t half = inputs / 4 * 2;
  matrix X = new_matrix(f, rows, inputs);
  transposed t = transpose(f, &X, 0, rows);
  void *dY = random_reals(&f->rng, d, rows * units), *packed = pack(f, dY, rows, units);
  void *dW = random_reals(&f->rng, d, inputs * units), *old = copy_reals(dW, d, inputs * units);
  for (int part = 0; part < 2; part++)
    f->kernels->sparse_backward_weights(&(mah_affine_weights){.dW = dW,
                                                              .start_ = has_start ? dW : NULL,
                                                              .share = 0.5,
                                                              .columns_ = &t.columns,
                                                              .dY = packed,
                                                              .first = part ? half : 0,
                                                              .count = part ? inputs - half : half,
                                                              .rows = rows,
                                                              .inputs = inputs,
                                                              .units = units});
  for (int64_t i = 0; i < inputs; i++)
    for (int64_t o = 0; o < units; o++) {
      double dw = has_start ? 0.5 * get(old, d, i * units + o) : 0;
      for (int64_t b = 0; b < rows; b++) dw += X.x[b * inputs + i] * get(dY, d, b * units + o);
      assert_close(get(dW, d, i * units + o), dw, tolerance_of(d));
    }
  void *blocks[] = {dY, packed, dW, old};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_transposed(&t);
  free_matrix(&X);
}

static void check_ragged(sparse_variant *f) {
  for (int r = 0; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u++) {
        check_forward(f, ragged[r], ragged[i], ragged[u], ragged[r] / 3);
        check_weights(f, ragged[r], ragged[i], ragged[u], (r + i + u) % 2);
      }
}

static void products_of_ragged_sizes_equal_plain_loops(void **state) {
  (void)state;
  for_each_sparse_variant(check_ragged);
}

/* Every number of lanes that a block can have, with and without units left over. */
static void check_widths(sparse_variant *f) {
  for (int64_t units = 1; units <= 150; units += units < 70 ? 1 : 7) {
    check_forward(f, 5, 30, units, units % 2);
    check_weights(f, 30, 5, units, (int)(units % 2));
  }
  check_forward(f, 50, 784, 100, 0);
  for (int64_t rows = 128; rows <= 300; rows += 43) { /* with and without cuts */
    check_forward(f, rows, 12, 100, rows % 3);
    check_forward(f, rows, 14, 100, rows % 3);
    check_forward(f, rows, 12, 37, rows % 3);
  }
  check_weights(f, 50, 784, 30, 1);
}

static void products_of_every_width_equal_plain_loops(void **state) {
  (void)state;
  for_each_sparse_variant(check_widths);
}

/* A row of W without a partner, the last of an odd number, is not read beyond; infinite weights
 * harm only the rows that have elements there. */
static void check_last_column(sparse_variant *f) {
  int32_t d = f->dtype;
  matrix X = new_matrix(f, 3, 5);
  transposed t = transpose(f, &X, 0, 3);
  void *W = mah_alloc_zero(6 * 4, 8), *bias = mah_alloc_zero(4, 8), *Y = mah_alloc(3 * 4, 8);
  for (int64_t o = 0; o < 4; o++) set(W, d, 5 * 4 + o, NAN);
  mah_affine a = {
      .Y = Y, .columns_ = &t.columns, .W = W, .bias = bias, .rows = 3, .inputs = 5, .units = 4};
  f->kernels->sparse_forward(&a);
  for (int64_t i = 0; i < 3 * 4; i++) assert_true(get(Y, d, i) == 0);
  set(W, d, 4 * 4, INFINITY);
  f->kernels->sparse_forward(&a);
  assert_true(get(Y, d, 0) == 0 && isinf(get(Y, d, 4)));
  void *blocks[] = {W, bias, Y};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_transposed(&t);
  free_matrix(&X);
}

static void an_odd_last_row_of_weights_has_no_partner(void **state) {
  (void)state;
  for_each_sparse_variant(check_last_column);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_of_ragged_sizes_equal_plain_loops),
      cmocka_unit_test(products_of_every_width_equal_plain_loops),
      cmocka_unit_test(an_odd_last_row_of_weights_has_no_partner),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
