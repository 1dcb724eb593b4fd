#include "learn/model/average.h"

double mah_average_share(const mah_average *average) {
  double n = (double)average->count, decay = average->decay;
  if (average->count == 0) return 1;
  if (average->is_equal) return 1 / (n + 1);
  if (average->warms && (1 + n) / (10 + n) < decay) decay = (1 + n) / (10 + n);
  return 1 - decay;
}
