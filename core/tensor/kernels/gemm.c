#include "tensor/kernels/gemm.h"

#include "tensor/kernels/gaps.h"
#include "tensor/kernels/lanes.h"

/* C is computed tile by tile: HEIGHT rows times WIDTH lanes of sums, which stay in registers while
 * k runs. The columns of B under a tile, a panel, lie side by side, and those of its k's that are
 * taken at a time stay in the first-level cache while the tiles of all rows pass; the rows of A
 * come from the second-level cache, side by side too
 * (Goto, van de Geijn: "Anatomy of high-performance matrix multiplication", ACM TOMS 34, 2008).
 */
#if defined(__AVX512F__) || defined(__aarch64__)
enum { HEIGHT = 12, TALL = 16 }; /* 32 registers */
#else
enum { HEIGHT = 6, TALL = 6 }; /* 16 registers */
#endif
enum { WIDTH = MAH_PANEL_LANES, PANEL = WIDTH * LANES };

/* Columns j ... of B, and of C; `tail` of the last lanes are there. The next panel's part, of
 * `lines` cache lines, is wanted soon. */
typedef struct panel {
  const real *b;
  int64_t j, tail;
  const char *next;
  int64_t lines;
} panel;

/* The numbers of A under a tile: rows and columns are so far apart. */
typedef struct left {
  const real *a;
  int64_t row, step;
} left;

MAH_INLINE lanes load_columns(const panel *p, const real *row, int v, int width) {
  return lanes_load_column(row, v, width, p->tail);
}

/* -- One tile ---------------------------------------------------------------------------------- */

/* The sums of a tile, row by row. */
typedef lanes sums[TALL][WIDTH];

MAH_INLINE void begin(sums sum, const mah_product *g, const panel *p, int64_t i, int height,
                      int width) {
  lanes first[WIDTH] = {{0}};
  for (int v = 0; v < width; v++)
    if (g->bias_) first[v] += load_columns(p, g->bias_ + p->j, v, width);
#pragma GCC unroll 16
  for (int r = 0; r < height; r++)
#pragma GCC unroll 2
    for (int v = 0; v < width; v++) sum[r][v] = first[v];
  if (g->bias_ || !g->start_) return;
  const real *start = g->start_ + i * g->c_row + p->j;
#pragma GCC unroll 16
  for (int r = 0; r < height; r++)
#pragma GCC unroll 2
    for (int v = 0; v < width; v++)
      sum[r][v] = g->share * load_columns(p, start + r * g->c_row, v, width) + (lanes){0};
}

/* What is asked for is asked once: the compiler cannot know that C is not g. */
MAH_INLINE void finish(sums sum, const mah_product *g, const panel *p, int64_t i, int height,
                       int width) {
  const panel columns = *p;
  int64_t row = g->c_row, place = i * row + p->j;
  real *c = g->c + place;
  if (g->relu)
#pragma GCC unroll 16
    for (int r = 0; r < height; r++)
#pragma GCC unroll 2
      for (int v = 0; v < width; v++) sum[r][v] = lanes_relu(sum[r][v]);
  if (g->gate_)
#pragma GCC unroll 16
    for (int r = 0; r < height; r++)
#pragma GCC unroll 2
      for (int v = 0; v < width; v++)
        sum[r][v] =
            lanes_where_positive(sum[r][v], load_columns(p, g->gate_ + place + r * row, v, width));
#pragma GCC unroll 16
  for (int r = 0; r < height; r++)
#pragma GCC unroll 2
    for (int v = 0; v < width; v++)
      lanes_store_column(c + r * row, sum[r][v], v, width, columns.tail);
}

/* A pointer of its own: the compiler would rather reach all rows of A from the first one, by more
 * distances than there are registers. */
MAH_INLINE const real *apart(const real *p) {
  __asm__("" : "+r"(p));
  return p;
}

/* Rows i ... i + height - 1 of C. height and width are constants where this is inlined, so that the
 * sums are registers. */
