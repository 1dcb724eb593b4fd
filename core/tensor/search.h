/* search.h - places in ascending numbers, and what lies between known points. */
#ifndef MAH_SEARCH_H
#define MAH_SEARCH_H

#include "tensor/tensor.h"

/* out (int32, of x's shape): how many numbers of `sorted` are less than x's (right: or equal to
 * it), plus `first`. sorted ascends along its last dimension: a vector, or a tensor whose other
 * extents are x's. NaN comes behind all numbers. Different dtypes meet in float64, integers in
 * int64. That `sorted` ascends is not checked. */
mah_status mah_searchsorted(mah_tensor *out, const mah_tensor *sorted, const mah_tensor *x,
                            int32_t right, int32_t first);

/* out (of x's shape; float32 when x and fp are, else float64) = the line through the points
 * (xp, fp), at x; `left` and `right` beyond them. Vectors of one length, at least one; xp ascends.
 */
mah_status mah_interp(mah_tensor *out, const mah_tensor *x, const mah_tensor *xp,
                      const mah_tensor *fp, double left, double right);
/* The first and the last of fp: what mah_interp gives beyond the points, unless told otherwise. */
mah_status mah_interp_ends(double *ends, const mah_tensor *fp);
#endif
