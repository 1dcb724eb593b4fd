/* entropy.c - see grad/kernels/entropy.h. */
#include "grad/kernels/entropy.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

enum { STRIP = 64 }; /* exponentials that are computed side by side, and then added up in order */

/* The largest one, or 0 where it is not finite; and the sum of exp(x[j] - it). */
#define EXPONENTIALS(S, T, exp_of)                                                                 \
  static T largest_##S(const T *x, int64_t n) {                                                    \
    T most = -INFINITY;                                                                            \
    for (int64_t j = 0; j < n; j++) most = x[j] > most ? x[j] : most;                              \
    return most - most == 0 ? most : 0;                                                            \
  }                                                                                                \
  static void some_##S(T *part, const T *x, int64_t n, T most) {                                   \
    MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) part[j] = exp_of(x[j] - most);                 \
  }                                                                                                \
  static double exponentials_##S(const T *x, int64_t n, T most) {                                  \
    T part[STRIP];                                                                                 \
    double sum = 0;                                                                                \
    for (int64_t at = 0; at < n; at += STRIP) {                                                    \
      int64_t width = n - at < STRIP ? n - at : STRIP;                                             \
      some_##S(part, x + at, width, most);                                                         \
      for (int64_t j = 0; j < width; j++) sum += (double)part[j];                                  \
    }                                                                                              \
    return sum;                                                                                    \
  }
EXPONENTIALS(f32, float, vector_exp32)
EXPONENTIALS(f64, double, vector_exp64)

#define ENTROPY(S, T, exp_of)                                                                      \
  static double entropy_##S(const void *from, int64_t n, int64_t of) {                             \
    const T *x = from, most = largest_##S(x, n);                                                   \
    return log(exponentials_##S(x, n, most)) + ((double)most - (double)x[of]);                     \
  }                                                                                                \
  static void back_##S(void *to, double g, const void *from, int keep, int64_t n, int64_t of) {    \
    T *out = to;                                                                                   \
    const T *x = from, most = largest_##S(x, n);                                                   \
    T by = (T)(g / exponentials_##S(x, n, most));                                                  \
    if (keep)                                                                                      \
      MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) out[j] += by * exp_of(x[j] - most);          \
    else                                                                                           \
      MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) out[j] = by * exp_of(x[j] - most);           \
    out[of] -= (T)g;                                                                               \
  }
ENTROPY(f32, float, vector_exp32)
ENTROPY(f64, double, vector_exp64)

extern const mah_entropy_table MAH_VARIANT(mah_entropy_rows);
const mah_entropy_table MAH_VARIANT(mah_entropy_rows) = {
    .entropy = {entropy_f32, entropy_f64},
    .back = {back_f32, back_f64},
};
