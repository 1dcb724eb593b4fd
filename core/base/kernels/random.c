/* random.c - Philox4x32-10's words, and numbers made of words. Compiled without fused products, so
 * that a seed gives the same numbers on every machine.
 */
#include "base/kernels/random.h"

#include "base/bits.h"
#include "base/philox.h"
#include "base/simd.h"

#include <math.h>
#include <string.h>

enum { BLOCKS = MAH_PHILOX_BLOCKS, FEW = 8 }; /* at a time: small tensors need only a few */

static void philox_words(uint32_t *out, uint64_t key, uint64_t high, uint64_t low, int64_t blocks) {
  for (; blocks >= BLOCKS; blocks -= BLOCKS, low += BLOCKS, out += 4 * BLOCKS)
    mah_philox_in_turn(out, BLOCKS, key, high, low);
  for (; blocks >= FEW; blocks -= FEW, low += FEW, out += 4 * FEW)
    mah_philox_in_turn(out, FEW, key, high, low);
  if (blocks > 0) {
    uint32_t word[4 * FEW];
    mah_philox_in_turn(word, FEW, key, high, low);
    memcpy(out, word, (size_t)blocks * 4 * sizeof *out);
  }
}

/* -- Uniform numbers --------------------------------------------------------------------------- */

/* Words below 2^27 and 2^26, as int32_t: those become doubles in one instruction. */
static inline double to_unit(const uint32_t *word) {
  return ((int32_t)(word[0] >> 5) * 67108864.0 + (int32_t)(word[1] >> 6)) * 0x1p-53;
}

static void doubles(double *restrict out, const uint32_t *restrict word, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = to_unit(word + 2 * i);
}

static void floats(float *restrict out, const uint32_t *restrict word, int64_t n, double low,
                   double width, float most) {
  if (low == 0 && width == 1) { /* the same, without rounding */
    for (int64_t i = 0; i < n; i++) out[i] = (float)(int32_t)(word[i] >> 8) * 0x1p-24f;
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    float x = (float)(low + width * ((int32_t)(word[i] >> 8) * 0x1p-24));
    out[i] = x > most ? most : x;
  }
}

/* Lemire: "Fast random integer generation in an interval", 2019 */
static uint32_t below(uint32_t *restrict out, const uint32_t *restrict word, int64_t n,
                      uint32_t range, uint32_t step) {
  uint32_t doubtful = 0;
  for (int64_t i = 0; i < n; i++) {
    uint32_t m = range - step * (uint32_t)i;
    uint64_t product = (uint64_t)word[i] * m;
    out[i] = (uint32_t)(product >> 32);
    doubtful |= (uint32_t)product < m;
  }
  return doubtful;
}

/* -- Normal numbers: the quantile of p = 1/2 + q ----------------------------------------------- */

/* With w = -log(4 p (1 - p)) the quantile is 2 q times a smooth function of w, which grows from
 * sqrt(pi / 2) like a root; here a rational one, its relative error made as even as can be by
 * weighted least squares: 1.2e-7 for w < 21.6 (p > 2^-33), 5.4e-15 for w < 37 (p > 2^-54). All
 * coefficients are positive, so nothing cancels. */

static inline float smooth32(float w) {
  float n = 2.92087234e-5f, d = 1.00386337e-6f;
  n = n * w + 1.00174203e-3f;
  n = n * w + 1.18970295e-2f;
  n = n * w + 8.99607077e-2f;
  n = n * w + 4.52818191e-1f;
  n = n * w + 1.25331428f;
  d = d * w + 1.69689520e-4f;
  d = d * w + 2.28920450e-3f;
  d = d * w + 3.26862045e-2f;
  d = d * w + 9.95000645e-2f;
  d = d * w + 1;
  return n / d;
}

