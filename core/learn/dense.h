/* dense.h - fully connected layers, through CBLAS. */
#ifndef MAH_DENSE_H
#define MAH_DENSE_H

#include "learn/real.h"

#define mah_dense_forward  MAH_VARIANT(mah_dense_forward)
#define mah_dense_bias     MAH_VARIANT(mah_dense_bias)
#define mah_dense_backward MAH_VARIANT(mah_dense_backward)

/* Y[b,o] = sum_i X[b,i] W[i,o]      X:(rows,inputs) W:(inputs,units) Y:(rows,units) */
void mah_dense_forward(void *Y, const void *X, const void *W, int64_t rows, int64_t inputs,
                       int64_t units);

/* Y[b,o] += bias[o] */
void mah_dense_bias(void *Y, const void *bias, int64_t rows, int64_t units);

/* Y[b,o] = sum_i X[b,i] W[i,o] + bias[o]. Given dY:
 *   dW[i,o] += sum_b X[b,i] dY[b,o],   dbias[o] += sum_b dY[b,o],
 *   dX[b,i]  = sum_o dY[b,o] W[i,o]    (not with dX_ = NULL) */
void mah_dense_backward(void *dX_, void *dW, void *dbias, const void *dY, const void *X,
                        const void *W, int64_t rows, int64_t inputs, int64_t units);
#endif