MAH_INLINE void tile(const mah_product *g, const panel *p, left of, int64_t i, int height,
                     int width, int packed) {
  sums sum;
  lanes b[WIDTH];
  const real *B = p->b, *A[TALL / 4 + 1];
  int64_t b_row = packed ? PANEL : g->b_row;
  begin(sum, g, p, i, height, width);
#pragma GCC unroll 5
  for (int q = 0; q * 4 < height; q++) A[q] = apart(of.a + q * 4 * of.row);
  for (int64_t k = g->k; k > 0; k--, B += b_row) {
#pragma GCC unroll 2
    for (int v = 0; v < width; v++)
      b[v] = packed ? lanes_load(B + v * LANES) : load_columns(p, B, v, width);
#pragma GCC unroll 16
    for (int r = 0; r < height; r++) {
      lanes a = lanes_of(A[r / 4][r % 4 * of.row]);
#pragma GCC unroll 2
      for (int v = 0; v < width; v++) sum[r][v] += a * b[v];
    }
#pragma GCC unroll 5
    for (int q = 0; q * 4 < height; q++) A[q] += of.step;
  }
  finish(sum, g, p, i, height, width);
}

/* -- The rows of A, side by side --------------------------------------------------------------- */

/* The rows under a tile as they follow each other in column_of_tiles: k after k, `height` numbers
 * each. */
MAH_INLINE void pack_tile(real *to, const mah_product *g, int64_t i, int height) {
  const real *a = g->a + i * g->a_row;
  if (g->a_row == 1) {
    for (int64_t k = 0; k < g->k; k++, to += height, a += g->a_step)
      memcpy(to, a, (size_t)height * sizeof(real));
    return;
  }
  int64_t whole = g->k - g->k % LANES;
  for (int r = 0; r < height; r += LANES) {
    int rows = height - r < LANES ? height - r : LANES;
    const real *from = a + r * g->a_row;
    for (int64_t k = 0; k < whole; k += LANES)
      lanes_transpose(to + k * height + r, height, from + k, g->a_row, rows, rows, LANES);
    if (whole < g->k)
      lanes_transpose(to + whole * height + r, height, from + whole, g->a_row, rows, rows,
                      g->k - whole);
  }
}

/* -- One panel --------------------------------------------------------------------------------- */

/* What a column of tiles does with each of them. */
enum work { PACK, TAKE_PACKED, TAKE, TAKE_ROWS };

/* Shares the fetching of the next panel out among the tiles. */
MAH_INLINE void fetch_ahead(const mah_product *g, const panel *p, int64_t i, int height) {
  int64_t to = p->lines * (i + height) / g->m;
  for (int64_t line = p->lines * i / g->m; line < to; line++)
    __builtin_prefetch(p->next + line * 64, 0, 2);
}

MAH_INLINE void tile_at(const mah_product *g, const panel *p, int64_t i, int height, int width,
                        enum work work) {
  if (work == PACK) {
    pack_tile(g->room_ + i * g->k, g, i, height);
  } else if (work == TAKE_PACKED) {
    fetch_ahead(g, p, i, height);
    tile(g, p, (left){g->room_ + i * g->k, 1, height}, i, height, width, 1);
  } else {
    tile(g, p, (left){g->a + i * g->a_row, g->a_row, g->a_step}, i, height, width, work == TAKE);
  }
}

/* All rows of C, in tiles as high as they can be: with one lane of sums, there is room for more. */
MAH_INLINE void column_of_tiles(const mah_product *g, const panel *p, int width, enum work work) {
  int64_t i = 0;
  if (width == 1 && TALL > HEIGHT && work != TAKE_PACKED)
    for (; i + TALL <= g->m; i += TALL) tile_at(g, p, i, TALL, width, work);
  for (; i + HEIGHT <= g->m; i += HEIGHT) tile_at(g, p, i, HEIGHT, width, work);
  if (HEIGHT > 8 && i + 8 <= g->m) tile_at(g, p, i, 8, width, work), i += 8;
  if (i + 4 <= g->m) tile_at(g, p, i, 4, width, work), i += 4;
  if (i + 2 <= g->m) tile_at(g, p, i, 2, width, work), i += 2;
  if (i < g->m) tile_at(g, p, i, 1, width, work);
}

static void wide(const mah_product *g, const panel *p) { column_of_tiles(g, p, 2, TAKE); }
static void narrow(const mah_product *g, const panel *p) { column_of_tiles(g, p, 1, TAKE); }
static void packed_wide(const mah_product *g, const panel *p) {
  column_of_tiles(g, p, 2, TAKE_PACKED);
}
static void packed_narrow(const mah_product *g, const panel *p) {
  column_of_tiles(g, p, 1, TAKE_PACKED);
}
static void rows_wide(const mah_product *g, const panel *p) { column_of_tiles(g, p, 2, TAKE_ROWS); }
static void rows_narrow(const mah_product *g, const panel *p) {
  column_of_tiles(g, p, 1, TAKE_ROWS);
}
static void pack_left(const mah_product *g) { column_of_tiles(g, NULL, 0, PACK); }

