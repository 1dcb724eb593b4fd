#include "learn/sparse.h"

#include "learn/lanes.h"

/* -- Blocks ------------------------------------------------------------------------------------ */

/* Lanes of a block: its sums for two rows, and what is added to them, stay in 16 registers. */
enum { WIDEST = LANE_BYTES == 64 ? 4 : 5 };

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

void mah_sparse_pack(void *packed, const void *M, int64_t rows, int64_t columns, int64_t first,
                     int64_t count) {
  for (int64_t i = 0; i < block_count(columns); i++) {
    block b = block_at(columns, i);
    const real *from = (const real *)M + first * columns + b.lane * LANES;
    real *to = (real *)packed + (rows * b.lane + first * b.width) * LANES;
    for (int64_t r = 0; r < count; r++, from += columns)
      for (int64_t v = 0; v < b.width; v++, to += LANES)
        lanes_store(to, lanes_load_column(from, v, b.width, b.tail));
  }
}

/* -- Products ----------------------------------------------------------------------------------
 *
 * The sums of a block's two rows stay in registers while the rows' elements pass by. width and
 * codes are constants where the functions are inlined.
 */

MAH_INLINE lanes first_of(const mah_sparse_product *p, const block *b, int64_t r, int v,
                          int width) {
  const real *bias = p->bias_, *start = p->start_;
  int64_t column = b->lane * LANES;
  if (bias) return lanes_load_column(bias + column, v, width, b->tail);
  if (start)
    return (real)p->share * lanes_load_column(start + r * p->units + column, v, width, b->tail);
  return (lanes){0};
}

MAH_INLINE void finish(const mah_sparse_product *p, const block *b, int64_t r, const lanes *sum,
                       int width) {
  real *c = (real *)p->c + r * p->units + b->lane * LANES;
#pragma GCC unroll 5
  for (int v = 0; v < width; v++)
    lanes_store_column(c, p->relu ? lanes_relu(sum[v]) : sum[v], v, width, b->tail);
}

/* Rows r and r + 1, or only r where that is the last one. */
MAH_INLINE void multiply_pair(const mah_sparse_product *p, const block *b, int64_t r, int width,
                              int codes) {
  const mah_sparse_pairs *x = p->x;
  const real *M = (const real *)p->m + p->m_rows * b->lane * LANES;
  const real *code = x->code_, *first = x->first, *second = x->second;
  const uint32_t *element = x->element;
  int64_t other = r + 1 < p->rows ? r + 1 : r;
  lanes sum[WIDEST], others[WIDEST];
#pragma GCC unroll 5
  for (int v = 0; v < width; v++) {
    sum[v] = first_of(p, b, r, v, width);
    others[v] = first_of(p, b, other, v, width);
  }
  for (uint32_t e = x->from[r / 2], end = x->to[r / 2]; e < end; e++) {
    uint64_t column = codes ? element[e] >> 16 : element[e];
    lanes value = lanes_of(codes ? code[element[e] & 255] : first[e]);
    lanes value2 = lanes_of(codes ? code[element[e] >> 8 & 255] : second[e]);
    const real *row = M + column * (uint64_t)(width * LANES);
#pragma GCC unroll 5
    for (int v = 0; v < width; v++) {
      lanes m = lanes_keep(lanes_load(row + v * LANES));
      sum[v] += value * m;
      others[v] += value2 * m;
    }
  }
  finish(p, b, r, sum, width);
  if (other > r) finish(p, b, other, others, width);
}

MAH_INLINE void multiply_block(const mah_sparse_product *p, const block *b, int width) {
  for (int64_t r = 0; r < p->rows; r += 2)
    if (p->x->code_)
      multiply_pair(p, b, r, width, 1);
    else
      multiply_pair(p, b, r, width, 0);
}

static void multiply_1(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 1); }
static void multiply_2(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 2); }
static void multiply_3(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 3); }
static void multiply_4(const mah_sparse_product *p, const block *b) { multiply_block(p, b, 4); }
static void multiply_5(const mah_sparse_product *p, const block *b) {
  multiply_block(p, b, WIDEST);
}

void mah_sparse_multiply(const mah_sparse_product *product) {
  static void (*const multiply[])(const mah_sparse_product *, const block *) = {
      multiply_1, multiply_2, multiply_3, multiply_4, multiply_5};
  for (int64_t i = 0; i < block_count(product->units); i++) {
    block b = block_at(product->units, i);
    multiply[b.width - 1](product, &b);
  }
}
