/* norm.c - see grad/kernels/norm.h. */
#include "grad/kernels/norm.h"

#include "base/simd.h"
#include "tensor/vector_math.h"

enum { LANES = 16, STRIP = MAH_NORM_STRIP }; /* sums run side by side: one would wait for itself */

static inline double sum_of(double *lane) {
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int j = 0; j < half; j++) lane[j] += lane[j + half];
  return lane[0];
}

/* total = sum of `term` over a row, whose element is v and the i-th */
#define SUM(total, term)                                                                           \
  do {                                                                                             \
    double lane_[LANES] = {0}, rest_ = 0;                                                          \
    int64_t at_ = 0;                                                                               \
    for (; at_ + LANES <= n; at_ += LANES) MAH_INDEPENDENT for (int j_ = 0; j_ < LANES; j_++) {    \
        const int64_t i = at_ + j_;                                                                \
        lane_[j_] += (term);                                                                       \
      }                                                                                            \
    for (int64_t i = at_; i < n; i++) rest_ += (term);                                             \
    (total) = sum_of(lane_) + rest_;                                                               \
  } while (0)

/* -- Layer norm: row by row -------------------------------------------------------------------- */

#define LAYER(name, T)                                                                             \
  static void name(void *to, double *mean_, double *scale_, const void *from, const void *weight_, \
                   const void *bias_, double eps, int64_t n) {                                     \
    T *y = to;                                                                                     \
    const T *x = from, *w = weight_, *b = bias_;                                                   \
    double mean, square;                                                                           \
    SUM(mean, (double)x[i]);                                                                       \
    mean /= (double)n;                                                                             \
    SUM(square, ((double)x[i] - mean) * ((double)x[i] - mean));                                    \
    double scale = 1 / sqrt(square / (double)n + eps);                                             \
    *mean_ = mean, *scale_ = scale;                                                                \
    if (w && b) {                                                                                  \
      MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] =                                       \
          (T)(((double)x[i] - mean) * scale) * w[i] + b[i];                                        \
      return;                                                                                      \
    }                                                                                              \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = (T)(((double)x[i] - mean) * scale);     \
    if (w) MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] *= w[i];                           \
    if (b) MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] += b[i];                           \
  }
LAYER(layer_f32, float)
LAYER(layer_f64, double)

#define LAYER_BACK(name, T)                                                                        \
  static void name(void *to, const void *from, const void *of, const void *weight_, double mean,   \
                   double scale, int keep, int64_t n) {                                            \
    T *dx = to;                                                                                    \
    const T *g = from, *x = of, *w = weight_;                                                      \
    double d, dh;                                                                                  \
    if (w) {                                                                                       \
      SUM(d, (double)g[i] * (double)w[i]);                                                         \
      SUM(dh, (double)g[i] * (double)w[i] * ((double)x[i] - mean));                                \
    } else {                                                                                       \
      SUM(d, (double)g[i]);                                                                        \
      SUM(dh, (double)g[i] * ((double)x[i] - mean));                                               \
    }                                                                                              \
    d /= (double)n, dh *= scale * scale / (double)n;                                               \
    if (w && !keep)                                                                                \
      MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) dx[i] =                                      \
          (T)(((double)g[i] * (double)w[i] - d - ((double)x[i] - mean) * dh) * scale);             \
    else                                                                                           \
      for (int64_t i = 0; i < n; i++)                                                              \
        dx[i] =                                                                                    \
            (T)((keep ? (double)dx[i] : 0) +                                                       \
                ((double)g[i] * (w ? (double)w[i] : 1) - d - ((double)x[i] - mean) * dh) * scale); \
  }
LAYER_BACK(layer_back_f32, float)
LAYER_BACK(layer_back_f64, double)

/* -- By columns -------------------------------------------------------------------------------- */

/* to[j] = sum[j], or is added to */
#define STORE(T, to, sum, keep)                                                                    \
  if (to)                                                                                          \
    for (int64_t j = 0; j < s->width; j++)                                                         \
      ((T *)(to))[j] = (T)((keep) ? (double)((T *)(to))[j] + (sum)[j] : (sum)[j]);

#define LAYER_SUMS(name, T)                                                                        \
  static void name(void *dweight_, void *dbias_, const mah_norm_strip *s, int add) {               \
    double sum[STRIP] = {0}, with_h[STRIP] = {0};                                                  \
    for (int64_t i = 0; i < s->rows; i++) {                                                        \
      const T *g = (const T *)s->g + i * s->apart, *x = (const T *)s->x + i * s->apart;            \
      double mean = s->mean[i], scale = s->scale[i];                                               \
      MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) {                                     \
        sum[j] += (double)g[j];                                                                    \
        with_h[j] += (double)g[j] * (((double)x[j] - mean) * scale);                               \
      }                                                                                            \
    }                                                                                              \
    STORE(T, dweight_, with_h, add &MAH_NORM_ADD_WEIGHT)                                           \
    STORE(T, dbias_, sum, add &MAH_NORM_ADD_BIAS)                                                  \
  }