int mah_gemm_takes_rows(int64_t n) {
  int parts_are_fast = LANE_BYTES == 64;
  return n <= PANEL && (parts_are_fast || n % LANES == 0);
}

/* -- Packing B --------------------------------------------------------------------------------- */

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
  int64_t end = first + count == n ? (n + PANEL - 1) / PANEL * PANEL : first + count;
  for (int64_t i = first, next; i < end; i = next) { /* lanes of a panel, or what is left of them */
    next = smaller(i - i % LANES + LANES, end);
    real *to = (real *)packed + i / PANEL * PANEL * k + i % PANEL;
    const real *w = (const real *)W + i * k;
    for (int64_t o = 0; o < k; o += LANES)
      if (next - i == LANES && next <= n && o + LANES <= k)
        lanes_transpose(to + o * PANEL, PANEL, w + o, k, LANES, LANES, LANES);
      else
        lanes_transpose(to + o * PANEL, PANEL, w + o, k, n - i, next - i, smaller(k - o, LANES));
  }
}

/* -- The product ------------------------------------------------------------------------------- */

enum { FAR = 1 << 20 }; /* bytes of B from which on it comes from behind the second-level cache */

typedef void multiply_panel(const mah_product *g, const panel *p);

/* How A and B are read. */
enum way { PACKED_B, PACKED_BOTH, ROWS_OF_B };

/* The part of k that g has, from `depth` of `all` on. */
static void multiply(const mah_product *g, enum way way, int64_t depth, int64_t all) {
  static multiply_panel *const whole[] = {wide, packed_wide, rows_wide};
  static multiply_panel *const partly[] = {narrow, packed_narrow, rows_narrow};
  int is_far = way == PACKED_BOTH && all * g->n * (int64_t)sizeof(real) >= FAR;
  if (way == PACKED_BOTH && mah_gaps_multiply(g, depth, all)) return;
  if (way == PACKED_BOTH) pack_left(g);
  for (int64_t j = 0; j < g->n; j += PANEL) {
    int64_t columns = smaller(g->n - j, PANEL);
    const real *b = g->b_row ? g->b + depth * g->b_row + j : g->b + j * all + depth * PANEL;
    panel p = {.b = b, .j = j, .tail = (columns - 1) % LANES + 1};
    if (is_far && j + PANEL < g->n) {
      p.next = (const char *)(b + all * PANEL);
      p.lines = g->k * (PANEL * (int64_t)sizeof(real) / 64);
    }
    (columns > LANES ? whole : partly)[way](g, &p);
  }
}

/* k's are taken about so many at a time, in parts of about the same length. */
enum { DEPTH = 256 };
_Static_assert(DEPTH + DEPTH / 2 <= MAH_DEPTH, "the room for A is large enough");

static enum way way_of(const mah_product *g) {
  if (g->b_row) return ROWS_OF_B;
  int pays = g->n > 2 * PANEL && g->m > HEIGHT;
  return g->room_ && pays ? PACKED_BOTH : PACKED_B;
}

static void multiply_parts(const mah_product *product, enum way way, int64_t parts) {
  mah_product part = *product;
  int64_t all = product->k;
  for (int64_t i = 0; i < parts; i++) {
    int is_first = i == 0, is_last = i == parts - 1;
    int64_t depth = all * i / parts;
    part.k = all * (i + 1) / parts - depth;
    part.a = product->a + depth * part.a_step;
    part.bias_ = is_first ? product->bias_ : NULL;
    part.start_ = is_first ? product->start_ : part.c;
    part.share = is_first ? product->share : 1;
    part.relu = is_last && product->relu; /* what is done at the end waits for the last part */
    part.gate_ = is_last ? product->gate_ : NULL;
    multiply(&part, way, depth, all);
  }
}

/* Small products are over before a copy of the struct has come back from memory. */
void mah_gemm(const mah_product *product) {
  int64_t parts = (product->k + DEPTH / 2) / DEPTH;
  if (parts <= 1)
    multiply(product, way_of(product), 0, product->k);
  else
    multiply_parts(product, way_of(product), parts);
}
