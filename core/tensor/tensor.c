#include "tensor/tensor.h"

#include "base/memory.h"
#include "tensor/half.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* The elements lie behind it in the same block, unless they are borrowed. */
struct mah_storage {
  atomic_int references;
};
enum { STORAGE_ROOM = 64 }; /* bytes in front of the elements, which are aligned as blocks are */

static mah_storage in_room; /* stands for the room of all tensors that live there; not counted */

static const struct {
  const char *name;
  int64_t size;
} dtypes[MAH_DTYPES] = {
    [MAH_FLOAT32] = {"float32", 4}, [MAH_FLOAT64] = {"float64", 8},   [MAH_INT32] = {"int32", 4},
    [MAH_UINT8] = {"uint8", 1},     [MAH_INT64] = {"int64", 8},       [MAH_BOOL] = {"bool", 1},
    [MAH_FLOAT16] = {"float16", 2}, [MAH_BFLOAT16] = {"bfloat16", 2},
};

static int known(int32_t dtype) { return dtype >= 0 && dtype < MAH_DTYPES; }
const char *mah_dtype_name(int32_t dtype) { return known(dtype) ? dtypes[dtype].name : "unknown"; }
int mah_dtype_is_integer(int32_t dtype) { return dtype >= MAH_INT32 && dtype <= MAH_BOOL; }
int mah_dtype_is_half(int32_t dtype) { return dtype == MAH_FLOAT16 || dtype == MAH_BFLOAT16; }
int64_t mah_dtype_size(int32_t dtype) { return known(dtype) ? dtypes[dtype].size : 0; }

double mah_half_value(int32_t dtype, uint32_t bits) {
  mah_f16 half = (mah_f16)bits;
  return (double)(dtype == MAH_FLOAT16 ? mah_f16_to_float(half) : mah_bf16_to_float(half));
}

uint32_t mah_half_bits(int32_t dtype, double value) {
  return dtype == MAH_FLOAT16 ? mah_f16_of_double(value) : mah_bf16_of_double(value);
}

/* -- Messages and checks ----------------------------------------------------------------------- */

void mah_shape_describe(char *text, size_t room, int32_t ndim, const int64_t *extent) {
  size_t used = 0;
  for (int32_t d = 0; d < ndim && used < room; d++)
    used += (size_t)snprintf(text + used, room - used, d ? "x%" PRId64 : "%" PRId64, extent[d]);
  if (ndim == 0) snprintf(text, room, "scalar");
}

const char *mah_tensor_describe(const mah_tensor *t) {
  static _Thread_local char texts[4][MAH_SHAPE_TEXT + 16];
  static _Thread_local int turn;
  char *text = texts[turn++ % 4], extent[MAH_SHAPE_TEXT];
  mah_shape_describe(extent, sizeof extent, t->ndim, t->extent);
  snprintf(text, sizeof texts[0], "%s %s", mah_dtype_name(t->elem), extent);
  return text;
}

mah_status mah_tensor_check(const mah_tensor *t, const char *name) {
  if (t == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "%s: a tensor is expected, got none", name);
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

mah_status mah_tensor_check_like(const mah_tensor *t, const mah_tensor *like, const char *name) {
  MAH_TRY(mah_tensor_check(t, name));
  if (t->elem == like->elem && mah_tensor_same_shape(t, like) && mah_tensor_is_contiguous(t))
    return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: %s beside %s", name, mah_tensor_describe(t),
                  mah_tensor_describe(like));
}

/* Of the dimensions that are not in `seen`, the one with the smallest step. */
static int32_t smallest_step(const mah_tensor *t, int seen) {
  int32_t best = t->ndim - 1;
  for (int32_t d = best; d >= 0; d--)
    if (!(seen >> d & 1) && (seen >> best & 1 || t->step[d] < t->step[best])) best = d;
  return best;
}

/* Do elements lie in one place? Else each step is beyond what the smaller ones reach: so it is in a
 * row-major tensor, and all views but windows keep that. */
static int elements_meet(const mah_tensor *t) {
  int64_t reach = 0;
  for (int32_t k = 0, seen = 0; k < t->ndim; k++) {
    int32_t d = smallest_step(t, seen);
    seen |= 1 << d;
    if (t->extent[d] <= 1) continue;
    if (t->step[d] <= reach) return 1;
    reach += (t->extent[d] - 1) * t->step[d];
  }
  return 0;
}

mah_status mah_tensor_check_writable(const mah_tensor *t, const char *name) {
  MAH_TRY(mah_tensor_check(t, name));
  for (int32_t d = 0; d < t->ndim; d++)
    if (t->step[d] == 0 && t->extent[d] > 1)
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "%s: an expanded tensor (%s) cannot be written; clone it first", name,
                      mah_tensor_describe(t));
  if (t->ndim > 1 && !mah_tensor_is_contiguous(t) && elements_meet(t))
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "%s: elements of %s share memory, which cannot be written; clone it first",
                    name, mah_tensor_describe(t));
  return MAH_OK;
}

static mah_status check_empty(const mah_tensor *out) {
  if (out == NULL || out->store != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "the output tensor holds another tensor already");
  return MAH_OK;
}

static mah_status fail_shape(const char *what, int32_t ndim, const int64_t *extent,
                             const char *more) {
  char text[MAH_SHAPE_TEXT];
  mah_shape_describe(text, sizeof text, ndim, extent);
  return mah_fail(MAH_ERROR_SHAPE, "%sshape %s%s", what, text, more);
}

