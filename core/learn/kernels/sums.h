/* sums.h - sums over a vector, in double whatever the number type. Several run side by side: one
 * alone would wait for each addition. The result depends on the length only, not on the machine's
 * instruction set, up to fused multiplications.
 */
#ifndef MAH_LEARN_KERNELS_SUMS_H
#define MAH_LEARN_KERNELS_SUMS_H

#include "tensor/kernels/real.h"

enum { SUM_LANES = 16 };

static inline double sum_lanes(const double *lane) {
  double sum[SUM_LANES / 2];
  for (int j = 0; j < SUM_LANES / 2; j++) sum[j] = lane[j] + lane[j + SUM_LANES / 2];
  for (int half = SUM_LANES / 4; half > 0; half /= 2)
    for (int j = 0; j < half; j++) sum[j] += sum[j + half];
  return sum[0];
}

static inline double sum_of_squares(const real *restrict x, int64_t n) {
  double lane[SUM_LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + SUM_LANES <= n; i += SUM_LANES)
    for (int j = 0; j < SUM_LANES; j++) lane[j] += (double)x[i + j] * (double)x[i + j];
  for (; i < n; i++) rest += (double)x[i] * (double)x[i];
  return sum_lanes(lane) + rest;
}

static inline double sum_of_magnitudes(const real *restrict x, int64_t n) {
  double lane[SUM_LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + SUM_LANES <= n; i += SUM_LANES)
    for (int j = 0; j < SUM_LANES; j++) lane[j] += fabs((double)x[i + j]);
  for (; i < n; i++) rest += fabs((double)x[i]);
  return sum_lanes(lane) + rest;
}
#endif
