/* select.c - selection by digits: of all keys only those with the right first digit are looked at
 * again, whatever their order was; so there is no bad case.
 */
#include "tensor/kernels/select.h"

#include "base/simd.h"
#include "tensor/half.h"

#include <string.h>

enum {
  DIGIT = 11, /* bits: a float's sign, exponent and two bits of its fraction */
  VALUES = 1 << DIGIT,
  FEW = 48, /* keys that are sorted instead */
};

/* -- Keys -------------------------------------------------------------------------------------- */

/* Negative numbers have all bits turned, the others the sign bit; all NaN are one, the greatest. */
static inline uint32_t key_f32(float x) {
  uint32_t bits;
  x = x == 0 ? 0 : x; /* -0 */
  memcpy(&bits, &x, sizeof bits);
  bits ^= (0 - (bits >> 31)) | (uint32_t)1 << 31;
  return x != x ? UINT32_MAX : bits;
}
static inline uint64_t key_f64(double x) {
  uint64_t bits;
  x = x == 0 ? 0 : x;
  memcpy(&bits, &x, sizeof bits);
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
  static uint64_t nth_##S(void *keys, int64_t n, int64_t rank) {                                   \
    U *key = keys;                                                                                 \
    for (int shift = 8 * (int)sizeof(U) - DIGIT; n > FEW; shift -= DIGIT) {                        \
      int64_t kept = 0;                                                                            \
      if (shift < 0) shift = 0;                                                                    \
      U digit = digit_of_##S(key, n, shift, &rank);                                                \
      for (int64_t i = 0; i < n; i++) {                                                            \
        U k = key[i];                                                                              \
        key[kept] = k;                                                                             \
        kept += (k >> shift & (VALUES - 1)) == digit;                                              \
      }                                                                                            \
      if (shift == 0) return key[0]; /* all digits agree */                                        \
      n = kept;                                                                                    \
    }                                                                                              \
    sort_few_##S(key, n);                                                                          \
    return key[rank];                                                                              \
  }                                                                                                \
                                                                                                   \
  static uint64_t next_##S(const void *keys, int64_t n, int64_t rank, uint64_t key) {              \
    const U *k = keys, least = (U)key;                                                             \
    U above = (U)-1, up_to = 0;                                                                    \
    for (int64_t i = 0; i < n; i++) {                                                              \
      U other = k[i] > least ? k[i] : (U)-1;                                                       \
      above = other < above ? other : above;                                                       \
      up_to = (U)(up_to + (k[i] <= least));                                                        \
    }                                                                                              \
    return up_to > (U)rank + 1 ? key : above;                                                      \
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
