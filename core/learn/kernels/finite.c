#include "learn/kernels/finite.h"

#include "tensor/kernels/lanes.h"

/* x - x is 0 where x is a number, and NaN where it is not. */
int mah_finite(const void *x_, int64_t n) {
  enum { ACCUMULATORS = 4 }; /* one alone would wait for each addition */
  const real *x = x_;
  lanes sum[ACCUMULATORS] = {{0}};
  int64_t i = 0;
  for (; i + ACCUMULATORS * LANES <= n; i += ACCUMULATORS * LANES)
    for (int k = 0; k < ACCUMULATORS; k++) {
      lanes v = lanes_load(x + i + k * LANES);
      sum[k] += v - v;
    }
  real rest = 0;
  for (; i < n; i++) rest += x[i] - x[i];
  lanes all = sum[0] + sum[1] + sum[2] + sum[3];
  for (int j = 0; j < LANES; j++) rest += all[j];
  return rest == 0;
}
