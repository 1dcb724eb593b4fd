/* narrow.c - conversions of the dtypes that are stored and never computed with. */
#pragma GCC optimize("no-trapping-math") /* both sides of a choice may be computed */
#include "tensor/kernels/narrow.h"

#include "base/simd.h"
#include "tensor/half.h"

/* out[i] = convert(in[i]) */
#define CONVERT(name, to, from, convert)                                                           \
  static void name(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t n) {      \
    if (out_step == (int64_t)sizeof(to) && in_step == (int64_t)sizeof(from)) {                     \
      to *restrict o = (to *)(void *)out;                                                          \
      const from *restrict f = (const from *)(const void *)in;                                     \
      for (int64_t i = 0; i < n; i++) o[i] = (to)convert(f[i]);                                    \
    } else {                                                                                       \
      for (int64_t i = 0; i < n; i++, out += out_step, in += in_step)                              \
        *(to *)(void *)out = (to)convert(*(const from *)(const void *)in);                         \
    }                                                                                              \
  }

/* -- Numbers as they are clamped and cut (copy.c) ---------------------------------------------- */

#define CLAMP(x, low, high) ((x) != (x) ? 0 : (x) <= (low) ? (low) : (x) >= (high) ? (high) : (x))
static inline int32_t to_i32(float x) {
  return x >= 0x1p31f ? INT32_MAX : (int32_t)CLAMP(x, -0x1p31f, 0x1p31f);
}
static inline int64_t to_i64(float x) {
  return x >= 0x1p63f ? INT64_MAX : (int64_t)CLAMP(x, -0x1p63f, 0x1p63f);
}
static inline uint8_t to_u8(float x) { return (uint8_t)CLAMP(x, 0.0f, 255.0f); }

#define TRUTH(x)    ((x) != 0)
#define NONZERO(x)  (((x)&0x7fff) != 0)
#define SAME(x)     (x)
#define WIDE_I64(x) mah_double_odd(x)

/* -- float16, bfloat16: S ---------------------------------------------------------------------- */

#define HALF(S)                                                                                    \
  static inline int32_t S##_as_i32(uint16_t x) { return to_i32(mah_##S##_to_float(x)); }           \
  static inline int64_t S##_as_i64(uint16_t x) { return to_i64(mah_##S##_to_float(x)); }           \
  static inline uint8_t S##_as_u8(uint16_t x) { return to_u8(mah_##S##_to_float(x)); }             \
  static inline uint16_t i64_as_##S(int64_t x) { return mah_##S##_of_double(mah_double_odd(x)); }  \
  CONVERT(f32_##S, float, uint16_t, mah_##S##_to_float)                                            \
  CONVERT(f64_##S, double, uint16_t, (double)mah_##S##_to_float)                                   \
  CONVERT(i32_##S, int32_t, uint16_t, S##_as_i32)                                                  \
  CONVERT(u8_##S, uint8_t, uint16_t, S##_as_u8)                                                    \
  CONVERT(i64_##S, int64_t, uint16_t, S##_as_i64)                                                  \
  CONVERT(bool_##S, uint8_t, uint16_t, NONZERO)                                                    \
  CONVERT(S##_f32, uint16_t, float, mah_##S##_of_float)                                            \
  CONVERT(S##_f64, uint16_t, double, mah_##S##_of_double)                                          \
  CONVERT(S##_i32, uint16_t, int32_t, mah_##S##_of_double)                                         \
  CONVERT(S##_u8, uint16_t, uint8_t, mah_##S##_of_float)                                           \
  CONVERT(S##_i64, uint16_t, int64_t, i64_as_##S)                                                  \
  CONVERT(S##_##S, uint16_t, uint16_t, SAME)

HALF(f16)
HALF(bf16)

static inline uint16_t f16_as_bf16(uint16_t x) { return mah_bf16_of_float(mah_f16_to_float(x)); }
static inline uint16_t bf16_as_f16(uint16_t x) { return mah_f16_of_float(mah_bf16_to_float(x)); }
CONVERT(bf16_f16, uint16_t, uint16_t, f16_as_bf16)
CONVERT(f16_bf16, uint16_t, uint16_t, bf16_as_f16)

/* -- bool: a byte, 0 or 1 ---------------------------------------------------------------------- */

CONVERT(bool_f32, uint8_t, float, TRUTH)
CONVERT(bool_f64, uint8_t, double, TRUTH)
CONVERT(bool_i32, uint8_t, int32_t, TRUTH)
CONVERT(bool_u8, uint8_t, uint8_t, TRUTH)
CONVERT(bool_i64, uint8_t, int64_t, TRUTH)
CONVERT(f32_bool, float, uint8_t, SAME)
CONVERT(f64_bool, double, uint8_t, SAME)
CONVERT(i32_bool, int32_t, uint8_t, SAME)
CONVERT(u8_bool, uint8_t, uint8_t, SAME)
CONVERT(i64_bool, int64_t, uint8_t, SAME)
#define bool_bool u8_bool
#define f16_bool  f16_u8
#define bf16_bool bf16_u8

/* -- The table --------------------------------------------------------------------------------- */

#define FROM_NARROW(S) [MAH_BOOL] = S##_bool, [MAH_FLOAT16] = S##_f16, [MAH_BFLOAT16] = S##_bf16
#define FROM_ALL(S)                                                                                \
  {                                                                                                \
    [MAH_FLOAT32] = S##_f32, [MAH_FLOAT64] = S##_f64, [MAH_INT32] = S##_i32, [MAH_UINT8] = S##_u8, \
    [MAH_INT64] = S##_i64, FROM_NARROW(S)                                                          \
  }

extern const mah_narrow_table MAH_VARIANT(mah_narrow_kernels);
const mah_narrow_table MAH_VARIANT(mah_narrow_kernels) = {
    .convert =
        {
            [MAH_FLOAT32] = {FROM_NARROW(f32)},
            [MAH_FLOAT64] = {FROM_NARROW(f64)},
            [MAH_INT32] = {FROM_NARROW(i32)},
            [MAH_UINT8] = {FROM_NARROW(u8)},
            [MAH_INT64] = {FROM_NARROW(i64)},
            [MAH_BOOL] = FROM_ALL(bool),
            [MAH_FLOAT16] = FROM_ALL(f16),
            [MAH_BFLOAT16] = FROM_ALL(bf16),
        },
};
