#include "tensor/tensor.h"

#include <inttypes.h>
#include <string.h>

/* A position as messages count it, from 1; any number may have been asked for, the largest too. */
static int64_t from_one(int64_t position) { return position < INT64_MAX ? position + 1 : position; }

static mah_status check_dim(const mah_tensor *t, int32_t dim) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (dim < 0 || dim >= t->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "dimension %d of a tensor with %d dimensions (%s)", dim + 1,
                    t->ndim, mah_tensor_describe(t));
  return MAH_OK;
}

static void drop_dimension(mah_tensor *t, int32_t dim) {
  for (int32_t d = dim; d + 1 < t->ndim; d++) {
    t->extent[d] = t->extent[d + 1];
    t->step[d] = t->step[d + 1];
  }
  t->ndim--;
}

static void move_data(mah_tensor *t, int64_t elements) {
  t->data = (char *)t->data + elements * mah_dtype_size(t->elem);
}

mah_status mah_tensor_stride(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t start,
                             int64_t count, int64_t step) {
  MAH_TRY(check_dim(t, dim));
  int64_t extent = t->extent[dim];
  int fits = start >= 0 && count >= 0 && step >= 1 && start <= extent - count;
  if (fits && count > 1) fits = count - 1 <= (extent - 1 - start) / step;
  if (!fits)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "%" PRId64 " positions from %" PRId64 " by %" PRId64
                    " leave dimension %d of %s",
                    count, from_one(start), step, dim + 1, mah_tensor_describe(t));
  MAH_TRY(mah_tensor_alias(out, t));
  if (count > 0) move_data(out, start * t->step[dim]);
  out->extent[dim] = count;
  if (count > 1) out->step[dim] *= step;
  return MAH_OK;
}

/* Without overflow: the last element that the extents and steps reach, or -1 if beyond `most`. */
static int64_t last_element(int32_t ndim, const int64_t *extent, const int64_t *step,
                            int64_t most) {
  int64_t last = 0;
  for (int32_t d = 0; d < ndim; d++) {
    if (extent[d] == 0) return 0;
    if (extent[d] == 1 || step[d] == 0) continue;
    if (extent[d] - 1 > (most - last) / step[d]) return -1;
    last += (extent[d] - 1) * step[d];
  }
  return last;
}

mah_status mah_tensor_as_strided(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                                 const int64_t *extent, const int64_t *step, int64_t offset) {
  int64_t count = 0;
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (ndim < 0 || ndim > MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_ARGUMENT, "%d dimensions; a tensor has at most %d", ndim,
                    MAH_MAX_DIMS);
  MAH_TRY(mah_shape_count(&count, ndim, extent));
  int64_t room = mah_tensor_count(t);
  int fits = mah_tensor_is_contiguous(t) && offset >= 0 && offset <= room - (count > 0);
  for (int32_t d = 0; d < ndim; d++) fits &= step[d] >= 0;
  if (!fits || (count > 0 && last_element(ndim, extent, step, room - 1 - offset) < 0))
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "the sizes and strides lead out of the %" PRId64 " elements of the storage",
                    room);
  MAH_TRY(mah_tensor_alias(out, t));
  if (count > 0) move_data(out, offset);
  mah_tensor_lay_out(out, t->elem, ndim, extent);
  for (int32_t d = 0; d < ndim; d++)
    if (count > 0 && extent[d] > 1) out->step[d] = step[d];
  return MAH_OK;
}

mah_status mah_tensor_narrow(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t start,
                             int64_t count) {
  return mah_tensor_stride(out, t, dim, start, count, 1);
}

mah_status mah_tensor_select(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t index) {
  MAH_TRY(check_dim(t, dim));
  if (index < 0 || index >= t->extent[dim])
    return mah_fail(MAH_ERROR_ARGUMENT, "index %" PRId64 " is outside dimension %d of %s",
                    from_one(index), dim + 1, mah_tensor_describe(t));
  MAH_TRY(mah_tensor_narrow(out, t, dim, index, 1));
  drop_dimension(out, dim);
  return MAH_OK;
}

