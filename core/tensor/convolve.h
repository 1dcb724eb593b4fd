/* convolve.h - convolution along one dimension, directly: for kernels that are not long. */
#ifndef MAH_CONVOLVE_H
#define MAH_CONVOLVE_H

#include "tensor/tensor.h"

/* out[b,o,t] = bias[o] + sum_i sum_k w[o,i,k] x[b, first(o) + i, t stride + k dilation - padding],
 * what lies outside of x being 0: PyTorch's conv1d. x:(B,I,L) w:(O,I/groups,K) bias_:(O)
 * out:(B,O,T), T = (L + 2 padding - dilation (K - 1) - 1) / stride + 1; first(o): of o's group. All
 * of one float dtype. The same bits for any number of threads. */
mah_status mah_conv1d(mah_tensor *out, const mah_tensor *x, const mah_tensor *w,
                      const mah_tensor *bias_, int64_t stride, int64_t padding, int64_t dilation,
                      int64_t groups);
/* out[t] = sum_k a[t - k] v[k], t < n + m - 1: NumPy's convolve   a:(n) v:(m) of one float dtype */
mah_status mah_convolve(mah_tensor *out, const mah_tensor *a, const mah_tensor *v);
#endif
