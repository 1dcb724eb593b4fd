#include "tensor/arrange.h"

#include "base/memory.h"
#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/kernels/arrange.h"
#include "tensor/loop.h"

#include <inttypes.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_arrange_table, mah_arrange_kernels);

/* The kernels' number of an element's size. */
static int32_t size_class(int32_t dtype) {
  int64_t size = mah_dtype_size(dtype);
  return size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
}

/* x as it is, or a row-major copy when it has gaps. */
static mah_status without_gaps(mah_tensor *out, const mah_tensor *x) {
  return mah_tensor_is_contiguous(x) ? mah_tensor_alias(out, x) : mah_tensor_clone(out, x);
}

/* The product of the extents from `from` on, before `to`. */
static int64_t count_between(const mah_tensor *t, int32_t from, int32_t to) {
  int64_t count = 1;
  for (int32_t d = from; d < to; d++) count *= t->extent[d];
  return count;
}

/* -- Backwards --------------------------------------------------------------------------------- */

mah_status mah_flip(mah_tensor *out, const mah_tensor *x, const int32_t *turned) {
  mah_loop loop;
  MAH_TRY(mah_tensor_check(x, "flip"));
  MAH_TRY(mah_tensor_new(out, x->elem, x->ndim, x->extent));
  if (mah_tensor_count(x) == 0) return MAH_OK;
  mah_tensor from = *x; /* not a counted reference; its steps may be negative */
  int64_t size = mah_dtype_size(x->elem), turned_row = -size;
  for (int32_t d = 0; d < x->ndim; d++) {
    if (!turned[d] || x->extent[d] < 2) continue;
    from.data = (char *)from.data + (x->extent[d] - 1) * x->step[d] * size;
    from.step[d] = -x->step[d];
  }
  mah_convert *copy = mah_convert_row(x->elem, x->elem);
  mah_reverse_row *reverse = MAH_PICK(mah_arrange_kernels)->reverse[size_class(x->elem)];
  MAH_TRY(mah_loop_plan(&loop, 2, (const mah_tensor *[]){out, &from}));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    if (loop.step[1] == turned_row && loop.count > 1)
      reverse(loop.data[0], loop.data[1] - (loop.count - 1) * size, loop.count);
    else
      copy(loop.data[0], loop.step[0], loop.data[1], loop.step[1], loop.count);
  return MAH_OK;
}

/* -- Round and round --------------------------------------------------------------------------- */

/* The positions from `start` on; a view that holds no reference. */
static mah_tensor part_of(const mah_tensor *t, int32_t dim, int64_t start, int64_t count) {
  mah_tensor part = *t;
  if (count > 0) part.data = (char *)part.data + start * part.step[dim] * mah_dtype_size(part.elem);
  part.extent[dim] = count;
  return part;
}

/* The blocks into which the shifts cut x, each to its place. 0 <= shift[d] < extent[d] */
static mah_status roll_from(int32_t dim, const mah_tensor *out, const mah_tensor *x,
                            const int64_t *shift) {
  while (dim < x->ndim && shift[dim] == 0) dim++;
  if (dim == x->ndim) {
    mah_tensor to = *out;
    return mah_tensor_copy(&to, x);
  }
  int64_t by = shift[dim], rest = x->extent[dim] - by;
  mah_tensor to = part_of(out, dim, by, rest), from = part_of(x, dim, 0, rest);
  MAH_TRY(roll_from(dim + 1, &to, &from, shift));
  to = part_of(out, dim, 0, by);
  from = part_of(x, dim, rest, by);
  return roll_from(dim + 1, &to, &from, shift);
}

