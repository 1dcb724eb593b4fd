/* vector_math.h - exp, log, sin and their kin in plain C without branches, tables or calls, so that
 * a loop around them is vectorised. For kernel files; *32 in float, *64 in double.
 *
 * Errors against the exact value, in units in the last place (test_vector_math measures them): exp
 * 1.1, expm1 2, log 1, log1p 1, tanh 2.5, sigmoid 2.5, pow 0.51 (float only); sin and cos 1, tan
 * 2.5, in float 1.5, 1.5 and 1 (libm's, of many turns); subnormal results one more, being rounded
 * twice. Zeros, infinities and NaN give what C's functions give.
 *
 * Method: exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| <= ln(2) / 2, Taylor's series for
 * expm1(r); log(x) = k ln 2 + log(m) with m in [sqrt(1/2), sqrt(2)), log(m) = 2 atanh((m - 1) /
 * (m + 1)) by its series (Muller: "Elementary Functions", chapters 10 and 11). ln 2 is taken in two
 * parts, the first with so few bits that its product with n is exact.
 */
#ifndef MAH_VECTOR_MATH_H
#define MAH_VECTOR_MATH_H

#ifndef MAH_CDEF
#include "base/bits.h"

#include <math.h>
#include <stdint.h>

/* x * y + z is rounded once. */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define MAH_FMA
#endif

/* Before a loop whose iterations do not depend on one another, whatever the pointers. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed" /* calls to libm stay scalar loops */
#define MAH_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define MAH_INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Adding it rounds |x| < 2^22 (2^51) to an integer, which then stands in the low bits. */
#define MAH_ROUND32 0x1.8p23f
#define MAH_ROUND64 0x1.8p52

/* 2^n for an integral n with -127 < n < 128 (-1023 < n < 1024) */
static inline float power_of_two32(float n) {
  return mah_float_of_bits((mah_bits32(n + MAH_ROUND32) + 127u) << 23);
}
static inline double power_of_two64(double n) {
  return mah_double_of_bits((mah_bits64(n + MAH_ROUND64) + 1023u) << 52);
}

/* -- exp --------------------------------------------------------------------------------------- */

/* expm1(r), |r| <= ln(2) / 2, to 2^-26: minimax, one term less than Taylor's */
static inline float exp_series32(float r) {
  float p = 0x1.6d9dbap-10f;
  p = p * r + 0x1.122b8cp-7f;
  p = p * r + 0x1.555484p-5f;
  p = p * r + 0x1.5554acp-3f;
  p = p * r + 0.5f;
  return r + r * r * p;
}

/* n and expm1(r), where x = n ln 2 + r; x is clamped to [low, high] first, NaN stays. */
static inline float reduce_exp32(float *n, float x, float low, float high) {
  x = x < low ? low : x;
  x = x > high ? high : x;
  *n = (x * 0x1.715476p+0f + MAH_ROUND32) - MAH_ROUND32;
  float r = (x - *n * 0x1.63p-1f) - *n * -0x1.bd0106p-13f;
  return exp_series32(r);
}

static inline double reduce_exp64(double *n, double x, double low, double high) {
  x = x < low ? low : x;
  x = x > high ? high : x;
  *n = (x * 0x1.71547652b82fep+0 + MAH_ROUND64) - MAH_ROUND64;
  double r = (x - *n * 0x1.62e42fefap-1) - *n * 0x1.cf79abc9e3b3ap-40;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  return r + r * r * p;
}

/* In two factors, so that subnormal results and the step to infinity come out right. */
static inline float vector_exp32(float x) {
  float n, q = reduce_exp32(&n, x, -104.0f, 89.0f);
  int32_t k = (int32_t)(mah_bits32(n + MAH_ROUND32) - mah_bits32(MAH_ROUND32)), half = k >> 1;
  float one = mah_float_of_bits((uint32_t)(half + 127) << 23);
  return (1 + q) * one * mah_float_of_bits((uint32_t)(k - half + 127) << 23);
}
static inline double vector_exp64(double x) {
  double n, q = reduce_exp64(&n, x, -746.0, 710.0);
  double half = (n * 0.5 + MAH_ROUND64) - MAH_ROUND64;
  return (1 + q) * power_of_two64(half) * power_of_two64(n - half);
}

/* 2^n q + (2^n - 1), halved and doubled because 2^n itself may overflow */
static inline float vector_expm1_32(float x) {
  float n, q = reduce_exp32(&n, x, -18.0f, 89.0f), half = power_of_two32(n - 1);
  float e = 2 * (half * q + (half - 0.5f));
  return n == 0 ? (x == 0 ? x : q) : e;
}
static inline double vector_expm1_64(double x) {
  double n, q = reduce_exp64(&n, x, -38.0, 710.0), half = power_of_two64(n - 1);
  double e = 2 * (half * q + (half - 0.5));
  return n == 0 ? (x == 0 ? x : q) : e;
}

