#include "learn/dropout.h"

#include "base/random.h"

void mah_dropout_forward(real *Y, real *mask, int64_t n, int64_t first, double rate, uint64_t seed,
                         uint64_t step, int32_t layer) {
  uint32_t threshold = (uint32_t)(rate * 4294967296.0), word[4];
  real keep = (real)(1 / (1 - rate));
  for (int64_t i = 0; i < n; i++) {
    int64_t place = first + i;
    if (i == 0 || place % 4 == 0)
      mah_philox(word, seed, step << 8 | (uint64_t)layer, (uint64_t)place / 4);
    mask[i] = word[place % 4] < threshold ? 0 : keep;
    Y[i] *= mask[i];
  }
}

void mah_dropout_backward(real *dY, real *Y, const real *mask, int64_t n, double rate) {
  real keep = (real)(1 - rate);
  for (int64_t i = 0; i < n; i++) {
    dY[i] *= mask[i];
    Y[i] *= keep;
  }
}
