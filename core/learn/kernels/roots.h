/* roots.h - square roots and quotients of lanes, as the solvers want them.
 *
 * AVX-512's own instructions for 16 floats keep its one divider busy for longer than the solver's
 * vectors need to come from the caches. There both begin with an estimate to 14 bits and are made
 * right by a step of Newton's method: errors of at most 1 unit in the last place each (test_update
 * measures them). Doubles, and all other instruction sets, round as C's operators do.
 */
#ifndef MAH_LEARN_KERNELS_ROOTS_H
#define MAH_LEARN_KERNELS_ROOTS_H

#include "tensor/kernels/lanes.h"

#if defined(__AVX512F__) && !defined(MAH_DOUBLE)
/* sqrt(v), v >= 0. With y near 1 / sqrt(v) and s = v y, the root is s + s (1 - s y) / 2; infinity,
 * whose y is 0, is its own. 0, whose y would be infinite, gets that of 2^-126, and so do subnormal
 * v, which take a hundred cycles otherwise: their roots are right to 2^-63. */
MAH_INLINE lanes lanes_sqrt(lanes v) {
  const lanes half = lanes_of(0.5f), least = lanes_of(0x1p-126f), most = lanes_of(0x1.fffffep127f);
  __mmask16 finite = _mm512_cmp_ps_mask((__m512)v, (__m512)most, _CMP_NGT_UQ); /* or NaN */
  lanes y = (lanes)_mm512_rsqrt14_ps(_mm512_max_ps((__m512)v, (__m512)least));
  lanes s = v * y;
  return (lanes)_mm512_mask_mov_ps((__m512)v, finite, (__m512)(s + s * (half - (half * s) * y)));
}

/* n / d, d from 2^-126 on; a d above 2^126 counts as infinite: where squares are too large for a
 * float, there is no step. With r near 1 / d, q = n r, the quotient is q + r (n - q d). */
MAH_INLINE lanes lanes_divide(lanes n, lanes d) {
  const lanes most = lanes_of(0x1p126f);
  __mmask16 finite = _mm512_cmp_ps_mask((__m512)d, (__m512)most, _CMP_NGT_UQ); /* or NaN */
  lanes r = (lanes)_mm512_rcp14_ps((__m512)d), q = n * r;
  return (lanes)_mm512_maskz_mov_ps(finite, (__m512)(q + r * (n - q * d)));
}
#else
MAH_INLINE lanes lanes_sqrt(lanes v) {
#if defined(__AVX512F__)
  return (lanes)_mm512_sqrt_pd((__m512d)v);
#elif defined(__AVX2__) && defined(MAH_DOUBLE)
  return (lanes)_mm256_sqrt_pd((__m256d)v);
#elif defined(__AVX2__)
  return (lanes)_mm256_sqrt_ps((__m256)v);
#else
  for (int i = 0; i < LANES; i++) v[i] = real_sqrt(v[i]);
  return v;
#endif
}

MAH_INLINE lanes lanes_divide(lanes n, lanes d) { return n / d; }
#endif
#endif
