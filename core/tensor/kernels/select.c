/* select.c - selection. A sample tells between which two keys the one wanted most likely is, and
 * only those between are looked at again. Where the sample was wrong, or they are no fewer, it goes
 * by digits: only the keys with the right first digit are looked at again, so there is no bad case.
 */
#include "tensor/kernels/select.h"

#include "base/bits.h"
#include "base/simd.h"
#include "tensor/half.h"

#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum {
  DIGIT = 11, /* bits: a float's sign, exponent and two bits of its fraction */
  VALUES = 1 << DIGIT,
  FEW = 48,    /* keys that are sorted instead */
  SAMPLE = 64, /* keys of a sample: */
  MARGIN = 9,  /*   the one wanted is so many beside where it is expected, 2 1/4 deviations */
  MANY = 500,  /* keys of which a sample is taken */
};

/* -- Keys -------------------------------------------------------------------------------------- */

/* Negative numbers have all bits turned, the others the sign bit; all NaN are one, the greatest. */
static inline uint32_t key_f32(float x) {
  uint32_t bits = mah_bits32(x == 0 ? 0 : x); /* 0 for -0 */
  bits ^= (0 - (bits >> 31)) | (uint32_t)1 << 31;
  return x != x ? UINT32_MAX : bits;
}
static inline uint64_t key_f64(double x) {
  uint64_t bits = mah_bits64(x == 0 ? 0 : x);
  bits ^= (0 - (bits >> 63)) | (uint64_t)1 << 63;
  return x != x ? UINT64_MAX : bits;
}
static inline uint32_t key_i32(int32_t x) { return (uint32_t)x ^ (uint32_t)1 << 31; }
static inline uint64_t key_i64(int64_t x) { return (uint64_t)x ^ (uint64_t)1 << 63; }
static inline uint32_t key_u8(uint8_t x) { return x; }
static inline uint32_t key_f16(mah_f16 x) { return key_f32(mah_f16_to_float(x)); }
static inline uint32_t key_bf16(mah_bf16 x) { return key_f32(mah_bf16_to_float(x)); }

#define LOAD(S, T, U)                                                                              \
  static void load_##S(void *key, const char *at, int64_t step, int64_t n, uint64_t turn) {        \
    U *restrict k = key;                                                                           \
    const T *restrict x = (const T *)(const void *)at;                                             \
    if (step == (int64_t)sizeof(T))                                                                \
      for (int64_t i = 0; i < n; i++) k[i] = key_##S(x[i]) ^ (U)turn;                              \
    else                                                                                           \
      for (int64_t i = 0; i < n; i++, at += step)                                                  \
        k[i] = key_##S(*(const T *)(const void *)at) ^ (U)turn;                                    \
  }
LOAD(f32, float, uint32_t)
LOAD(f64, double, uint64_t)
LOAD(i32, int32_t, uint32_t)
LOAD(u8, uint8_t, uint32_t)
LOAD(i64, int64_t, uint64_t)
LOAD(f16, mah_f16, uint32_t)
LOAD(bf16, mah_bf16, uint32_t)

/* -- What lies between two keys ---------------------------------------------------------------- */

/* Moves the keys from `low` to `high` to the front of `to`, which may be `key` itself; returns how
 * many, and how many are below. */
#define BETWEEN(S, U)                                                                              \
  static int64_t between_##S(U *to, int64_t *below, const U *key, int64_t n, U low, U high) {      \
    int64_t i = 0, kept = 0, less = 0;                                                             \
    BETWEEN_##S;                                                                                   \
    for (; i < n; i++) {                                                                           \
      U k = key[i];                                                                                \
      to[kept] = k;                                                                                \
      less += k < low;                                                                             \
      kept += (k >= low) & (k <= high);                                                            \
    }                                                                                              \
    *below = less;                                                                                 \
    return kept;                                                                                   \
  }
#define BETWEEN_u64 (void)0

#if defined(__AVX512F__)
#define BETWEEN_u32 i = between_16(to, &kept, &less, key, n, low, high)

static int64_t between_16(uint32_t *to, int64_t *kept, int64_t *less, const uint32_t *key,
                          int64_t n, uint32_t low, uint32_t high) {
  __m512i least = _mm512_set1_epi32((int)low), most = _mm512_set1_epi32((int)high);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    __m512i k = _mm512_loadu_si512(key + i);
    __mmask16 below = _mm512_cmplt_epu32_mask(k, least);
    __mmask16 inside = _mm512_mask_cmple_epu32_mask((__mmask16)~below, k, most);
    _mm512_storeu_si512(to + *kept, _mm512_maskz_compress_epi32(inside, k));
    *less += __builtin_popcount(below);
    *kept += __builtin_popcount(inside);
  }
  return i;
}
#elif defined(__AVX2__)
#define BETWEEN_u32 i = between_4(to, &kept, &less, key, n, low, high)

