/* cumulate.h - running sums, products and extremes along a dimension, and differences. */
#ifndef MAH_CUMULATE_H
#define MAH_CUMULATE_H

#include "tensor/tensor.h"

/* out[..., i, ...] = x[..., 0, ...] + ... + x[..., i, ...]   float dtypes stay, and are added up in
 * double; integers and bools give int64, modulo 2^64 */
mah_status mah_cumsum(mah_tensor *out, const mah_tensor *x, int32_t dim);
/* The same with products. */
mah_status mah_cumprod(mah_tensor *out, const mah_tensor *x, int32_t dim);

/* values[..., i, ...] = the largest (smallest, when `largest` is 0) of x[..., 0, ...] to
 * x[..., i, ...], of x's dtype; place: where the last such one stands, int32, counted from `first`.
 * NaN beats every number. */
mah_status mah_cumulate_extreme(mah_tensor *values, mah_tensor *place, const mah_tensor *x,
                                int32_t dim, int32_t largest, int32_t first);

/* out[..., i, ...] = x[..., i + 1, ...] - x[..., i, ...], of x's dtype; of bools: do they differ? */
mah_status mah_diff(mah_tensor *out, const mah_tensor *x, int32_t dim);
#endif
