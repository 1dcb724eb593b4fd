/* variants.h - every number type and instruction set that this machine has, for the tests of the
 * learn wing's kernels.
 */
#ifndef VARIANTS_H
#define VARIANTS_H

#include "testing.h"

#include "learn/kernels/kernels.h"

typedef struct variant {
  const mah_learn_kernels *kernels;
  int32_t dtype;
  mah_rng rng; /* each begins anew */
} variant;

static inline void for_each_variant(void (*check)(variant *)) {
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      variant v = {mah_learn_for(dtype, simd), dtype, rng_of(1)};
      check(&v);
    }
}

/* Ragged sizes, and one that is as large as the studies' networks. */
enum { FULL_SIZE = 79510 };
static inline void for_each_size(variant *v, void (*check)(variant *, int64_t)) {
  for (int i = 0; i < RAGGED; i++) check(v, ragged[i]);
  check(v, FULL_SIZE);
}
#endif