/* The bytes of lanes a, b, c, d; and of those whose bits are set in 0 ... 15, in order. */
#define LANE(a)     4 * (a), 4 * (a) + 1, 4 * (a) + 2, 4 * (a) + 3
#define FOUR(a, b, c, d)                                                                           \
  { LANE(a), LANE(b), LANE(c), LANE(d) }
static const uint8_t lanes_set[16][16] = {
    FOUR(0, 0, 0, 0), FOUR(0, 0, 0, 0), FOUR(1, 0, 0, 0), FOUR(0, 1, 0, 0),
    FOUR(2, 0, 0, 0), FOUR(0, 2, 0, 0), FOUR(1, 2, 0, 0), FOUR(0, 1, 2, 0),
    FOUR(3, 0, 0, 0), FOUR(0, 3, 0, 0), FOUR(1, 3, 0, 0), FOUR(0, 1, 3, 0),
    FOUR(2, 3, 0, 0), FOUR(0, 2, 3, 0), FOUR(1, 2, 3, 0), FOUR(0, 1, 2, 3)};

static int64_t between_4(uint32_t *to, int64_t *kept, int64_t *less, const uint32_t *key, int64_t n,
                         uint32_t low, uint32_t high) {
  __m128i sign = _mm_set1_epi32(INT32_MIN); /* comparisons are of signed numbers */
  __m128i least = _mm_xor_si128(_mm_set1_epi32((int)low), sign);
  __m128i most = _mm_xor_si128(_mm_set1_epi32((int)high), sign);
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    __m128i k = _mm_loadu_si128((const __m128i *)(const void *)(key + i));
    __m128i below = _mm_cmplt_epi32(_mm_xor_si128(k, sign), least);
    __m128i above = _mm_cmpgt_epi32(_mm_xor_si128(k, sign), most);
    int inside = 15 ^ _mm_movemask_ps(_mm_castsi128_ps(_mm_or_si128(below, above)));
    __m128i order = _mm_loadu_si128((const __m128i *)(const void *)lanes_set[inside]);
    _mm_storeu_si128((__m128i *)(void *)(to + *kept), _mm_shuffle_epi8(k, order));
    *less += __builtin_popcount((unsigned)_mm_movemask_ps(_mm_castsi128_ps(below)));
    *kept += __builtin_popcount((unsigned)inside);
  }
  return i;
}
#else
#define BETWEEN_u32 (void)0
#endif

BETWEEN(u32, uint32_t)
BETWEEN(u64, uint64_t)

/* -- Selection --------------------------------------------------------------------------------- */

