/* random_kernels.c - Philox4x32-10 for several counters at a time. */
#include "base/random_kernels.h"
#include "base/simd.h"

enum { LANES = 16 };

typedef struct lanes {
  uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
} lanes;

static void start(lanes *l, uint64_t high, uint64_t low) {
  for (int i = 0; i < LANES; i++) {
    l->c0[i] = (uint32_t)(low + (uint64_t)i);
    l->c1[i] = (uint32_t)((low + (uint64_t)i) >> 32);
    l->c2[i] = (uint32_t)high;
    l->c3[i] = (uint32_t)(high >> 32);
  }
}

static void turn(lanes *l, uint32_t k0, uint32_t k1) {
  for (int i = 0; i < LANES; i++) {
    uint64_t p0 = (uint64_t)MAH_PHILOX_M0 * l->c0[i], p1 = (uint64_t)MAH_PHILOX_M1 * l->c2[i];
    l->c0[i] = (uint32_t)(p1 >> 32) ^ l->c1[i] ^ k0;
    l->c2[i] = (uint32_t)(p0 >> 32) ^ l->c3[i] ^ k1;
    l->c1[i] = (uint32_t)p1;
    l->c3[i] = (uint32_t)p0;
  }
}

/* Words below 2^27 and 2^26, as int32_t: those become doubles in one instruction. */
static inline double to_unit(uint32_t a, uint32_t b) {
  return ((int32_t)(a >> 5) * 67108864.0 + (int32_t)(b >> 6)) * 0x1p-53;
}

static void philox_doubles(double *out, uint64_t key, uint64_t high, uint64_t low, int64_t blocks) {
  double values[2 * LANES];
  for (int64_t n; blocks > 0; blocks -= n, low += (uint64_t)n) {
    lanes l;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    n = blocks < LANES ? blocks : LANES;
    start(&l, high, low);
    for (int round = 0; round < 10; round++, k0 += MAH_PHILOX_W0, k1 += MAH_PHILOX_W1)
      turn(&l, k0, k1);
    for (int i = 0; i < LANES; i++) {
      values[2 * i] = to_unit(l.c0[i], l.c1[i]);
      values[2 * i + 1] = to_unit(l.c2[i], l.c3[i]);
    }
    for (int64_t i = 0; i < 2 * n; i++) *out++ = values[i];
  }
}

extern const mah_random_table MAH_VARIANT(mah_random_kernels);
const mah_random_table MAH_VARIANT(mah_random_kernels) = {.philox_doubles = philox_doubles};
