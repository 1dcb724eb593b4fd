/* lapack.h - what the callers of LAPACKE share: checks of their arguments, copies that it may
 * overwrite, and its answers as a status. `function`: the caller's name, for messages.
 */
#ifndef MAH_LAPACK_H
#define MAH_LAPACK_H

#include "tensor/tensor.h"

#ifndef MAH_CDEF
#include <lapacke.h>

enum { ROWS = LAPACK_ROW_MAJOR, COLUMNS = LAPACK_COL_MAJOR };

/* LAPACKE's function for float or double. */
#define LAPACK(t, name, ...)                                                                       \
  ((t)->elem == MAH_FLOAT32 ? LAPACKE_s##name(__VA_ARGS__) : LAPACKE_d##name(__VA_ARGS__))

/* The element at a distance of `at` elements from the first. */
double mah_lapack_get(const mah_tensor *t, int64_t at);
void mah_lapack_put(mah_tensor *t, int64_t at, double x);

/* A float matrix with elements, all finite; a square one; one of which the lower triangle is read
 */
mah_status mah_lapack_check_matrix(const char *function, const mah_tensor *a);
mah_status mah_lapack_check_square(const char *function, const mah_tensor *a);
mah_status mah_lapack_check_symmetric(const char *function, const mah_tensor *a);
/* b: right-hand sides for a's equations. *k: how many. */
mah_status mah_lapack_check_sides(const char *function, int *k, const mah_tensor *a,
                                  const mah_tensor *b);
/* LAPACK's answer as a status; `positive` says what info > 0 means. */
mah_status mah_lapack_check(const char *function, const mah_tensor *a, lapack_int info,
                            const char *positive);
/* A row-major copy that may be overwritten. */
mah_status mah_lapack_copy(mah_tensor *out, const mah_tensor *t, int32_t dtype);
/* Zeroes what lies below (sign 1) or above (sign -1) the diagonal. */
void mah_lapack_clear_triangle(mah_tensor *t, int sign);
#endif
#endif