#define SELECT(S, U)                                                                               \
  static void sort_few_##S(U *key, int64_t n) {                                                    \
    for (int64_t i = 1; i < n; i++) {                                                              \
      U moved = key[i];                                                                            \
      int64_t at = i;                                                                              \
      for (; at > 0 && key[at - 1] > moved; at--) key[at] = key[at - 1];                           \
      key[at] = moved;                                                                             \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  /* The digit of the rank-th key; *rank becomes its rank among those with this digit. */          \
  static U digit_of_##S(const U *key, int64_t n, int shift, int64_t *rank) {                       \
    int32_t count[2][VALUES] = {{0}}; /* two, because neighbours are often equal */                \
    int64_t i = 0;                                                                                 \
    U digit = 0;                                                                                   \
    for (; i + 2 <= n; i += 2) {                                                                   \
      count[0][key[i] >> shift & (VALUES - 1)]++;                                                  \
      count[1][key[i + 1] >> shift & (VALUES - 1)]++;                                              \
    }                                                                                              \
    if (i < n) count[0][key[i] >> shift & (VALUES - 1)]++;                                         \
    for (int64_t here; *rank >= (here = count[0][digit] + count[1][digit]); digit++)               \
      *rank -= here;                                                                               \
    return digit;                                                                                  \
  }                                                                                                \
                                                                                                   \
  /* Between which keys the rank-th most likely is */                                              \
  static void bounds_##S(U *low, U *high, const U *key, int64_t n, int64_t rank) {                 \
    U sample[SAMPLE];                                                                              \
    int64_t at = rank * SAMPLE / n;                                                                \
    for (int i = 0; i < SAMPLE; i++) sample[i] = key[(2 * i + 1) * n / (2 * SAMPLE)];              \
    sort_few_##S(sample, SAMPLE);                                                                  \
    *low = at < MARGIN ? 0 : sample[at - MARGIN];                                                  \
    *high = at + MARGIN >= SAMPLE ? (U)-1 : sample[at + MARGIN];                                   \
  }                                                                                                \
                                                                                                   \
  static uint64_t nth_by_digits_##S(U *to, const U *key, int64_t n, int64_t rank) {                \
    for (int shift = 8 * (int)sizeof(U) - DIGIT; n > FEW; shift -= DIGIT) {                        \
      int64_t kept = 0;                                                                            \
      if (shift < 0) shift = 0;                                                                    \
      U digit = digit_of_##S(key, n, shift, &rank);                                                \
      for (int64_t i = 0; i < n; i++) {                                                            \
        U k = key[i];                                                                              \
        to[kept] = k;                                                                              \
        kept += (k >> shift & (VALUES - 1)) == digit;                                              \
      }                                                                                            \
      if (shift == 0) return to[0]; /* all digits agree */                                         \
      n = kept;                                                                                    \
      key = to;                                                                                    \
    }                                                                                              \
    if (key != to) memcpy(to, key, (size_t)n * sizeof *to);                                        \
    sort_few_##S(to, n);                                                                           \
    return to[rank];                                                                               \
  }                                                                                                \
                                                                                                   \
  static uint64_t nth_##S(void *spare, const void *keys, int64_t n, int64_t rank) {                \
    const U *key = keys;                                                                           \
    int64_t left = n, below = 0, less, kept;                                                       \
    while (left > MANY) {                                                                          \
      U low, high;                                                                                 \
      bounds_##S(&low, &high, key, left, rank - below);                                            \
      kept = between_##S(spare, &less, key, left, low, high);                                      \
      if (below + less > rank || below + less + kept <= rank || kept > left / 2)                   \
        return nth_by_digits_##S(spare, keys, n, rank);                                            \
      below += less;                                                                               \
      left = kept;                                                                                 \
      key = spare;                                                                                 \
    }                                                                                              \
    return nth_by_digits_##S(spare, key, left, rank - below);                                      \
  }                                                                                                \
                                                                                                   \
  /* Less what comes after `key`, what is up to it becomes great. */                               \
  static uint64_t next_##S(const void *keys, int64_t n, int64_t rank, uint64_t key) {              \
    const U *k = keys, after = (U)(key + 1);                                                       \
    U above = (U)-1, up_to = 0;                                                                    \
    if (after == 0) return key;                                                                    \
    for (int64_t i = 0; i < n; i++) {                                                              \
      U other = k[i] - after;                                                                      \
      above = other < above ? other : above;                                                       \
      up_to += k[i] < after ? 1 : 0;                                                               \
    }                                                                                              \
    return up_to > (U)rank + 1 ? key : (U)(above + after);                                         \
  }                                                                                                \
                                                                                                   \
  static int64_t below_##S(void *kept, int32_t *place, const void *keys, int64_t n,                \
                           uint64_t limit, int32_t from) {                                         \
    const U *key = keys, most = (U)limit;                                                          \
    U *to = kept, any = 0;                                                                         \
    int64_t found = 0;                                                                             \
    for (int64_t i = 0; i < n; i++) any |= key[i] < most;                                          \
    if (!any) return 0;                                                                            \
    for (int64_t i = 0; i < n; i++) {                                                              \
      to[found] = key[i];                                                                          \
      place[found] = from + (int32_t)i;                                                            \
      found += key[i] < most;                                                                      \
    }                                                                                              \
    return found;                                                                                  \
  }                                                                                                \
                                                                                                   \
  static void keep_##S(void *keys, int32_t *place, int64_t n, int64_t k, uint64_t kth) {           \
    U *key = keys, most = (U)kth;                                                                  \
    int64_t found = 0, equal = k;                                                                  \
    for (int64_t i = 0; i < n; i++) equal -= key[i] < most;                                        \
    for (int64_t i = 0; i < n; i++) {                                                              \
      int same = key[i] == most && equal > 0, stays = key[i] < most || same;                       \
      key[found] = key[i];                                                                         \
      place[found] = place[i];                                                                     \
      equal -= same;                                                                               \
      found += stays;                                                                              \
    }                                                                                              \
  }
SELECT(u32, uint32_t)
SELECT(u64, uint64_t)

extern const mah_select_table MAH_VARIANT(mah_select_kernels);
const mah_select_table MAH_VARIANT(mah_select_kernels) = {
    .load = {load_f32, load_f64, load_i32, load_u8, load_i64, load_u8, load_f16, load_bf16},
    .nth = {nth_u32, nth_u64},
    .next = {next_u32, next_u64},
    .below = {below_u32, below_u64},
    .keep = {keep_u32, keep_u64},
};
