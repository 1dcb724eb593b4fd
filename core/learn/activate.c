#include "learn/activate.h"

#define X(entry, name, f, df)                                                                      \
  static void name##_forward(real *restrict Y, const real *restrict bias, int64_t rows,            \
                             int64_t units) {                                                      \
    for (int64_t b = 0; b < rows; b++, Y += units)                                                 \
      for (int64_t o = 0; o < units; o++) {                                                        \
        real z = Y[o] + bias[o];                                                                   \
        Y[o] = f;                                                                                  \
      }                                                                                            \
  }                                                                                                \
  static void name##_backward(real *restrict dZ, const real *restrict Y, int64_t n) {              \
    for (int64_t i = 0; i < n; i++) {                                                              \
      real y = Y[i];                                                                               \
      (void)y;                                                                                     \
      dZ[i] *= df;                                                                                 \
    }                                                                                              \
  }
MAH_ACTIVATIONS(X)
#undef X

void mah_activate(int32_t activation, void *Y, const void *bias, int64_t rows, int64_t units) {
  static void (*const forward[])(real *, const real *, int64_t, int64_t) = {
#define X(entry, name, f, df) name##_forward,
      MAH_ACTIVATIONS(X)
#undef X
  };
  forward[activation](Y, bias, rows, units);
}

void mah_activate_backward(int32_t activation, void *dZ, const void *Y, int64_t n) {
  static void (*const backward[])(real *, const real *, int64_t) = {
#define X(entry, name, f, df) name##_backward,
      MAH_ACTIVATIONS(X)
#undef X
  };
  backward[activation](dZ, Y, n);
}
