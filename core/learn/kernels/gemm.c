#include "learn/kernels/gemm.h"

#include "learn/kernels/lanes.h"

/* C is computed tile by tile: HEIGHT rows times WIDTH lanes of sums, which stay in registers while
 * k runs. The columns of B under a tile, a panel, lie side by side
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
  int64_t j, tail;
} panel;

MAH_INLINE lanes load_columns(const panel *p, const real *row, int v, int width) {
  return lanes_load_column(row, v, width, p->tail);
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
  lanes_store_column(g->c + place, sum, v, width, p->tail);
}

/* Rows i ... i + height - 1 of C. height and width are constants where this is inlined, so that the
 * sums are registers. */
MAH_INLINE void tile(const mah_product *g, const panel *p, int64_t i, int height, int width,
                     int packed) {
  lanes sum[HEIGHT][WIDTH], b[WIDTH];
  const real *A = g->a + i * g->a_row, *B = p->b;
  int64_t a_row = g->a_row, a_step = g->a_step, b_row = packed ? PANEL : g->b_row;
#pragma GCC unroll 14
  for (int r = 0; r < height; r++)
#pragma GCC unroll 2
    for (int v = 0; v < width; v++) sum[r][v] = first_of(g, p, i + r, v, width);
  for (int64_t k = g->k; k > 0; k--, A += a_step, B += b_row) {
#pragma GCC unroll 2
    for (int v = 0; v < width; v++)
      b[v] = packed ? lanes_load(B + v * LANES) : load_columns(p, B, v, width);
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
  for (; i + HEIGHT <= g->m; i += HEIGHT) tile(g, p, i, HEIGHT, width, 1);
  if (HEIGHT > 8 && i + 8 <= g->m) tile(g, p, i, 8, width, 1), i += 8;
  if (i + 4 <= g->m) tile(g, p, i, 4, width, 1), i += 4;
  if (i + 2 <= g->m) tile(g, p, i, 2, width, 1), i += 2;
  if (i < g->m) tile(g, p, i, 1, width, 1);
}

/* The same where B is not packed, which would take longer than a few rows do. */
MAH_INLINE void few_rows(const mah_product *g, const panel *p, int width) {
  int64_t i = 0;
  for (; i + 4 <= g->m; i += 4) tile(g, p, i, 4, width, 0);
  for (; i < g->m; i++) tile(g, p, i, 1, width, 0);
}

static void few_wide(const mah_product *g, const panel *p) { few_rows(g, p, 2); }
static void few_narrow(const mah_product *g, const panel *p) { few_rows(g, p, 1); }
static void wide(const mah_product *g, const panel *p) { column_of_tiles(g, p, 2); }
static void narrow(const mah_product *g, const panel *p) { column_of_tiles(g, p, 1); }

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Columns that are not there become 0: loads of a part of the lanes are slow. */
static void pack_rows(real *to, const real *b, int64_t b_row, int64_t rows, int64_t columns) {
  int64_t whole = columns - columns % LANES;
  for (int64_t k = 0; k < rows; k++, to += PANEL, b += b_row) {
    for (int64_t c = 0; c < whole; c += LANES) lanes_store(to + c, lanes_keep(lanes_load(b + c)));
    if (whole == PANEL) continue;
    lanes_store(to + whole, lanes_load_part(b + whole, columns - whole));
    for (int64_t c = whole + LANES; c < PANEL; c += LANES) lanes_store(to + c, (lanes){0});
  }
}

void mah_gemm_pack(void *packed, const void *B, int64_t k, int64_t n, int64_t first,
                   int64_t count) {
  const real *b = (const real *)B + first * n;
  for (int64_t j = 0; j < n; j += PANEL)
    pack_rows((real *)packed + j * k + first * PANEL, b + j, n, count, smaller(n - j, PANEL));
}

void mah_gemm_pack_transposed(void *packed, const void *W, int64_t k, int64_t n, int64_t first,
                              int64_t count) {
  enum { PANEL_ROWS = 16 }; /* rows of the panel that stay in the first-level cache */
  int64_t end = first + count == n ? (n + PANEL - 1) / PANEL * PANEL : first + count;
  for (int64_t o = 0; o < k; o += PANEL_ROWS)
    for (int64_t i = first; i < end; i++) {
      const real *w = (const real *)W + i * k;
      real *to = (real *)packed + i / PANEL * PANEL * k + i % PANEL;
      for (int64_t c = o; c < smaller(o + PANEL_ROWS, k); c++) to[c * PANEL] = i < n ? w[c] : 0;
    }
}

/* -- The product ------------------------------------------------------------------------------- */

/* The part of k that g has, from `depth` of `all` on. */
static void multiply(const mah_product *g, int64_t depth, int64_t all) {
  for (int64_t j = 0; j < g->n; j += PANEL) {
    int64_t columns = smaller(g->n - j, PANEL);
    const real *b = g->b_row ? g->b + depth * g->b_row + j : g->b + j * all + depth * PANEL;
    panel p = {b, j, (columns - 1) % LANES + 1};
    if (columns > LANES)
      (g->b_row ? few_wide : wide)(g, &p);
    else
      (g->b_row ? few_narrow : narrow)(g, &p);
  }
}

void mah_gemm(const mah_product *product) {
  mah_product part = *product;
  for (int64_t depth = 0; depth == 0 || depth < product->k; depth += DEPTH) {
    int is_first = depth == 0, is_last = depth + DEPTH >= product->k;
    part.k = smaller(product->k - depth, DEPTH);
    part.a = product->a + depth * part.a_step;
    part.bias_ = is_first ? product->bias_ : NULL;
    part.start_ = is_first ? product->start_ : part.c;
    part.share = is_first ? product->share : 1;
    part.relu = is_last && product->relu; /* what is done at the end waits for the last part */
    part.gate_ = is_last ? product->gate_ : NULL;
    multiply(&part, depth, product->k);
  }
}
