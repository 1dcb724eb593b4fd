/* sort.h - order along a dimension. NaN counts as greater than every number; -0 equals 0. */
#ifndef MAH_SORT_H
#define MAH_SORT_H

#include "tensor/tensor.h"

/* values_ = x sorted along `dim`, of x's dtype; place_ = where each came from, int32, counted from
 * `first`. Stable, descending too: equal elements keep their order. Both outputs may be NULL. */
mah_status mah_sort(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                    int32_t descending, int32_t first);

/* The first k of mah_sort's results (k of an extent of x along `dim`), without sorting the rest;
 * largest: in descending order. */
mah_status mah_topk(mah_tensor *values, mah_tensor *place, const mah_tensor *x, int32_t dim,
                    int64_t k, int32_t largest, int32_t first);

/* out[..., k, ...] = the q[k]-quantile of x along `dim`, by linear interpolation between the two
 * nearest elements (Hyndman, Fan 1996, type 7; NumPy's default). q: float64 vector of numbers in
 * 0 ... 1. out: x's dtype, float64 for integers. NaN where x has one. Fails for an empty dimension.
 */
mah_status mah_quantile(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *q);
/* The same of what is not NaN; NaN where all are. */
mah_status mah_nanquantile(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *q);
#endif
