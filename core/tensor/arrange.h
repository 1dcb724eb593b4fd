/* arrange.h - the same elements in another order, or several times: new tensors of any dtype. */
#ifndef MAH_ARRANGE_H
#define MAH_ARRANGE_H

#include "tensor/tensor.h"

/* out = x, backwards along the dimensions d with turned[d] != 0   turned: x's ndim entries */
mah_status mah_flip(mah_tensor *out, const mah_tensor *x, const int32_t *turned);
/* out[..., i + shift[d], ...] = x[..., i, ...]; what leaves at the end comes in at the front.
 * shift: x's ndim entries, of any sign */
mah_status mah_roll(mah_tensor *out, const mah_tensor *x, const int64_t *shift);
/* out: x one after the other, times[d] times along dimension d of ndim; dimensions that x lacks
 * come in front. ndim is x's at least. */
mah_status mah_tile(mah_tensor *out, const mah_tensor *x, int32_t ndim, const int64_t *times);
/* out: each position of dimension `dim` several times in a row: `times`, or, when it is there,
 * count_[i] for position i (a vector of int32 or int64 with dim's extent, or with one entry). */
mah_status mah_repeat_interleave(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                 const mah_tensor *count_, int64_t times);
/* out = the matrices of x's last two dimensions with zeros above (below, when `upper` is not 0) a
 * diagonal: 0 the main one, 1 the next one above ... */
mah_status mah_triangle(mah_tensor *out, const mah_tensor *x, int64_t diagonal, int32_t upper);
#endif
