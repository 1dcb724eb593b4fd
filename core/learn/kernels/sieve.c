#include "learn/kernels/sieve.h"

#include "learn/kernels/blocks.h"

/* A block of rows is taken as a matrix of bits: is there anything in these two columns of the row?
 * Turned over, it tells of each pair of columns which rows have elements there. These are added to
 * the rows' sums, which stay in the first-level cache, while two rows of W stay in registers. */
enum { ROWS = 64, WORD = 64 };                        /* bits */
enum { WORDS = 8, PAIRS = WORDS * WORD };             /* of columns at a time */
enum { WIDEST = LANE_BYTES == 64 ? 8 : 5 };           /* lanes of sums at a time */
enum { LINE = 64, LINE_REALS = LINE / sizeof(real) }; /* of the caches */

typedef struct sieve {
  const real *X, *W, *bias;
  real *Y;
  int64_t rows, inputs, units;
  int64_t first, count; /* columns of X at hand: this many pairs from 2 first on */
  int relu, is_last;
  uint64_t bits[WORDS][ROWS]; /* by row; then bits[j / WORD][j % WORD] by pair j */
  _Alignas(64) real sums[ROWS * WIDEST * LANES];
} sieve;

/* -- Bits -------------------------------------------------------------------------------------- */

/* Of up to WORD pairs of a row's n columns. */
static uint64_t find_rest(const real *x, int64_t j, int64_t n) {
  uint64_t bits = 0;
  for (; j < (n + 1) / 2; j++) {
    int some = (x[2 * j] != 0) | (2 * j + 1 < n && x[2 * j + 1] != 0);
    bits |= (uint64_t)some << j;
  }
  return bits;
}

#if defined(__AVX512F__) && !defined(MAH_DOUBLE)
static uint64_t find(const real *x, int64_t n) {
  const __m512i size = _mm512_set1_epi32(INT32_MAX); /* all bits but that of the sign */
  uint64_t bits = 0;
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    bits |= (uint64_t)_mm512_test_epi64_mask(_mm512_loadu_si512(x + i), size) << i / 2;
  return i < n ? bits | find_rest(x, i / 2, n) : bits;
}
#elif defined(__AVX2__) && !defined(MAH_DOUBLE)
static uint64_t find(const real *x, int64_t n) {
  const __m256i size = _mm256_set1_epi32(INT32_MAX);
  uint64_t bits = 0;
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    __m256i v = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(x + i)), size);
    __m256i none = _mm256_cmpeq_epi64(v, _mm256_setzero_si256());
    bits |= (uint64_t)(_mm256_movemask_pd((__m256d)none) ^ 15) << i / 2;
  }
  return i < n ? bits | find_rest(x, i / 2, n) : bits;
}
#else
static uint64_t find(const real *x, int64_t n) { return find_rest(x, 0, n); }
#endif

/* Bit c of word r and bit r of word c change places (Warren, "Hacker's Delight", 7-3). */
static void turn(uint64_t *restrict word) {
  uint64_t low = UINT32_MAX;
  for (int half = 32; half > 0; half /= 2, low ^= low << half)
    for (int at = 0; at < WORD; at += 2 * half)
      MAH_INDEPENDENT for (int i = at; i < at + half; i++) {
        uint64_t change = ((word[i] >> half) ^ word[i + half]) & low;
        word[i] ^= change << half;
        word[i + half] ^= change;
      }
}

static void find_pairs(sieve *s) {
  int64_t columns = smaller(s->inputs - 2 * s->first, 2 * s->count);
  for (int64_t k = 0; k * WORD < s->count; k++) {
    const real *x = s->X + 2 * (s->first + k * WORD);
    int64_t n = smaller(columns - 2 * WORD * k, 2 * WORD);
    for (int64_t r = 0; r < ROWS; r++) s->bits[k][r] = r < s->rows ? find(x + r * s->inputs, n) : 0;
    turn(s->bits[k]);
  }
}

/* -- Sums -------------------------------------------------------------------------------------- */

/* The block of rows behind this one, a part for each pair: it is wanted in the second-level cache
 * soon, and while sums are added up the way there is free. */
MAH_INLINE void fetch_ahead(const sieve *s, int64_t j) {
  enum { PART = ROWS * 2 / LINE_REALS };
  const real *next = s->X + ROWS * s->inputs + j * PART * LINE_REALS;
  for (int64_t i = 0; i < PART; i++) __builtin_prefetch(next + i * LINE_REALS, 0, 2);
}

