#include "learn/kernels/average.h"

#include "tensor/kernels/lanes.h"

/* An element's bits do not depend on where it stands: parts are computed as whole lanes are. */
static void average_some(real *a, const real *w, lanes share, int64_t count) {
  lanes before = lanes_load_some(a, count);
  lanes_store_some(a, before + share * (lanes_load_some(w, count) - before), count);
}

void mah_average_of(void *average_, const void *w_, int64_t n, double share_) {
  real *average = average_;
  const real *w = w_;
  const lanes share = lanes_of((real)share_);
  int64_t i = 0;
  if (share_ == 1) {
    memcpy(average, w, (size_t)n * sizeof *w);
    return;
  }
  for (; i + LANES <= n; i += LANES) average_some(average + i, w + i, share, LANES);
  if (i < n) average_some(average + i, w + i, share, n - i);
}
