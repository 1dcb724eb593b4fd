#include "learn/elements.h"

#include "learn/lanes.h"

/* -- One by one ------------------------------------------------------------------------------ */

static int64_t find_rest(uint32_t *restrict element, real *restrict first, real *restrict second,
                         const real *restrict x, const real *restrict y_, int64_t j, int64_t n) {
  int64_t found = 0, pairs = y_ ? n : (n + 1) / 2;
  for (; j < pairs; j++) {
    real a = y_ ? x[j] : x[2 * j], b = y_ ? y_[j] : 2 * j + 1 < n ? x[2 * j + 1] : 0;
    element[found] = (uint32_t)j;
    first[found] = a;
    second[found] = b;
    found += (a != 0) | (b != 0);
  }
  return found;
}

/* -- Eight at a time: the ones that stay are moved side by side ------------------------------- */

#ifdef __AVX2__
/* A byte each: packing[mask] has the numbers of the bits that are set, from the lowest on;
 * spreading[mask], for each bit that is set, how many are below it, and 128 for the others. */
#define BELOW(m, i)   (uint64_t) __builtin_popcount((m) & ((1u << (i)) - 1))
#define PACK(m, i)    ((m) >> (i)&1 ? (uint64_t)(i) << 8 * BELOW(m, i) : 0)
#define SPREAD(m, i)  (((m) >> (i)&1 ? BELOW(m, i) : 128) << 8 * (i))
#define BYTES(f, m)   (f(m, 0) | f(m, 1) | f(m, 2) | f(m, 3) | f(m, 4) | f(m, 5) | f(m, 6) | f(m, 7))
#define ROWS_4(f, m)  BYTES(f, m), BYTES(f, (m) + 1), BYTES(f, (m) + 2), BYTES(f, (m) + 3)
#define ROWS_16(f, m) ROWS_4(f, m), ROWS_4(f, (m) + 4), ROWS_4(f, (m) + 8), ROWS_4(f, (m) + 12)
#define ROWS_64(f, m)                                                                              \
  ROWS_16(f, m), ROWS_16(f, (m) + 16), ROWS_16(f, (m) + 32), ROWS_16(f, (m) + 48)
#define TABLE(f)                                                                                   \
  { ROWS_64(f, 0u), ROWS_64(f, 64u), ROWS_64(f, 128u), ROWS_64(f, 192u) }
static const uint64_t packing[256] = TABLE(PACK), spreading[256] = TABLE(SPREAD);

static inline __m256i packing_of(uint32_t mask) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(packing + mask)));
}

static inline __m256i numbers_from(int64_t j) {
  return _mm256_add_epi32(_mm256_set1_epi32((int)j), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* The next eight codes, 0 where the mask has no bit; and zeros. */
static inline __m128i spread(const uint8_t **codes, uint32_t mask) {
  __m128i some = _mm_loadl_epi64((const __m128i *)*codes);
  *codes += __builtin_popcount(mask);
  return _mm_move_epi64(
      _mm_shuffle_epi8(some, _mm_loadl_epi64((const __m128i *)(spreading + mask))));
}

/* Elements j ... j + 7 with their codes; returns how many of them stay. */
static inline int64_t keep_codes(uint32_t *element, __m128i pairs, int64_t j) {
  __m256i codes = _mm256_cvtepu16_epi32(pairs);
  __m256i some = _mm256_cmpgt_epi32(codes, _mm256_setzero_si256());
  uint32_t kept = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(some));
  codes = _mm256_or_si256(codes, _mm256_slli_epi32(numbers_from(j), 16));
  _mm256_storeu_si256((__m256i *)element, _mm256_permutevar8x32_epi32(codes, packing_of(kept)));
  return __builtin_popcount(kept);
}

/* Which of 32 bytes of x or y are not 0, a bit each; the bytes from n on are not looked at. */
static inline uint32_t find_bytes(const uint8_t *x, const uint8_t *y, int64_t n) {
  uint8_t rest[2][32] = {{0}};
  if (n < 32) {
    memcpy(rest[0], x, (size_t)n);
    memcpy(rest[1], y, (size_t)n);
    x = rest[0], y = rest[1];
  }
  __m256i both = _mm256_or_si256(_mm256_loadu_si256((const __m256i *)x),
                                 _mm256_loadu_si256((const __m256i *)y));
  return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
}

/* Masks without a bit, in both rows or for all of four pairs of neighbours, are passed over. */
int64_t mah_elements_find_codes(uint32_t *element, const uint8_t *x, const uint8_t *y_, int64_t n) {
  int64_t found = 0, bytes = (n + 7) / 8;
  const uint8_t *x_codes = x + bytes, *y_codes = y_ ? y_ + bytes : NULL;
  for (int64_t first = 0; first < bytes; first += 32) {
    uint32_t some = find_bytes(x + first, (y_ ? y_ : x) + first, bytes - first);
    for (; some != 0; some &= some - 1) {
      int64_t k = first + __builtin_ctz(some);
      __m128i mine = spread(&x_codes, x[k]);
      if (y_)
        found +=
            keep_codes(element + found, _mm_unpacklo_epi8(mine, spread(&y_codes, y_[k])), 8 * k);
      else
        found += keep_codes(element + found, mine, 4 * k);
    }
  }
  return found;
}
#else
static uint32_t next_code(const uint8_t **codes, const uint8_t *mask, int64_t j) {
  uint32_t is_there = mask[j / 8] >> j % 8 & 1u, code = **codes & (0 - is_there);
  *codes += is_there;
  return code;
}

int64_t mah_elements_find_codes(uint32_t *element, const uint8_t *x, const uint8_t *y_, int64_t n) {
  int64_t found = 0, bytes = (n + 7) / 8, pairs = y_ ? n : (n + 1) / 2;
  const uint8_t *x_codes = x + bytes, *y_codes = y_ ? y_ + bytes : NULL;
  for (int64_t j = 0; j < pairs; j++) {
    uint32_t a = next_code(&x_codes, x, y_ ? j : 2 * j), b = 0;
    if (y_)
      b = next_code(&y_codes, y_, j);
    else if (2 * j + 1 < n)
      b = next_code(&x_codes, x, 2 * j + 1);
    element[found] = (uint32_t)j << 16 | b << 8 | a;
    found += (a | b) != 0;
  }
  return found;
}
#endif

#if defined(__AVX2__) && !defined(MAH_DOUBLE)
/* a = the even ones of x[2j] ..., b = the odd ones */
static inline void load_neighbours(__m256 *a, __m256 *b, const real *x, int64_t j) {
  __m256 low = _mm256_loadu_ps(x + 2 * j), high = _mm256_loadu_ps(x + 2 * j + 8);
  __m256i order = _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7);
  *a = _mm256_permutevar8x32_ps(_mm256_shuffle_ps(low, high, 0x88), order);
  *b = _mm256_permutevar8x32_ps(_mm256_shuffle_ps(low, high, 0xdd), order);
}

