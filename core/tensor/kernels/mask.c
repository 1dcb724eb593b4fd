/* mask.c - counts and lists the elements that are not 0, without a branch for each. */
#include "tensor/kernels/mask.h"

#include "base/simd.h"

#include <string.h>

enum { SHORT = 128 }; /* elements whose number fits the narrowest counter, an int8_t */

#define NONZERO(x)      ((x) != 0)
#define NONZERO_HALF(x) (((x)&0x7fff) != 0) /* of float16 and bfloat16: -0 is 0 */

/* Counted in integers as wide as the elements, so that as many fit a vector. */
#define COUNT(S, T, C, SET)                                                                        \
  static int64_t count_##S(const char *at, int64_t step, int64_t n) {                              \
    int64_t total = 0;                                                                             \
    if (step != (int64_t)sizeof(T)) {                                                              \
      for (int64_t i = 0; i < n; i++, at += step) total += SET(*(const T *)(const void *)at);      \
      return total;                                                                                \
    }                                                                                              \
    const T *x = (const T *)(const void *)at;                                                      \
    for (int64_t m; n > 0; n -= m, x += m) {                                                       \
      C some = 0;                                                                                  \
      m = n < SHORT ? n : SHORT - 1;                                                               \
      for (int64_t i = 0; i < m; i++) some = (C)(some + SET(x[i]));                                \
      total += some;                                                                               \
    }                                                                                              \
    return total;                                                                                  \
  }

/* Every place is written, and kept by what comes after it only where the element is set. */
#define PLACES(S, T, SET)                                                                          \
  static int64_t places_##S(int32_t *place, const char *at, int64_t step, int64_t n) {             \
    int64_t found = 0;                                                                             \
    if (step == (int64_t)sizeof(T)) {                                                              \
      const T *x = (const T *)(const void *)at;                                                    \
      for (int32_t i = 0; i < (int32_t)n; i++) place[found] = i, found += SET(x[i]);               \
    } else {                                                                                       \
      for (int32_t i = 0; i < (int32_t)n; i++, at += step)                                         \
        place[found] = i, found += SET(*(const T *)(const void *)at);                              \
    }                                                                                              \
    return found;                                                                                  \
  }

/* -- Bytes, as comparisons give them: eight at a time ------------------------------------------ */

/* The places of the bits that are set in 0 ... 255, as bytes in the order of memory. Each bit puts
 * its own before those of the later ones. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PUT(b, k, later) ((later) / ((b) >> (k)&1 ? 256 : 1) + ((b) >> (k)&1 ? k##ull << 56 : 0))
#else
#define PUT(b, k, later) ((later) * ((b) >> (k)&1 ? 256 : 1) + ((b) >> (k)&1 ? k##ull : 0))
#endif
#define OF_1(b)                                                                                    \
  PUT(b, 0, PUT(b, 1, PUT(b, 2, PUT(b, 3, PUT(b, 4, PUT(b, 5, PUT(b, 6, PUT(b, 7, 0ull))))))))
#define OF_4(b)  OF_1(b), OF_1((b) + 1), OF_1((b) + 2), OF_1((b) + 3)
#define OF_16(b) OF_4(b), OF_4((b) + 4), OF_4((b) + 8), OF_4((b) + 12)
#define OF_64(b) OF_16(b), OF_16((b) + 16), OF_16((b) + 32), OF_16((b) + 48)
static const uint64_t bit_places[256] = {OF_64(0), OF_64(64), OF_64(128), OF_64(192)};

#define HAS_2(c) c, c + 1, c + 1, c + 2
#define HAS_4(c) HAS_2(c), HAS_2(c + 1), HAS_2(c + 1), HAS_2(c + 2)
#define HAS_6(c) HAS_4(c), HAS_4(c + 1), HAS_4(c + 1), HAS_4(c + 2)
static const uint8_t bit_count[256] = {HAS_6(0), HAS_6(1), HAS_6(1), HAS_6(2)};

/* Bit k: is x[k] not 0? */
static inline uint32_t which_of_eight(const uint8_t *x) {
  const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
  uint64_t w = x[0] | (uint64_t)x[1] << 8 | (uint64_t)x[2] << 16 | (uint64_t)x[3] << 24 |
               (uint64_t)x[4] << 32 | (uint64_t)x[5] << 40 | (uint64_t)x[6] << 48 |
               (uint64_t)x[7] << 56;
  w |= (w & low) + low; /* the highest bit of each byte that is not 0 */
  return (uint32_t)((w >> 7 & 0x0101010101010101u) * 0x0102040810204080u >> 56);
}

static int64_t places_u8(int32_t *place, const char *at, int64_t step, int64_t n) {
  int64_t found = 0;
  int32_t i = 0;
  if (step == 1)
    for (const uint8_t *x = (const uint8_t *)at; i + 8 <= (int32_t)n; i += 8) {
      uint8_t these[8];
      uint32_t which = which_of_eight(x + i);
      memcpy(these, &bit_places[which], sizeof these);
      for (int k = 0; k < 8; k++) place[found + k] = i + these[k];
      found += bit_count[which];
    }
  for (; i < (int32_t)n; i++) place[found] = i, found += at[i * step] != 0;
  return found;
}

COUNT(f32, float, int32_t, NONZERO)
COUNT(f64, double, int64_t, NONZERO)
COUNT(i32, int32_t, int32_t, NONZERO)
COUNT(u8, uint8_t, int8_t, NONZERO)
COUNT(i64, int64_t, int64_t, NONZERO)
COUNT(half, uint16_t, int16_t, NONZERO_HALF)
PLACES(f32, float, NONZERO)
PLACES(f64, double, NONZERO)
PLACES(i32, int32_t, NONZERO)
PLACES(i64, int64_t, NONZERO)
PLACES(half, uint16_t, NONZERO_HALF)

extern const mah_mask_table MAH_VARIANT(mah_mask_kernels);
const mah_mask_table MAH_VARIANT(mah_mask_kernels) = {
    .count = {count_f32, count_f64, count_i32, count_u8, count_i64, count_u8, count_half,
              count_half},
    .places = {places_f32, places_f64, places_i32, places_u8, places_i64, places_u8, places_half,
               places_half},
};
