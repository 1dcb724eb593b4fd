#include "learn/kernels/max_norm.h"

enum { TOGETHER = 64 }; /* units, whose sums stay in the first-level cache */

/* Sums in double, input by input: a unit's does not depend on its neighbours. */
static void sum_squares(double *restrict sum, const real *restrict W, int64_t inputs, int64_t units,
                        int64_t count) {
  for (int64_t u = 0; u < count; u++) sum[u] = 0;
  for (int64_t i = 0; i < inputs; i++)
    for (int64_t u = 0; u < count; u++) {
      double w = W[i * units + u];
      sum[u] += w * w;
    }
}

/* Is one of them too large? */
static int find_scales(real *scale, const double *sum, int64_t count, double limit) {
  int any = 0;
  for (int64_t u = 0; u < count; u++) {
    double norm = sqrt(sum[u]);
    int is_large = norm > limit && norm < INFINITY;
    scale[u] = is_large ? (real)(limit / norm) : 1;
    any |= is_large;
  }
  return any;
}

static void shrink(real *restrict W, const real *restrict scale, int64_t inputs, int64_t units,
                   int64_t count) {
  for (int64_t i = 0; i < inputs; i++)
    for (int64_t u = 0; u < count; u++) W[i * units + u] *= scale[u];
}

void mah_max_norm_of(void *W_, int64_t inputs, int64_t units, int64_t first, int64_t count,
                     double limit) {
  real *W = W_, scale[TOGETHER];
  double sum[TOGETHER];
  for (int64_t u = first; u < first + count; u += TOGETHER) {
    int64_t some = smaller(TOGETHER, first + count - u);
    sum_squares(sum, W + u, inputs, units, some);
    if (find_scales(scale, sum, some, limit)) shrink(W + u, scale, inputs, units, some);
  }
}
