/* sparse_matrix.h - matrices that are mostly zeros, as the sparse kernels see them, with codes and
 * with values: what the tests of sparse.c and nonzeros.c share.
 */
#ifndef SPARSE_MATRIX_H
#define SPARSE_MATRIX_H

#include "testing.h"

#include "learn/kernels/kernels.h"

typedef struct sparse_variant {
  const mah_learn_kernels *kernels;
  int32_t dtype, coded;
  mah_rng rng;
} sparse_variant;

static inline void for_each_sparse_variant(void (*check)(sparse_variant *)) {
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int32_t coded = 0; coded <= 1; coded++) {
        sparse_variant f = {mah_learn_for(dtype, simd), dtype, coded, rng_of(1)};
        check(&f);
      }
}

/* A matrix, mostly zeros: the first row has no elements, the second one has all. Its rows' elements
 * as they should be, with codes and with values. */
typedef struct matrix {
  double *x;   /* (rows, columns) */
  void *reals; /* the same as reals */
  uint32_t *element;
  void *value, *code; /* (2 an element), (MAH_CODES) */
  mah_sparse_row *row;
  int64_t rows, columns, pairs;
} matrix;

static inline void fill_row(sparse_variant *f, matrix *m, int64_t r) {
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

static inline matrix new_matrix(sparse_variant *f, int64_t rows, int64_t columns) {
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

static inline void free_matrix(matrix *m) {
  void *blocks[] = {m->x, m->reals, m->element, m->value, m->code, m->row};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

/* -- By columns -------------------------------------------------------------------------------- */

/* Of the rows first ... last - 1, each pair's elements in a list with room to spare; cut where the
 * number of pairs is even. */
typedef struct transposed {
  uint32_t *from, *to, *element, *cuts;
  void *value;
  mah_sparse_columns columns;
} transposed;

static inline transposed transpose(sparse_variant *f, const matrix *m, int64_t first,
                                   int64_t last) {
  int64_t list = m->rows + 1;
  transposed t = {.from = mah_alloc(m->pairs, sizeof *t.from),
                  .to = mah_alloc(m->pairs, sizeof *t.to),
                  .element = mah_alloc(list * m->pairs, sizeof *t.element),
                  .cuts = mah_alloc(m->pairs * list / MAH_CUT_ROWS + 1, sizeof *t.cuts),
                  .value = mah_alloc(2 * list * m->pairs, 8)};
  for (int64_t j = 0; j < m->pairs; j++) t.from[j] = t.to[j] = (uint32_t)(j * list);
  int64_t elements = 0;
  for (int64_t r = first; r < last; r++) {
    int64_t cut = (r - first) / MAH_CUT_ROWS - 1;
    if (r > first && (r - first) % MAH_CUT_ROWS == 0)
      memcpy(t.cuts + cut * m->pairs, t.to, (size_t)m->pairs * sizeof *t.to);
    f->kernels->nonzeros_transpose(t.element, t.value, t.to, &m->row[r], f->coded, (uint32_t)r);
    elements += m->row[r].count;
  }
  for (int64_t j = 0; j < m->pairs; j++) elements -= t.to[j] - t.from[j];
  assert_int_equal(elements, 0);
  t.columns = (mah_sparse_columns){.from = t.from,
                                   .to = t.to,
                                   .element = t.element,
                                   .cuts_ = m->pairs % 2 == 0 ? t.cuts : NULL,
                                   .code_ = f->coded ? m->code : NULL,
                                   .value = t.value,
                                   .sums = mah_alloc(m->rows, MAH_SUMS)};
  return t;
}

static inline void free_transposed(transposed *t) {
  void *blocks[] = {t->from, t->to, t->element, t->cuts, t->value, t->columns.sums};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}
#endif
