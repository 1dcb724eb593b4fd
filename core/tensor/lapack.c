#include "tensor/lapack.h"

#include "tensor/product.h"
#include "tensor/reduce.h"

#include <math.h>
#include <string.h>

/* The element at a distance of `at` elements from the first. */
double mah_lapack_get(const mah_tensor *t, int64_t at) {
  return t->elem == MAH_FLOAT32 ? (double)((const float *)t->data)[at]
                                : ((const double *)t->data)[at];
}

/* A vector or matrix without NaN and infinity: some of LAPACK's loops never end with them. `lower`:
 * only the lower triangle is looked at. */
static mah_status check_finite(const char *function, const mah_tensor *t, int lower) {
  double sum = NAN;
  if (mah_tensor_is_contiguous(t)) MAH_TRY(mah_reduce_all(&sum, t, MAH_REDUCE_sum, 0));
  if (isfinite(sum)) return MAH_OK; /* else it may still be too large, or above the diagonal */
  int64_t columns = t->ndim == 2 ? t->extent[1] : 1, step = t->ndim == 2 ? t->step[1] : 0;
  for (int64_t i = 0; i < t->extent[0]; i++)
    for (int64_t j = 0; j < (lower ? i + 1 : columns); j++) {
      double x = mah_lapack_get(t, i * t->step[0] + j * step);
      if (!isfinite(x))
        return mah_fail(MAH_ERROR_NUMERIC, "%s: there is %s among the elements of %s", function,
                        isnan(x) ? "a NaN" : "an infinity", mah_tensor_describe(t));
    }
  return MAH_OK;
}

static mah_status check_shape(const char *function, const mah_tensor *a) {
  MAH_TRY(mah_tensor_check_float(a, function));
  if (a->ndim != 2 || a->extent[0] == 0 || a->extent[1] == 0 || a->extent[0] > INT32_MAX ||
      a->extent[1] > INT32_MAX)
    return mah_fail(MAH_ERROR_SHAPE, "%s: a matrix with elements is expected, got %s", function,
                    mah_tensor_describe(a));
  return MAH_OK;
}

mah_status mah_lapack_check_matrix(const char *function, const mah_tensor *a) {
  MAH_TRY(check_shape(function, a));
  return check_finite(function, a, 0);
}

static mah_status check_square_shape(const char *function, const mah_tensor *a) {
  MAH_TRY(check_shape(function, a));
  if (a->extent[0] != a->extent[1])
    return mah_fail(MAH_ERROR_SHAPE, "%s: a square matrix is expected, got %s", function,
                    mah_tensor_describe(a));
  return MAH_OK;
}

mah_status mah_lapack_check_square(const char *function, const mah_tensor *a) {
  MAH_TRY(check_square_shape(function, a));
  return check_finite(function, a, 0);
}

/* A matrix of which the lower triangle is read. */
mah_status mah_lapack_check_symmetric(const char *function, const mah_tensor *a) {
  MAH_TRY(check_square_shape(function, a));
  return check_finite(function, a, 1);
}

/* b: right-hand sides for m equations. *k: how many. */
mah_status mah_lapack_check_sides(const char *function, int *k, const mah_tensor *a,
                                  const mah_tensor *b) {
  MAH_TRY(mah_tensor_check_float(b, function));
  if ((b->ndim != 1 && b->ndim != 2) || b->extent[0] != a->extent[0] ||
      (b->ndim == 2 && (b->extent[1] == 0 || b->extent[1] > INT32_MAX)))
    return mah_fail(MAH_ERROR_SHAPE, "%s: shapes do not fit: %s and %s", function,
                    mah_tensor_describe(a), mah_tensor_describe(b));
  *k = b->ndim == 2 ? (int)b->extent[1] : 1;
  return check_finite(function, b, 0);
}

/* LAPACK's answer as a status; `positive` says what info > 0 means. */
mah_status mah_lapack_check(const char *function, const mah_tensor *a, lapack_int info,
                            const char *positive) {
  if (info == 0) return MAH_OK;
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
    return mah_fail(MAH_ERROR_MEMORY, "%s: out of memory", function);
  if (info < 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: LAPACK refuses argument %d (%s)", function, -(int)info,
                    mah_tensor_describe(a));
  return mah_fail(MAH_ERROR_NUMERIC, "%s: %s (%s, step %d)", function, positive,
                  mah_tensor_describe(a), (int)info);
}

/* A row-major copy that may be overwritten. */
mah_status mah_lapack_copy(mah_tensor *out, const mah_tensor *t, int32_t dtype) {
  MAH_TRY(mah_tensor_new(out, dtype, t->ndim, t->extent));
  mah_status status = mah_tensor_copy(out, t);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* Zeroes what lies below (sign 1) or above (sign -1) the diagonal. */
void mah_lapack_clear_triangle(mah_tensor *t, int sign) {
  int64_t m = t->extent[0], n = t->extent[1], size = mah_dtype_size(t->elem);
  for (int64_t i = 0; i < m; i++) {
    int64_t begin = sign > 0 ? 0 : i + 1, end = sign > 0 ? (i < n ? i : n) : n;
    if (begin < end)
      memset((char *)t->data + (i * n + begin) * size, 0, (size_t)((end - begin) * size));
  }
}

void mah_lapack_put(mah_tensor *t, int64_t at, double x) {
  if (t->elem == MAH_FLOAT32)
    ((float *)t->data)[at] = (float)x;
  else
    ((double *)t->data)[at] = x;
}
