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

/* A matrix, mostly zeros. The first row has no elements, the second one has all. */
typedef struct {
  double *x;     /* (rows, columns), by code or as they are */
  void *reals;   /* the same as reals */
  uint8_t *bits; /* the same as rows of codes, 2 columns + 8 bytes each */
  void *value;   /* of the codes */
  int64_t rows, columns;
} matrix;

static uint8_t *codes_of(const matrix *m, int64_t r) { return m->bits + r * (2 * m->columns + 8); }

static matrix new_matrix(fixture *f, int64_t rows, int64_t columns) {
  matrix m = {.rows = rows, .columns = columns};
  m.x = mah_alloc_zero(rows * columns, sizeof *m.x);
  m.reals = mah_alloc_zero(rows * columns, 8);
  m.bits = mah_alloc_zero(rows * (2 * columns + 8), 1);
  m.value = mah_alloc_zero(MAH_CODES, 8);
  for (int i = 1; i < MAH_CODES; i++) set(m.value, f->dtype, i, (i - 100.5) / 64);
  for (int64_t r = 0; r < rows; r++) {
    uint8_t *code = codes_of(&m, r) + (columns + 7) / 8;
    for (int64_t j = 0; j < columns; j++) {
      uint32_t c = 1 + mah_rng_below(&f->rng, MAH_CODES - 1);
      if (r == 0 || (r > 1 && mah_rng_below(&f->rng, 5) > 0)) continue;
      m.x[r * columns + j] = get(m.value, f->dtype, c);
      set(m.reals, f->dtype, r * columns + j, m.x[r * columns + j]);
      codes_of(&m, r)[j / 8] |= (uint8_t)(1 << j % 8);
      *code++ = (uint8_t)c;
    }
  }
  return m;
}

