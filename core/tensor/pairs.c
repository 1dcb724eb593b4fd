#include "tensor/pairs.h"

#include "base/simd.h"
#include "tensor/elementwise.h"
#include "tensor/kernels/product.h"
#include "tensor/loop.h"
#include "tensor/product.h"

#include <cblas.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_product_table, mah_product_kernels);

/* -- Added up ---------------------------------------------------------------------------------- */

/* sum_k a[k] b[k], in the precision of the elements; by BLAS where that is worth a call. */
static double dot_row(const char *a, const char *b, int n, int a_step, int b_step, int32_t dtype) {
  enum { WORTH = 16 };
  if (dtype == MAH_FLOAT32) {
    const float *x = (const float *)(const void *)a, *y = (const float *)(const void *)b;
    float sum = 0;
    if (n >= WORTH) return (double)cblas_sdot(n, x, a_step, y, b_step);
    for (int64_t k = 0; k < n; k++) sum += x[k * a_step] * y[k * b_step];
    return (double)sum;
  }
  const double *x = (const double *)(const void *)a, *y = (const double *)(const void *)b;
  double sum = 0;
  if (n >= WORTH) return cblas_ddot(n, x, a_step, y, b_step);
  for (int64_t k = 0; k < n; k++) sum += x[k * a_step] * y[k * b_step];
  return sum;
}

/* The sum over rows, of which each is walked as it lies. */
static mah_status sum_of_products(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_loop loop;
  double total = 0;
  MAH_TRY(mah_loop_plan_any_order(&loop, 2, (const mah_tensor *[]){a, b}));
  MAH_TRY(mah_tensor_new(out, a->elem, 0, NULL));
  int64_t size = mah_dtype_size(a->elem);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    total += dot_row(loop.data[0], loop.data[1], (int)loop.count, (int)(loop.step[0] / size),
                     (int)(loop.step[1] / size), a->elem);
  return mah_tensor_fill(out, total);
}

/* a and b in the dtype in which their products are computed; other strides stay. */
static mah_status in_one_dtype(mah_tensor *x, mah_tensor *y, const mah_tensor *a,
                               const mah_tensor *b) {
  int32_t dtype = a->elem == b->elem ? a->elem : MAH_FLOAT64;
  MAH_TRY(a->elem == dtype ? mah_tensor_alias(x, a) : mah_tensor_row_major(x, a, dtype));
  return b->elem == dtype ? mah_tensor_alias(y, b) : mah_tensor_row_major(y, b, dtype);
}

mah_status mah_tensor_inner(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor x = {0}, y = {0};
  MAH_TRY(mah_tensor_check_float(a, "inner"));
  MAH_TRY(mah_tensor_check_float(b, "inner"));
  if (a->ndim != b->ndim || memcmp(a->extent, b->extent, sizeof a->extent[0] * (size_t)a->ndim))
    return mah_product_fail_shapes("inner", a, b);
  mah_status status = mah_tensor_count(a) > INT32_MAX ? mah_product_fail_shapes("inner", a, b)
                                                      : in_one_dtype(&x, &y, a, b);
  if (status == MAH_OK) status = sum_of_products(out, &x, &y);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  return status;
}

/* a and b have one dtype and one last extent. */
static mah_status dot_rows(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor first_a = *a, first_b = *b; /* without the last dimension; not counted references */
  int64_t extent[MAH_MAX_DIMS];
  int32_t ndim, last_a = --first_a.ndim, last_b = --first_b.ndim;
  mah_loop loop;
  MAH_TRY(mah_broadcast(&ndim, extent, &first_a, &first_b));
  MAH_TRY(mah_tensor_new(out, a->elem, ndim, extent));
  MAH_TRY(mah_loop_plan(&loop, 3, (const mah_tensor *[]){out, &first_a, &first_b}));
  int n = (int)a->extent[last_a], a_step = (int)a->step[last_a], b_step = (int)b->step[last_b];
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t j = 0; j < loop.count; j++) {
      double sum = dot_row(loop.data[1] + j * loop.step[1], loop.data[2] + j * loop.step[2], n,
                           a_step, b_step, a->elem);
      void *to = loop.data[0] + j * loop.step[0];
      if (a->elem == MAH_FLOAT32)
        *(float *)to = (float)sum;
      else
        *(double *)to = sum;
    }
  return MAH_OK;
}

