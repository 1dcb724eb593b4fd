#include "tensor/search.h"

#include "base/memory.h"
#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/kernels/search.h"
#include "tensor/loop.h"
#include "tensor/product.h"

#include <inttypes.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_search_table, mah_search_kernels);

enum { CHUNK = 1024 };

/* -- searchsorted ------------------------------------------------------------------------------ */

static const int32_t kernel_dtypes[MAH_SEARCHES] = {MAH_FLOAT32, MAH_FLOAT64, MAH_INT32, MAH_INT64};

/* The kernels' number of what both are converted to. */
static int32_t meet(int32_t a, int32_t b) {
  for (int32_t k = 0; a == b && k < MAH_SEARCHES; k++)
    if (kernel_dtypes[k] == a) return k;
  return mah_dtype_is_integer(a) && mah_dtype_is_integer(b) ? MAH_SEARCH_I64 : MAH_SEARCH_F64;
}

static mah_status check_search(const mah_tensor *sorted, const mah_tensor *x) {
  MAH_TRY(mah_tensor_check(sorted, "searchsorted"));
  MAH_TRY(mah_tensor_check(x, "searchsorted: values"));
  int fits = sorted->ndim == 1 || (sorted->ndim == x->ndim && sorted->ndim > 0);
  for (int32_t d = 0; fits && sorted->ndim > 1 && d < x->ndim - 1; d++)
    fits = sorted->extent[d] == x->extent[d];
  if (!fits)
    return mah_fail(MAH_ERROR_SHAPE,
                    "searchsorted: a vector is expected, or the shape of the values but for the "
                    "last dimension: got %s for values %s",
                    mah_tensor_describe(sorted), mah_tensor_describe(x));
  if (sorted->extent[sorted->ndim - 1] > INT32_MAX - 1)
    return mah_fail(MAH_ERROR_SHAPE, "searchsorted: %s is too long", mah_tensor_describe(sorted));
  return MAH_OK;
}

/* x and sorted lie row by row in dtype. */
static mah_status search_rows(mah_tensor *out, const mah_tensor *sorted, const mah_tensor *x,
                              int32_t kind, int32_t right, int32_t first) {
  const mah_search_table *table = MAH_PICK(mah_search_kernels);
  mah_search_row *search = (right ? table->right : table->left)[kind];
  int64_t n = sorted->extent[sorted->ndim - 1], all = mah_tensor_count(x);
  int64_t m = sorted->ndim == 1 ? all : x->extent[x->ndim - 1], size = mah_dtype_size(x->elem);
  MAH_TRY(mah_tensor_new(out, MAH_INT32, x->ndim, x->extent));
  const char *from = x->data, *in = sorted->data;
  int32_t *place = out->data;
  for (int64_t done = 0; done < all; done += m, from += m * size, in += n * size, place += m)
    search(place, from, m, in, n, first);
  return MAH_OK;
}

mah_status mah_searchsorted(mah_tensor *out, const mah_tensor *sorted, const mah_tensor *x,
                            int32_t right, int32_t first) {
  mah_tensor rows = {0}, keys = {0};
  MAH_TRY(check_search(sorted, x));
  int32_t kind = meet(sorted->elem, x->elem);
  MAH_TRY(mah_tensor_row_major(&rows, sorted, kernel_dtypes[kind]));
  mah_status status = mah_tensor_row_major(&keys, x, kernel_dtypes[kind]);
  if (status == MAH_OK) status = search_rows(out, &rows, &keys, kind, right, first);
  mah_tensor_release(&rows);
  mah_tensor_release(&keys);
  return status;
}

/* -- interp ------------------------------------------------------------------------------------ */

