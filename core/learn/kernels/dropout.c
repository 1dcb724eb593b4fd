#include "learn/kernels/dropout.h"

#include "base/philox.h"

enum { BLOCKS = 16, GROUP = 4 * BLOCKS }; /* Philox's, and words of them, at a time */

static void apply(real *restrict Y, real *restrict mask, const uint32_t *restrict word, int64_t n,
                  uint32_t threshold, real keep) {
  for (int64_t i = 0; i < n; i++) {
    mask[i] = word[i] < threshold ? 0 : keep;
    Y[i] *= mask[i];
  }
}

void mah_dropout_forward(void *Y_, void *mask_, int64_t n, double rate, const mah_mask_key *key) {
  real *Y = Y_, *mask = mask_, keep = (real)(1 / (1 - rate));
  uint32_t threshold = (uint32_t)(rate * 4294967296.0), word[GROUP];
  uint64_t stream = key->step << 8 | (uint64_t)key->layer;
  for (int64_t done = 0; done < n;) {
    uint64_t place = (uint64_t)(key->first + done);
    int64_t within = (int64_t)(place % GROUP), count = GROUP - within;
    if (count > n - done) count = n - done;
    mah_philox_blocks(word, BLOCKS, key->seed, stream, place / GROUP * BLOCKS);
    apply(Y + done, mask + done, word + within, count, threshold, keep);
    done += count;
  }
}

void mah_dropout_backward(void *Y_, void *dY_, const void *dropped_, const void *mask_, int64_t n,
                          double rate) {
  real *restrict dY = dY_, *restrict Y = Y_, keep = (real)(1 - rate);
  const real *restrict mask = mask_, *restrict dropped = dropped_;
  for (int64_t i = 0; i < n; i++) {
    dY[i] *= mask[i];
    Y[i] = dropped[i] * keep;
  }
}
