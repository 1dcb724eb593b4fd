/* norm.h - rows, or columns, brought to mean 0 and variance 1, and the way back.
 *
 * x, y, g and their gradients are (M,N), row by row without gaps; more dimensions than two count as
 * rows, but for the last one. weight_ and bias_ are (N). All of one dtype, float32 or float64;
 * what is in between is computed in double. The variance is the mean of the squares of x - mean, in
 * a second pass: a large mean does not cancel. `out`s are there; they share no memory with the
 * others.
 */
#ifndef MAH_GRAD_NORM_H
#define MAH_GRAD_NORM_H

#include "grad/kernels/norm.h"
#include "tensor/tensor.h"

/* y[i,j] = (x[i,j] - mean[i]) / sqrt(var[i] + eps) weight_[j] + bias_[j]   (Ba, Kiros, Hinton:
 * "Layer normalization", 2016); spread, float64 (2,M), gets mean and 1 / sqrt(var + eps) */
mah_status mah_layer_norm(mah_tensor *y, mah_tensor *spread, const mah_tensor *x,
                          const mah_tensor *weight_, const mah_tensor *bias_, double eps);
/* With h = (x - mean) / sqrt(var + eps) and d = g weight_, of each row:
 *   dx = (d - mean(d) - h mean(d h)) / sqrt(var + eps)   dweight = sum_i g h   dbias = sum_i g
 * NULL: not wanted. add: MAH_NORM_ADD_... */
mah_status mah_back_layer_norm(mah_tensor *dx_, mah_tensor *dweight_, mah_tensor *dbias_,
                               const mah_tensor *g, const mah_tensor *x, const mah_tensor *spread,
                               const mah_tensor *weight_, int32_t add);

/* The same by columns: mean[j] and var[j] (Ioffe, Szegedy: "Batch normalization", ICML 2015). M is
 * 2 or more. spread, float64 (3,N): mean, 1 / sqrt(var + eps), and the variance, with M - 1. */
mah_status mah_batch_norm(mah_tensor *y, mah_tensor *spread, const mah_tensor *x,
                          const mah_tensor *weight_, const mah_tensor *bias_, double eps);
mah_status mah_back_batch_norm(mah_tensor *dx_, mah_tensor *dweight_, mah_tensor *dbias_,
                               const mah_tensor *g, const mah_tensor *x, const mah_tensor *spread,
                               const mah_tensor *weight_, int32_t add);
/* mean, var (N) = (1 - momentum) of what they are + momentum of spread's */
mah_status mah_batch_norm_follow(mah_tensor *mean, mah_tensor *var, const mah_tensor *spread,
                                 double momentum);
#endif
