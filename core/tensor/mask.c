/* mask.c - elements by condition (index.h): counted first, then listed, a piece of a row at a time.
 */
#include "tensor/kernels/mask.h"
#include "base/simd.h"
#include "tensor/index.h"
#include "tensor/loop.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_mask_table, mah_mask_kernels);

enum { PIECE = 512 }; /* elements looked at together; their places stay in the cache */

static mah_status count_set(int64_t *count, const mah_tensor *shape, const mah_tensor *mask) {
  mah_loop loop;
  mah_mask_count *count_row = MAH_PICK(mah_mask_kernels)->count[mask->elem];
  MAH_TRY(mah_loop_plan(&loop, 2, (const mah_tensor *[]){shape, mask}));
  *count = 0;
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    *count += count_row(loop.data[1], loop.step[1], loop.count);
  return MAH_OK;
}

/* to[k] = the element at place[k], for elements of `size` bytes */
static void pick(char *to, const char *from, int64_t step, const int32_t *place, int64_t n,
                 int64_t size) {
  switch (size) {
  case 1:
    for (int64_t k = 0; k < n; k++) to[k] = from[place[k] * step];
    break;
  case 2:
    for (int64_t k = 0; k < n; k++) memcpy(to + 2 * k, from + place[k] * step, 2);
    break;
  case 4:
    for (int64_t k = 0; k < n; k++) memcpy(to + 4 * k, from + place[k] * step, 4);
    break;
  default:
    for (int64_t k = 0; k < n; k++) memcpy(to + 8 * k, from + place[k] * step, 8);
  }
}

mah_status mah_masked_select(mah_tensor *out, const mah_tensor *x, const mah_tensor *mask) {
  mah_loop loop;
  int64_t count;
  int32_t place[PIECE + 3];
  MAH_TRY(mah_tensor_check(x, "masked_select"));
  MAH_TRY(mah_tensor_check(mask, "masked_select: mask"));
  MAH_TRY(count_set(&count, x, mask));
  MAH_TRY(mah_loop_plan(&loop, 2, (const mah_tensor *[]){x, mask}));
  MAH_TRY(mah_tensor_new(out, x->elem, 1, &count));
  mah_mask_places *places = MAH_PICK(mah_mask_kernels)->places[mask->elem];
  int64_t size = mah_dtype_size(x->elem);
  char *to = out->data;
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop)) {
    const char *from = loop.data[0], *m = loop.data[1];
    for (int64_t done = 0, n; done < loop.count; done += n) {
      n = loop.count - done < PIECE ? loop.count - done : PIECE;
      int64_t found = places(place, m + done * loop.step[1], loop.step[1], n);
      pick(to, from + done * loop.step[0], loop.step[0], place, found, size);
      to += found * size;
    }
  }
  return MAH_OK;
}

/* -- Positions --------------------------------------------------------------------------------- */

/* Positions of `ndim` numbers each: those of the row, index[0] ... index[ndim - 2], and the place
 * in the row, place[k] + start. Returns where the next one goes. */
static int32_t *put_positions(int32_t *to, int32_t ndim, const int64_t *index, const int32_t *place,
                              int64_t n, int32_t start, int32_t first) {
  if (ndim == 1) {
    for (int64_t k = 0; k < n; k++) to[k] = place[k] + start;
    return to + n;
  }
  for (int64_t k = 0; k < n; k++) {
    for (int32_t d = 0; d < ndim - 1; d++) *to++ = (int32_t)index[d] + first;
    *to++ = place[k] + start;
  }
  return to;
}

/* Moves to the next row, whose first element is returned. */
static const char *next_row(const mah_tensor *x, int64_t *index, const char *row) {
  int64_t size = mah_dtype_size(x->elem);
  for (int32_t d = x->ndim - 2; d >= 0; d--) {
    row += x->step[d] * size;
    if (++index[d] < x->extent[d]) break;
    row -= x->step[d] * x->extent[d] * size;
    index[d] = 0;
  }
  return row;
}

static void list_positions(int32_t *to, const mah_tensor *x, int32_t first) {
  mah_mask_places *places = MAH_PICK(mah_mask_kernels)->places[x->elem];
  int32_t place[PIECE + 3];
  int64_t index[MAH_MAX_DIMS] = {0}, length = x->extent[x->ndim - 1];
  int64_t step = x->step[x->ndim - 1] * mah_dtype_size(x->elem);
  const char *row = x->data;
  for (int64_t left = mah_tensor_count(x); left > 0; left -= length) {
    for (int64_t done = 0, n; done < length; done += n) {
      n = length - done < PIECE ? length - done : PIECE;
      int64_t found = places(place, row + done * step, step, n);
      to = put_positions(to, x->ndim, index, place, found, (int32_t)done + first, first);
    }
    row = next_row(x, index, row);
  }
}

mah_status mah_nonzero(mah_tensor *out, const mah_tensor *x, int32_t first) {
  int64_t extent[2];
  MAH_TRY(mah_tensor_check(x, "nonzero"));
  MAH_TRY(count_set(&extent[0], x, x));
  extent[1] = x->ndim;
  MAH_TRY(mah_tensor_new(out, MAH_INT32, 2, extent));
  if (x->ndim > 0) list_positions(out->data, x, first);
  return MAH_OK;
}
