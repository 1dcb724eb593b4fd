/* Sparse products against dense plain twins: both number types, every instruction set of this
 * machine, coded and plain values, ragged sizes and the studies' size.
 */
#include "testing.h"

#include "learn/kernels.h"

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

/* A matrix, mostly zeros, with its elements. The first row has none, the second one has all. */
typedef struct {
  double *x; /* (rows, columns) */
  uint32_t *from, *to, *element;
  void *value;
  mah_sparse_rows sparse;
} matrix;

static matrix new_matrix(fixture *f, int64_t rows, int64_t columns) {
  matrix m = {.x = mah_alloc_zero(rows * columns, sizeof *m.x)};
  m.from = mah_alloc(rows, sizeof *m.from);
  m.to = mah_alloc(rows, sizeof *m.to);
  m.element = mah_alloc(rows * columns, sizeof *m.element);
  m.value = mah_alloc(rows * columns + MAH_CODES, 8);
  for (int i = 0; f->coded && i < MAH_CODES; i++) set(m.value, f->dtype, i, (i - 100.5) / 64);
  uint32_t n = 0;
  for (int64_t r = 0; r < rows; r++) {
    m.from[r] = n;
    for (int64_t j = 0; j < columns; j++) {
      uint32_t code = mah_rng_below(&f->rng, MAH_CODES);
      double value = f->coded ? (code - 100.5) / 64 : code / 256.0 - 0.3;
      if (r == 0 || (r > 1 && mah_rng_below(&f->rng, 5) > 0)) continue;
      if (!f->coded) set(m.value, f->dtype, n, value);
      m.x[r * columns + j] = value;
      m.element[n++] = (uint32_t)j * MAH_CODES + (f->coded ? code : 0);
    }
    m.to[r] = n;
  }
  m.sparse = (mah_sparse_rows){m.from, m.to, m.element, m.value, f->coded};
  return m;
}