/* With e = expm1(-2|x|): tanh|x| = -e / (2 + e). From 9.01 on that is 1. For floats ln 2 may be one
 * number, since 2^n is small where n is not, and 2^n comes straight from the bits of n + 127. */
static inline float vector_tanh32(float x) {
  float z = -2 * fabsf(x);
  z = z < -18.02f ? -18.02f : z;
  float shifted = z * 0x1.715476p+0f + (MAH_ROUND32 + 127), n = shifted - (MAH_ROUND32 + 127);
  float s = mah_float_of_bits(mah_bits32(shifted) << 23);
  float e = s * exp_series32(z - n * 0x1.62e43p-1f) + (s - 1);
  return copysignf(-e / (2 + e), x);
}
static inline double vector_tanh64(double x) {
  double n, q = reduce_exp64(&n, -2 * fabs(x), -38.0, 0.0), s = power_of_two64(n);
  double e = s * q + (s - 1);
  return copysign(-e / (2 + e), x);
}

/* With e = exp(-|x|), which does not overflow: 1 / (1 + e) or e / (1 + e) */
static inline float vector_sigmoid32(float x) {
  float e = vector_exp32(-fabsf(x));
  return (x < 0 ? e : 1.0f) / (1 + e);
}
static inline double vector_sigmoid64(double x) {
  double e = vector_exp64(-fabs(x));
  return (x < 0 ? e : 1.0) / (1 + e);
}

/* -- log --------------------------------------------------------------------------------------- */

/* What the series does not know: 0, negative numbers, infinity, NaN. */
static inline float log_ends32(float x, float finite) {
  float end = x == 0 ? -INFINITY : x > 0 ? x : NAN;
  return x > 0 && x < INFINITY ? finite : end;
}
static inline double log_ends64(double x, double finite) {
  double end = x == 0 ? -INFINITY : x > 0 ? x : NAN;
  return x > 0 && x < INFINITY ? finite : end;
}

/* log of a positive finite x, plus `more`, a small correction */
static inline float log_sum32(float x, float more) {
  float tiny = x < 0x1p-126f ? 1.0f : 0.0f;
  /* the bits of sqrt(1/2) are 0x3f3504f3; k + 127 comes to stand in the low bits of 2^23 */
  uint32_t b = mah_bits32(x < 0x1p-126f ? x * 0x1p25f : x) + (0x3f800000u - 0x3f3504f3u);
  float k = mah_float_of_bits((b >> 23) | 0x4b000000u) - (0x1p23f + 127) - 25 * tiny;
  float f = mah_float_of_bits((b & 0x7fffffu) + 0x3f3504f3u) - 1;
  float s = f / (2 + f), z = s * s, h = 0.5f * f * f;
  float p = 2.0f / 9;
  p = p * z + 2.0f / 7;
  p = p * z + 2.0f / 5;
  p = p * z + 2.0f / 3;
  /* log(1 + f) = f - h + s (h + z p) */
  float low = s * (h + z * p) + (k * -0x1.bd0106p-13f + more);
  return k * 0x1.63p-1f + (f - (h - low));
}

