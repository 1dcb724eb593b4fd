#include "learn/penalty.h"

#include "learn/sums.h"

double mah_penalty(const void *W, int64_t n, double l1, double l2) {
  double penalty = 0;
  if (l1 != 0) penalty += l1 * sum_of_magnitudes(W, n);
  if (l2 != 0) penalty += 0.5 * l2 * sum_of_squares(W, n);
  return penalty;
}

void mah_penalty_slopes(void *dW_, const void *W_, int64_t n, double l1, double l2) {
  real *restrict dW = dW_, a = (real)l1, b = (real)l2;
  const real *restrict W = W_;
  for (int64_t i = 0; l2 != 0 && i < n; i++) dW[i] += b * W[i];
  for (int64_t i = 0; l1 != 0 && i < n; i++) dW[i] += W[i] > 0 ? a : W[i] < 0 ? -a : 0;
}