static void free_matrix(matrix *m) {
  void *blocks[] = {m->x, m->from, m->to, m->element, m->value};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void *pack(fixture *f, const void *M, int64_t rows, int64_t columns) {
  void *packed = mah_alloc(rows * f->kernels->packed_width(columns), 8);
  int64_t half = rows / 2; /* in two parts, as tasks do */
  f->kernels->pack(packed, M, rows, columns, 0, half);
  f->kernels->pack(packed, M, rows, columns, half, rows - half);
  return packed;
}

enum { BIAS, START, NOTHING };

static void check_product(fixture *f, int64_t rows, int64_t inputs, int64_t units, int first) {
  int32_t d = f->dtype;
  matrix X = new_matrix(f, rows, inputs);
  void *W = random_reals(&f->rng, d, inputs * units), *packed = pack(f, W, inputs, units);
  void *C = random_reals(&f->rng, d, rows * units), *old = copy_reals(C, d, rows * units);
  void *bias = random_reals(&f->rng, d, units);
  f->kernels->sparse_multiply(&(mah_sparse_product){.x = &X.sparse,
                                                    .rows = rows,
                                                    .units = units,
                                                    .m_rows = inputs,
                                                    .m = packed,
                                                    .bias_ = first == BIAS ? bias : NULL,
                                                    .start_ = first == START ? C : NULL,
                                                    .share = 0.5,
                                                    .c = C,
                                                    .relu = first == BIAS});
  for (int64_t b = 0; b < rows; b++)
    for (int64_t o = 0; o < units; o++) {
      double y = first == BIAS ? get(bias, d, o) : 0;
      if (first == START) y = 0.5 * get(old, d, b * units + o);
      for (int64_t i = 0; i < inputs; i++) y += X.x[b * inputs + i] * get(W, d, i * units + o);
      assert_close(get(C, d, b * units + o), first == BIAS && y < 0 ? 0 : y, tolerance_of(d));
    }
  void *blocks[] = {W, packed, C, old, bias};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_matrix(&X);
}

/* The gradient in two shards, element by element: D = 0.5 D + X' dY. */
static void check_scatter(fixture *f, int64_t rows, int64_t inputs, int64_t units) {
  int32_t d = f->dtype;
  const mah_learn_kernels *k = f->kernels;
  matrix X = new_matrix(f, rows, inputs);
  int64_t half = rows / 2, size = inputs * k->packed_width(units);
  void *dY = random_reals(&f->rng, d, rows * units), *packed = pack(f, dY, rows, units);
  void *D = random_reals(&f->rng, d, inputs * units), *old = copy_reals(D, d, inputs * units);
  void *sums[] = {mah_alloc_zero(size, 8), mah_alloc_zero(size, 8)};
  mah_sparse_rows second = X.sparse;
  second.from += half;
  second.to += half;
  k->sparse_scatter(sums[0], &X.sparse, half, inputs, packed, rows, 0, units);
  k->sparse_scatter(sums[1], &second, rows - half, inputs, packed, rows, half, units);
  k->sparse_gather(D, D, 0.5, sums, 2, inputs, units, 0, inputs / 3);
  k->sparse_gather(D, D, 0.5, sums, 2, inputs, units, inputs / 3, inputs - inputs / 3);
  for (int64_t i = 0; i < inputs; i++)
    for (int64_t o = 0; o < units; o++) {
      double sum = 0.5 * get(old, d, i * units + o);
      for (int64_t b = 0; b < rows; b++) sum += X.x[b * inputs + i] * get(dY, d, b * units + o);
      assert_close(get(D, d, i * units + o), sum, tolerance_of(d));
    }
  for (int64_t i = 0; i < size; i++)
    assert_true(get(sums[0], d, i) == 0 && get(sums[1], d, i) == 0);
  void *blocks[] = {dY, packed, D, old, sums[0], sums[1]};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_matrix(&X);
}

/* By columns, the elements are those of the matrix transposed. */
static void check_transpose(fixture *f, int64_t rows, int64_t columns) {
  matrix X = new_matrix(f, rows, columns);
  uint32_t *place = mah_alloc_zero(columns + 1, sizeof *place), *start;
  for (int64_t r = 0; r < rows; r++)
    for (uint32_t e = X.from[r]; e < X.to[r]; e++) place[X.element[e] / MAH_CODES + 1]++;
  for (int64_t j = 0; j < columns; j++) place[j + 1] += place[j];
  start = mah_alloc(columns + 1, sizeof *start);
  memcpy(start, place, sizeof *start * (size_t)(columns + 1));
  uint32_t *element = mah_alloc(rows * columns, sizeof *element);
  void *value = mah_alloc(rows * columns, 8);
  f->kernels->transpose_elements(element, value, place, &X.sparse, rows, 7);
  for (int64_t j = 0; j < columns; j++) {
    uint32_t e = start[j];
    for (int64_t r = 0; r < rows; r++) {
      double x = X.x[r * columns + j];
      if (x == 0 || e == start[j + 1]) continue;
      assert_int_equal(element[e] / MAH_CODES, r + 7);
      assert_close(f->coded ? get(X.value, f->dtype, element[e] % MAH_CODES)
                            : get(value, f->dtype, e),
                   x, tolerance_of(f->dtype));
      e++;
    }
  }
  void *blocks[] = {place, start, element, value};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_matrix(&X);
}

static void check_find(fixture *f, int64_t columns) {
  int32_t d = f->dtype;
  void *x = random_reals(&f->rng, d, columns), *value = mah_alloc(columns + MAH_SLACK, 8);
  uint32_t *element = mah_alloc(columns + MAH_SLACK, sizeof *element);
  for (int64_t i = 0; i < columns; i += 2) set(x, d, i, i % 4 == 0 ? 0 : -0.0);
  if (columns > 1) set(x, d, 1, NAN); /* is not zero */
  int64_t n = f->kernels->find(element, value, x, columns), e = 0;
  for (int64_t i = 1; i < columns; i += 2, e++) {
    assert_int_equal(element[e], i * MAH_CODES);
    assert_true(i == 1 ? isnan(get(value, d, e)) : get(value, d, e) == get(x, d, i));
  }
  assert_int_equal(n, e);
  assert_int_equal(f->kernels->finite(x, columns), columns < 2);
  if (columns > 1) set(x, d, 1, 0);
  assert_true(f->kernels->finite(x, columns));
  if (columns > 0) set(x, d, columns - 1, -INFINITY);
  assert_int_equal(f->kernels->finite(x, columns), columns == 0);
  mah_free(x);
  mah_free(value);
  mah_free(element);
}

static void check_ragged(fixture *f) {
  for (int r = 0; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u++) {
        check_product(f, ragged[r], ragged[i], ragged[u], (r + i + u) % 3);
        check_scatter(f, ragged[r], ragged[i], ragged[u]);
      }
  for (int r = 0; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++) check_transpose(f, ragged[r], ragged[i]);
  for (int i = 0; i < RAGGED; i++) check_find(f, ragged[i]);
}

static void test_ragged(void **state) {
  (void)state;
  for_each_variant(check_ragged);
}

/* Every number of lanes that a block can have, with and without columns left over. */
static void check_widths(fixture *f) {
  for (int64_t units = 1; units <= 150; units += units < 70 ? 1 : 7) {
    check_product(f, 5, 30, units, (int)(units % 3));
    check_scatter(f, 5, 30, units);
  }
  check_product(f, 50, 784, 100, BIAS);
  check_scatter(f, 50, 784, 30);
  check_find(f, 784);
}

static void test_widths(void **state) {
  (void)state;
  for_each_variant(check_widths);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ragged), cmocka_unit_test(test_widths)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
