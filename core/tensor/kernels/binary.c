/* binary.c - out[i] = f(a[i], b[i]), one row function for each operation and dtype. */
#pragma GCC optimize("no-trapping-math") /* else floor is a call for each element */
#include "base/simd.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/vector_math.h"

/* name; and left_name, right_name, where the left or the right operand is one element. */
#define BINARY(name, T, R, formula)                                                                \
  BINARY_ROW(name, T, R, i, i, formula)                                                            \
  BINARY_ROW(left_##name, T, R, 0, i, formula)                                                     \
  BINARY_ROW(right_##name, T, R, i, 0, formula)

#define BINARY_ROW(name, T, R, at_left, at_right, formula)                                         \
  static void name(void *out, const void *a, const void *b, const void *c, const double *scalar,   \
                   int64_t n) {                                                                    \
    const T *left = a, *right = b;                                                                 \
    R *o = out;                                                                                    \
    (void)c, (void)scalar;                                                                         \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T x = left[at_left], y = right[at_right];                                                    \
      o[i] = (R)(formula);                                                                         \
    }                                                                                              \
  }

/* -- Helpers ----------------------------------------------------------------------------------- */

/* x - floor(x / y) y, exact: fmod gives x's sign, ours is y's */
#define REMAINDER(name, T, fmod, copysign)                                                         \
  static inline T name(T x, T y) {                                                                 \
    T r = fmod(x, y);                                                                              \
    if (r == 0) return copysign(0, y);                                                             \
    return (r < 0) != (y < 0) ? r + y : r;                                                         \
  }
REMAINDER(rest_f32, float, fmodf, copysignf)
REMAINDER(rest_f64, double, fmod, copysign)

static inline int32_t rest_i32(int32_t x, int32_t y) {
  if (y == 0 || y == -1) return 0;
  int32_t r = x % y;
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
static inline int64_t rest_i64(int64_t x, int64_t y) {
  if (y == 0 || y == -1) return 0;
  int64_t r = x % y;
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
static inline uint8_t rest_u8(uint8_t x, uint8_t y) { return (uint8_t)(y ? x % y : 0); }

/* x^n modulo 2^32 or 2^64 by repeated squaring */
static inline uint32_t power_u32(uint32_t x, uint32_t n) {
  uint32_t result = 1;
  for (; n > 0; n >>= 1, x *= x)
    if (n & 1) result *= x;
  return result;
}
static inline uint64_t power_u64(uint64_t x, uint64_t n) {
  uint64_t result = 1;
  for (; n > 0; n >>= 1, x *= x)
    if (n & 1) result *= x;
  return result;
}
/* n >= 0 */
static inline int64_t power_i64(int64_t x, int64_t n) {
  return (int64_t)power_u64((uint64_t)x, (uint64_t)n);
}
static inline int32_t power_i32(int32_t x, int32_t n) {
  return (int32_t)power_u32((uint32_t)x, (uint32_t)n);
}

/* -- Operations -------------------------------------------------------------------------------- */

#define COMPARISONS(S, T)                                                                          \
  BINARY(eq_##S, T, uint8_t, x == y)                                                               \
  BINARY(ne_##S, T, uint8_t, x != y)                                                               \
  BINARY(lt_##S, T, uint8_t, x < y)                                                                \
  BINARY(le_##S, T, uint8_t, x <= y)                                                               \
  BINARY(gt_##S, T, uint8_t, x > y)                                                                \
  BINARY(ge_##S, T, uint8_t, x >= y)

#define FLOATS(S, T, power)                                                                        \
  BINARY(add_##S, T, T, x + y)                                                                     \
  BINARY(sub_##S, T, T, x - y)                                                                     \
  BINARY(mul_##S, T, T, x *y)                                                                      \
  BINARY(div_##S, T, T, x / y)                                                                     \
  BINARY(pow_##S, T, T, power(x, y))                                                               \
  BINARY(remainder_##S, T, T, rest_##S(x, y))                                                      \
  BINARY(minimum_##S, T, T, x <= y || x != x ? x : y)                                              \
  BINARY(maximum_##S, T, T, x >= y || x != x ? x : y)                                              \
  COMPARISONS(S, T)

FLOATS(f32, float, vector_pow32)
FLOATS(f64, double, pow)

/* Arithmetic in the unsigned U wraps around. */
#define INTEGERS(S, T, U, power)                                                                   \
  BINARY(add_##S, T, T, (U)x + (U)y)                                                               \
  BINARY(sub_##S, T, T, (U)x - (U)y)                                                               \
  BINARY(mul_##S, T, T, (U)x *(U)y)                                                                \
  BINARY(pow_##S, T, T, power(x, y))                                                               \
  BINARY(remainder_##S, T, T, rest_##S(x, y))                                                      \
  BINARY(minimum_##S, T, T, x < y ? x : y)                                                         \
  BINARY(maximum_##S, T, T, x > y ? x : y)                                                         \
  COMPARISONS(S, T)
INTEGERS(i32, int32_t, uint32_t, power_i32)
INTEGERS(i64, int64_t, uint64_t, power_i64)
INTEGERS(u8, uint8_t, uint32_t, power_u32)

/* Of truth values: 1 + 1 = 1. Comparisons are those of bytes; what is not here is an integer's. */
BINARY_ROW(add_bool, uint8_t, uint8_t, i, i, x | y)
BINARY_ROW(mul_bool, uint8_t, uint8_t, i, i, x &y)
#define sub_bool       NULL
#define pow_bool       NULL
#define remainder_bool NULL
#define minimum_bool   mul_bool
#define maximum_bool   add_bool
#define eq_bool        eq_u8
#define ne_bool        ne_u8
#define lt_bool        lt_u8
#define le_bool        le_u8
#define gt_bool        gt_u8
#define ge_bool        ge_u8

/* -- Powers that are multiples of one half ----------------------------------------------------- */

/* out = a^(n / 2) for n = scalar[0], 0 < |n| < 16, in double: as exact as vector_pow32. */
#define HALVES(root, result)                                                                       \
  MAH_INDEPENDENT for (int64_t i = 0; i < m; i++) {                                                \
    double x = in[i], x2 = x * x, r = root;                                                        \
    r *= whole & 1 ? x : 1;                                                                        \
    r *= whole & 2 ? x2 : 1;                                                                       \
    r *= whole & 4 ? x2 * x2 : 1;                                                                  \
    o[i] = (float)(result);                                                                        \
  }
static void halves_f32(void *out, const void *a, const void *b, const void *c, const double *scalar,
                       int64_t m) {
  const float *in = a;
  float *o = out;
  int n = (int)fabs(scalar[0]), whole = n / 2, inverse = scalar[0] < 0;
  (void)b, (void)c;
  /* the square root of -0 is -0, but its power 1/2 is 0; that of -infinity is infinite */
  if (n % 2 == 0 && !inverse) HALVES(1, r)
  if (n % 2 == 0 && inverse) HALVES(1, 1 / r)
  if (n % 2 != 0 && !inverse) HALVES(sqrt(x == -INFINITY ? INFINITY : x) + 0.0, fabs(r))
  if (n % 2 != 0 && inverse) HALVES(sqrt(x == -INFINITY ? INFINITY : x) + 0.0, fabs(1 / r))
}

/* -- With a scalar, or with three operands ----------------------------------------------------- */

#define SCALED(name, T, scalar_of, formula)                                                        \
  static void name(void *out, const void *a, const void *b, const void *c, const double *scalar,   \
                   int64_t n) {                                                                    \
    const T *left = a, *right = b;                                                                 \
    const scalar_of s = (scalar_of)scalar[0];                                                      \
    T *o = out;                                                                                    \
    (void)c;                                                                                       \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T x = left[i], y = right[i];                                                                 \
      o[i] = (T)(formula);                                                                         \
    }                                                                                              \
  }
SCALED(add_scaled_f32, float, float, x + s * y)
SCALED(add_scaled_f64, double, double, x + s * y)
SCALED(add_scaled_i32, int32_t, int64_t, (uint32_t)x + (uint32_t)s * (uint32_t)y)
SCALED(add_scaled_i64, int64_t, int64_t, (uint64_t)x + (uint64_t)s * (uint64_t)y)
SCALED(add_scaled_u8, uint8_t, int64_t, (uint32_t)x + (uint32_t)s * (uint32_t)y)
SCALED(lerp_f32, float, float, x + s * (y - x))
SCALED(lerp_f64, double, double, x + s * (y - x))

#define WHERE(name, T)                                                                             \
  static void name(void *out, const void *a, const void *b, const void *c, const double *scalar,   \
                   int64_t n) {                                                                    \
    const uint8_t *condition = a;                                                                  \
    const T *yes = b, *no = c;                                                                     \
    T *o = out;                                                                                    \
    (void)scalar;                                                                                  \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T x = yes[i], y = no[i];                                                                     \
      o[i] = condition[i] ? x : y;                                                                 \
    }                                                                                              \
  }
WHERE(where_f32, float)
WHERE(where_f64, double)
WHERE(where_i32, int32_t)
WHERE(where_u8, uint8_t)
WHERE(where_i64, int64_t)

/* -- The table --------------------------------------------------------------------------------- */

#define ROWS_OF(name)           name##_f32, name##_f64, name##_i32, name##_u8, name##_i64
#define ROWS_KEEP(name)         {ROWS_OF(name), name##_bool},
#define ROWS_TEST               ROWS_KEEP
#define ROWS_FLOAT(name)        {name##_f32, name##_f64},
#define ONE_KEEP(name)          {ROWS_OF(name)},
#define ONE_TEST                ONE_KEEP
#define ONE_FLOAT               ROWS_FLOAT
#define ROWS(name, kind, text)  ROWS_##kind(name)
#define LEFT(name, kind, text)  ONE_##kind(left_##name)
#define RIGHT(name, kind, text) ONE_##kind(right_##name)

extern const mah_binary_table MAH_VARIANT(mah_binary_rows);
const mah_binary_table MAH_VARIANT(mah_binary_rows) = {
    .op = {MAH_BINARY_OPS(ROWS)},
    .one = {{MAH_BINARY_OPS(LEFT)}, {MAH_BINARY_OPS(RIGHT)}},
    .add_scaled = {add_scaled_f32, add_scaled_f64, add_scaled_i32, add_scaled_u8, add_scaled_i64},
    .halves = {halves_f32},
    .lerp = {lerp_f32, lerp_f64},
    .where = {where_f32, where_f64, where_i32, where_u8, where_i64, where_u8},
};
