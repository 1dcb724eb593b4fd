/* convert.c - out[i] = in[i], one row function for each pair of dtypes. */
#pragma GCC optimize("no-trapping-math") /* both sides of a comparison may be computed */
#include "tensor/kernels/convert.h"

#include "base/simd.h"

#include <math.h>
#include <string.h>

#define CLAMP(low, high) (x != x ? 0 : x <= (low) ? (low) : x >= (high) ? (high) : x)
static inline int32_t to_int32(double x) { return (int32_t)CLAMP(-2147483648.0, 2147483647.0); }
/* INT64_MAX itself is no double. */
static inline int64_t to_int64(double x) {
  return x >= 0x1p63 ? INT64_MAX : (int64_t)CLAMP(-0x1p63, 0x1p63);
}
static inline int32_t int64_to_int32(int64_t x) {
  return (int32_t)(x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : x);
}
static inline uint8_t int64_to_uint8(int64_t x) { return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x); }
static inline uint8_t to_uint8(double x) { return (uint8_t)CLAMP(0.0, 255.0); }

/* Zeros go fastest as bytes. */
#define FILL(S, T)                                                                                 \
  static void fill_##S(T *restrict out, T value, int64_t n) {                                      \
    static const T zero;                                                                           \
    if (memcmp(&value, &zero, sizeof value) == 0)                                                  \
      memset(out, 0, (size_t)n * sizeof value);                                                    \
    else                                                                                           \
      for (int64_t i = 0; i < n; i++) out[i] = value;                                              \
  }
FILL(f32, float)
FILL(f64, double)
FILL(i32, int32_t)
FILL(u8, uint8_t)
FILL(i64, int64_t)

/* out[i] = convert(in[i]) */
#define CONVERT(TS, FS, to, from, convert)                                                         \
  static void TS##_##FS(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t n) { \
    if (out_step == (int64_t)sizeof(to) && in_step == (int64_t)sizeof(from)) {                     \
      to *restrict o = (to *)(void *)out;                                                          \
      const from *restrict f = (const from *)(const void *)in;                                     \
      for (int64_t i = 0; i < n; i++) o[i] = (to)convert(f[i]);                                    \
    } else if (out_step == (int64_t)sizeof(to) && in_step == 0) {                                  \
      if (n > 0) fill_##TS((to *)(void *)out, (to)convert(*(const from *)(const void *)in), n);    \
    } else {                                                                                       \
      for (int64_t i = 0; i < n; i++, out += out_step, in += in_step)                              \
        *(to *)(void *)out = (to)convert(*(const from *)(const void *)in);                         \
    }                                                                                              \
  }

/* The same dtype: as bytes, where they lie together. */
#define SAME(S, T)                                                                                 \
  CONVERT(S, S, T, T, )                                                                            \
  static void same_##S(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t n) {  \
    if (out_step == (int64_t)sizeof(T) && in_step == (int64_t)sizeof(T))                           \
      memcpy(out, in, (size_t)n * sizeof(T));                                                      \
    else                                                                                           \
      S##_##S(out, out_step, in, in_step, n);                                                      \
  }

SAME(f32, float)
CONVERT(f32, f64, float, double, )
CONVERT(f32, i32, float, int32_t, )
CONVERT(f32, u8, float, uint8_t, )
CONVERT(f32, i64, float, int64_t, )
CONVERT(f64, f32, double, float, )
SAME(f64, double)
CONVERT(f64, i32, double, int32_t, )
CONVERT(f64, u8, double, uint8_t, )
CONVERT(f64, i64, double, int64_t, )
CONVERT(i32, f32, int32_t, float, to_int32)
CONVERT(i32, f64, int32_t, double, to_int32)
SAME(i32, int32_t)
CONVERT(i32, u8, int32_t, uint8_t, )
CONVERT(i32, i64, int32_t, int64_t, int64_to_int32)
CONVERT(u8, f32, uint8_t, float, to_uint8)
CONVERT(u8, f64, uint8_t, double, to_uint8)
CONVERT(u8, i32, uint8_t, int32_t, to_uint8)
SAME(u8, uint8_t)
CONVERT(u8, i64, uint8_t, int64_t, int64_to_uint8)
CONVERT(i64, f32, int64_t, float, to_int64)
CONVERT(i64, f64, int64_t, double, to_int64)
CONVERT(i64, i32, int64_t, int32_t, )
CONVERT(i64, u8, int64_t, uint8_t, )
SAME(i64, int64_t)

extern const mah_convert_table MAH_VARIANT(mah_converts);
const mah_convert_table MAH_VARIANT(mah_converts) = {
    .row = {{same_f32, f32_f64, f32_i32, f32_u8, f32_i64},
            {f64_f32, same_f64, f64_i32, f64_u8, f64_i64},
            {i32_f32, i32_f64, same_i32, i32_u8, i32_i64},
            {u8_f32, u8_f64, u8_i32, same_u8, u8_i64},
            {i64_f32, i64_f64, i64_i32, i64_u8, same_i64}},
};
