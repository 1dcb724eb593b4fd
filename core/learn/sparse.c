#include "learn/sparse.h"

#include "learn/lanes.h"

/* -- Blocks ------------------------------------------------------------------------------------ */

/* Lanes of a block; one of the first layer's weights then takes some 200 kB. */
enum { WIDEST = sizeof(real) * LANES == 64 && sizeof(real) == 4 ? 4 : 8 };

/* Columns of a packed matrix: `width` lanes, of which the last has `tail` columns. */
typedef struct block {
  int64_t lane, width, tail;
} block;

static int64_t lanes_for(int64_t columns) { return (columns + LANES - 1) / LANES; }

static int64_t block_count(int64_t columns) { return (lanes_for(columns) + WIDEST - 1) / WIDEST; }

/* The i-th block; all have about the same width. */
static block block_at(int64_t columns, int64_t i) {
  int64_t wide = lanes_for(columns), count = block_count(columns), lane = wide * i / count;
  int64_t width = wide * (i + 1) / count - lane;
  return (block){lane, width, i == count - 1 ? (columns - 1) % LANES + 1 : LANES};
}

/* The lanes of a row that is not packed. */
MAH_INLINE lanes load_columns(const real *row, int64_t v, int64_t width, int64_t tail) {
  int whole = v < width - 1 || tail == LANES; /* loads of a part of the lanes are slow */
  return whole ? lanes_load(row + v * LANES) : lanes_load_part(row + v * LANES, tail);
}

MAH_INLINE void store_columns(real *row, lanes x, int64_t v, int64_t width, int64_t tail) {
  if (v < width - 1 || tail == LANES)
    lanes_store(row + v * LANES, x);
  else
    lanes_store_part(row + v * LANES, x, tail);
}

int64_t mah_sparse_packed_width(int64_t columns) { return lanes_for(columns) * LANES; }

void mah_sparse_pack(void *packed, const void *M, int64_t rows, int64_t columns, int64_t first,
                     int64_t count) {
  for (int64_t i = 0; i < block_count(columns); i++) {
    block b = block_at(columns, i);
    const real *from = (const real *)M + first * columns + b.lane * LANES;
    real *to = (real *)packed + (rows * b.lane + first * b.width) * LANES;
    for (int64_t r = 0; r < count; r++, from += columns)
      for (int64_t v = 0; v < b.width; v++, to += LANES)
        lanes_store(to, load_columns(from, v, b.width, b.tail));
  }
}

/* -- Products ----------------------------------------------------------------------------------
 *
 * The sums of a block's row stay in registers while the row's elements pass by. Narrow blocks have
 * several sums for each lane, which take the elements in turn: one alone would wait for each
 * addition. width, turns and coded are constants where the functions are inlined.
 */

MAH_INLINE lanes value_of(const mah_sparse_rows *x, uint32_t e, int coded) {
  const real *value = x->value;
  return lanes_of(coded ? value[x->element[e] % MAH_CODES] : value[e]);
}

MAH_INLINE lanes first_of(const mah_sparse_product *p, const block *b, int64_t r, int v,
                          int width) {
  const real *bias = p->bias_, *start = p->start_;
  int64_t column = b->lane * LANES;
  if (bias) return load_columns(bias + column, v, width, b->tail);
  if (start) return (real)p->share * load_columns(start + r * p->units + column, v, width, b->tail);
  return (lanes){0};
}

MAH_INLINE void multiply_row(const mah_sparse_product *p, const block *b, int64_t r, int width,
                             int turns, int coded) {
  const mah_sparse_rows *x = p->x;
  const real *M = (const real *)p->m + p->m_rows * b->lane * LANES;
  uint32_t e = x->from[r], end = x->to[r];
  lanes sum[4][8] = {0};
#pragma GCC unroll 8
  for (int v = 0; v < width; v++) sum[0][v] = first_of(p, b, r, v, width);
  for (; e < end; e += (uint32_t)turns)
#pragma GCC unroll 4
    for (uint32_t i = 0; i < (uint32_t)turns; i++) {
      if (i > 0 && e + i >= end) break;
      const real *row = M + (uint64_t)(x->element[e + i] / MAH_CODES) * (uint64_t)(width * LANES);
      lanes value = value_of(x, e + i, coded);
#pragma GCC unroll 8
      for (int v = 0; v < width; v++) sum[i][v] += value * lanes_load(row + v * LANES);
    }
  real *c = (real *)p->c + r * p->units + b->lane * LANES;
#pragma GCC unroll 8
  for (int v = 0; v < width; v++) {
    lanes all = sum[0][v];
#pragma GCC unroll 4
    for (int i = 1; i < turns; i++) all += sum[i][v];
    store_columns(c, p->relu ? lanes_relu(all) : all, v, width, b->tail);
  }
}

