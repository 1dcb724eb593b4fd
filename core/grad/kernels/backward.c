/* backward.c - see grad/kernels/backward.h. */
#include "grad/kernels/backward.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

/* -- y = f(x) ---------------------------------------------------------------------------------- */

#define MAP(name, of, slope, S, T)                                                                 \
  static void name##_##S(void *to, const void *from, const void *given, int keep, int64_t n) {     \
    T *out = to;                                                                                   \
    const T *g = from, *values = given;                                                            \
    if (keep) MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                    \
        T of = values[i];                                                                          \
        out[i] += g[i] * (slope);                                                                  \
      }                                                                                            \
    else                                                                                           \
      MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                            \
        T of = values[i];                                                                          \
        out[i] = g[i] * (slope);                                                                   \
      }                                                                                            \
  }
#define MAP_32(name, of, slope) MAP(name, of, slope, f32, float)
#define MAP_64(name, of, slope) MAP(name, of, slope, f64, double)
MAH_BACK_MAPS(MAP_32)
MAH_BACK_MAPS(MAP_64)

/* -- y = a b ----------------------------------------------------------------------------------- */

#define PRODUCT(name, T)                                                                           \
  static void name(void *to, const void *from, const void *given, int keep, int64_t n) {           \
    T *out = to;                                                                                   \
    const T *g = from, *b = given;                                                                 \
    if (keep)                                                                                      \
      MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] += g[i] * b[i];                       \
    else                                                                                           \
      MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] = g[i] * b[i];                        \
  }
PRODUCT(product_f32, float)
PRODUCT(product_f64, double)

/* -- Sums of rows, a strip of columns at a time ------------------------------------------------ */

enum { STRIP = 256 };

#define ROWS(name, T)                                                                              \
  static void name(void *to, const void *from, int keep, int64_t m, int64_t n) {                   \
    T *out = to;                                                                                   \
    for (int64_t at = 0; at < n; at += STRIP) {                                                    \
      int64_t width = n - at < STRIP ? n - at : STRIP;                                             \
      double sum[STRIP] = {0};                                                                     \
      for (int64_t i = 0; i < m; i++) {                                                            \
        const T *g = (const T *)from + i * n + at;                                                 \
        MAH_INDEPENDENT for (int64_t j = 0; j < width; j++) sum[j] += (double)g[j];                \
      }                                                                                            \
      for (int64_t j = 0; j < width; j++)                                                          \
        out[at + j] = (T)(keep ? (double)out[at + j] + sum[j] : sum[j]);                           \
    }                                                                                              \
  }
ROWS(rows_f32, float)
ROWS(rows_f64, double)

/* -- Softmax of a row -------------------------------------------------------------------------- */

#define LOGSUMEXP(name, T, exp_of)                                                                 \
  static void name(void *to, double g_, const void *from, double y_, int keep, int64_t n) {        \
    T *out = to, g = (T)g_, y = (T)y_;                                                             \
    const T *x = from;                                                                             \
    if (keep)                                                                                      \
      MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) out[j] += g * exp_of(x[j] - y);              \
    else                                                                                           \
      MAH_INDEPENDENT for (int64_t j = 0; j < n; j++) out[j] = g * exp_of(x[j] - y);               \
  }
LOGSUMEXP(logsumexp_f32, float, vector_exp32)
LOGSUMEXP(logsumexp_f64, double, vector_exp64)

#define ENTRY(name, of, slope) [MAH_BACK_##name] = {name##_f32, name##_f64},
extern const mah_backward_table MAH_VARIANT(mah_backward_rows);
const mah_backward_table MAH_VARIANT(mah_backward_rows) = {
    .map = {MAH_BACK_MAPS(ENTRY)},
    .product = {product_f32, product_f64},
    .rows = {rows_f32, rows_f64},
    .logsumexp = {logsumexp_f32, logsumexp_f64},
};