mah_status mah_tensor_permute(mah_tensor *out, const mah_tensor *t, const int32_t *dims) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  for (int32_t d = 0, seen = 0; d < t->ndim; d++) {
    if (dims[d] < 0 || dims[d] >= t->ndim || (seen >> dims[d] & 1))
      return mah_fail(MAH_ERROR_ARGUMENT, "not a permutation of the dimensions of %s",
                      mah_tensor_describe(t));
    seen |= 1 << dims[d];
  }
  MAH_TRY(mah_tensor_alias(out, t));
  for (int32_t d = 0; d < t->ndim; d++) {
    out->extent[d] = t->extent[dims[d]];
    out->step[d] = t->step[dims[d]];
  }
  return MAH_OK;
}

mah_status mah_tensor_transpose(mah_tensor *out, const mah_tensor *t, int32_t dim0, int32_t dim1) {
  int32_t dims[MAH_MAX_DIMS];
  MAH_TRY(check_dim(t, dim0));
  MAH_TRY(check_dim(t, dim1));
  for (int32_t d = 0; d < t->ndim; d++) dims[d] = d == dim0 ? dim1 : d == dim1 ? dim0 : d;
  return mah_tensor_permute(out, t, dims);
}

mah_status mah_tensor_unsqueeze(mah_tensor *out, const mah_tensor *t, int32_t dim) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (dim < 0 || dim > t->ndim || t->ndim == MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_ARGUMENT, "no room for a new dimension %d in %s", dim + 1,
                    mah_tensor_describe(t));
  MAH_TRY(mah_tensor_alias(out, t));
  for (int32_t d = out->ndim++; d > dim; d--) {
    out->extent[d] = out->extent[d - 1];
    out->step[d] = out->step[d - 1];
  }
  out->step[dim] = dim + 1 < out->ndim ? out->extent[dim + 1] * out->step[dim + 1] : 1;
  out->extent[dim] = 1;
  return MAH_OK;
}

mah_status mah_tensor_squeeze(mah_tensor *out, const mah_tensor *t, int32_t dim) {
  MAH_TRY(check_dim(t, dim));
  MAH_TRY(mah_tensor_alias(out, t));
  if (out->extent[dim] == 1) drop_dimension(out, dim);
  return MAH_OK;
}

mah_status mah_tensor_expand(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                             const int64_t *extent) {
  int64_t count;
  MAH_TRY(mah_tensor_check(t, "tensor"));
  MAH_TRY(mah_shape_count(&count, ndim, extent));
  int32_t added = ndim - t->ndim, fits = added >= 0;
  for (int32_t d = 0; fits && d < t->ndim; d++)
    fits = t->extent[d] == extent[added + d] || t->extent[d] == 1;
  if (!fits) {
    char text[MAH_SHAPE_TEXT];
    mah_shape_describe(text, sizeof text, ndim, extent);
    return mah_fail(MAH_ERROR_SHAPE, "%s does not expand to %s", mah_tensor_describe(t), text);
  }
  MAH_TRY(mah_tensor_alias(out, t));
  out->ndim = ndim;
  for (int32_t d = ndim - 1; d >= 0; d--) {
    int kept = d >= added && t->extent[d - added] == extent[d];
    out->step[d] = kept ? t->step[d - added] : 0;
    out->extent[d] = extent[d];
  }
  return MAH_OK;
}

/* Does t's dimension d - 1 go on, without a gap, where the `run` elements of d and its followers by
 * `base` end? */
static int joins(const mah_tensor *t, int32_t d, int64_t run, int64_t base) {
  return d > 0 && (t->extent[d - 1] == 1 || t->step[d - 1] == run * base);
}

/* Steps for `extent` over t's elements. From the end, each gapless run of t's dimensions must be
 * used up exactly by a run of the new ones. */
static int steps_for_view(int64_t *step, const mah_tensor *t, int32_t ndim, const int64_t *extent) {
  int32_t next = ndim - 1;
  for (int32_t d = t->ndim - 1; d >= 0; d--) {
    int64_t base = t->step[d], run = t->extent[d], used = 1;
    while (joins(t, d, run, base)) run *= t->extent[--d];
    for (; next >= 0 && (used < run || extent[next] == 1); next--) {
      step[next] = used * base;
      used *= extent[next];
    }
    if (used != run) return 0;
  }
  return next < 0;
}

