#include "learn/dropout.h"

enum { LANES = 16, GROUP = 4 * LANES };

/* One of Philox's ten rounds (Salmon et al., SC 2011) on LANES counters side by side. */
static inline void philox_round(uint32_t *restrict c0, uint32_t *restrict c1, uint32_t *restrict c2,
                                uint32_t *restrict c3, uint32_t key0, uint32_t key1) {
  for (int j = 0; j < LANES; j++) {
    uint64_t p = (uint64_t)c0[j] * 0xD2511F53u, q = (uint64_t)c2[j] * 0xCD9E8D57u;
    c0[j] = (uint32_t)(q >> 32) ^ c1[j] ^ key0;
    c1[j] = (uint32_t)q;
    c2[j] = (uint32_t)(p >> 32) ^ c3[j] ^ key1;
    c3[j] = (uint32_t)p;
  }
}

/* word[k * LANES + j] = word k of block group * LANES + j: what mah_philox gives, block by block */
static void philox_group(uint32_t word[GROUP], uint64_t seed, uint64_t stream, uint64_t group) {
  uint32_t *c0 = word, *c1 = word + LANES, *c2 = word + 2 * LANES, *c3 = word + 3 * LANES;
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  uint64_t block = group * LANES; /* a multiple of LANES: adding j carries nothing */
  for (int j = 0; j < LANES; j++) {
    c0[j] = (uint32_t)block + (uint32_t)j;
    c1[j] = (uint32_t)(block >> 32);
    c2[j] = (uint32_t)stream;
    c3[j] = (uint32_t)(stream >> 32);
  }
  for (int round = 0; round < 10; round++) {
    philox_round(c0, c1, c2, c3, key0, key1);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

static void apply(real *restrict Y, real *restrict mask, const uint32_t *restrict word, int64_t n,
                  uint32_t threshold, real keep) {
  for (int64_t i = 0; i < n; i++) {
    mask[i] = word[i] < threshold ? 0 : keep;
    Y[i] *= mask[i];
  }
}

void mah_dropout_forward(void *Y_, void *mask_, int64_t n, int64_t first, double rate,
                         uint64_t seed, uint64_t step, int32_t layer) {
  real *Y = Y_, *mask = mask_, keep = (real)(1 / (1 - rate));
  uint32_t threshold = (uint32_t)(rate * 4294967296.0), word[GROUP];
  for (int64_t place = first, end = first + n; place < end;) {
    int64_t within = (int64_t)((uint64_t)place % GROUP), count = GROUP - within;
    if (count > end - place) count = end - place;
    philox_group(word, seed, step << 8 | (uint64_t)layer, (uint64_t)(place / GROUP));
    apply(Y + (place - first), mask + (place - first), word + within, count, threshold, keep);
    place += count;
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