LAYER_SUMS(layer_sums_f32, float)
LAYER_SUMS(layer_sums_f64, double)

#define BATCH(name, T)                                                                             \
  static void name(void *to, double *var, const void *bias_, double eps,                           \
                   const mah_norm_strip *s) {                                                      \
    double mean[STRIP] = {0}, square[STRIP] = {0}, scale[STRIP] = {0};                             \
    const T *w = s->weight_, *b = bias_;                                                           \
    for (int64_t i = 0; i < s->rows; i++) {                                                        \
      const T *x = (const T *)s->x + i * s->apart;                                                 \
      MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) mean[j] += (double)x[j];              \
    }                                                                                              \
    for (int64_t j = 0; j < s->width; j++) mean[j] /= (double)s->rows;                             \
    for (int64_t i = 0; i < s->rows; i++) {                                                        \
      const T *x = (const T *)s->x + i * s->apart;                                                 \
      MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) square[j] +=                          \
          ((double)x[j] - mean[j]) * ((double)x[j] - mean[j]);                                     \
    }                                                                                              \
    for (int64_t j = 0; j < s->width; j++) {                                                       \
      scale[j] = 1 / sqrt(square[j] / (double)s->rows + eps);                                      \
      s->mean[j] = mean[j], s->scale[j] = scale[j];                                                \
      var[j] = square[j] / (double)(s->rows - 1);                                                  \
    }                                                                                              \
    for (int64_t i = 0; i < s->rows; i++) {                                                        \
      T *y = (T *)to + i * s->apart;                                                               \
      const T *x = (const T *)s->x + i * s->apart;                                                 \
      if (w && b)                                                                                  \
        MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) y[j] =                              \
            (T)(((double)x[j] - mean[j]) * scale[j]) * w[j] + b[j];                                \
      else                                                                                         \
        for (int64_t j = 0; j < s->width; j++)                                                     \
          y[j] = (T)(((double)x[j] - mean[j]) * scale[j]) * (w ? w[j] : 1) + (b ? b[j] : 0);       \
    }                                                                                              \
  }
BATCH(batch_f32, float)
BATCH(batch_f64, double)

#define BATCH_BACK(name, T)                                                                        \
  static void name(void *dx_, void *dweight_, void *dbias_, const mah_norm_strip *s, int add) {    \
    double sum[STRIP] = {0}, with_h[STRIP] = {0};                                                  \
    double mean[STRIP] = {0}, scale[STRIP] = {0}, factor[STRIP] = {0};                             \
    const T *w = s->weight_;                                                                       \
    for (int64_t j = 0; j < s->width; j++) mean[j] = s->mean[j], scale[j] = s->scale[j];           \
    for (int64_t i = 0; i < s->rows; i++) {                                                        \
      const T *g = (const T *)s->g + i * s->apart, *x = (const T *)s->x + i * s->apart;            \
      MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) {                                     \
        sum[j] += (double)g[j];                                                                    \
        with_h[j] += (double)g[j] * (((double)x[j] - mean[j]) * scale[j]);                         \
      }                                                                                            \
    }                                                                                              \
    STORE(T, dweight_, with_h, add &MAH_NORM_ADD_WEIGHT)                                           \
    STORE(T, dbias_, sum, add &MAH_NORM_ADD_BIAS)                                                  \
    if (!dx_) return;                                                                              \
    for (int64_t j = 0; j < s->width; j++) {                                                       \
      factor[j] = (w ? (double)w[j] : 1) * scale[j];                                               \
      sum[j] /= (double)s->rows, with_h[j] *= scale[j] / (double)s->rows;                          \
    }                                                                                              \
    for (int64_t i = 0; i < s->rows; i++) {                                                        \
      const T *g = (const T *)s->g + i * s->apart, *x = (const T *)s->x + i * s->apart;            \
      T *dx = (T *)dx_ + i * s->apart;                                                             \
      if (add & MAH_NORM_ADD_X)                                                                    \
        MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) dx[j] +=                            \
            (T)(((double)g[j] - sum[j] - ((double)x[j] - mean[j]) * with_h[j]) * factor[j]);       \
      else                                                                                         \
        MAH_INDEPENDENT for (int64_t j = 0; j < s->width; j++) dx[j] =                             \
            (T)(((double)g[j] - sum[j] - ((double)x[j] - mean[j]) * with_h[j]) * factor[j]);       \
    }                                                                                              \
  }
BATCH_BACK(batch_back_f32, float)
BATCH_BACK(batch_back_f64, double)

extern const mah_norm_table MAH_VARIANT(mah_norms);
const mah_norm_table MAH_VARIANT(mah_norms) = {
    .layer = {layer_f32, layer_f64},
    .layer_back = {layer_back_f32, layer_back_f64},
    .layer_sums = {layer_sums_f32, layer_sums_f64},
    .batch = {batch_f32, batch_f64},
    .batch_back = {batch_back_f32, batch_back_f64},
};
