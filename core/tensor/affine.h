/* affine.h - products of matrices in float32 or float64 as networks take them, without BLAS: of
 * some ten to some thousand rows and columns, with a bias, and added to what is there. The kernels
 * are those of multi-layer perceptrons (kernels/dense.h).
 */
#ifndef MAH_AFFINE_H
#define MAH_AFFINE_H

#include "tensor/tensor.h"

/* out = a b + bias_, or with `add` out + a b + bias_       out:(m,n) a:(m,k) b:(k,n) bias_:(n)
 * All of one dtype; out exists, and shares no memory with the others. Where out has gaps, or a or b
 * has, it is mah_tensor_mm that multiplies; a or b may be transposed. The same bits for any number
 * of threads. */
mah_status mah_tensor_affine(mah_tensor *out, const mah_tensor *a, const mah_tensor *b,
                             const mah_tensor *bias_, int32_t add);
#endif
