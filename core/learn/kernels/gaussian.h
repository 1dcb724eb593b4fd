/* gaussian.h - the standard normal distribution, for GELU, in plain C that is vectorised.
 *
 * The tail q(a) = 1 - Phi(a), a >= 0, is exp(-a^2/2) times Mills' ratio, a smooth function of
 * t = 4 / (4 + a) that falls from 1/2 to 0 (as in Schonfelder, Math. Comp. 32, 1978, for erfc): it
 * is t times a polynomial, Chebyshev's interpolation of degree 9 (float, to 1.3e-8) or 22 (double,
 * to 4e-17) over the a where exp(-a^2/2) is not zero yet.
 */
#ifndef MAH_LEARN_KERNELS_GAUSSIAN_H
#define MAH_LEARN_KERNELS_GAUSSIAN_H

#include "tensor/kernels/real.h"

/* q(|z|) exp(z^2/2) */
#ifdef MAH_DOUBLE
static inline real gaussian_mills(real z) {
  real a = real_abs(z) < 39 ? real_abs(z) : 39, t = 4 / (4 + a);
  real x = 2.2051282051282053 * t - 1.2051282051282051, p = -2.8166753052817971e-11;
  p = p * x - 6.5894407028102604e-11;
  p = p * x + 4.2040547314093774e-10;
  p = p * x + 3.9099468309886148e-10;
  p = p * x - 3.4435554861217765e-9;
  p = p * x + 8.2557648988569743e-10;
  p = p * x + 2.0974006574482923e-8;
  p = p * x - 2.8822572666210774e-8;
  p = p * x - 1.0884929970258217e-7;
  p = p * x + 3.0349486399941331e-7;
  p = p * x + 5.4600468184499698e-7;
  p = p * x - 2.6159834504706762e-6;
  p = p * x - 3.4055732639654551e-6;
  p = p * x + 2.2117544798166776e-5;
  p = p * x + 3.6802015747137661e-5;
  p = p * x - 0.00018435522298914869;
  p = p * x - 0.00062536476418488518;
  p = p * x + 0.00081471154751153435;
  p = p * x + 0.010726581694235498;
  p = p * x + 0.039092488866985874;
  p = p * x + 0.090976684206759639;
  p = p * x + 0.15531102555618134;
  p = p * x + 0.20383459921062921;
  return t * p;
}
#else
static inline real gaussian_mills(real z) {
  real a = real_abs(z) < 14.5f ? real_abs(z) : 14.5f, t = 4 / (4 + a);
  real x = 2.5517242f * t - 1.5517242f, p = 3.43203828e-6f;
  p = p * x + 1.54568297e-5f;
  p = p * x - 4.6579964e-5f;
  p = p * x - 0.000321052066f;
  p = p * x + 0.000115325573f;
  p = p * x + 0.00618488016f;
  p = p * x + 0.0290651526f;
  p = p * x + 0.0807364285f;
  p = p * x + 0.157536656f;
  p = p * x + 0.226710305f;
  return t * p;
}
#endif

/* Phi(z), with e = exp(-z^2/2) */
static inline real gaussian_phi(real z, real e) {
  real q = e * gaussian_mills(z);
  return z < 0 ? q : 1 - q;
}

/* z Phi(z) */
static inline real real_gelu(real z) { return z * gaussian_phi(z, real_exp(-z * z / 2)); }

/* d/dz z Phi(z) = Phi(z) + z exp(-z^2/2) / sqrt(2 pi) */
static inline real real_gelu_slope(real z) {
  real e = real_exp(-z * z / 2);
  return gaussian_phi(z, e) + z * e * (real)0.3989422804014327;
}
#endif
