#include "tensor/cat.h"

#include "base/simd.h"
#include "tensor/elementwise.h"
#include "tensor/kernels/pieces.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_pieces_table, mah_pieces);

static mah_status plan_cat(int64_t *extent, int32_t *dtype, const mah_tensor *const *tensors,
                           int64_t n, int32_t dim) {
  if (n < 1 || tensors == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "cat: no tensors");
  MAH_TRY(mah_tensor_check(tensors[0], "cat"));
  if (dim < 0 || dim >= tensors[0]->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "cat: dimension %d of %s", dim + 1,
                    mah_tensor_describe(tensors[0]));
  memcpy(extent, tensors[0]->extent, sizeof *extent * MAH_MAX_DIMS);
  *dtype = tensors[0]->elem;
  for (int64_t i = 1; i < n; i++) {
    const mah_tensor *t = tensors[i];
    MAH_TRY(mah_tensor_check(t, "cat"));
    int fits = t->ndim == tensors[0]->ndim;
    for (int32_t d = 0; fits && d < t->ndim; d++) fits = d == dim || t->extent[d] == extent[d];
    if (!fits)
      return mah_fail(MAH_ERROR_SHAPE, "cat: %s does not go with %s along dimension %d",
                      mah_tensor_describe(t), mah_tensor_describe(tensors[0]), dim + 1);
    extent[dim] += t->extent[dim];
    *dtype = mah_dtype_promote(*dtype, t->elem);
  }
  return MAH_OK;
}

enum { SIDE_BY_SIDE = 16 }; /* tensors that are joined in one pass */

static int64_t bytes_from(const mah_tensor *t, int32_t dim) {
  int64_t bytes = mah_dtype_size(t->elem);
  for (int32_t d = dim; d < t->ndim; d++) bytes *= t->extent[d];
  return bytes;
}

/* Tensors without gaps, of out's dtype: piece by piece as they stand in out's rows. */
static void join(mah_tensor *out, const mah_tensor *const *tensors, int64_t n, int32_t dim) {
  const char *in[SIDE_BY_SIDE];
  int64_t bytes[SIDE_BY_SIDE], row = bytes_from(out, dim), at = 0;
  if (mah_tensor_count(out) == 0) return;
  for (int64_t from = 0; from < n; from += SIDE_BY_SIDE) {
    int64_t many = n - from < SIDE_BY_SIDE ? n - from : SIDE_BY_SIDE, width = 0;
    for (int64_t i = 0; i < many; i++) {
      in[i] = tensors[from + i]->data;
      bytes[i] = bytes_from(tensors[from + i], dim);
      width += bytes[i];
    }
    MAH_PICK(mah_pieces)
        ->join((char *)out->data + at, row, in, bytes, many, bytes_from(out, 0) / row);
    at += width;
  }
}

static mah_status copy_side_by_side(mah_tensor *out, const mah_tensor *const *tensors, int64_t n,
                                    int32_t dim) {
  mah_status status = MAH_OK;
  for (int64_t i = 0, at = 0; status == MAH_OK && i < n; i++) {
    mah_tensor part = {0};
    status = mah_tensor_narrow(&part, out, dim, at, tensors[i]->extent[dim]);
    if (status == MAH_OK) status = mah_tensor_copy(&part, tensors[i]);
    mah_tensor_release(&part);
    at += tensors[i]->extent[dim];
  }
  return status;
}

mah_status mah_cat(mah_tensor *out, const mah_tensor *const *tensors, int64_t n, int32_t dim) {
  int64_t extent[MAH_MAX_DIMS] = {0};
  int32_t dtype = 0;
  mah_status status = MAH_OK;
  MAH_TRY(plan_cat(extent, &dtype, tensors, n, dim));
  MAH_TRY(mah_tensor_new(out, dtype, tensors[0]->ndim, extent));
  int plain = 1;
  for (int64_t i = 0; i < n; i++)
    plain = plain && tensors[i]->elem == dtype && mah_tensor_is_contiguous(tensors[i]);
  if (plain)
    join(out, tensors, n, dim);
  else
    status = copy_side_by_side(out, tensors, n, dim);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}
