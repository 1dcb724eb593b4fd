/* Sparse products against dense plain twins: both number types, every instruction set of this
 * machine, coded and plain values, ragged sizes and the studies' size.
 */
#include "testing.h"

#include "learn/kernels/kernels.h"

typedef struct {
  const mah_learn_kernels *kernels;
  int32_t dtype, coded;
  mah_rng rng;
} fixture;

static void for_each_variant(void (*check)(fixture *)) {
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int32_t coded = 0; coded <= 1; coded++) {
        fixture f = {mah_learn_for(dtype, simd), dtype, coded, rng_of(1)};
        check(&f);
      }
}

/* A matrix, mostly zeros: the first row has no elements, the second one has all. Its rows' elements
 * as they should be, with codes and with values. */
typedef struct {
  double *x;   /* (rows, columns) */
  void *reals; /* the same as reals */
  uint32_t *element;
  void *value, *code; /* (2 an element), (MAH_CODES) */
  mah_sparse_row *row;
  int64_t rows, columns, pairs;
} matrix;

static void fill_row(fixture *f, matrix *m, int64_t r) {
  mah_sparse_row *row = &m->row[r];
  uint32_t *element = m->element + r * m->pairs;
  char *value = (char *)m->value + 2 * r * m->pairs * f->kernels->real_size;
  *row = (mah_sparse_row){element, f->coded ? NULL : value, 0};
  for (int64_t j = 0; j < m->pairs; j++) {
    uint32_t code[2] = {0, 0};
    for (int64_t i = 2 * j; i < 2 * j + 2 && i < m->columns; i++) {
      if (r == 0 || (r > 1 && mah_rng_below(&f->rng, 5) > 0)) continue;
      code[i - 2 * j] = 1 + mah_rng_below(&f->rng, MAH_CODES - 1);
      m->x[r * m->columns + i] = get(m->code, f->dtype, code[i - 2 * j]);
      set(m->reals, f->dtype, r * m->columns + i, m->x[r * m->columns + i]);
    }
    if (code[0] == 0 && code[1] == 0) continue;
    element[row->count] = (uint32_t)j;
    if (f->coded) element[row->count] = (uint32_t)j << 16 | code[1] << 8 | code[0];
    for (int i = 0; i < 2; i++)
      set(value, f->dtype, 2 * row->count + i, get(m->code, f->dtype, code[i]));
    row->count++;
  }
}

static matrix new_matrix(fixture *f, int64_t rows, int64_t columns) {
  matrix m = {.rows = rows, .columns = columns, .pairs = (columns + 1) / 2};
  m.x = mah_alloc_zero(rows * columns, sizeof *m.x);
  m.reals = mah_alloc_zero(rows * columns, 8);
  m.element = mah_alloc(rows * m.pairs, sizeof *m.element);
  m.value = mah_alloc(2 * rows * m.pairs, 8);
  m.code = mah_alloc_zero(MAH_CODES, 8);
  m.row = mah_alloc(rows, sizeof *m.row);
  for (int i = 1; i < MAH_CODES; i++) set(m.code, f->dtype, i, (i - 100.5) / 64);
  for (int64_t r = 0; r < rows; r++) fill_row(f, &m, r);
  return m;
}

