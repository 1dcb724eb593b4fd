/* unary.c - out[i] = f(a[i]), one row function for each operation and dtype. */
#pragma GCC optimize("no-trapping-math") /* else floor and its kin are calls, one by one */
#include "base/simd.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/vector_math.h"

#define UNARY(name, T, R, formula)                                                                 \
  static void name(void *out, const void *a, const void *b, const void *c, const double *scalar,   \
                   int64_t n) {                                                                    \
    const T *in = a;                                                                               \
    R *o = out;                                                                                    \
    (void)b, (void)c, (void)scalar;                                                                \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T x = in[i];                                                                                 \
      (void)x;                                                                                     \
      o[i] = (R)(formula);                                                                         \
    }                                                                                              \
  }

/* -- float32, float64: F(sqrt) is sqrtf or sqrt, V(vector_exp) a twin in vector_math.h --------- */

#define FLOATS(S, T, F, V, V_)                                                                     \
  UNARY(neg_##S, T, T, -x)                                                                         \
  UNARY(abs_##S, T, T, F(fabs)(x))                                                                 \
  UNARY(sign_##S, T, T, x > 0 ? 1 : x < 0 ? -1 : x)                                                \
  UNARY(square_##S, T, T, x *x)                                                                    \
  UNARY(relu_##S, T, T, x <= 0 ? 0 : x)                                                            \
  UNARY(floor_##S, T, T, F(floor)(x))                                                              \
  UNARY(ceil_##S, T, T, F(ceil)(x))                                                                \
  UNARY(round_##S, T, T, F(rint)(x))                                                               \
  UNARY(trunc_##S, T, T, F(trunc)(x))                                                              \
  UNARY(reciprocal_##S, T, T, 1 / x)                                                               \
  UNARY(sqrt_##S, T, T, F(sqrt)(x))                                                                \
  UNARY(exp_##S, T, T, V(vector_exp)(x))                                                           \
  UNARY(expm1_##S, T, T, V_(vector_expm1)(x))                                                      \
  UNARY(log_##S, T, T, V(vector_log)(x))                                                           \
  UNARY(log1p_##S, T, T, V_(vector_log1p)(x))                                                      \
  UNARY(tanh_##S, T, T, V(vector_tanh)(x))                                                         \
  UNARY(sigmoid_##S, T, T, V(vector_sigmoid)(x))                                                   \
  UNARY(isnan_##S, T, uint8_t, x != x)                                                             \
  UNARY(isfinite_##S, T, uint8_t, F(fabs)(x) < INFINITY)

#define F_32(name)  name##f
#define F_64(name)  name
#define V_32(name)  name##32
#define V_64(name)  name##64
#define V__32(name) name##_32
#define V__64(name) name##_64
FLOATS(f32, float, F_32, V_32, V__32)
FLOATS(f64, double, F_64, V_64, V__64)

/* Angles of many turns, and infinite ones, are libm's: those of a piece are kept before it is
 * written, for `out` may be `a`. */
enum { PIECE = 256 };
#define ANGLE(name, T, formula, fabs_of, libm, limit)                                              \
  static void name(void *out, const void *a, const void *b, const void *c, const double *scalar,   \
                   int64_t n) {                                                                    \
    const T *in = a;                                                                               \
    T *o = out, kept[PIECE];                                                                       \
    (void)b, (void)c, (void)scalar;                                                                \
    for (int64_t m; n > 0; n -= m, in += m, o += m) {                                              \
      int any = 0;                                                                                 \
      m = n < PIECE ? n : PIECE;                                                                   \
      for (int64_t i = 0; i < m; i++) any |= fabs_of(in[i]) > limit;                               \
      if (any) memcpy(kept, in, sizeof *kept *(size_t)m);                                          \
      MAH_INDEPENDENT for (int64_t i = 0; i < m; i++) o[i] = formula(in[i]);                       \
      for (int64_t i = 0; any && i < m; i++)                                                       \
        if (fabs_of(kept[i]) > limit) o[i] = libm(kept[i]);                                        \
    }                                                                                              \
  }
ANGLE(sin_f32, float, vector_sin32, fabsf, sinf, MAH_TURNS32)
ANGLE(cos_f32, float, vector_cos32, fabsf, cosf, MAH_TURNS32)
ANGLE(tan_f32, float, vector_tan32, fabsf, tanf, MAH_TURNS32)
ANGLE(sin_f64, double, vector_sin64, fabs, sin, MAH_TURNS64)
ANGLE(cos_f64, double, vector_cos64, fabs, cos, MAH_TURNS64)
ANGLE(tan_f64, double, vector_tan64, fabs, tan, MAH_TURNS64)

/* -- int32, int64, uint8: arithmetic on the unsigned type wraps around ------------------------- */

#define INTEGERS(S, T, U, W)                                                                       \
  UNARY(neg_##S, T, T, (U)0 - (U)x)                                                                \
  UNARY(square_##S, T, T, (W)x *(W)x)                                                              \
  UNARY(relu_##S, T, T, x > 0 ? x : 0)                                                             \
  UNARY(copy_##S, T, T, x)                                                                         \
  UNARY(isnan_##S, T, uint8_t, 0)                                                                  \
  UNARY(isfinite_##S, T, uint8_t, 1)

INTEGERS(i32, int32_t, uint32_t, uint32_t)
INTEGERS(i64, int64_t, uint64_t, uint64_t)
INTEGERS(u8, uint8_t, uint8_t, uint32_t)
UNARY(sign_i32, int32_t, int32_t, (x > 0) - (x < 0))
UNARY(sign_i64, int64_t, int64_t, (x > 0) - (x < 0))
UNARY(sign_u8, uint8_t, uint8_t, x > 0)
UNARY(abs_i32, int32_t, int32_t, x < 0 ? 0u - (uint32_t)x : (uint32_t)x)
UNARY(abs_i64, int64_t, int64_t, x < 0 ? 0u - (uint64_t)x : (uint64_t)x)
#define abs_u8    copy_u8
#define floor_i32 copy_i32
#define floor_i64 copy_i64
#define floor_u8  copy_u8
#define ceil_i32  copy_i32
#define ceil_i64  copy_i64
#define ceil_u8   copy_u8
#define round_i32 copy_i32
#define round_i64 copy_i64
#define round_u8  copy_u8
#define trunc_i32 copy_i32
#define trunc_i64 copy_i64
#define trunc_u8  copy_u8

/* -- min(max(x, low), high) -------------------------------------------------------------------- */

/* The bounds as values of T; infinite ones become the largest of the type. */
#define CLAMP(S, T, least, most)                                                                   \
  static void clamp_##S(void *out, const void *a, const void *b, const void *c,                    \
                        const double *scalar, int64_t n) {                                         \
    T low = scalar[0] <= (double)(least) ? (least)                                                 \
            : scalar[0] > (double)(most) ? (most)                                                  \
                                         : (T)scalar[0];                                           \
    T high = scalar[1] >= (double)(most)   ? (most)                                                \
             : scalar[1] < (double)(least) ? (least)                                               \
                                           : (T)scalar[1];                                         \
    const T *in = a;                                                                               \
    T *o = out;                                                                                    \
    (void)b, (void)c;                                                                              \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T x = in[i] < low ? low : in[i];                                                             \
      o[i] = x > high ? high : x;                                                                  \
    }                                                                                              \
  }

CLAMP(f32, float, -INFINITY, INFINITY)
CLAMP(f64, double, -INFINITY, INFINITY)
CLAMP(i32, int32_t, INT32_MIN, INT32_MAX)
CLAMP(u8, uint8_t, 0, UINT8_MAX)
CLAMP(i64, int64_t, INT64_MIN, INT64_MAX)

/* -- The table --------------------------------------------------------------------------------- */

#define ROWS_KEEP(f)           {f##_f32, f##_f64, f##_i32, f##_u8, f##_i64, f##_u8},
#define ROWS_TEST              ROWS_KEEP
#define ROWS_FLOAT(name)       {name##_f32, name##_f64},
#define ROWS(name, kind, text) ROWS_##kind(name)

extern const mah_unary_table MAH_VARIANT(mah_unary_rows);
const mah_unary_table MAH_VARIANT(mah_unary_rows) = {
    .op = {MAH_UNARY_OPS(ROWS)},
    .clamp = {clamp_f32, clamp_f64, clamp_i32, clamp_u8, clamp_i64},
};
