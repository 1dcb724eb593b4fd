#include "learn/kernels/sparse.h"

#include "learn/kernels/blocks.h"

/* -- Blocks of units --------------------------------------------------------------------------- */

/* Lanes of a block: two rows of W or dW, and what goes with them, stay in 16 or 32 registers. On
 * the way back the delta of all rows passes by, which wider blocks would drive out of the cache. */
enum { WIDEST = LANE_BYTES == 64 ? 4 : 5, WIDEST_FORWARD = LANE_BYTES == 64 ? 8 : 5 };
_Static_assert(WIDEST_FORWARD *LANE_BYTES <= MAH_SUMS, "a row of sums needs more room");

void mah_sparse_pack(void *packed, const void *dY, int64_t rows, int64_t units, int64_t first,
                     int64_t count) {
  for (int64_t i = 0; i < block_count(units, WIDEST); i++) {
    block b = block_at(units, WIDEST, i);
    const real *from = (const real *)dY + first * units + b.lane * LANES;
    real *to = (real *)packed + (rows * b.lane + first * b.width) * LANES;
    for (int64_t r = 0; r < count; r++, from += units)
      for (int64_t v = 0; v < b.width; v++, to += LANES)
        lanes_store(to, lanes_load_column(from, v, b.width, b.tail));
  }
}

/* -- Elements ---------------------------------------------------------------------------------- */

typedef struct element {
  int64_t row;
  lanes first, second;
} element;

MAH_INLINE element element_at(const mah_sparse_columns *x, uint32_t e, int codes) {
  const real *code = x->code_, *value = x->value;
  uint32_t it = x->element[e];
  if (codes) return (element){it >> 16, lanes_of(code[it & 255]), lanes_of(code[it >> 8 & 255])};
  return (element){it, lanes_of(value[2 * (int64_t)e]), lanes_of(value[2 * (int64_t)e + 1])};
}

/* Lists lie apart from each other, where no machine looks ahead by itself. */
MAH_INLINE void prefetch_list(const mah_sparse_columns *x, int64_t j) {
  int64_t from = x->from[j];
  __builtin_prefetch(x->element + from);
  if (x->code_) return;
  __builtin_prefetch((const real *)x->value + 2 * from);
  __builtin_prefetch((const real *)x->value + 2 * from + 64 / sizeof(real));
}

/* -- Forward -----------------------------------------------------------------------------------
 *
 * The sums of a block, of as many rows as fit, stay in the first-level cache while the columns pass
 * by. width and codes are constants where the functions are inlined.
 */

typedef struct forward {
  mah_sparse_columns x;
  const real *W, *bias;
  real *Y, *sums;
  int64_t row, rows, inputs, units;
  int relu;
} forward;

/* sums += X's columns 2j and 2j + 1 times their rows of W */
MAH_INLINE void add_columns(const forward *f, const block *b, int64_t j, int width, int codes) {
  const real *row = f->W + 2 * j * f->units;
  uint32_t from = f->x.from[j], to = f->x.to[j];
  lanes w[WIDEST_FORWARD], w2[WIDEST_FORWARD] = {{0}};
  if (from == to) return;
  load_block(w, row, b, width);
  if (2 * j + 1 < f->inputs) load_block(w2, row + f->units, b, width);
  for (uint32_t e = from; e < to; e++) {
    element x = element_at(&f->x, e, codes);
    real *sum = f->sums + (x.row - f->row) * (width * LANES);
    __asm__("" : "+r"(sum)); /* one register for all addresses */
#pragma GCC unroll 8
    for (int v = 0; v < width; v++) {
      lanes s = lanes_load(sum + v * LANES);
      s += x.first * w[v];
      s += x.second * w2[v];
      lanes_store(sum + v * LANES, s);
    }
  }
}

MAH_INLINE void forward_block(const forward *all, const block *b, int width) {
  const forward here = *all, *f = &here; /* stores cannot change these */
  lanes bias[WIDEST_FORWARD];
  load_block(bias, f->bias, b, width);
  for (int64_t r = 0; r < f->rows; r++)
    for (int v = 0; v < width; v++) lanes_store(f->sums + (r * width + v) * LANES, bias[v]);
  for (int64_t j = 0, pairs = (f->inputs + 1) / 2; j < pairs; j++) {
    prefetch_list(&f->x, j + 1 < pairs ? j + 1 : j);
    if (f->x.code_)
      add_columns(f, b, j, width, 1);
    else
      add_columns(f, b, j, width, 0);
  }
  for (int64_t r = 0; r < f->rows; r++)
    for (int v = 0; v < width; v++) {
      lanes s = lanes_load(f->sums + (r * width + v) * LANES);
      lanes_store_column(f->Y + r * f->units + b->lane * LANES, f->relu ? lanes_relu(s) : s, v,
                         width, b->tail);
    }
}

static void forward_1(const forward *f, const block *b) { forward_block(f, b, 1); }
static void forward_2(const forward *f, const block *b) { forward_block(f, b, 2); }
static void forward_3(const forward *f, const block *b) { forward_block(f, b, 3); }
static void forward_4(const forward *f, const block *b) { forward_block(f, b, 4); }
static void forward_5(const forward *f, const block *b) { forward_block(f, b, 5); }
#if defined(__AVX512F__)
static void forward_6(const forward *f, const block *b) { forward_block(f, b, 6); }
static void forward_7(const forward *f, const block *b) { forward_block(f, b, 7); }
static void forward_8(const forward *f, const block *b) { forward_block(f, b, 8); }
#endif

static void (*const forward_widths[])(const forward *, const block *) = {
    forward_1, forward_2, forward_3, forward_4, forward_5,
#if defined(__AVX512F__)
    forward_6, forward_7, forward_8,
#endif
};