static inline double log_sum64(double x, double more) {
  double tiny = x < 0x1p-1022 ? 1.0 : 0.0;
  uint64_t b =
      mah_bits64(x < 0x1p-1022 ? x * 0x1p54 : x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  /* k + 1023 in the low bits of 2^52 */
  double k = mah_double_of_bits((b >> 52) | 0x4330000000000000u) - (0x1p52 + 1023) - 54 * tiny;
  double f = mah_double_of_bits((b & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
  double s = f / (2 + f), z = s * s, h = 0.5 * f * f;
  double p = 2.0 / 21;
  p = p * z + 2.0 / 19;
  p = p * z + 2.0 / 17;
  p = p * z + 2.0 / 15;
  p = p * z + 2.0 / 13;
  p = p * z + 2.0 / 11;
  p = p * z + 2.0 / 9;
  p = p * z + 2.0 / 7;
  p = p * z + 2.0 / 5;
  p = p * z + 2.0 / 3;
  double low = s * (h + z * p) + (k * 0x1.cf79abc9e3b3ap-40 + more);
  return k * 0x1.62e42fefap-1 + (f - (h - low));
}

static inline float vector_log32(float x) { return log_ends32(x, log_sum32(x, 0)); }
static inline double vector_log64(double x) { return log_ends64(x, log_sum64(x, 0)); }

/* 2^x, clamped to where a float is 0 or infinite, and log2 of a positive finite x, both in double
 * as a float result needs them: to 2^-34 and 2^-44. The polynomials are minimax. */
static inline double exp2_inside32(double x) { /* |x| < 1000 */
  double n = (x + MAH_ROUND64) - MAH_ROUND64, r = x - n, p = 0x1.00f13977a42bap-16;
  p = p * r + 0x1.445e74c8fb16dp-13;
  p = p * r + 0x1.5d8723a81e823p-10;
  p = p * r + 0x1.3b29f0fa0216ap-7;
  p = p * r + 0x1.c6b08df44ec39p-5;
  p = p * r + 0x1.ebfbe07aae84ep-3;
  p = p * r + 0x1.62e42fef7b7b6p-1;
  return (1 + r * p) * power_of_two64(n);
}
static inline double exp2_for32(double x) {
  x = x < -160 ? -160 : x;
  return exp2_inside32(x > 130 ? 130 : x);
}
static inline double log2_for32(float x) {
  float tiny = x < 0x1p-126f ? 25.0f : 0.0f;
  uint32_t b = mah_bits32(x < 0x1p-126f ? x * 0x1p25f : x) + (0x3f800000u - 0x3f3504f3u);
  float k = mah_float_of_bits((b >> 23) | 0x4b000000u) - (0x1p23f + 127) - tiny;
  double f = (double)(mah_float_of_bits((b & 0x7fffffu) + 0x3f3504f3u) - 1);
  double s = f / (2 + f), z = s * s, p = 0x1.215cd62a20c0ep-2;
  p = p * z + 0x1.479c4837fdf8ep-2;
  p = p * z + 0x1.a619f98b0e43ep-2;
  p = p * z + 0x1.2776c2ec0c3b3p-1;
  p = p * z + 0x1.ec709dc4c4f6ep-1;
  return (double)k + s * (0x1.71547652b82fep+1 + z * p);
}

/* |x|^y = 2^(y log2|x|), in double for floats: y log2|x| keeps enough digits (0.51 ulp). Negative x
 * with an odd y gives a negative result, with y that is not integral NaN. */
static inline float vector_pow32(float x, float y) {
  float size = fabsf(x), r = (float)exp2_for32((double)y * log2_for32(size));
  int endless = fabsf(y) == INFINITY;
  int integral = y == floorf(y), odd = integral & (0.5f * y != floorf(0.5f * y));
  r = size == 0 ? (y > 0 ? 0 : INFINITY) : r;
  r = size == INFINITY ? (y > 0 ? INFINITY : 0) : r;
  r = endless ? ((size > 1) == (y > 0) ? INFINITY : 0) : r;
  r = (x < 0) & (size < INFINITY) & !integral ? NAN : r;
  r = (x != x) | (y != y) ? NAN : r;
  r = (y == 0) | (x == 1) | ((size == 1) & endless) ? 1 : r;
  return odd ? copysignf(r, x) : r;
}

/* log(u) + (what rounding u = 1 + x lost) / u */
static inline float vector_log1p_32(float x) {
  float u = 1 + x, lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  float y = log_ends32(u, log_sum32(u, lost / u));
  return x == 0 ? x : y;
}
static inline double vector_log1p_64(double x) {
  double u = 1 + x, lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  double y = log_ends64(u, log_sum64(u, lost / u));
  return x == 0 ? x : y;
}

/* -- sin, cos, tan ----------------------------------------------------------------------------- */

/* x = n pi / 2 + r, |r| <= pi / 4, with pi / 2 in parts whose products with n are exact, as above:
 * right for |x| up to these limits. Beyond them the caller asks libm. */
#define MAH_TURNS32 0x1p17f
#define MAH_TURNS64 0x1p13

#define MAH_TWO_OVER_PI 0x1.45f306dc9c883p-1

/* *s = sin r and *c = cos r, to 1e-10, as a float result needs them; returns n's low bits. */
static inline uint64_t turns_for32(double *s, double *c, double x) {
  double shifted = x * MAH_TWO_OVER_PI + MAH_ROUND64, n = shifted - MAH_ROUND64;
  double r = (x - n * 0x1.921fb544p+0) - n * 0x1.0b4611a626331p-34, z = r * r;
  double p = -1.0 / 39916800, q = -1.0 / 3628800;
  p = p * z + 1.0 / 362880;
  q = q * z + 1.0 / 40320;
  p = p * z - 1.0 / 5040;
  q = q * z - 1.0 / 720;
  p = p * z + 1.0 / 120;
  q = q * z + 1.0 / 24;
  p = p * z - 1.0 / 6;
  q = q * z - 0.5;
  *s = r + r * z * p;
  *c = 1 + z * q;
  return mah_bits64(shifted);
}

/* The same to double's last place. r has a second part, l: sin(r + l) = sin r + l cos r, and
 * cos(r + l) = cos r - l sin r. */
static inline uint64_t turns_64(double *s, double *c, double x) {
  double shifted = x * MAH_TWO_OVER_PI + MAH_ROUND64, n = shifted - MAH_ROUND64;
  double t = x - n * 0x1.921fb54442p+0, w = n * 0x1.a308d31318p-41, y = t - w, back = y - t;
  double lost = (t - (y - back)) - (w + back), rest = lost - n * 0x1.8a2e03707344ap-81;
  double r = y + rest, l = (y - r) + rest, z = r * r, half = 0.5 * z;
  double p = 1.0 / 355687428096000, q = -1.0 / 6402373705728000;
  p = p * z - 1.0 / 1307674368000;
  q = q * z + 1.0 / 20922789888000;
  p = p * z + 1.0 / 6227020800;
  q = q * z - 1.0 / 87178291200;
  p = p * z - 1.0 / 39916800;
  q = q * z + 1.0 / 479001600;
  p = p * z + 1.0 / 362880;
  q = q * z - 1.0 / 3628800;
  p = p * z - 1.0 / 5040;
  q = q * z + 1.0 / 40320;
  p = p * z + 1.0 / 120;
  q = q * z - 1.0 / 720;
  p = p * z - 1.0 / 6;
  q = q * z + 1.0 / 24;
  double one = 1 - half;
  *s = r + (r * z * p + l * one);
  *c = one + (((1 - one) - half) + (z * z * q - r * l));
  return mah_bits64(shifted);
}

/* The sine n quarter turns after the angle of s and c. */
static inline double quarter_turns(double s, double c, uint64_t n) {
  double y = n & 1 ? c : s;
  return n & 2 ? -y : y;
}

/* Where products are not rounded before they are added, floats do: x - n pi / 2 is exact after the
 * first of three parts, and rounded twice. The polynomials are minimax. */
#ifdef MAH_FMA
static inline uint32_t turns_32(float *s, float *c, float x) {
  float shifted = x * 0x1.45f306p-1f + MAH_ROUND32, n = shifted - MAH_ROUND32;
  float r = x - n * 0x1.921fb6p+0f + n * 0x1.777a5cp-25f + n * 0x1.ee59dap-50f, z = r * r;
  float p = 0x1.6ccbacp-19f, q = 0x1.99f2d4p-16f;
  p = p * z - 0x1.a00f68p-13f;
  q = q * z - 0x1.6c0c58p-10f;
  p = p * z + 0x1.111108p-7f;
  q = q * z + 0x1.55554ap-5f;
  p = p * z - 0x1.555556p-3f;
  q = q * z - 0.5f;
  *s = r + r * z * p;
  *c = 1 + z * q;
  return mah_bits32(shifted);
}
static inline float quarter_turns32(float s, float c, uint32_t n) {
  float y = n & 1 ? c : s;
  return mah_float_of_bits(mah_bits32(y) ^ (n & 2) << 30);
}
static inline float vector_sin32(float x) {
  float s, c;
  uint32_t n = turns_32(&s, &c, x);
  return x == 0 ? x : quarter_turns32(s, c, n);
}
static inline float vector_cos32(float x) {
  float s, c;
  uint32_t n = turns_32(&s, &c, x);
  return quarter_turns32(s, c, n + 1);
}
#else
static inline float vector_sin32(float x) {
  double s, c;
  uint64_t n = turns_for32(&s, &c, (double)x);
  return x == 0 ? x : (float)quarter_turns(s, c, n);
}
static inline float vector_cos32(float x) {
  double s, c;
  uint64_t n = turns_for32(&s, &c, (double)x);
  return (float)quarter_turns(s, c, n + 1);
}
#endif
static inline float vector_tan32(float x) {
  double s, c;
  uint64_t n = turns_for32(&s, &c, (double)x);
  return x == 0 ? x : (float)(n & 1 ? -c / s : s / c);
}
static inline double vector_sin64(double x) {
  double s, c;
  uint64_t n = turns_64(&s, &c, x);
  return x == 0 ? x : quarter_turns(s, c, n);
}
static inline double vector_cos64(double x) {
  double s, c;
  uint64_t n = turns_64(&s, &c, x);
  return quarter_turns(s, c, n + 1);
}
static inline double vector_tan64(double x) {
  double s, c;
  uint64_t n = turns_64(&s, &c, x);
  return x == 0 ? x : n & 1 ? -c / s : s / c;
}
#endif
#endif