static mah_status check_points(const mah_tensor *xp, const mah_tensor *fp) {
  MAH_TRY(mah_tensor_check(xp, "interp: xp"));
  MAH_TRY(mah_tensor_check(fp, "interp: fp"));
  if (xp->ndim != 1 || fp->ndim != 1 || xp->extent[0] != fp->extent[0] || xp->extent[0] == 0 ||
      xp->extent[0] > INT32_MAX - 1)
    return mah_fail(MAH_ERROR_SHAPE,
                    "interp: xp and fp must be vectors of one length, got %s and %s",
                    mah_tensor_describe(xp), mah_tensor_describe(fp));
  return MAH_OK;
}

/* xp: a row of doubles */
static mah_status check_ascending(const mah_tensor *xp) {
  const double *x = xp->data;
  int64_t n = xp->extent[0];
  int ascends = 1;
  for (int64_t i = 1; i < n; i++) ascends &= !(x[i] < x[i - 1]);
  for (int64_t i = 1; !ascends && i < n; i++)
    if (x[i] < x[i - 1])
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "interp: xp must ascend, but %g at %" PRId64 " follows %g", x[i], i + 1,
                      x[i - 1]);
  return MAH_OK;
}

static mah_status interp_rows(mah_tensor *out, const mah_tensor *x, const mah_tensor *xp,
                              const mah_tensor *fp, const double *ends) {
  const mah_search_table *table = MAH_PICK(mah_search_kernels);
  double in[CHUNK], y[CHUNK];
  int32_t place[CHUNK];
  mah_loop loop;
  int64_t points = xp->extent[0];
  mah_convert *read = mah_convert_row(MAH_FLOAT64, x->elem);
  mah_convert *write = mah_convert_row(out->elem, MAH_FLOAT64);
  MAH_TRY(mah_loop_plan_any_order(&loop, 2, (const mah_tensor *[]){out, x}));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t done = 0, n; done < loop.count; done += n) {
      n = loop.count - done < CHUNK ? loop.count - done : CHUNK;
      read((char *)in, sizeof in[0], loop.data[1] + done * loop.step[1], loop.step[1], n);
      table->right[MAH_SEARCH_F64](place, in, n, xp->data, points, 0);
      table->interp(y, in, place, n, xp->data, fp->data, points, ends);
      write(loop.data[0] + done * loop.step[0], loop.step[0], (char *)y, sizeof y[0], n);
    }
  return MAH_OK;
}

mah_status mah_interp(mah_tensor *out, const mah_tensor *x, const mah_tensor *xp,
                      const mah_tensor *fp, double left, double right) {
  mah_tensor points = {0}, values = {0};
  double ends[2] = {left, right};
  MAH_TRY(mah_tensor_check(x, "interp"));
  MAH_TRY(check_points(xp, fp));
  int narrow = x->elem == MAH_FLOAT32 && fp->elem == MAH_FLOAT32;
  MAH_TRY(mah_tensor_row_major(&points, xp, MAH_FLOAT64));
  mah_status status = mah_tensor_row_major(&values, fp, MAH_FLOAT64);
  if (status == MAH_OK) status = check_ascending(&points);
  if (status == MAH_OK)
    status = mah_tensor_new(out, narrow ? MAH_FLOAT32 : MAH_FLOAT64, x->ndim, x->extent);
  if (status == MAH_OK) status = interp_rows(out, x, &points, &values, ends);
  mah_tensor_release(&points);
  mah_tensor_release(&values);
  return status;
}

mah_status mah_interp_ends(double *ends, const mah_tensor *fp) {
  MAH_TRY(mah_tensor_check(fp, "interp: fp"));
  if (fp->ndim != 1 || fp->extent[0] == 0)
    return mah_fail(MAH_ERROR_SHAPE, "interp: fp must be a vector, got %s",
                    mah_tensor_describe(fp));
  const char *last =
      (char *)fp->data + (fp->extent[0] - 1) * fp->step[0] * mah_dtype_size(fp->elem);
  mah_convert *read = mah_convert_row(MAH_FLOAT64, fp->elem);
  read((char *)&ends[0], sizeof ends[0], fp->data, 0, 1);
  read((char *)&ends[1], sizeof ends[0], last, 0, 1);
  return MAH_OK;
}
