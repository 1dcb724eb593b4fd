#include "learn/kernels/penalty.h"

#include "learn/kernels/sums.h"

double mah_penalty(const void *W, int64_t n, double l1, double l2) {
  double penalty = 0;
  if (l1 != 0) penalty += l1 * sum_of_magnitudes(W, n);
  if (l2 != 0) penalty += 0.5 * l2 * sum_of_squares(W, n);
  return penalty;
}

void mah_penalty_slopes(void *dW_, const void *W_, int64_t n, double l1) {
  real *restrict dW = dW_, slope = (real)l1;
  const real *restrict W = W_;
  for (int64_t i = 0; i < n; i++) dW[i] += W[i] > 0 ? slope : W[i] < 0 ? -slope : 0;
}
