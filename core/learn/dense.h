/* dense.h - fully connected layers:  Y[b,o] = sum_i X[b,i] W[i,o] + bias[o]
 *
 * X:(rows,inputs)  W:(inputs,units)  bias:(units)  Y:(rows,units)
 */
#ifndef MAH_DENSE_H
#define MAH_DENSE_H

#include "learn/real.h"

#define mah_dense_forward          MAH_VARIANT(mah_dense_forward)
#define mah_dense_backward_inputs  MAH_VARIANT(mah_dense_backward_inputs)
#define mah_dense_backward_weights MAH_VARIANT(mah_dense_backward_weights)
#define mah_dense_backward_bias    MAH_VARIANT(mah_dense_backward_bias)

/* As above, W packed (gemm.h) or as it is; with relu, negative results become 0. */
void mah_dense_forward(void *Y, const void *X, const void *W, const void *bias, int32_t relu,
                       int32_t packed, int64_t rows, int64_t inputs, int64_t units);

/* dX[b,i] = sum_o dY[b,o] T[o,i], where T[o,i] = W[i,o] is packed; with gate_ (rows,inputs): 0
 * where that is not positive */
void mah_dense_backward_inputs(void *dX, const void *dY, const void *T, const void *gate_,
                               int64_t rows, int64_t inputs, int64_t units);

/* dW[i,o] = share start_[i,o] + sum_b X[b,i] dY[b,o], for i = first ... first + count - 1; start_
 * may be dW, or NULL for 0      dW, start_:(inputs,units), dY packed. slice_: work space of rows *
 * mah_odd_lines(count, sizeof(real)) reals, for layers with so many inputs and units that it is worth while to
 * copy X's columns side by side first. */
void mah_dense_backward_weights(void *dW, const void *start_, double share, const void *X,
                                const void *dY, int64_t rows, int64_t inputs, int64_t units,
                                int64_t first, int64_t count, void *slice_);

/* dbias[o] = sum_b dY[b,o], added to what is there when `adds` */
void mah_dense_backward_bias(void *dbias, const void *dY, int64_t rows, int64_t units,
                             int32_t adds);
#endif
