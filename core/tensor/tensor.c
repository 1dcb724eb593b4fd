#include "tensor/tensor.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct mah_storage {
  void *memory; /* freed with the storage; NULL when it is borrowed */
  atomic_int references;
};

static const struct {
  const char *name;
  int64_t size;
} dtypes[MAH_DTYPES] = {{"float32", 4}, {"float64", 8}, {"int32", 4}, {"uint8", 1}};

static int known(int32_t dtype) { return dtype >= 0 && dtype < MAH_DTYPES; }
const char *mah_dtype_name(int32_t dtype) { return known(dtype) ? dtypes[dtype].name : "unknown"; }
int64_t mah_dtype_size(int32_t dtype) { return known(dtype) ? dtypes[dtype].size : 0; }

/* -- Messages and checks ----------------------------------------------------------------------- */

static void describe_extent(char *text, size_t room, int32_t ndim, const int64_t *extent) {
  size_t used = 0;
  for (int32_t d = 0; d < ndim && used < room; d++)
    used += (size_t)snprintf(text + used, room - used, d ? "x%" PRId64 : "%" PRId64, extent[d]);
  if (ndim == 0) snprintf(text, room, "scalar");
}

const char *mah_tensor_describe(const mah_tensor *t) {
  static _Thread_local char texts[4][MAH_MAX_DIMS * 22 + 16];
  static _Thread_local int turn;
  char *text = texts[turn++ % 4], extent[MAH_MAX_DIMS * 22];
  describe_extent(extent, sizeof extent, t->ndim, t->extent);
  snprintf(text, sizeof texts[0], "%s %s", mah_dtype_name(t->elem), extent);
  return text;
}

mah_status mah_tensor_check(const mah_tensor *t, const char *name) {
  if (t == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "%s: a tensor is expected, got nil", name);
  if (t->store == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "%s: the tensor has been freed", name);
  return MAH_OK;
}

mah_status mah_tensor_check_dtype(const mah_tensor *t, const char *name, int32_t dtype) {
  MAH_TRY(mah_tensor_check(t, name));
  if (t->elem != dtype)
    return mah_fail(MAH_ERROR_DTYPE, "%s: %s is expected, got %s", name, mah_dtype_name(dtype),
                    mah_tensor_describe(t));
  return MAH_OK;
}

mah_status mah_tensor_check_writable(const mah_tensor *t, const char *name) {
  MAH_TRY(mah_tensor_check(t, name));
  for (int32_t d = 0; d < t->ndim; d++)
    if (t->step[d] == 0 && t->extent[d] > 1)
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "%s: an expanded tensor (%s) cannot be written; clone it first", name,
                      mah_tensor_describe(t));
  return MAH_OK;
}

/* A position as the Lua side counts it; any number may have been asked for, the largest too. */
static int64_t from_one(int64_t position) { return position < INT64_MAX ? position + 1 : position; }

static mah_status check_dim(const mah_tensor *t, int32_t dim) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (dim < 0 || dim >= t->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "dimension %d of a tensor with %d dimensions (%s)", dim + 1,
                    t->ndim, mah_tensor_describe(t));
  return MAH_OK;
}

static mah_status check_empty(const mah_tensor *out) {
  if (out == NULL || out->store != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "the output tensor holds another tensor already");
  return MAH_OK;
}

/* The number of elements; fails on negative extents and on overflow. */
static mah_status count_elements(int64_t *count, int32_t ndim, const int64_t *extent) {
  char text[MAH_MAX_DIMS * 22];
  int64_t size_limit = 1; /* the product with zeros left out must not overflow either */
  if (ndim < 0 || ndim > MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_SHAPE, "%d dimensions; a tensor has 0 ... %d", ndim, MAH_MAX_DIMS);
  *count = 1;
  describe_extent(text, sizeof text, ndim, extent);
  for (int32_t d = 0; d < ndim; d++) {
    if (extent[d] < 0) return mah_fail(MAH_ERROR_SHAPE, "negative size in shape %s", text);
    if (extent[d] > 0 && __builtin_mul_overflow(size_limit, extent[d], &size_limit))
      return mah_fail(MAH_ERROR_SHAPE, "shape %s has too many elements", text);
    *count *= extent[d] ? extent[d] : 0;
  }
  if (size_limit > INT64_MAX / 16)
    return mah_fail(MAH_ERROR_SHAPE, "shape %s has too many elements", text);
  return MAH_OK;
}

/* -- Making ------------------------------------------------------------------------------------ */

static void lay_row_major(mah_tensor *t, int32_t dtype, int32_t ndim, const int64_t *extent) {
  int64_t step = 1;
  t->elem = dtype;
  t->ndim = ndim;
  for (int32_t d = ndim - 1; d >= 0; d--) {
    t->extent[d] = extent[d];
    t->step[d] = step;
    step *= extent[d] > 0 ? extent[d] : 1;
  }
}

static mah_status adopt(mah_tensor *out, void *memory, void *data) {
  mah_storage *store = mah_alloc(1, sizeof *store);
  if (store == NULL) {
    mah_free(memory);
    return MAH_ERROR_MEMORY;
  }
  store->memory = memory;
  atomic_init(&store->references, 1);
  out->store = store;
  out->data = data;
  return MAH_OK;
}