mah_status mah_roll(mah_tensor *out, const mah_tensor *x, const int64_t *shift) {
  int64_t by[MAH_MAX_DIMS];
  MAH_TRY(mah_tensor_check(x, "roll"));
  MAH_TRY(mah_tensor_new(out, x->elem, x->ndim, x->extent));
  if (mah_tensor_count(x) == 0) return MAH_OK;
  for (int32_t d = 0; d < x->ndim; d++) {
    by[d] = shift[d] % x->extent[d];
    if (by[d] < 0) by[d] += x->extent[d];
  }
  mah_status status = roll_from(0, out, x, by);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* -- Several times ----------------------------------------------------------------------------- */

/* The first `bytes` of `at`, again and again until there are `times`: ever longer pieces. */
static void repeat_block(char *at, int64_t bytes, int64_t times) {
  enum { LONG = 1 << 16 }; /* as long a piece as the nearer caches like */
  int64_t have = bytes, all = bytes * times;
  for (int64_t piece; have < all; have += piece) {
    piece = have < LONG ? have : LONG / bytes > 0 ? LONG / bytes * bytes : bytes;
    if (piece > all - have) piece = all - have;
    memcpy(at + have, at, (size_t)piece);
  }
}

/* Every block of dimension d, whose first part is there, to its whole length. */
static void repeat_along(const mah_tensor *out, const int64_t *first, int32_t d, int64_t times) {
  int64_t blocks = 1, size = mah_dtype_size(out->elem);
  for (int32_t e = 0; e < d; e++) blocks *= first[e];
  for (int64_t b = 0; b < blocks; b++) {
    int64_t offset = 0, rest = b;
    for (int32_t e = d - 1; e >= 0; e--) {
      offset += rest % first[e] * out->step[e];
      rest /= first[e];
    }
    repeat_block((char *)out->data + offset * size, first[d] * out->step[d] * size, times);
  }
}

mah_status mah_tile(mah_tensor *out, const mah_tensor *x, int32_t ndim, const int64_t *times) {
  int64_t extent[MAH_MAX_DIMS], first[MAH_MAX_DIMS];
  MAH_TRY(mah_tensor_check(x, "tile"));
  if (ndim < x->ndim || ndim > MAH_MAX_DIMS)
    return mah_fail(MAH_ERROR_ARGUMENT, "tile: %d dimensions for %s", ndim, mah_tensor_describe(x));
  for (int32_t d = 0; d < ndim; d++) {
    int32_t own = d - (ndim - x->ndim);
    first[d] = own < 0 ? 1 : x->extent[own];
    if (times[d] < 0 || __builtin_mul_overflow(first[d], times[d], &extent[d]))
      return mah_fail(MAH_ERROR_ARGUMENT, "tile: %s %" PRId64 " times along dimension %d",
                      mah_tensor_describe(x), times[d], d + 1);
  }
  MAH_TRY(mah_tensor_new(out, x->elem, ndim, extent));
  if (mah_tensor_count(out) == 0) return MAH_OK;
  mah_tensor block = *out; /* not a counted reference */
  memcpy(block.extent, first, sizeof first[0] * (size_t)ndim);
  mah_status status = mah_tensor_copy(&block, x);
  for (int32_t d = ndim - 1; status == MAH_OK && d >= 0; d--)
    if (times[d] > 1) repeat_along(out, first, d, times[d]);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* -- Each position several times --------------------------------------------------------------- */

/* How often each of n positions comes, as int64; *sum: altogether. */
static mah_status read_counts(int64_t **list, int64_t *sum, const mah_tensor *count, int64_t n) {
  MAH_TRY(mah_tensor_check(count, "repeat_interleave: counts"));
  int64_t given = mah_tensor_count(count);
  if (!mah_dtype_is_integer(count->elem) || count->ndim != 1 || (given != n && given != 1))
    return mah_fail(MAH_ERROR_SHAPE,
                    "repeat_interleave: counts must be %" PRId64 " integers, got %s", n,
                    mah_tensor_describe(count));
  int64_t *each = mah_alloc(n, sizeof *each);
  if (each == NULL) return MAH_ERROR_MEMORY;
  mah_convert_row(MAH_INT64,
                  count->elem)((char *)each, sizeof *each, count->data,
                               given == 1 ? 0 : count->step[0] * mah_dtype_size(count->elem), n);
  *sum = 0;
  for (int64_t i = 0; i < n; i++)
    if (each[i] < 0 || __builtin_add_overflow(*sum, each[i], sum)) {
      mah_status status = mah_fail(
          MAH_ERROR_ARGUMENT, "repeat_interleave: count %" PRId64 " is %" PRId64, i + 1, each[i]);
      mah_free(each);
      return status;
    }
  *list = each;
  return MAH_OK;
}

/* One block of n positions of `bytes` each; returns where the next one goes. */
static char *interleave(char *to, const char *from, int32_t kind_, int64_t bytes, int64_t n,
                        const int64_t *each_, int64_t times) {
  const mah_arrange_table *table = MAH_PICK(mah_arrange_kernels);
  if (kind_ >= 0 && each_) {
    table->counted[kind_](to, from, each_, n);
    for (int64_t i = 0; i < n; i++) to += each_[i] * bytes;
    return to;
  }
  if (kind_ >= 0) {
    table->repeat[kind_](to, from, n, times);
    return to + n * times * bytes;
  }
  for (int64_t i = 0; i < n; i++, from += bytes) {
    int64_t m = each_ ? each_[i] : times;
    if (m > 0) memcpy(to, from, (size_t)bytes);
    if (m > 1) repeat_block(to, bytes, m);
    to += m * bytes;
  }
  return to;
}

static void interleave_all(mah_tensor *out, const mah_tensor *x, int32_t dim, const int64_t *each_,
                           int64_t times) {
  int64_t outer = count_between(x, 0, dim), inner = count_between(x, dim + 1, x->ndim);
  int64_t bytes = inner * mah_dtype_size(x->elem), n = x->extent[dim];
  int32_t kind_ = inner == 1 ? size_class(x->elem) : -1;
  const char *from = x->data;
  char *to = out->data;
  for (int64_t i = 0; i < outer; i++, from += n * bytes)
    to = interleave(to, from, kind_, bytes, n, each_, times);
}

static mah_status interleave_rows(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                  const int64_t *each_, int64_t times, int64_t sum) {
  int64_t extent[MAH_MAX_DIMS];
  mah_tensor rows = {0};
  memcpy(extent, x->extent, sizeof extent);
  extent[dim] = sum;
  MAH_TRY(mah_tensor_new(out, x->elem, x->ndim, extent));
  if (mah_tensor_count(out) == 0) return MAH_OK;
  mah_status status = without_gaps(&rows, x);
  if (status == MAH_OK) interleave_all(out, &rows, dim, each_, times);
  mah_tensor_release(&rows);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

mah_status mah_repeat_interleave(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                 const mah_tensor *count_, int64_t times) {
  int64_t *each_ = NULL, sum = 0;
  MAH_TRY(mah_tensor_check(x, "repeat_interleave"));
  if (dim < 0 || dim >= x->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "repeat_interleave: dimension %d of %s", dim + 1,
                    mah_tensor_describe(x));
  if (count_) MAH_TRY(read_counts(&each_, &sum, count_, x->extent[dim]));
  if (!count_ && (times < 0 || __builtin_mul_overflow(x->extent[dim], times, &sum)))
    return mah_fail(MAH_ERROR_ARGUMENT, "repeat_interleave: %" PRId64 " times", times);
  mah_status status = interleave_rows(out, x, dim, each_, times, sum);
  mah_free(each_);
  return status;
}

/* -- Triangles --------------------------------------------------------------------------------- */

static int64_t clamped(int64_t x, int64_t low, int64_t high) {
  return x < low ? low : x > high ? high : x;
}

mah_status mah_triangle(mah_tensor *out, const mah_tensor *x, int64_t diagonal, int32_t upper) {
  MAH_TRY(mah_tensor_check(x, upper ? "triu" : "tril"));
  if (x->ndim < 2)
    return mah_fail(MAH_ERROR_SHAPE, "%s: a matrix is expected, got %s", upper ? "triu" : "tril",
                    mah_tensor_describe(x));
  int in_place = !mah_tensor_is_contiguous(x); /* of a copy; else row by row */
  MAH_TRY(in_place ? mah_tensor_clone(out, x) : mah_tensor_new(out, x->elem, x->ndim, x->extent));
  int64_t n = x->extent[x->ndim - 2], m = x->extent[x->ndim - 1], size = mah_dtype_size(x->elem);
  int64_t rows = mah_tensor_count(x) == 0 ? 0 : count_between(x, 0, x->ndim - 1);
  int64_t first = clamped(diagonal, -n, m) + !upper; /* where row 0 changes */
  char *to = out->data;
  const char *from = x->data;
  for (int64_t r = 0; r < rows; r++, to += m * size, from += m * size) {
    int64_t turn = clamped(first + r % n, 0, m), start = upper ? turn : 0, end = upper ? m : turn;
    if (!in_place) memcpy(to + start * size, from + start * size, (size_t)((end - start) * size));
    memset(upper ? to : to + end * size, 0, (size_t)((upper ? start : m - end) * size));
  }
  return MAH_OK;
}