MAH_INLINE void multiply_block(const mah_sparse_product *p, const block *b, int width, int turns) {
  for (int64_t r = 0; r < p->rows; r++)
    if (p->x->coded)
      multiply_row(p, b, r, width, turns, 1);
    else
      multiply_row(p, b, r, width, turns, 0);
}

static void multiply_1(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 1, 4); }
static void multiply_2(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 2, 4); }
static void multiply_3(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 3, 2); }
static void multiply_4(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 4, 2); }
static void multiply_5(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 5, 1); }
static void multiply_6(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 6, 1); }
static void multiply_7(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 7, 1); }
static void multiply_8(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 8, 1); }

void mah_sparse_multiply(const mah_sparse_product *product) {
  static void (*const multiply[])(const mah_sparse_product *,
                                  const block *) = {multiply_1, multiply_2, multiply_3, multiply_4,
                                                    multiply_5, multiply_6, multiply_7, multiply_8};
  for (int64_t i = 0; i < block_count(product->units); i++) {
    block b = block_at(product->units, i);
    multiply[b.width - 1](product, &b);
  }
}

/* -- The same by the columns of X, element by element ------------------------------------------ */

MAH_INLINE void scatter_row(real *sum, const mah_sparse_rows *x, int64_t r, const real *m,
                            int width, int coded) {
  lanes y[8];
#pragma GCC unroll 8
  for (int v = 0; v < width; v++) y[v] = lanes_load(m + v * LANES);
  for (uint32_t e = x->from[r]; e < x->to[r]; e++) {
    real *row = sum + (uint64_t)(x->element[e] / MAH_CODES) * (uint64_t)(width * LANES);
    lanes value = value_of(x, e, coded);
#pragma GCC unroll 8
    for (int v = 0; v < width; v++)
      lanes_store(row + v * LANES, lanes_load(row + v * LANES) + value * y[v]);
  }
}

MAH_INLINE void scatter_block(real *sum, const mah_sparse_rows *x, int64_t rows, const real *m,
                              int width) {
  for (int64_t r = 0; r < rows; r++, m += width * LANES)
    if (x->coded)
      scatter_row(sum, x, r, m, width, 1);
    else
      scatter_row(sum, x, r, m, width, 0);
}

void mah_sparse_scatter(void *sum, const mah_sparse_rows *x, int64_t rows, int64_t inputs,
                        const void *m, int64_t m_rows, int64_t first, int64_t units) {
  for (int64_t i = 0; i < block_count(units); i++) {
    block b = block_at(units, i);
    real *s = (real *)sum + inputs * b.lane * LANES;
    const real *from = (const real *)m + (m_rows * b.lane + first * b.width) * LANES;
    switch (b.width) {
    case 1: scatter_block(s, x, rows, from, 1); break;
    case 2: scatter_block(s, x, rows, from, 2); break;
    case 3: scatter_block(s, x, rows, from, 3); break;
    case 4: scatter_block(s, x, rows, from, 4); break;
    case 5: scatter_block(s, x, rows, from, 5); break;
    case 6: scatter_block(s, x, rows, from, 6); break;
    case 7: scatter_block(s, x, rows, from, 7); break;
    default: scatter_block(s, x, rows, from, 8);
    }
  }
}

void mah_sparse_gather(void *D, const void *start_, double share, void *const *sums, int32_t n,
                       int64_t inputs, int64_t units, int64_t first, int64_t count) {
  for (int64_t i = 0; i < block_count(units); i++) {
    block b = block_at(units, i);
    int64_t place = (inputs * b.lane + first * b.width) * LANES;
    int64_t column = first * units + b.lane * LANES;
    for (int64_t r = 0; r < count; r++, column += units)
      for (int64_t v = 0; v < b.width; v++, place += LANES) {
        lanes sum = {0};
        if (start_)
          sum = (real)share * load_columns((const real *)start_ + column, v, b.width, b.tail);
        for (int32_t k = 0; k < n; k++) {
          real *part = (real *)sums[k] + place;
          sum += lanes_load(part);
          lanes_store(part, (lanes){0});
        }
        store_columns((real *)D + column, sum, v, b.width, b.tail);
      }
  }
}