static mah_status check_new(const mah_tensor *out, int64_t *count, int32_t dtype, int32_t ndim,
                            const int64_t *extent) {
  MAH_TRY(check_empty(out));
  if (!known(dtype)) return mah_fail(MAH_ERROR_DTYPE, "unknown dtype number %d", dtype);
  return count_elements(count, ndim, extent);
}

static mah_status make(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent,
                       void *(*allocate)(int64_t, size_t)) {
  int64_t count;
  MAH_TRY(check_new(out, &count, dtype, ndim, extent));
  void *memory = allocate(count, (size_t)mah_dtype_size(dtype));
  if (memory == NULL) return MAH_ERROR_MEMORY;
  MAH_TRY(adopt(out, memory, memory));
  lay_row_major(out, dtype, ndim, extent);
  return MAH_OK;
}

mah_status mah_tensor_new(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent) {
  return make(out, dtype, ndim, extent, mah_alloc);
}

mah_status mah_tensor_zeros(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent) {
  return make(out, dtype, ndim, extent, mah_alloc_zero);
}

mah_status mah_tensor_borrow(mah_tensor *out, void *data, int32_t dtype, int32_t ndim,
                             const int64_t *extent) {
  int64_t count;
  MAH_TRY(check_new(out, &count, dtype, ndim, extent));
  if (data == NULL && count > 0) return mah_fail(MAH_ERROR_ARGUMENT, "data: a null pointer");
  MAH_TRY(adopt(out, NULL, data));
  lay_row_major(out, dtype, ndim, extent);
  return MAH_OK;
}

void mah_tensor_release(mah_tensor *t_) {
  if (t_ == NULL || t_->store == NULL) return;
  if (atomic_fetch_sub(&t_->store->references, 1) == 1) {
    mah_free(t_->store->memory);
    mah_free(t_->store);
  }
  t_->store = NULL;
  t_->data = NULL;
  t_->ndim = 0;
}

/* -- Looking ----------------------------------------------------------------------------------- */

int64_t mah_tensor_count(const mah_tensor *t) {
  int64_t count = t->store != NULL;
  for (int32_t d = 0; d < t->ndim; d++) count *= t->extent[d];
  return count;
}

int mah_tensor_is_contiguous(const mah_tensor *t) {
  int64_t expected = 1;
  for (int32_t d = t->ndim - 1; d >= 0; d--) {
    if (t->extent[d] == 0) return 1;
    if (t->extent[d] != 1 && t->step[d] != expected) return 0;
    expected *= t->extent[d];
  }
  return 1;
}

/* Bytes from the first element to one past the last. Steps are never negative. */
static int64_t span(const mah_tensor *t) {
  int64_t last = 0;
  for (int32_t d = 0; d < t->ndim; d++) {
    if (t->extent[d] == 0) return 0;
    last += (t->extent[d] - 1) * t->step[d];
  }
  return (last + 1) * mah_dtype_size(t->elem);
}

int mah_tensor_same_view(const mah_tensor *a, const mah_tensor *b) {
  if (a->data != b->data || a->elem != b->elem || a->ndim != b->ndim) return 0;
  for (int32_t d = 0; d < a->ndim; d++)
    if (a->extent[d] != b->extent[d] || (a->extent[d] > 1 && a->step[d] != b->step[d])) return 0;
  return 1;
}

int mah_tensor_overlaps(const mah_tensor *a, const mah_tensor *b) {
  uintptr_t x = (uintptr_t)a->data, y = (uintptr_t)b->data;
  return x < y + (uintptr_t)span(b) && y < x + (uintptr_t)span(a);
}

/* -- Views ------------------------------------------------------------------------------------- */

mah_status mah_tensor_alias(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(check_empty(out));
  MAH_TRY(mah_tensor_check(t, "tensor"));
  atomic_fetch_add(&t->store->references, 1);
  *out = *t;
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
  MAH_TRY(count_elements(&count, ndim, extent));
  int32_t added = ndim - t->ndim, fits = added >= 0;
  for (int32_t d = 0; fits && d < t->ndim; d++)
    fits = t->extent[d] == extent[added + d] || t->extent[d] == 1;
  if (!fits) {
    char text[MAH_MAX_DIMS * 22];
    describe_extent(text, sizeof text, ndim, extent);
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
  MAH_TRY(count_elements(&count, ndim, extent));
  char text[MAH_MAX_DIMS * 22];
  describe_extent(text, sizeof text, ndim, extent);
  if (count != mah_tensor_count(t))
    return mah_fail(MAH_ERROR_SHAPE,
                    "%s cannot be viewed as %s: %" PRId64 " elements are not %" PRId64,
                    mah_tensor_describe(t), text, mah_tensor_count(t), count);
  int contiguous = mah_tensor_is_contiguous(t);
  if (!contiguous && !steps_for_view(step, t, ndim, extent))
    return mah_fail(MAH_ERROR_SHAPE, "%s cannot be viewed as %s without a copy",
                    mah_tensor_describe(t), text);
  MAH_TRY(mah_tensor_alias(out, t));
  lay_row_major(out, t->elem, ndim, extent);
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
