#include "learn/kernels/activate.h"

#include "learn/kernels/gaussian.h"

#include <string.h>

#define LEAK ((real)0.01)

/* log(1 + e) for 0 <= e <= 1 is 2 atanh(s), s = e / (2 + e) <= 1/3: by its series in s^2, as far as
 * the number type's last place. */
static inline real log1p_of_share(real e) {
  real s = e / (2 + e), z = s * s, p = 0;
#ifdef MAH_DOUBLE
  p = (real)1 / 31;
  p = p * z + (real)1 / 29;
  p = p * z + (real)1 / 27;
  p = p * z + (real)1 / 25;
  p = p * z + (real)1 / 23;
  p = p * z + (real)1 / 21;
  p = p * z + (real)1 / 19;
  p = p * z + (real)1 / 17;
#endif
  p = p * z + (real)1 / 15;
  p = p * z + (real)1 / 13;
  p = p * z + (real)1 / 11;
  p = p * z + (real)1 / 9;
  p = p * z + (real)1 / 7;
  p = p * z + (real)1 / 5;
  p = p * z + (real)1 / 3;
  return 2 * (s + s * z * p);
}

/* log(1 + e^z) without overflow */
static inline real real_softplus(real z) {
  return (z < 0 ? 0 : z) + log1p_of_share(real_exp(-real_abs(z)));
}

/* d/dz z sigma(z), with s = sigma(z) */
static inline real real_silu_slope(real z) {
  real s = real_sigmoid(z);
  return s * (1 + z * (1 - s));
}

#define X(entry, name, keeps_z, f, df)                                                             \
  static void name##_forward(real *restrict Y, real *restrict Z_, int64_t n) {                     \
    for (int64_t i = 0; i < n; i++) {                                                              \
      real z = Y[i];                                                                               \
      if (keeps_z) Z_[i] = z;                                                                      \
      Y[i] = f;                                                                                    \
    }                                                                                              \
  }                                                                                                \
  static void name##_backward(real *restrict dZ, const real *restrict Y, const real *restrict Z_,  \
                              int64_t n) {                                                         \
    for (int64_t i = 0; i < n; i++) {                                                              \
      real y = Y[i], z = keeps_z ? Z_[i] : 0;                                                      \
      (void)y, (void)z;                                                                            \
      dZ[i] *= df;                                                                                 \
    }                                                                                              \
  }
MAH_ACTIVATIONS(X)
#undef X

void mah_activate(int32_t activation, void *Y, void *Z_, int64_t n) {
  static void (*const forward[])(real *, real *, int64_t) = {
#define X(entry, name, keeps_z, f, df) name##_forward,
      MAH_ACTIVATIONS(X)
#undef X
  };
  if (activation == MAH_CUSTOM)
    memcpy(Z_, Y, (size_t)n * sizeof(real));
  else
    forward[activation](Y, Z_, n);
}

void mah_activate_backward(int32_t activation, void *dZ, const void *Y, const void *Z_, int64_t n) {
  static void (*const backward[])(real *, const real *, const real *, int64_t) = {
#define X(entry, name, keeps_z, f, df) name##_backward,
      MAH_ACTIVATIONS(X)
#undef X
  };
  backward[activation](dZ, Y, Z_, n);
}