static void free_matrix(matrix *m) {
  void *blocks[] = {m->x, m->reals, m->bits, m->value};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* -- Its elements ------------------------------------------------------------------------------ */

typedef struct {
  uint32_t *from, *to, *element;
  void *first, *second;
  mah_sparse_pairs pairs;
} elements;

static elements new_elements(fixture *f, const matrix *m, int64_t lists, int64_t room) {
  elements l = {.from = mah_alloc(lists + 1, sizeof *l.from), .to = mah_alloc(lists, sizeof *l.to)};
  l.element = mah_alloc(lists * room + MAH_SLACK, sizeof *l.element);
  l.first = mah_alloc(lists * room + MAH_SLACK, 8);
  l.second = mah_alloc(lists * room + MAH_SLACK, 8);
  l.pairs =
      (mah_sparse_pairs){l.from, l.to, l.element, f->coded ? m->value : NULL, l.first, l.second};
  return l;
}

static void free_elements(elements *l) {
  void *blocks[] = {l->from, l->to, l->element, l->first, l->second};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* Appends the elements of rows r and other, or of row r's neighbours when `other` is -1. */
static uint32_t find(fixture *f, const matrix *m, elements *l, uint32_t n, int64_t r,
                     int64_t other) {
  int64_t row = m->columns * f->kernels->real_size, at = n * f->kernels->real_size;
  if (f->coded)
    return n + (uint32_t)f->kernels->find_codes(l->element + n, codes_of(m, r),
                                                other < 0 ? NULL : codes_of(m, other), m->columns);
  const char *x = m->reals;
  return n + (uint32_t)f->kernels->find(l->element + n, (char *)l->first + at,
                                        (char *)l->second + at, x + r * row,
                                        other < 0 ? NULL : x + other * row, m->columns);
}

/* By pairs of rows; a last one without another is its own. */
static elements by_rows(fixture *f, const matrix *m) {
  elements l = new_elements(f, m, m->rows / 2 + 1, m->columns);
  uint32_t n = 0;
  for (int64_t r = 0; r < m->rows; r += 2) {
    l.from[r / 2] = n;
    l.to[r / 2] = n = find(f, m, &l, n, r, r + 1 < m->rows ? r + 1 : r);
  }
  return l;
}

/* By pairs of columns: the neighbours of each row, counted and transposed. */
static elements by_columns(fixture *f, const matrix *m) {
  int64_t pairs = (m->columns + 1) / 2;
  elements near = new_elements(f, m, m->rows, pairs), l = new_elements(f, m, pairs, m->rows);
  uint32_t n = 0, *place = mah_alloc_zero(pairs + 1, sizeof *place);
  for (int64_t r = 0; r < m->rows; r++) {
    near.from[r] = n;
    near.to[r] = n = find(f, m, &near, n, r, -1);
  }
  f->kernels->count_elements(place + 1, &near.pairs, m->rows);
  for (int64_t j = 0; j < pairs; j++) place[j + 1] += place[j];
  memcpy(l.from, place, sizeof *place * (size_t)(pairs + 1));
  int64_t half = m->rows / 2; /* in two parts, as tasks do */
  mah_sparse_pairs rest = near.pairs;
  rest.from += half;
  rest.to += half;
  f->kernels->transpose_elements(l.element, l.first, l.second, place, &near.pairs, half, 0);
  f->kernels->transpose_elements(l.element, l.first, l.second, place, &rest, m->rows - half, half);
  for (int64_t j = 0; j < pairs; j++) assert_int_equal(place[j], l.from[j + 1]);
  l.pairs.to = l.from + 1;
  free_elements(&near);
  mah_free(place);
  return l;
}

/* -- Products ---------------------------------------------------------------------------------- */

static void *pack(fixture *f, const void *M, int64_t rows, int64_t columns) {
  void *packed = mah_alloc(rows * mah_packed_width(columns), 8);
  int64_t half = rows / 2; /* in two parts, as tasks do */
  f->kernels->pack(packed, M, rows, columns, 0, half);
  f->kernels->pack(packed, M, rows, columns, half, rows - half);
  return packed;
}

enum { BIAS, START, NOTHING };

/* C = X W, or X' W when `columns`, from its elements. */
static void check_product(fixture *f, int64_t rows, int64_t inputs, int64_t units, int first,
                          int columns) {
  int32_t d = f->dtype;
  int64_t m = columns ? inputs : rows, k = columns ? rows : inputs;
  matrix X = new_matrix(f, rows, inputs);
  elements l = columns ? by_columns(f, &X) : by_rows(f, &X);
  void *W = random_reals(&f->rng, d, k * units), *packed = pack(f, W, k, units);
  void *C = random_reals(&f->rng, d, m * units), *old = copy_reals(C, d, m * units);
  void *bias = random_reals(&f->rng, d, units);
  f->kernels->sparse_multiply(&(mah_sparse_product){.x = &l.pairs,
                                                    .rows = m,
                                                    .units = units,
                                                    .m_rows = k,
                                                    .m = packed,
                                                    .bias_ = first == BIAS ? bias : NULL,
                                                    .start_ = first == START ? C : NULL,
                                                    .share = 0.5,
                                                    .c = C,
                                                    .relu = first == BIAS});
  for (int64_t b = 0; b < m; b++)
    for (int64_t o = 0; o < units; o++) {
      double y = first == BIAS ? get(bias, d, o) : 0;
      if (first == START) y = 0.5 * get(old, d, b * units + o);
      for (int64_t i = 0; i < k; i++)
        y += X.x[columns ? i * inputs + b : b * inputs + i] * get(W, d, i * units + o);
      assert_close(get(C, d, b * units + o), first == BIAS && y < 0 ? 0 : y, tolerance_of(d));
    }
  void *blocks[] = {W, packed, C, old, bias};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_elements(&l);
  free_matrix(&X);
}

/* The elements of two rows, or of one row's neighbours, are those where one is not zero. */
static void check_elements(fixture *f, int64_t columns, int neighbours) {
  matrix X = new_matrix(f, 4, columns);
  elements l = new_elements(f, &X, 1, columns);
  uint32_t n = find(f, &X, &l, 0, 2, neighbours ? -1 : 3), e = 0;
  const double *x = X.x + 2 * columns, *y = X.x + 3 * columns;
  for (int64_t j = 0; j < (neighbours ? (columns + 1) / 2 : columns); j++) {
    double a = neighbours ? x[2 * j] : x[j];
    double b = neighbours ? (2 * j + 1 < columns ? x[2 * j + 1] : 0) : y[j];
    if (a == 0 && b == 0) continue;
    assert_true(e < n);
    uint32_t element = l.element[e];
    assert_int_equal(f->coded ? element >> 16 : element, j);
    assert_true(a ==
                (f->coded ? get(X.value, f->dtype, element & 255) : get(l.first, f->dtype, e)));
    assert_true(
        b == (f->coded ? get(X.value, f->dtype, element >> 8 & 255) : get(l.second, f->dtype, e)));
    e++;
  }
  assert_int_equal(n, e);
  free_elements(&l);
  free_matrix(&X);
}

/* -0 is zero, NaN is not. */
static void check_finite(fixture *f, int64_t columns) {
  int32_t d = f->dtype;
  void *x = random_reals(&f->rng, d, columns), *first = mah_alloc(columns + MAH_SLACK, 8);
  void *second = mah_alloc(columns + MAH_SLACK, 8);
  uint32_t *element = mah_alloc(columns + MAH_SLACK, sizeof *element);
  for (int64_t i = 0; i < columns; i += 2) set(x, d, i, i % 4 == 0 ? 0 : -0.0);
  if (columns > 1) set(x, d, 1, NAN);
  int64_t n = f->kernels->find(element, first, second, x, x, columns);
  assert_int_equal(n, columns / 2);
  for (int64_t e = 0; e < n; e++) assert_int_equal(element[e], 2 * e + 1);
  if (columns > 1) assert_true(isnan(get(first, d, 0)) && isnan(get(second, d, 0)));
  assert_int_equal(f->kernels->finite(x, columns), columns < 2);
  if (columns > 1) set(x, d, 1, 0);
  assert_true(f->kernels->finite(x, columns));
  if (columns > 0) set(x, d, columns - 1, -INFINITY);
  assert_int_equal(f->kernels->finite(x, columns), columns == 0);
  void *blocks[] = {x, first, second, element};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void check_ragged(fixture *f) {
  for (int r = 0; r < RAGGED; r++)
    for (int i = 1; i < RAGGED; i++)
      for (int u = 1; u < RAGGED; u++) {
        check_product(f, ragged[r], ragged[i], ragged[u], (r + i + u) % 3, 0);
        check_product(f, ragged[r], ragged[i], ragged[u], (r + i + u) % 3, 1);
      }
  for (int i = 1; i < RAGGED; i++) {
    check_elements(f, ragged[i], 0);
    check_elements(f, ragged[i], 1);
  }
  for (int i = 0; i < RAGGED; i++) check_finite(f, ragged[i]);
}

static void test_ragged(void **state) {
  (void)state;
  for_each_variant(check_ragged);
}

/* Every number of lanes that a block can have, with and without columns left over. */
static void check_widths(fixture *f) {
  for (int64_t units = 1; units <= 150; units += units < 70 ? 1 : 7) {
    check_product(f, 5, 30, units, (int)(units % 3), 0);
    check_product(f, 30, 5, units, (int)(units % 3), 1);
  }
  check_product(f, 50, 784, 100, BIAS, 0);
  check_product(f, 50, 784, 30, START, 1);
  for (int64_t columns = 250; columns < 280; columns++) {
    check_elements(f, columns, 0);
    check_elements(f, columns, 1);
  }
  check_elements(f, 784, 0);
  check_elements(f, 784, 1);
  check_finite(f, 784);
}

static void test_widths(void **state) {
  (void)state;
  for_each_variant(check_widths);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ragged), cmocka_unit_test(test_widths)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