/* sums += X's columns 2j and 2j + 1 times their rows of W */
MAH_INLINE void add_pair(sieve *s, const block *b, int64_t j, int width) {
  static const real none = 0;
  uint64_t rows = s->bits[(j - s->first) / WORD][(j - s->first) % WORD];
  const real *row = s->W + 2 * j * s->units, *x = s->X + 2 * j;
  int has_two = 2 * j + 1 < s->inputs;
  const real *x2 = has_two ? x + 1 : &none;
  int64_t x_row = s->inputs, both = has_two ? -1 : 0;
  lanes w[WIDEST], w2[WIDEST] = {{0}};
  if (rows == 0) return;
  load_block(w, row, b, width);
  if (has_two) load_block(w2, row + s->units, b, width);
  for (; rows != 0; rows &= rows - 1) {
    int64_t r = __builtin_ctzll(rows), place = r * x_row;
    lanes first = lanes_of(x[place]), second = lanes_of(x2[place & both]);
    real *sum = s->sums + r * (WIDEST * LANES);
    __asm__("" : "+r"(sum)); /* one register for all addresses */
#pragma GCC unroll 8
    for (int v = 0; v < width; v++) {
      lanes sum_v = lanes_load(sum + v * LANES);
      sum_v += first * w[v];
      sum_v += second * w2[v];
      lanes_store(sum + v * LANES, sum_v);
    }
  }
}

MAH_INLINE void begin(sieve *s, const block *b, int width) {
  lanes bias[WIDEST];
  load_block(bias, s->bias, b, width);
  for (int64_t r = 0; r < s->rows; r++)
    for (int v = 0; v < width; v++) {
      const real *y = s->Y + r * s->units + b->lane * LANES;
      lanes_store(s->sums + (r * WIDEST + v) * LANES,
                  s->first > 0 ? lanes_load_column(y, v, width, b->tail) : bias[v]);
    }
}

/* Returns 0 in the lanes where all sums are numbers: x - x is NaN where x is not. */
MAH_INLINE lanes end(const sieve *s, const block *b, int width) {
  lanes check = {0};
  for (int64_t r = 0; r < s->rows; r++)
    for (int v = 0; v < width; v++) {
      lanes sum = lanes_load(s->sums + (r * WIDEST + v) * LANES);
      if (v == 0) check += sum - sum;
      lanes_store_column(s->Y + r * s->units + b->lane * LANES,
                         s->relu && s->is_last ? lanes_relu(sum) : sum, v, width, b->tail);
    }
  return check;
}

MAH_INLINE lanes add_block(sieve *s, const block *b, int width) {
  begin(s, b, width);
  for (int64_t j = s->first; j < s->first + s->count; j++) {
    if (b->lane == 0) fetch_ahead(s, j);
    add_pair(s, b, j, width);
  }
  return end(s, b, width);
}

static lanes add_1(sieve *s, const block *b) { return add_block(s, b, 1); }
static lanes add_2(sieve *s, const block *b) { return add_block(s, b, 2); }
static lanes add_3(sieve *s, const block *b) { return add_block(s, b, 3); }
static lanes add_4(sieve *s, const block *b) { return add_block(s, b, 4); }
static lanes add_5(sieve *s, const block *b) { return add_block(s, b, 5); }
#if defined(__AVX512F__)
static lanes add_6(sieve *s, const block *b) { return add_block(s, b, 6); }
static lanes add_7(sieve *s, const block *b) { return add_block(s, b, 7); }
static lanes add_8(sieve *s, const block *b) { return add_block(s, b, 8); }
#endif

static lanes (*const widths[])(sieve *, const block *) = {
    add_1, add_2, add_3, add_4, add_5,
#if defined(__AVX512F__)
    add_6, add_7, add_8,
#endif
};

/* Some rows. Any sum of a row tells of all its inputs. */
static int forward(sieve *s) {
  int64_t pairs = (s->inputs + 1) / 2;
  lanes check = {0};
  for (s->first = 0; s->first < pairs; s->first += s->count) {
    s->count = smaller(pairs - s->first, PAIRS);
    s->is_last = s->first + s->count == pairs;
    find_pairs(s);
    for (int64_t i = 0; i < block_count(s->units, WIDEST); i++) {
      block b = block_at(s->units, WIDEST, i);
      check += widths[b.width - 1](s, &b);
    }
  }
  real bad = 0;
  for (int j = 0; j < LANES; j++) bad += check[j];
  return bad == 0;
}

int mah_sieve_forward(const mah_affine *a) {
  sieve s; /* large, and filled when it is wanted */
  int all_finite = 1;
  s.W = a->W;
  s.bias = a->bias;
  s.inputs = a->inputs;
  s.units = a->units;
  s.relu = a->relu;
  for (int64_t r = 0; r < a->rows; r += ROWS) {
    s.X = (const real *)a->X + r * a->inputs;
    s.Y = (real *)a->Y + r * a->units;
    s.rows = smaller(a->rows - r, ROWS);
    all_finite &= forward(&s);
  }
  return all_finite;
}
