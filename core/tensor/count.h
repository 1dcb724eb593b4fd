/* count.h - how often does what occur? */
#ifndef MAH_COUNT_H
#define MAH_COUNT_H

#include "tensor/tensor.h"

/* values: the different elements of x (any shape), ascending; all NaN are one. counts_: how often
 * each occurs, int32. inverse_: for each element of x its place in values, int32 of x's shape,
 * counted from `first`. The last two may be NULL. */
mah_status mah_unique(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                      const mah_tensor *x, int32_t first);

/* out[v] = how many elements of x (integers, none negative) are v; with weights_ (of x's
 * shape), the sum of their weights. At least `least` entries. int32, float64 with weights. */
mah_status mah_bincount(mah_tensor *out, const mah_tensor *x, const mah_tensor *weights_,
                        int64_t least);

/* counts (int32): elements of x in edges[i] <= x < edges[i+1], the last bin with its right edge.
 * edges: float64 vector, ascending. Elements outside of all bins, and NaN, are not counted. */
mah_status mah_histogram(mah_tensor *counts, const mah_tensor *x, const mah_tensor *edges);
#endif