mah_status mah_tensor_vecdot(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor x = {0}, y = {0};
  MAH_TRY(mah_tensor_check_float(a, "vecdot"));
  MAH_TRY(mah_tensor_check_float(b, "vecdot"));
  if (a->ndim == 0 || b->ndim == 0 || a->extent[a->ndim - 1] != b->extent[b->ndim - 1])
    return mah_product_fail_shapes("vecdot", a, b);
  MAH_TRY(mah_product_check_extent(a));
  MAH_TRY(mah_product_check_extent(b));
  mah_status status = in_one_dtype(&x, &y, a, b);
  if (status == MAH_OK) status = dot_rows(out, &x, &y);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  return status;
}

/* -- All pairs --------------------------------------------------------------------------------- */

static mah_status check_kron(const mah_tensor *a, const mah_tensor *b, int64_t *extent) {
  MAH_TRY(mah_tensor_check(a, "kron"));
  MAH_TRY(mah_tensor_check(b, "kron: second tensor"));
  if (a->ndim != 2 || b->ndim != 2) return mah_product_fail_shapes("kron", a, b);
  for (int d = 0; d < 2; d++)
    if (__builtin_mul_overflow(a->extent[d], b->extent[d], &extent[d]))
      return mah_product_fail_shapes("kron", a, b);
  return MAH_OK;
}

/* a and b lie row by row in out's dtype, float32 or float64. */
static void kron_rows(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_outer_rows *outer = MAH_PICK(mah_product_kernels)->outer[out->elem == MAH_FLOAT64];
  int64_t size = mah_dtype_size(out->elem), n = a->extent[1], q = b->extent[1];
  char *to = out->data;
  for (int64_t i = 0; i < a->extent[0]; i++)
    for (int64_t r = 0; r < b->extent[0]; r++, to += n * q * size)
      outer(to, (char *)a->data + i * n * size, n, (char *)b->data + r * q * size, q);
}

/* (m,1,n,1) (1,p,1,q), for integers */
static mah_status kron_each(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor x = *a, y = *b, each = {0}; /* x and y are not counted references */
  x.ndim = y.ndim = 4;
  for (int d = 0; d < 2; d++) {
    x.extent[2 * d] = a->extent[d], x.step[2 * d] = a->step[d];
    y.extent[2 * d + 1] = b->extent[d], y.step[2 * d + 1] = b->step[d];
  }
  x.extent[1] = x.extent[3] = y.extent[0] = y.extent[2] = 1;
  x.step[1] = x.step[3] = y.step[0] = y.step[2] = 0;
  MAH_TRY(mah_binary(&each, MAH_OP_mul, &x, &y, 0));
  const int64_t extent[] = {a->extent[0] * b->extent[0], a->extent[1] * b->extent[1]};
  mah_status status = mah_tensor_view(out, &each, 2, extent);
  mah_tensor_release(&each);
  return status;
}

mah_status mah_tensor_kron(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor x = {0}, y = {0};
  int64_t extent[2];
  MAH_TRY(check_kron(a, b, extent));
  int32_t dtype = mah_dtype_promote(a->elem, b->elem);
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64) return kron_each(out, a, b);
  MAH_TRY(mah_tensor_row_major(&x, a, dtype));
  mah_status status = mah_tensor_row_major(&y, b, dtype);
  if (status == MAH_OK) status = mah_tensor_new(out, dtype, 2, extent);
  if (status == MAH_OK && mah_tensor_count(out) > 0) kron_rows(out, &x, &y);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  return status;
}

/* -- Vectors ----------------------------------------------------------------------------------- */

mah_status mah_tensor_outer(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor x = {0}, y = {0};
  MAH_TRY(mah_tensor_check_float(a, "outer"));
  MAH_TRY(mah_tensor_check_float(b, "outer"));
  if (a->ndim != 1 || b->ndim != 1)
    return mah_fail(MAH_ERROR_SHAPE, "outer: two vectors are expected, got %s and %s",
                    mah_tensor_describe(a), mah_tensor_describe(b));
  if (a->elem != b->elem)
    return mah_fail(MAH_ERROR_DTYPE, "outer: one dtype is expected, got %s and %s",
                    mah_tensor_describe(a), mah_tensor_describe(b));
  const int64_t extent[] = {a->extent[0], b->extent[0]};
  MAH_TRY(mah_tensor_row_major(&x, a, a->elem));
  mah_status status = mah_tensor_row_major(&y, b, a->elem);
  if (status == MAH_OK) status = mah_tensor_new(out, a->elem, 2, extent);
  if (status == MAH_OK && mah_tensor_count(out) > 0)
    MAH_PICK(mah_product_kernels)
        ->outer[a->elem == MAH_FLOAT64](out->data, x.data, extent[0], y.data, extent[1]);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  return status;
}