static void free_matrix(matrix *m) {
  void *blocks[] = {m->x, m->reals, m->element, m->value, m->code, m->row};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* -- By columns -------------------------------------------------------------------------------- */

/* Of the rows first ... last - 1, each pair's elements in a list with room to spare. */
typedef struct {
  uint32_t *from, *to, *element;
  void *value;
  mah_sparse_columns columns;
} transposed;

static transposed transpose(fixture *f, const matrix *m, int64_t first, int64_t last) {
  int64_t list = m->rows + 1;
  transposed t = {.from = mah_alloc(m->pairs, sizeof *t.from),
                  .to = mah_alloc(m->pairs, sizeof *t.to),
                  .element = mah_alloc(list * m->pairs, sizeof *t.element),
                  .value = mah_alloc(2 * list * m->pairs, 8)};
  for (int64_t j = 0; j < m->pairs; j++) t.from[j] = t.to[j] = (uint32_t)(j * list);
  int64_t elements = 0;
  for (int64_t r = first; r < last; r++) {
    f->kernels->nonzeros_transpose(t.element, t.value, t.to, &m->row[r], f->coded, (uint32_t)r);
    elements += m->row[r].count;
  }
  for (int64_t j = 0; j < m->pairs; j++) elements -= t.to[j] - t.from[j];
  assert_int_equal(elements, 0);
  t.columns = (mah_sparse_columns){.from = t.from,
                                   .to = t.to,
                                   .element = t.element,
                                   .code_ = f->coded ? m->code : NULL,
                                   .value = t.value,
                                   .sums = mah_alloc(m->rows, MAH_SUMS)};
  return t;
}

static void free_transposed(transposed *t) {
  void *blocks[] = {t->from, t->to, t->element, t->value, t->columns.sums};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* -- Products ---------------------------------------------------------------------------------- */

/* Y = X W + bias, from row `first` on. */
static void check_forward(fixture *f, int64_t rows, int64_t inputs, int64_t units, int64_t first) {
  int32_t d = f->dtype, relu = (int32_t)(units % 2);
  matrix X = new_matrix(f, rows, inputs);
  transposed t = transpose(f, &X, first, rows);
  void *W = random_reals(&f->rng, d, inputs * units), *bias = random_reals(&f->rng, d, units);
  void *Y = random_reals(&f->rng, d, (rows - first) * units);
  f->kernels->sparse_forward(&(mah_affine){.Y = Y,
                                           .columns_ = &t.columns,
                                           .first_row = first,
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

static void *pack(fixture *f, const void *dY, int64_t rows, int64_t units) {
  void *packed = mah_alloc(rows * mah_packed_width(units), 8);
  int64_t half = rows / 2; /* in two parts, as tasks do */
  f->kernels->sparse_pack(packed, dY, rows, units, 0, half);
  f->kernels->sparse_pack(packed, dY, rows, units, half, rows - half);
  return packed;
}

/* dW = start / 2 + X' dY, in two parts. */
static void check_weights(fixture *f, int64_t rows, int64_t inputs, int64_t units, int has_start) {
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

static void check_ragged(fixture *f) {
  for (int r = 0; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u++) {
        check_forward(f, ragged[r], ragged[i], ragged[u], ragged[r] / 3);
        check_weights(f, ragged[r], ragged[i], ragged[u], (r + i + u) % 2);
      }
}

static void test_ragged(void **state) {
  (void)state;
  for_each_variant(check_ragged);
}

/* Every number of lanes that a block can have, with and without units left over. */
static void check_widths(fixture *f) {
  for (int64_t units = 1; units <= 150; units += units < 70 ? 1 : 7) {
    check_forward(f, 5, 30, units, units % 2);
    check_weights(f, 30, 5, units, (int)(units % 2));
  }
  check_forward(f, 50, 784, 100, 0);
  check_weights(f, 50, 784, 30, 1);
}

static void test_widths(void **state) {
  (void)state;
  for_each_variant(check_widths);
}

/* A row of W without a partner, the last of an odd number, is not read beyond; infinite weights
 * harm only the rows that have elements there. */
static void check_last_column(fixture *f) {
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

static void test_last_column(void **state) {
  (void)state;
  for_each_variant(check_last_column);
}

/* -- Elements ---------------------------------------------------------------------------------- */

/* What is found in a row is what the matrix was made of. */
static void check_find(fixture *f, int64_t columns) {
  if (f->coded) return; /* codes are not found, but made once (compressed.c) */
  matrix X = new_matrix(f, 4, columns);
  uint32_t *element = mah_alloc(X.pairs + MAH_SLACK, sizeof *element);
  void *value = mah_alloc(2 * (X.pairs + MAH_SLACK), 8);
  for (int64_t r = 0; r < 4; r++) {
    const char *row = (char *)X.reals + r * columns * f->kernels->real_size;
    int64_t n = f->kernels->nonzeros_find(element, value, row, columns);
    assert_int_equal(n, X.row[r].count);
    for (int64_t e = 0; e < n; e++) {
      assert_int_equal(element[e], X.row[r].element[e]);
      for (int64_t i = 2 * e; i < 2 * e + 2; i++)
        assert_true(get(value, f->dtype, i) == get(X.row[r].value, f->dtype, i));
    }
  }
  mah_free(element);
  mah_free(value);
  free_matrix(&X);
}

/* -0 is zero, NaN is not. */
static void check_finite(fixture *f, int64_t columns) {
  int32_t d = f->dtype;
  int64_t pairs = (columns + 1) / 2;
  void *x = random_reals(&f->rng, d, columns), *value = mah_alloc(2 * (pairs + MAH_SLACK), 8);
  uint32_t *element = mah_alloc(pairs + MAH_SLACK, sizeof *element);
  for (int64_t i = 0; i < columns; i++)
    if (i % 4 != 1) set(x, d, i, i % 3 == 0 ? 0 : -0.0);
  if (columns > 1) set(x, d, 1, NAN);
  int64_t n = f->kernels->nonzeros_find(element, value, x, columns);
  assert_int_equal(n, (columns + 2) / 4);
  for (int64_t e = 0; e < n; e++) assert_int_equal(element[e], 2 * e);
  if (columns > 1) assert_true(get(value, d, 0) == 0 && isnan(get(value, d, 1)));
  assert_int_equal(f->kernels->finite(x, columns), columns < 2);
  if (columns > 1) set(x, d, 1, 0);
  assert_true(f->kernels->finite(x, columns));
  if (columns > 0) set(x, d, columns - 1, -INFINITY);
  assert_int_equal(f->kernels->finite(x, columns), columns == 0);
  void *blocks[] = {x, value, element};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_elements(fixture *f) {
  for (int64_t columns = 1; columns < 40; columns++) check_find(f, columns);
  check_find(f, 784);
  for (int i = 0; i < RAGGED; i++) check_finite(f, ragged[i]);
  check_finite(f, 784);
}

static void test_elements(void **state) {
  (void)state;
  for_each_variant(check_elements);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ragged), cmocka_unit_test(test_widths),
                                     cmocka_unit_test(test_last_column),
                                     cmocka_unit_test(test_elements)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
