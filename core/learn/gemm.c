#include "learn/gemm.h"

#include "learn/lanes.h"

/* C is computed tile by tile: HEIGHT rows times WIDTH lanes of sums, which stay in registers while
 * k runs. The columns of B under a tile, a panel, are copied side by side where they lie far apart
 * (Goto, van de Geijn: "Anatomy of high-performance matrix multiplication", ACM TOMS 34, 2008).
 */
#if defined(__AVX512F__) || defined(__aarch64__)
enum { HEIGHT = 14 }; /* 32 registers */
#else
enum { HEIGHT = 6 }; /* 16 registers */
#endif
enum { WIDTH = 2, PANEL = WIDTH * LANES, DEPTH = 512 }; /* DEPTH: k's at a time */

/* Columns j ... of B, and of C; `tail` of the last lanes are there. */
typedef struct panel {
  const real *b;
  int64_t b_row, j, tail;
} panel;

/* The v-th lanes of a row of the panel. */
MAH_INLINE lanes load_columns(const panel *p, const real *row, int v, int width) {
  return v < width - 1 ? lanes_load(row + v * LANES) : lanes_load_part(row + v * LANES, p->tail);
}

/* -- One tile ---------------------------------------------------------------------------------- */

MAH_INLINE lanes first_of(const mah_product *g, const panel *p, int64_t i, int v, int width) {
  if (g->bias_) return load_columns(p, g->bias_ + p->j, v, width);
  if (g->start_) return g->share * load_columns(p, g->start_ + i * g->c_row + p->j, v, width);
  return (lanes){0};
}

MAH_INLINE void finish(const mah_product *g, const panel *p, lanes sum, int64_t i, int v,
                       int width) {
  int64_t place = i * g->c_row + p->j;
  if (g->relu) sum = lanes_relu(sum);
  if (g->gate_) sum = lanes_where_positive(sum, load_columns(p, g->gate_ + place, v, width));
  if (v < width - 1)
    lanes_store(g->c + place + v * LANES, sum);
  else
    lanes_store_part(g->c + place + v * LANES, sum, p->tail);
}

/* Rows i ... i + height - 1 of C. height and width are constants where this is inlined, so that the
 * sums are registers. */
MAH_INLINE void tile(const mah_product *g, const panel *p, int64_t i, int height, int width) {
  lanes sum[HEIGHT][WIDTH], b[WIDTH];
  const real *A = g->a + i * g->a_row, *B = p->b;
  int64_t a_row = g->a_row, a_step = g->a_step, b_row = p->b_row;
#pragma GCC unroll 14
  for (int r = 0; r < height; r++)
#pragma GCC unroll 2
    for (int v = 0; v < width; v++) sum[r][v] = first_of(g, p, i + r, v, width);
  for (int64_t k = g->k; k > 0; k--, A += a_step, B += b_row) {
#pragma GCC unroll 2
    for (int v = 0; v < width; v++) b[v] = lanes_load(B + v * LANES);
#pragma GCC unroll 14
    for (int r = 0; r < height; r++) {
      lanes a = lanes_of(A[r * a_row]);
#pragma GCC unroll 2
      for (int v = 0; v < width; v++) sum[r][v] += a * b[v];
    }
  }
#pragma GCC unroll 14
  for (int r = 0; r < height; r++)
#pragma GCC unroll 2
    for (int v = 0; v < width; v++) finish(g, p, sum[r][v], i + r, v, width);
}

/* -- One panel --------------------------------------------------------------------------------- */

/* All rows of C, in tiles as high as they can be. */
MAH_INLINE void column_of_tiles(const mah_product *g, const panel *p, int width) {
  int64_t i = 0;
  for (; i + HEIGHT <= g->m; i += HEIGHT) tile(g, p, i, HEIGHT, width);
  if (HEIGHT > 8 && i + 8 <= g->m) tile(g, p, i, 8, width), i += 8;
  if (i + 4 <= g->m) tile(g, p, i, 4, width), i += 4;
  if (i + 2 <= g->m) tile(g, p, i, 2, width), i += 2;
  if (i < g->m) tile(g, p, i, 1, width);
}

static void wide(const mah_product *g, const panel *p) { column_of_tiles(g, p, 2); }
static void narrow(const mah_product *g, const panel *p) { column_of_tiles(g, p, 1); }

/* Columns that are not there become 0: loads of a part of the lanes are slow. */
static void copy_panel(real *restrict to, const mah_product *g, int64_t j, int64_t columns) {
  const real *restrict b = g->b + j;
  int64_t whole = columns - columns % LANES;
  for (int64_t k = 0; k < g->k; k++, to += PANEL, b += g->b_row) {
    for (int64_t c = 0; c < whole; c += LANES) lanes_store(to + c, lanes_load(b + c));
    if (whole < columns) lanes_store(to + whole, lanes_load_part(b + whole, columns - whole));
  }
}

/* -- The product ------------------------------------------------------------------------------- */

/* At most DEPTH k's. */
static void multiply(const mah_product *g) {
  _Alignas(64) real copy[DEPTH * PANEL];
  int is_near = g->b_row <= 2 * PANEL || g->m <= HEIGHT; /* or not worth the copy */
  for (int64_t j = 0; j < g->n; j += PANEL) {
    int64_t columns = g->n - j < PANEL ? g->n - j : PANEL;
    panel p = {g->b + j, g->b_row, j, (columns - 1) % LANES + 1};
    if (!is_near || columns % LANES != 0) {
      copy_panel(copy, g, j, columns);
      p.b = copy;
      p.b_row = PANEL;
    }
    if (columns > LANES)
      wide(g, &p);
    else
      narrow(g, &p);
  }
}

void mah_gemm(const mah_product *product) {
  mah_product part = *product;
  int64_t left = product->k;
  for (; left > DEPTH; left -= DEPTH) { /* what is finished at the end waits for the last part */
    part.k = DEPTH;
    part.relu = 0;
    part.gate_ = part.bias_ = NULL;
    if (left == product->k) part.bias_ = product->bias_;
    multiply(&part);
    part.a += DEPTH * part.a_step;
    part.b += DEPTH * part.b_row;
    part.start_ = part.c;
    part.share = 1;
  }
  part.k = left;
  part.relu = product->relu;
  part.gate_ = product->gate_;
  if (left < product->k) part.bias_ = NULL;
  multiply(&part);
}

/* In blocks that stay in the first-level cache. */
void mah_transpose(void *T_, int64_t t_row, const void *W_, int64_t rows, int64_t columns) {
  enum { BLOCK = 16 };
  real *restrict T = T_;
  const real *restrict W = W_;
  for (int64_t i0 = 0; i0 < rows; i0 += BLOCK)
    for (int64_t j0 = 0; j0 < columns; j0 += BLOCK) {
      int64_t i1 = i0 + BLOCK < rows ? i0 + BLOCK : rows;
      int64_t j1 = j0 + BLOCK < columns ? j0 + BLOCK : columns;
      for (int64_t j = j0; j < j1; j++)
        for (int64_t i = i0; i < i1; i++) T[j * t_row + i] = W[i * columns + j];
    }
}
