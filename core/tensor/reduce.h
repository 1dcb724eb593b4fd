/* reduce.h - sums, means, extremes ... of all elements, or along one dimension.
 *
 * Sums are accumulated in double in blocks, whatever the dtype; the exponentials of logsumexp have
 * the precision of the elements, float32's or double's. A NaN makes min and max NaN, and
 * the first one is what argmin and argmax find, as in NumPy; of equal elements they find the first.
 */
#ifndef MAH_REDUCE_H
#define MAH_REDUCE_H

#include "tensor/tensor.h"

/* name, result: REAL (float dtypes stay, integers give float64), SUM (the same, but integers give
 * int64, and are added and multiplied exactly, modulo 2^64), SAME (the dtype stays), INDEX (int32),
 * TRUTH (bool). NEEDS: there must be an element. */
#define MAH_REDUCE_OPS(X)                                                                          \
  X(sum, SUM, ANY)        /* of none: 0 */                                                         \
  X(mean, REAL, ANY)      /* of none: NaN */                                                       \
  X(prod, SUM, ANY)       /* of none: 1 */                                                         \
  X(var, REAL, ANY)       /* sum (x - mean)^2 / (n - parameter); NaN unless n > parameter */       \
  X(std, REAL, ANY)       /* sqrt(var) */                                                          \
  X(norm, REAL, ANY)      /* sqrt(sum x^2) */                                                      \
  X(logsumexp, REAL, ANY) /* log(sum exp(x)), without overflow; of none: -inf */                   \
  X(min, SAME, NEEDS)                                                                              \
  X(max, SAME, NEEDS)                                                                              \
  X(argmin, INDEX, NEEDS) /* counted from 0 */                                                     \
  X(argmax, INDEX, NEEDS)                                                                          \
  X(any, TRUTH, ANY)  /* is an element not 0? of none: 0 */                                        \
  X(all, TRUTH, ANY)  /* are all elements not 0? of none: 1 */                                     \
  X(nansum, SUM, ANY) /* the same of what is not NaN */                                            \
  X(nanmean, REAL, ANY)                                                                            \
  X(nanprod, SUM, ANY)                                                                             \
  X(nanvar, REAL, ANY)                                                                             \
  X(nanstd, REAL, ANY)                                                                             \
  X(nanmin, SAME, NEEDS) /* NaN where all are */                                                   \
  X(nanmax, SAME, NEEDS)                                                                           \
  X(nanargmin, INDEX, NEEDS) /* fails where all are NaN */                                         \
  X(nanargmax, INDEX, NEEDS)                                                                       \
  X(count_nonzero, INDEX, ANY)

#define MAH_REDUCE_ENTRY(name, result, elements) MAH_REDUCE_##name,
enum { MAH_REDUCE_OPS(MAH_REDUCE_ENTRY) MAH_REDUCE_COUNT };
#undef MAH_REDUCE_ENTRY

const char *mah_reduce_name(int32_t op); /* "sum" ...; NULL when there is no such op */

/* Over all elements, row by row. parameter: of var and std. */
mah_status mah_reduce_all(double *result, const mah_tensor *x, int32_t op, double parameter);

/* The sum of a matrix's diagonal, `offset` above the main one. */
mah_status mah_trace(double *result, const mah_tensor *x, int64_t offset);
/* The sum, the product, min or max of all elements of integers or bools, exactly. */
mah_status mah_reduce_integers(int64_t *result, const mah_tensor *x, int32_t op);

/* Along one dimension, which disappears, or stays with extent 1 when keep is not 0. */
mah_status mah_reduce(mah_tensor *out, const mah_tensor *x, int32_t op, int32_t dim, int32_t keep,
                      double parameter);
/* The same into a tensor that is there, in the result's dtype and in its shape with the dimension
 * or without it, which shares no memory with x. No places (argmin ...). */
mah_status mah_reduce_into(mah_tensor *out, const mah_tensor *x, int32_t op, int32_t dim,
                           double parameter);
#endif