int64_t mah_elements_find(uint32_t *element, void *first_, void *second_, const void *x_,
                          const void *y_, int64_t n) {
  const real *x = x_, *y = y_;
  real *first = first_, *second = second_;
  int64_t found = 0, j = 0, whole = y ? n : n / 2;
  for (; j + 8 <= whole; j += 8) {
    __m256 a, b, zero = _mm256_setzero_ps();
    if (y)
      a = _mm256_loadu_ps(x + j), b = _mm256_loadu_ps(y + j);
    else
      load_neighbours(&a, &b, x, j);
    uint32_t kept = (uint32_t)_mm256_movemask_ps(
        _mm256_or_ps(_mm256_cmp_ps(a, zero, _CMP_NEQ_UQ), _mm256_cmp_ps(b, zero, _CMP_NEQ_UQ)));
    __m256i order = packing_of(kept);
    _mm256_storeu_si256((__m256i *)(element + found),
                        _mm256_permutevar8x32_epi32(numbers_from(j), order));
    _mm256_storeu_ps(first + found, _mm256_permutevar8x32_ps(a, order));
    _mm256_storeu_ps(second + found, _mm256_permutevar8x32_ps(b, order));
    found += __builtin_popcount(kept);
  }
  return found + find_rest(element + found, first + found, second + found, x, y, j, n);
}
#else
int64_t mah_elements_find(uint32_t *element, void *first, void *second, const void *x,
                          const void *y_, int64_t n) {
  return find_rest(element, first, second, x, y_, 0, n);
}
#endif

/* -- By columns -------------------------------------------------------------------------------- */

void mah_elements_count(uint32_t *count, const mah_sparse_pairs *x, int64_t rows) {
  int shift = x->code_ ? 16 : 0;
  for (int64_t r = 0; r < rows; r++)
    for (uint32_t e = x->from[r]; e < x->to[r]; e++) count[x->element[e] >> shift]++;
}

void mah_elements_transpose(uint32_t *restrict element, void *restrict first_,
                            void *restrict second_, uint32_t *restrict place,
                            const mah_sparse_pairs *x, int64_t rows, int64_t first_row) {
  const uint32_t *restrict from = x->element;
  const real *restrict a = x->first, *restrict b = x->second;
  real *restrict first = first_, *restrict second = second_;
  for (int64_t r = 0; r < rows; r++) {
    uint32_t row = (uint32_t)(first_row + r);
    for (uint32_t e = x->from[r]; x->code_ && e < x->to[r]; e++)
      element[place[from[e] >> 16]++] = row << 16 | (from[e] & 0xffffu);
    for (uint32_t e = x->from[r]; !x->code_ && e < x->to[r]; e++) {
      uint32_t p = place[from[e]]++;
      element[p] = row;
      first[p] = a[e];
      second[p] = b[e];
    }
  }
}

/* x - x is 0 for numbers, NaN for what is none. */
int mah_elements_finite(const void *x_, int64_t n) {
  enum { SUMS = 4 }; /* one alone would wait for each addition */
  const real *x = x_;
  lanes sum[SUMS] = {{0}};
  int64_t i = 0;
  for (; i + SUMS * LANES <= n; i += SUMS * LANES)
    for (int k = 0; k < SUMS; k++) {
      lanes v = lanes_load(x + i + k * LANES);
      sum[k] += v - v;
    }
  real rest = 0;
  for (; i < n; i++) rest += x[i] - x[i];
  lanes all = sum[0] + sum[1] + sum[2] + sum[3];
  for (int j = 0; j < LANES; j++) rest += all[j];
  return rest == 0;
}
