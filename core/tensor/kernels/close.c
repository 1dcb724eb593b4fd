/* close.c - comparison with a tolerance. Infinities are close to themselves alone. */
#pragma GCC optimize("no-trapping-math")
#include "tensor/kernels/close.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

static inline float magnitude32(float x) { return __builtin_fabsf(x); }
static inline double magnitude64(double x) { return __builtin_fabs(x); }

#define CLOSE(name, T, magnitude, or_else)                                                         \
  static void name(void *to, const void *a_, const void *b_, const void *none, const double *s,    \
                   int64_t n) {                                                                    \
    uint8_t *restrict out = to;                                                                    \
    const T *a = a_, *b = b_, rtol = (T)s[0], atol = (T)s[1];                                      \
    (void)none;                                                                                    \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                              \
      T size = magnitude(b[i]);                                                                    \
      int near = (magnitude(a[i] - b[i]) <= atol + rtol * size) & (size < (T)__builtin_inf());     \
      out[i] = (uint8_t)(near | (a[i] == b[i]) or_else);                                           \
    }                                                                                              \
  }
CLOSE(close_f32, float, magnitude32, )
CLOSE(close_f64, double, magnitude64, )
CLOSE(nan_equal_f32, float, magnitude32, | ((a[i] != a[i]) & (b[i] != b[i])))
CLOSE(nan_equal_f64, double, magnitude64, | ((a[i] != a[i]) & (b[i] != b[i])))

extern const mah_close_table MAH_VARIANT(mah_close_rows);
const mah_close_table MAH_VARIANT(mah_close_rows) = {
    .close = {close_f32, close_f64},
    .nan_equal = {nan_equal_f32, nan_equal_f64},
};