/* The rows of all cuts, some cuts at a time. */
static void forward_cuts(const forward *all, const block *b) {
  enum { CACHED = 32768 }; /* bytes of sums */
  int64_t pairs = (all->inputs + 1) / 2;
  int64_t cuts = CACHED / (b->width * LANE_BYTES * MAH_CUT_ROWS), rows = all->rows;
  if (all->x.cuts_ != NULL) rows = MAH_CUT_ROWS * (cuts > 1 ? cuts : 1);
  for (int64_t first = 0; first < all->rows; first += rows) {
    forward f = *all;
    int64_t cut = first / MAH_CUT_ROWS, left = all->rows - first;
    f.row = all->row + first;
    f.rows = left < rows ? left : rows;
    f.Y = all->Y + first * all->units;
    if (first > 0) f.x.from = all->x.cuts_ + (cut - 1) * pairs;
    if (left > rows) f.x.to = all->x.cuts_ + (cut + rows / MAH_CUT_ROWS - 1) * pairs;
    forward_widths[b->width - 1](&f, b);
  }
}

void mah_sparse_forward(const mah_affine *a) {
  const mah_sparse_columns *x = a->columns_;
  int64_t widest = x->cuts_ != NULL || a->rows <= MAH_CUT_ROWS ? WIDEST_FORWARD : WIDEST;
  forward f = {.x = *x,
               .W = a->W,
               .bias = a->bias,
               .Y = a->Y,
               .sums = (real *)x->sums + a->row * (MAH_SUMS / (int64_t)sizeof(real)),
               .row = a->row,
               .rows = a->rows,
               .inputs = a->inputs,
               .units = a->units,
               .relu = a->relu};
  for (int64_t i = 0; i < block_count(a->units, widest); i++) {
    block b = block_at(a->units, widest, i);
    forward_cuts(&f, &b);
  }
}

/* -- Backward ----------------------------------------------------------------------------------
 *
 * The sums of two rows of dW stay in registers while the elements of their columns pass by.
 */

typedef struct backward {
  mah_sparse_columns x;
  const real *dY, *start_;
  real *dW, share;
  int64_t rows, inputs, units;
} backward;

MAH_INLINE void start_row(lanes *sum, const backward *g, const block *b, int64_t i, int width) {
#pragma GCC unroll 5
  for (int v = 0; v < width; v++)
    sum[v] = g->start_ ? g->share * lanes_load_column(g->start_ + i * g->units + b->lane * LANES, v,
                                                      width, b->tail)
                       : (lanes){0};
}

MAH_INLINE void finish_row(const backward *g, const lanes *sum, const block *b, int64_t i,
                           int width) {
#pragma GCC unroll 5
  for (int v = 0; v < width; v++)
    lanes_store_column(g->dW + i * g->units + b->lane * LANES, sum[v], v, width, b->tail);
}

/* Rows 2j and 2j + 1 of dW, or only 2j where that is the last one. */
MAH_INLINE void two_rows(const backward *g, const block *b, int64_t j, int width, int codes) {
  const real *dY = g->dY + g->rows * b->lane * LANES;
  int64_t i = 2 * j, other = i + 1 < g->inputs ? i + 1 : i;
  lanes sum[WIDEST], sum2[WIDEST];
  start_row(sum, g, b, i, width);
  start_row(sum2, g, b, other, width);
  for (uint32_t e = g->x.from[j], to = g->x.to[j]; e < to; e++) {
    element x = element_at(&g->x, e, codes);
    const real *row = dY + x.row * (width * LANES);
#pragma GCC unroll 5
    for (int v = 0; v < width; v++) {
      lanes dy = lanes_keep(lanes_load(row + v * LANES));
      sum[v] += x.first * dy;
      sum2[v] += x.second * dy;
    }
  }
  finish_row(g, sum, b, i, width);
  if (other > i) finish_row(g, sum2, b, other, width);
}

MAH_INLINE void backward_block(const backward *all, const block *b, int64_t first, int64_t count,
                               int width) {
  const backward here = *all, *g = &here; /* stores cannot change these */
  for (int64_t j = first / 2, end = (first + count + 1) / 2; j < end; j++) {
    prefetch_list(&g->x, j + 1 < end ? j + 1 : j);
    if (g->x.code_)
      two_rows(g, b, j, width, 1);
    else
      two_rows(g, b, j, width, 0);
  }
}

static void backward_1(const backward *g, const block *b, int64_t first, int64_t count) {
  backward_block(g, b, first, count, 1);
}
static void backward_2(const backward *g, const block *b, int64_t first, int64_t count) {
  backward_block(g, b, first, count, 2);
}
static void backward_3(const backward *g, const block *b, int64_t first, int64_t count) {
  backward_block(g, b, first, count, 3);
}
static void backward_4(const backward *g, const block *b, int64_t first, int64_t count) {
  backward_block(g, b, first, count, 4);
}
static void backward_5(const backward *g, const block *b, int64_t first, int64_t count) {
  backward_block(g, b, first, count, WIDEST);
}

void mah_sparse_backward_weights(const mah_affine_weights *a) {
  static void (*const widths[])(const backward *, const block *, int64_t, int64_t) = {
      backward_1, backward_2, backward_3, backward_4, backward_5};
  backward g = {.x = *a->columns_,
                .dY = a->dY,
                .start_ = a->start_,
                .dW = a->dW,
                .share = (real)a->share,
                .rows = a->rows,
                .inputs = a->inputs,
                .units = a->units};
  for (int64_t i = 0; i < block_count(a->units, WIDEST); i++) {
    block b = block_at(a->units, WIDEST, i);
    widths[b.width - 1](&g, &b, a->first, a->count);
  }
}