mah_status mah_tensor_view(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                           const int64_t *extent) {
  int64_t count, step[MAH_MAX_DIMS];
  MAH_TRY(mah_tensor_check(t, "tensor"));
  MAH_TRY(mah_shape_count(&count, ndim, extent));
  int contiguous = mah_tensor_is_contiguous(t), fits = count == mah_tensor_count(t);
  if (!fits || (!contiguous && !steps_for_view(step, t, ndim, extent))) {
    char text[MAH_SHAPE_TEXT];
    mah_shape_describe(text, sizeof text, ndim, extent);
    if (fits)
      return mah_fail(MAH_ERROR_SHAPE, "%s cannot be viewed as %s without a copy",
                      mah_tensor_describe(t), text);
    return mah_fail(MAH_ERROR_SHAPE,
                    "%s cannot be viewed as %s: %" PRId64 " elements are not %" PRId64,
                    mah_tensor_describe(t), text, mah_tensor_count(t), count);
  }
  MAH_TRY(mah_tensor_alias(out, t));
  mah_tensor_lay_out(out, t->elem, ndim, extent);
  if (!contiguous) memcpy(out->step, step, sizeof step[0] * (size_t)ndim);
  return MAH_OK;
}

mah_status mah_tensor_diagonal(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (t->ndim != 2)
    return mah_fail(MAH_ERROR_SHAPE, "a matrix is expected, got %s", mah_tensor_describe(t));
  MAH_TRY(mah_tensor_alias(out, t));
  out->ndim = 1;
  out->extent[0] = t->extent[0] < t->extent[1] ? t->extent[0] : t->extent[1];
  out->step[0] = t->step[0] + t->step[1];
  return MAH_OK;
}

mah_status mah_tensor_diagonal_of(mah_tensor *out, const mah_tensor *t, int64_t offset,
                                  int32_t dim0, int32_t dim1) {
  MAH_TRY(check_dim(t, dim0));
  MAH_TRY(check_dim(t, dim1));
  if (dim0 == dim1)
    return mah_fail(MAH_ERROR_ARGUMENT, "diagonal: dimension %d is named twice", dim0 + 1);
  int64_t row = offset < 0 ? (offset < -t->extent[dim0] ? t->extent[dim0] : -offset) : 0;
  int64_t column = offset > 0 ? (offset > t->extent[dim1] ? t->extent[dim1] : offset) : 0;
  int64_t height = t->extent[dim0] - row, width = t->extent[dim1] - column;
  int64_t count = height < width ? height : width, step = t->step[dim0] + t->step[dim1];
  MAH_TRY(mah_tensor_alias(out, t));
  if (count > 0) move_data(out, row * t->step[dim0] + column * t->step[dim1]);
  drop_dimension(out, dim0 > dim1 ? dim0 : dim1);
  drop_dimension(out, dim0 > dim1 ? dim1 : dim0);
  out->extent[out->ndim] = count;
  out->step[out->ndim++] = step;
  return MAH_OK;
}

mah_status mah_tensor_axis(mah_tensor *out, const mah_tensor *t, int32_t ndim,
                           const int64_t *extent, int32_t dim) {
  int64_t count;
  MAH_TRY(mah_tensor_check(t, "axis"));
  MAH_TRY(mah_shape_count(&count, ndim, extent));
  if (t->ndim > 1 || dim < 0 || dim >= ndim || extent[dim] != mah_tensor_count(t))
    return mah_fail(MAH_ERROR_SHAPE, "%s is no dimension %d of a grid", mah_tensor_describe(t),
                    dim + 1);
  MAH_TRY(mah_tensor_alias(out, t));
  for (int32_t d = 0; d < ndim; d++) {
    out->extent[d] = extent[d];
    out->step[d] = d == dim && t->ndim > 0 ? t->step[0] : 0;
  }
  out->ndim = ndim;
  return MAH_OK;
}

mah_status mah_tensor_unfold(mah_tensor *out, const mah_tensor *t, int32_t dim, int64_t size,
                             int64_t step) {
  MAH_TRY(check_dim(t, dim));
  if (size < 0 || size > t->extent[dim] || step < 1 || t->ndim == MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "unfold: windows of %" PRId64 " positions by %" PRId64
                    " along dimension %d of %s",
                    size, step, dim + 1, mah_tensor_describe(t));
  MAH_TRY(mah_tensor_alias(out, t));
  int64_t count = (t->extent[dim] - size) / step + 1;
  out->extent[dim] = count;
  if (count > 1) out->step[dim] *= step;
  out->extent[out->ndim] = size;
  out->step[out->ndim++] = t->step[dim];
  return MAH_OK;
}