mah_status mah_shape_count(int64_t *count, int32_t ndim, const int64_t *extent) {
  int64_t size_limit = 1; /* the product with zeros left out must not overflow either */
  if (ndim < 0 || ndim > MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_SHAPE, "%d dimensions; a tensor has 0 ... %d", ndim, MAH_MAX_DIMS);
  *count = 1;
  for (int32_t d = 0; d < ndim; d++) {
    if (extent[d] < 0) return fail_shape("negative size in ", ndim, extent, "");
    if (extent[d] > 0 && __builtin_mul_overflow(size_limit, extent[d], &size_limit))
      return fail_shape("", ndim, extent, " has too many elements");
    *count *= extent[d] ? extent[d] : 0;
  }
  if (size_limit > INT64_MAX / 16) return fail_shape("", ndim, extent, " has too many elements");
  return MAH_OK;
}

/* -- Making ------------------------------------------------------------------------------------ */

void mah_tensor_lay_out(mah_tensor *t, int32_t dtype, int32_t ndim, const int64_t *extent) {
  int64_t step = 1;
  t->elem = dtype;
  t->ndim = ndim;
  for (int32_t d = ndim - 1; d >= 0; d--) {
    t->extent[d] = extent[d];
    t->step[d] = step;
    step *= extent[d] > 0 ? extent[d] : 1;
  }
}

/* A storage with `room` for elements of `size` bytes, a power of two, behind it. */
static mah_storage *new_storage(int64_t room, size_t size) {
  mah_storage *store = mah_alloc(room + STORAGE_ROOM / (int64_t)size, size);
  if (store != NULL) atomic_init(&store->references, 1);
  return store;
}

static mah_status check_new(const mah_tensor *out, int64_t *count, int32_t dtype, int32_t ndim,
                            const int64_t *extent) {
  MAH_TRY(check_empty(out));
  if (!known(dtype)) return mah_fail(MAH_ERROR_DTYPE, "unknown dtype number %d", dtype);
  return mah_shape_count(count, ndim, extent);
}

/* Does Lua's tensor offer its room? The address of a C variable never says so. */
static int offers_room(const mah_tensor *out) { return out->data == (const void *)(out + 1); }

static mah_status allocate(mah_tensor *out, int64_t count, size_t size) {
  mah_storage *store = new_storage(count, size);
  if (store == NULL) return MAH_ERROR_MEMORY;
  out->store = store;
  out->data = (char *)store + STORAGE_ROOM;
  return MAH_OK;
}

mah_status mah_tensor_new(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent) {
  int64_t count;
  MAH_TRY(check_new(out, &count, dtype, ndim, extent));
  if (offers_room(out) && count * mah_dtype_size(dtype) <= MAH_TENSOR_ROOM)
    out->store = &in_room;
  else
    MAH_TRY(allocate(out, count, (size_t)mah_dtype_size(dtype)));
  mah_tensor_lay_out(out, dtype, ndim, extent);
  return MAH_OK;
}

mah_status mah_tensor_zeros(mah_tensor *out, int32_t dtype, int32_t ndim, const int64_t *extent) {
  MAH_TRY(mah_tensor_new(out, dtype, ndim, extent));
  memset(out->data, 0, (size_t)(mah_tensor_count(out) * mah_dtype_size(dtype)));
  return MAH_OK;
}

mah_status mah_tensor_settle(mah_tensor *t) {
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (t->store != &in_room) return MAH_OK;
  const void *from = t->data;
  size_t bytes = (size_t)(mah_tensor_count(t) * mah_dtype_size(t->elem));
  MAH_TRY(allocate(t, (int64_t)bytes, 1));
  memcpy(t->data, from, bytes);
  return MAH_OK;
}

mah_status mah_tensor_borrow(mah_tensor *out, void *data, int32_t dtype, int32_t ndim,
                             const int64_t *extent) {
  int64_t count;
  MAH_TRY(check_new(out, &count, dtype, ndim, extent));
  if (data == NULL && count > 0) return mah_fail(MAH_ERROR_ARGUMENT, "data: a null pointer");
  out->store = new_storage(0, 1);
  if (out->store == NULL) return MAH_ERROR_MEMORY;
  out->data = data;
  mah_tensor_lay_out(out, dtype, ndim, extent);
  return MAH_OK;
}

mah_status mah_tensor_alias(mah_tensor *out, const mah_tensor *t) {
  MAH_TRY(check_empty(out));
  MAH_TRY(mah_tensor_check(t, "tensor"));
  if (t->store != &in_room) atomic_fetch_add(&t->store->references, 1);
  *out = *t;
  return MAH_OK;
}

static void release(mah_storage *store_) {
  if (store_ == NULL || store_ == &in_room) return;
  if (atomic_fetch_sub(&store_->references, 1) == 1) mah_free(store_);
}

void mah_storage_release(mah_storage **list, int32_t n) {
  release(list[n]);
  list[n] = NULL;
}

void mah_storage_move(mah_storage **list, mah_tensor *t, int32_t from, int32_t to) {
  list[to] = list[from];
  list[from] = NULL;
  memcpy(t + 1, &to, sizeof to); /* behind it is its room */
}

void mah_tensor_release(mah_tensor *t_) {
  if (t_ == NULL || t_->store == NULL) return;
  release(t_->store);
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

int mah_tensor_is_in_room(const mah_tensor *t) { return t->store == &in_room; }

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

int mah_tensor_same_shape(const mah_tensor *a, const mah_tensor *b) {
  if (a->ndim != b->ndim) return 0;
  for (int32_t d = 0; d < a->ndim; d++)
    if (a->extent[d] != b->extent[d]) return 0;
  return 1;
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

int mah_tensor_share(const mah_tensor *a, const mah_tensor *b) {
  return a->store == b->store && (a->store != &in_room || mah_tensor_overlaps(a, b));
}
