/* index.h - elements and rows by their positions: picked, put back.
 *
 * Positions are int32 or int64 tensors. They count from `first` (0 in C, 1 in Lua); negative ones
 * count from -1 at the end. A position outside is an error that names it.
 */
#ifndef MAH_INDEX_H
#define MAH_INDEX_H

#include "tensor/tensor.h"

/* out[..., k, ...] = x[..., position[k], ...] along `dim`. out: made, or written when it is there
 * (of x's dtype; it must not share memory with x). */
mah_status mah_index_select(mah_tensor *out, const mah_tensor *x, int32_t dim,
                            const mah_tensor *position, int32_t first);
/* x[..., position[k], ...] += y[..., k, ...], in this order, one dtype */
mah_status mah_index_add(mah_tensor *x, int32_t dim, const mah_tensor *position,
                         const mah_tensor *y, int32_t first);

/* x[..., position[k], ...] = y[..., k, ...], in this order, converted. y may
 * share memory with x. */
mah_status mah_index_copy(mah_tensor *x, int32_t dim, const mah_tensor *position,
                          const mah_tensor *y, int32_t first);

/* out[i,j] = x[position[i,j], j] for dim 0, x[i, position[i,j]] for dim 1, and so on. position has
 * x's number of dimensions and, but for `dim`, at most its extents. */
mah_status mah_gather(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *position,
                      int32_t first);
/* The same into a tensor that is there, in x's dtype and the positions' shape, which shares no
 * memory with the others. */
mah_status mah_gather_into(mah_tensor *out, const mah_tensor *x, int32_t dim,
                           const mah_tensor *position, int32_t first);
/* x[position[i,j], j] += y[i,j], and so on; y has at least position's extents, and x's dtype. */
mah_status mah_scatter_add(mah_tensor *x, int32_t dim, const mah_tensor *position,
                           const mah_tensor *y, int32_t first);

/* out: the elements of x, row by row, where mask (which broadcasts to x's shape) is not 0. */
mah_status mah_masked_select(mah_tensor *out, const mah_tensor *x, const mah_tensor *mask);
/* out (n, ndim) int32: the positions of the elements that are not 0, row by row. */
mah_status mah_nonzero(mah_tensor *out, const mah_tensor *x, int32_t first);
#endif
