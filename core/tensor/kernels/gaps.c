#include "tensor/kernels/gaps.h"

#include "tensor/kernels/lanes.h"

/* A row of A is taken by words of bits: which of these numbers are not 0? The row's sums, as many
 * lanes as there are registers for, stay there meanwhile, and the part of B that belongs to the
 * word and these lanes stays in the first-level cache while all rows pass.
 */
enum { WORD = 64, WORDS = 1024 }; /* bits; of the rows at hand */
enum { WIDEST = 8, PANEL = MAH_PANEL_LANES * LANES };
enum { PERCENT = 65 }; /* of A that is not 0, at most: then the tiles of gemm.c are as fast */

typedef struct rows {
  const mah_product *g;
  const real *a; /* A by rows */
  int64_t a_row, words;
  const real *b; /* its panels are so far apart */
  int64_t panel;
  int64_t first, count; /* of C */
  uint64_t bits[WORDS]; /* (count, words) */
} rows;

/* A part of the sums: one word of k, and some lanes of columns, the last of which has `tail`. */
typedef struct part {
  const real *b, *next; /* B's; and that of the part after this one */
  int64_t word, j, tail;
  const real *start_; /* row i's sums begin with share start_[i start_row], or 0; */
  int64_t start_row;
  real share;
  int relu; /* and end so */
  const real *gate_;
  int is_between; /* neither the first word nor the last */
} part;

/* -- Where A is not 0 -------------------------------------------------------------------------- */

MAH_INLINE uint64_t find_some(const real *a, int64_t n) {
  uint64_t bits = 0;
  for (int64_t k = 0; k < n; k++) bits |= (uint64_t)(a[k] != 0) << k;
  return bits;
}

static uint64_t find(const real *a, int64_t n) {
  uint64_t bits = 0;
  int64_t k = 0;
#if defined(__AVX512F__) && defined(MAH_DOUBLE)
  for (; k + 8 <= n; k += 8)
    bits |= (uint64_t)_mm512_cmp_pd_mask(_mm512_loadu_pd(a + k), _mm512_setzero_pd(), _CMP_NEQ_UQ)
            << k;
#elif defined(__AVX512F__)
  for (; k + 16 <= n; k += 16)
    bits |= (uint64_t)_mm512_cmp_ps_mask(_mm512_loadu_ps(a + k), _mm512_setzero_ps(), _CMP_NEQ_UQ)
            << k;
#elif defined(__AVX2__) && defined(MAH_DOUBLE)
  for (; k + 4 <= n; k += 4)
    bits |= (uint64_t)_mm256_movemask_pd(
                _mm256_cmp_pd(_mm256_loadu_pd(a + k), _mm256_setzero_pd(), _CMP_NEQ_UQ))
            << k;
#elif defined(__AVX2__)
  for (; k + 8 <= n; k += 8)
    bits |= (uint64_t)_mm256_movemask_ps(
                _mm256_cmp_ps(_mm256_loadu_ps(a + k), _mm256_setzero_ps(), _CMP_NEQ_UQ))
            << k;
#endif
  return k < n ? bits | find_some(a + k, n - k) << k : bits;
}

static void find_all(rows *s) {
  for (int64_t r = 0; r < s->count; r++) {
    const real *a = s->a + (s->first + r) * s->a_row;
    for (int64_t w = 0; w < s->words; w++)
      s->bits[r * s->words + w] = find(a + w * WORD, smaller(s->g->k - w * WORD, WORD));
  }
}

/* A look at each fourth line of A, as it lies. */
static int has_gaps(const mah_product *g) {
  enum { EACH = 4 };
  int64_t lines = g->a_step == 1 ? g->m : g->k, length = g->a_step == 1 ? g->k : g->m;
  int64_t apart = g->a_step == 1 ? g->a_row : g->a_step, seen = 0, some = 0;
  for (int64_t i = 0; i < lines; i += EACH, seen += length)
    for (int64_t k = 0; k < length; k += WORD)
      some += __builtin_popcountll(find(g->a + i * apart + k, smaller(length - k, WORD)));
  return some * 100 <= PERCENT * seen;
}

/* A by rows, where it lies by columns. */
static void turn(real *to, const mah_product *g) {
  for (int64_t i = 0; i < g->m; i += LANES)
    for (int64_t k = 0; k < g->k; k += LANES) {
      int64_t width = smaller(g->k - k, LANES);
      lanes_transpose(to + i * g->k + k, g->k, g->a + i + k * g->a_step, g->a_step, width, width,
                      smaller(g->m - i, LANES));
    }
}

/* -- Sums -------------------------------------------------------------------------------------- */

MAH_INLINE void begin(lanes *sum, const part *p, int64_t i, int width) {
  const real *start = p->start_ ? p->start_ + i * p->start_row : NULL;
#pragma GCC unroll 8
  for (int v = 0; v < width; v++)
    sum[v] =
        (start ? p->share * lanes_load_column(start, v, width, p->tail) : (lanes){0}) + (lanes){0};
}

