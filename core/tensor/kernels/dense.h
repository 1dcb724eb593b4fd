/* dense.h - the products of a fully connected layer, forward and back; their formulas and shapes
 * are in affine.h.
 */
#ifndef MAH_KERNELS_DENSE_H
#define MAH_KERNELS_DENSE_H

#include "tensor/kernels/affine.h"
#include "tensor/kernels/real.h"

#define mah_dense_forward          MAH_VARIANT(mah_dense_forward)
#define mah_dense_backward_inputs  MAH_VARIANT(mah_dense_backward_inputs)
#define mah_dense_backward_weights MAH_VARIANT(mah_dense_backward_weights)
#define mah_dense_backward_bias    MAH_VARIANT(mah_dense_backward_bias)
#define mah_dense_packs_delta      MAH_VARIANT(mah_dense_packs_delta)

void mah_dense_forward(const mah_affine *a);
void mah_dense_backward_inputs(const mah_affine_inputs *a);
void mah_dense_backward_weights(const mah_affine_weights *a);

/* Does it want dY packed? Otherwise it takes dY as well, or better, as it lies. */
int mah_dense_packs_delta(int64_t inputs, int64_t units);

/* dbias[o] = sum_b dY[b,o], added to what is there with `accumulate` */
void mah_dense_backward_bias(void *dbias, const void *dY, int64_t rows, int64_t units,
                             int32_t accumulate);
#endif
