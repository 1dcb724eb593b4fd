/* vector.h - what solvers do with flat vectors, in as few passes as it takes.
 *
 * All vectors are (P), contiguous, and of one dtype, float32 or float64. Sums of products are taken
 * in double. Errors: dtypes, shapes, vectors that share memory where they must not.
 */
#ifndef MAH_LEARN_VECTOR_H
#define MAH_LEARN_VECTOR_H

#include "tensor/tensor.h"

/* out = a x + b y;  *dot_ = sum_i out[i] z[i]
 * out may be x or y itself. dot_ and z_ are given together, or both are NULL. */
mah_status mah_vector_combine(double *dot_, mah_tensor *out, double a, const mah_tensor *x,
                              double b, const mah_tensor *y, const mah_tensor *z_);

/* *dot = sum_i x[i] y[i];  *largest = max_i |x[i]|
 * NaN does not count for the largest: it shows in the dot. */
mah_status mah_vector_dot_and_max(double *dot, double *largest, const mah_tensor *x,
                                  const mah_tensor *y);

/* A step from w, where the gradient is g, to new_w, where it is new_g: what a quasi-Newton method
 * remembers of it.
 *   s = new_w - w;  w = new_w;  y = new_g - g;  g = new_g;  *sy = sum s y;  *yy = sum y^2
 * No two vectors share memory. */
mah_status mah_vector_advance(double *sy, double *yy, mah_tensor *w, mah_tensor *g, mah_tensor *s,
                              mah_tensor *y, const mah_tensor *new_w, const mah_tensor *new_g);

/* *same = do x and y hold the same bits? */
mah_status mah_vector_same(int32_t *same, const mah_tensor *x, const mah_tensor *y);

#ifndef MAH_CDEF
/* Is x a contiguous vector of reals? And one like `first`, which has been checked: of its dtype and
 * length? */
mah_status mah_vector_check(const mah_tensor *x, const char *name);
mah_status mah_vector_check_like(const mah_tensor *x, const char *name, const mah_tensor *first,
                                 const char *first_name);
#endif
#endif
