/* entropy.h - the cross entropy of a softmax with class numbers, row by row, and its gradient, in
 * one pass each. float32 or float64; x and out are row by row without gaps, others may have any
 * step.
 */
#ifndef MAH_GRAD_ENTROPY_H
#define MAH_GRAD_ENTROPY_H

#include "tensor/tensor.h"

/* y[i] = log sum_k exp(x[i,k]) - x[i,class[i]]      x:(M,N) class:(M) int32, from 0; y:(M) is
 * there.
 * Fails where a class is none of the columns. */
mah_status mah_class_entropy(mah_tensor *y, const mah_tensor *x, const mah_tensor *class_of);

/* The same: out[i,j] = g[i] (exp(x[i,j]) / sum_k exp(x[i,k]) - (j == class[i]))      g:(M)
 * out:(M,N) is there, and is added to with `add`. */
mah_status mah_back_class_entropy(mah_tensor *out, const mah_tensor *g, const mah_tensor *x,
                                  const mah_tensor *class_of, int32_t add);
#endif
