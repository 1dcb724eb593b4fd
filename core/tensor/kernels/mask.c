/* mask.c - counts and lists the elements that are not 0, without a branch for each. */
#include "tensor/kernels/mask.h"

#include "base/simd.h"

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

/* -- Bytes, as comparisons give them: four at a time ------------------------------------------- */

/* The places of the bits that are set in 0 ... 15, and how many they are. */
static const uint8_t bit_places[16][4] = {
    {0}, {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
    {3}, {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
static const uint8_t bit_count[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};

/* Bit k: is x[k] not 0? */
static inline uint32_t which_of_four(const uint8_t *x) {
  uint32_t w = x[0] | (uint32_t)x[1] << 8 | (uint32_t)x[2] << 16 | (uint32_t)x[3] << 24;
  w |= (w & 0x7f7f7f7fu) + 0x7f7f7f7fu; /* the highest bit of each byte that is not 0 */
  return (w >> 7 & 0x01010101u) * 0x01020408u >> 24 & 15;
}

static int64_t places_u8(int32_t *place, const char *at, int64_t step, int64_t n) {
  int64_t found = 0;
  int32_t i = 0;
  if (step == 1)
    for (const uint8_t *x = (const uint8_t *)at; i + 4 <= (int32_t)n; i += 4) {
      uint32_t which = which_of_four(x + i);
      for (int k = 0; k < 4; k++) place[found + k] = i + bit_places[which][k];
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
