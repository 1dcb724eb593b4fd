/* half.h - float16 and bfloat16, which are stored and never computed with: as float and back.
 *
 * To them numbers are rounded once, to the nearest, ties to the even one; too large ones become
 * infinite, and a NaN the usual one. Without branches, so that loops over them become vectors.
 */
#ifndef MAH_HALF_H
#define MAH_HALF_H

#ifndef MAH_CDEF
#include "base/bits.h"

#include <stdint.h>

/* Their bits: float16 is IEEE 754's binary16 (1 sign, 5 exponent with bias 15, 10 fraction bits),
 * bfloat16 the upper half of a float. */
typedef uint16_t mah_f16, mah_bf16;

static inline float mah_f16_to_float(mah_f16 h) {
  uint32_t size = h & 0x7fffu, sign = (uint32_t)(h & 0x8000u) << 16;
  /* The exponent's bias grows by 112; this also brings numbers below 2^-14 into their form. */
  uint32_t bits = mah_bits32(mah_float_of_bits(size << 13) * 0x1p112f);
  bits = size >= 0x7c00u ? 0x7f800000u : bits;
  bits = size > 0x7c00u ? 0x7fc00000u : bits;
  return mah_float_of_bits(bits | sign);
}

static inline mah_f16 mah_f16_of_float(float x) {
  uint32_t bits = mah_bits32(x), size = bits & 0x7fffffffu;
  uint32_t normal = (size + 0xfffu + (size >> 13 & 1u) - (112u << 23)) >> 13;
  /* Below 2^-14 the steps are 2^-24, as those of floats from 0.5 on. */
  uint32_t small = mah_bits32(mah_float_of_bits(size) + 0.5f) - 0x3f000000u;
  uint32_t half = size < 0x38800000u ? small : normal;
  half = size >= 0x47800000u ? 0x7c00u : half;
  half = size > 0x7f800000u ? 0x7e00u : half;
  return (mah_f16)(half | (bits >> 16 & 0x8000u));
}

static inline float mah_bf16_to_float(mah_bf16 h) {
  uint32_t bits = (uint32_t)h << 16, sign = bits & 0x80000000u;
  return mah_float_of_bits((bits & 0x7fffffffu) > 0x7f800000u ? sign | 0x7fc00000u : bits);
}

static inline mah_bf16 mah_bf16_of_float(float x) {
  uint32_t bits = mah_bits32(x), half = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
  half = (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16 & 0x8000u) | 0x7fc0u : half;
  return (mah_bf16)half;
}

/* The float towards 0, whose last bit is set where it is not x: rounding it to fewer bits gives
 * what rounding x itself would. */
static inline float mah_float_odd(double x) {
  float near = (float)x;
  uint32_t bits = mah_bits32(near);
  double back = (double)near, size = x < 0 ? -x : x;
  bits -= (back < 0 ? -back : back) > size;
  return mah_float_of_bits(x != x ? bits : bits | (back != x));
}

/* A double that rounds to fewer than 53 bits as x does: the bits that it lacks are in its last. */
static inline double mah_double_odd(int64_t x) {
  const int64_t exact = (int64_t)1 << 53;
  int64_t odd = (int64_t)((uint64_t)x & ~(uint64_t)1023) | (int64_t)((x & 1023) != 0) << 10;
  return (double)(x > -exact && x < exact ? x : odd);
}

static inline mah_f16 mah_f16_of_double(double x) { return mah_f16_of_float(mah_float_odd(x)); }
static inline mah_bf16 mah_bf16_of_double(double x) { return mah_bf16_of_float(mah_float_odd(x)); }
#endif
#endif
