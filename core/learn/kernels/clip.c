#include "learn/kernels/clip.h"

#include "learn/kernels/sums.h"

double mah_clip_norm_of(void *g_, int64_t n, double max_norm) {
  real *g = g_;
  double norm = sqrt(sum_of_squares(g, n));
  if (!(norm > max_norm) || norm == INFINITY) return norm;
  real scale = (real)(max_norm / norm);
  for (int64_t i = 0; i < n; i++) g[i] *= scale;
  return norm;
}

void mah_clip_value_of(void *g_, int64_t n, double limit_) {
  real *g = g_, limit = (real)limit_;
  for (int64_t i = 0; i < n; i++) {
    real x = g[i] < -limit ? -limit : g[i];
    g[i] = x > limit ? limit : x;
  }
}