static inline double smooth64(double w) {
  double n = 2.01072026861381732e-14, d = 2.75617225531836152e-16;
  n = n * w + 6.02599631028725181e-12;
  n = n * w + 3.22179127852051314e-10;
  n = n * w + 9.34508301794867176e-9;
  n = n * w + 1.97772651394115625e-7;
  n = n * w + 3.32036529824946221e-6;
  n = n * w + 4.42701644325600036e-5;
  n = n * w + 4.67513618646507675e-4;
  n = n * w + 3.91881387424348893e-3;
  n = n * w + 2.59805076352560376e-2;
  n = n * w + 1.31742251895764822e-1;
  n = n * w + 4.78018257148993721e-1;
  n = n * w + 1.25331413731550661;
  d = d * w + 3.23803770811347766e-13;
  d = d * w + 3.70371379852192307e-11;
  d = d * w + 1.2562839683553221e-9;
  d = d * w + 3.44915034633303289e-8;
  d = d * w + 5.59749429694490096e-7;
  d = d * w + 1.02837029021793795e-5;
  d = d * w + 9.35161548093460151e-5;
  d = d * w + 1.25087947866776008e-3;
  d = d * w + 5.89587929578530862e-3;
  d = d * w + 6.07708180274510512e-2;
  d = d * w + 1.19603999362305689e-1;
  d = d * w + 1;
  return n / d;
}

/* -log(v) of a normal v: v = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), whose bits are
 * 0x3f3504f3 and those 2^23 more; log(1 + f) by a polynomial, to 3.4e-8. */
static inline float minus_log32(float v) {
  uint32_t bits = mah_bits32(v) + (0x3f800000u - 0x3f3504f3u);
  float k = (float)((int32_t)(bits >> 23) - 127);
  float f = mah_float_of_bits((bits & 0x7fffffu) + 0x3f3504f3u) - 1, p = -0.1010190936f;
  p = p * f + 0.1641986117f;
  p = p * f - 0.1733352201f;
  p = p * f + 0.1987306609f;
  p = p * f - 0.2495934044f;
  p = p * f + 0.3333618123f;
  p = p * f - 0.5000066747f;
  p = p * f + 0.9999998140f;
  return k * -0x1.62e430p-1f - f * p;
}

/* The same, with log(1 + f) = 2 atanh(f / (2 + f)) by its series; k + 1023 comes to stand in the
 * low bits of 2^52. */
static inline double minus_log64(double v) {
  uint64_t bits = mah_bits64(v) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  double k = mah_double_of_bits((bits >> 52) | 0x4330000000000000u) - (0x1p52 + 1023);
  double f = mah_double_of_bits((bits & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
  double s = f / (2 + f), z = s * s, p = 2.0 / 19;
  p = p * z + 2.0 / 17;
  p = p * z + 2.0 / 15;
  p = p * z + 2.0 / 13;
  p = p * z + 2.0 / 11;
  p = p * z + 2.0 / 9;
  p = p * z + 2.0 / 7;
  p = p * z + 2.0 / 5;
  p = p * z + 2.0 / 3;
  p = p * z + 2;
  return k * -0x1.62e42fefa39efp-1 - s * p;
}

/* |q| and the lesser of p and 1 - p are made from integers both: each has all its digits. */
static void normal_floats(float *restrict out, const uint32_t *restrict word, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    int32_t q = (int32_t)(word[i] ^ 0x80000000u), size = q < 0 ? ~q : q;
    float p = ((float)(INT32_MAX - size) + 0.5f) * 0x1p-32f;
    float x = ((float)size + 0.5f) * 0x1p-31f;
    x *= smooth32(minus_log32(4 * p * (1 - p)));
    out[i] = q < 0 ? -x : x;
  }
}

static void normal_doubles(double *restrict out, const uint32_t *restrict word, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    double q = to_unit(word + 2 * i) - (0.5 - 0x1p-54), p = 0.5 - fabs(q);
    out[i] = 2 * q * smooth64(minus_log64(4 * p * (1 - p)));
  }
}

extern const mah_random_table MAH_VARIANT(mah_random_kernels);
const mah_random_table MAH_VARIANT(mah_random_kernels) = {
    .philox_words = philox_words,
    .doubles = doubles,
    .floats = floats,
    .normal_doubles = normal_doubles,
    .normal_floats = normal_floats,
    .below = below,
};