MAH_INLINE void finish(lanes *sum, const mah_product *g, const part *p, int64_t i, int width) {
  const real *gate = p->gate_ ? p->gate_ + i * g->c_row : NULL;
  real *c = g->c + i * g->c_row + p->j;
#pragma GCC unroll 8
  for (int v = 0; v < width; v++) {
    lanes s = p->relu ? lanes_relu(sum[v]) : sum[v];
    if (gate) s = lanes_where_positive(s, lanes_load_column(gate, v, width, p->tail));
    lanes_store_column(c, s, v, width, p->tail);
  }
}

MAH_INLINE void add_row(const rows *s, const part *p, int64_t r, int width) {
  const int64_t panel = s->panel;
  int64_t i = s->first + r;
  uint64_t bits = s->bits[r * s->words + p->word];
  const real *a = s->a + i * s->a_row + p->word * WORD, *b = p->b;
  lanes sum[WIDEST];
  if (bits == 0 && p->is_between) return;
  begin(sum, p, i, width);
  for (; bits != 0; bits &= bits - 1) {
    int64_t k = __builtin_ctzll(bits);
    lanes x = lanes_of(a[k]);
#pragma GCC unroll 8
    for (int v = 0; v < width; v++)
      sum[v] +=
          x * lanes_load(b + v / MAH_PANEL_LANES * panel + k * PANEL + v % MAH_PANEL_LANES * LANES);
  }
  finish(sum, s->g, p, i, width);
}

/* B's next part is wanted in the second-level cache soon: it is shared out among the rows. */
MAH_INLINE void fetch_ahead(const rows *s, const part *p, int64_t r, int width) {
  enum { LINES = WORD * PANEL * sizeof(real) / 64 }; /* of a panel */
  int64_t lines = (width + 1) / MAH_PANEL_LANES * LINES, to = lines * (r + 1) / s->count;
  for (int64_t line = lines * r / s->count; line < to; line++)
    __builtin_prefetch((const char *)(p->next + line / LINES * s->panel) + line % LINES * 64, 0, 2);
}

MAH_INLINE void add_rows(const rows *s, const part *p, int width) {
  for (int64_t r = 0; r < s->count; r++) {
    fetch_ahead(s, p, r, width);
    add_row(s, p, r, width);
  }
}

static void add_8(const rows *s, const part *p) { add_rows(s, p, 8); }
static void add_4(const rows *s, const part *p) { add_rows(s, p, 4); }
static void add_2(const rows *s, const part *p) { add_rows(s, p, 2); }
static void add_1(const rows *s, const part *p) { add_rows(s, p, 1); }

static part part_of(const mah_product *g, int64_t j, int64_t lanes_of_it, int64_t word,
                    int64_t words) {
  int is_first = word == 0, is_last = word == words - 1;
  part p = {.word = word,
            .j = j,
            .tail = smaller(g->n - j - (lanes_of_it - 1) * LANES, LANES),
            .share = 1,
            .start_row = g->c_row,
            .relu = is_last && g->relu,
            .gate_ = is_last && g->gate_ ? g->gate_ + j : NULL,
            .is_between = !is_first && !is_last};
  if (!is_first) {
    p.start_ = g->c + j;
  } else if (g->bias_) {
    p.start_ = g->bias_ + j;
    p.start_row = 0;
  } else if (g->start_) {
    p.start_ = g->start_ + j;
    p.share = g->share;
  }
  return p;
}

/* All columns of the rows at hand. */
static void add_all(const rows *s) {
  int64_t n = s->g->n, width;
  for (int64_t j = 0; j < n; j += width * LANES) {
    int64_t left = (n - j + LANES - 1) / LANES;
    const real *b = s->b + j / PANEL * s->panel;
    width = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    for (int64_t word = 0; word < s->words; word++) {
      part p = part_of(s->g, j, width, word, s->words);
      p.b = b + word * WORD * PANEL;
      p.next = word + 1 < s->words ? p.b + WORD * PANEL : b + width / MAH_PANEL_LANES * s->panel;
      (width == 8 ? add_8 : width == 4 ? add_4 : width == 2 ? add_2 : add_1)(s, &p);
    }
  }
}

int mah_gaps_multiply(const mah_product *g, int64_t depth, int64_t all) {
  if (g->k == 0 || !has_gaps(g)) return 0;
  int64_t words = (g->k + WORD - 1) / WORD, at_a_time = WORDS / words;
  rows s = {.g = g,
            .a = g->a,
            .a_row = g->a_row,
            .words = words,
            .b = g->b + depth * PANEL,
            .panel = all * PANEL};
  if (g->a_step != 1) {
    turn(g->room_, g);
    s.a = g->room_;
    s.a_row = g->k;
  }
  for (; s.first < g->m; s.first += at_a_time) {
    s.count = smaller(g->m - s.first, at_a_time);
    find_all(&s);
    add_all(&s);
  }
  return 1;
}
