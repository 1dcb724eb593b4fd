/* pairs.h - products of pairs of elements: of all there are, or added up.
 *
 * float32 and float64 unless told; of one each, the result is float64. Any strides.
 */
#ifndef MAH_PAIRS_H
#define MAH_PAIRS_H

#include "tensor/tensor.h"

/* *out = the sum of all a[...] b[...]   one shape */
mah_status mah_tensor_inner(mah_tensor *out, const mah_tensor *a, const mah_tensor *b);

/* out[...] = sum_k a[..., k] b[..., k]; the other dimensions broadcast */
mah_status mah_tensor_vecdot(mah_tensor *out, const mah_tensor *a, const mah_tensor *b);

/* out[i p + k, j q + l] = a[i,j] b[k,l]   a:(m,n) b:(p,q) out:(m p, n q); any dtype */
mah_status mah_tensor_kron(mah_tensor *out, const mah_tensor *a, const mah_tensor *b);

/* out[i,j] = a[i] b[j]   a:(m) b:(n) out:(m,n), of one dtype */
mah_status mah_tensor_outer(mah_tensor *out, const mah_tensor *a, const mah_tensor *b);
#endif
