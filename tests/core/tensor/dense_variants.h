/* dense_variants.h - every number type and instruction set that this machine has, for the tests of
 * the dense products' kernels.
 */
#ifndef DENSE_VARIANTS_H
#define DENSE_VARIANTS_H

#include "testing.h"

#include "tensor/kernels/affine.h"

typedef struct variant {
  const mah_dense_kernels *kernels;
  int32_t dtype;
  mah_rng rng; /* each begins anew */
} variant;

static inline void for_each_variant(void (*check)(variant *)) {
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      variant v = {dtype == MAH_FLOAT64 ? MAH_PICK_FOR(simd, mah_dense_kernels_f64)
                                        : MAH_PICK_FOR(simd, mah_dense_kernels_f32),
                   dtype, rng_of(1)};
      check(&v);
    }
}
#endif
