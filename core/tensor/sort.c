/* sort.c - a stable radix sort (least significant digit first) of keys that order as numbers do. */
#include "tensor/sort.h"

#include "base/memory.h"
#include "base/simd.h"
#include "tensor/kernels/select.h"
#include "tensor/lanes.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_select_table, mah_select_kernels);

enum { CHUNK = 256 }; /* keys made at a time */

static void load_items(mah_item *items, const char *data, int64_t step, int64_t n, int32_t dtype,
                       int descending) {
  union {
    uint64_t wide[CHUNK];
    uint32_t narrow[CHUNK];
  } key;
  int is_wide = mah_dtype_size(dtype) == 8;
  mah_keys_load *load = MAH_PICK(mah_select_kernels)->load[dtype];
  for (int64_t done = 0, m; done < n; done += m, data += m * step) {
    m = n - done < CHUNK ? n - done : CHUNK;
    load(&key, data, step, m, descending ? UINT64_MAX : 0);
    for (int64_t i = 0; i < m; i++)
      items[done + i] = (mah_item){is_wide ? key.wide[i] : key.narrow[i], done + i};
  }
}

/* -- Sorting ----------------------------------------------------------------------------------- */

static void insertion_sort(mah_item *items, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    mah_item moved = items[i];
    int64_t at = i;
    for (; at > 0 && items[at - 1].key > moved.key; at--) items[at] = items[at - 1];
    items[at] = moved;
  }
}

/* One pass over digit `d`; returns 0 when all items have the same one. */
static int pass(mah_item *to, const mah_item *from, int64_t n, int d, const int64_t *count) {
  int64_t start[256], sum = 0;
  if (count[from[0].key >> 8 * d & 255] == n) return 0;
  for (int v = 0; v < 256; v++) {
    start[v] = sum;
    sum += count[v];
  }
  for (int64_t i = 0; i < n; i++) to[start[from[i].key >> 8 * d & 255]++] = from[i];
  return 1;
}

mah_item *mah_items_sort(mah_item *items, mah_item *spare, int64_t n) {
  int64_t count[8][256];
  if (n <= 48) return insertion_sort(items, n), items;
  memset(count, 0, sizeof count);
  for (int64_t i = 0; i < n; i++)
    for (int d = 0; d < 8; d++) count[d][items[i].key >> 8 * d & 255]++;
  for (int d = 0; d < 8; d++)
    if (pass(spare, items, n, d, count[d])) {
      mah_item *swap = items;
      items = spare;
      spare = swap;
    }
  return items;
}

/* -- Lanes ------------------------------------------------------------------------------------- */

void mah_items_store(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                     int64_t n, const mah_item *items, int64_t count, int32_t first) {
  int64_t size = mah_dtype_size(x->elem), from_step = mah_lane_step(x, dim);
  char *to = values_ ? mah_lane(values_, dim, n) : NULL, *from = mah_lane(x, dim, n);
  char *place = place_ ? mah_lane(place_, dim, n) : NULL;
  for (int64_t i = 0; i < count; i++) {
    if (to)
      memcpy(to + i * mah_lane_step(values_, dim), from + items[i].place * from_step, (size_t)size);
    if (place)
      *(int32_t *)(void *)(place + i * mah_lane_step(place_, dim)) =
          (int32_t)items[i].place + first;
  }
}

mah_status mah_lane_check(const mah_tensor *x, int32_t dim, const char *function) {
  MAH_TRY(mah_tensor_check(x, function));
  if (dim < 0 || dim >= x->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: dimension %d of %s", function, dim + 1,
                    mah_tensor_describe(x));
  if (x->extent[dim] > INT32_MAX - 1)
    return mah_fail(MAH_ERROR_SHAPE, "%s: %s is too long for int32 places", function,
                    mah_tensor_describe(x));
  return MAH_OK;
}

mah_status mah_sort(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                    int32_t descending, int32_t first) {
  MAH_TRY(mah_lane_check(x, dim, "sort"));
  int64_t n = x->extent[dim], lanes = n > 0 ? mah_lane_count(x, dim) : 0;
  mah_item *items = mah_alloc(2 * n, sizeof *items);
  mah_status status = items ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK && values_) status = mah_tensor_new(values_, x->elem, x->ndim, x->extent);
  if (status == MAH_OK && place_) status = mah_tensor_new(place_, MAH_INT32, x->ndim, x->extent);
  for (int64_t l = 0; status == MAH_OK && l < lanes; l++) {
    load_items(items, mah_lane(x, dim, l), mah_lane_step(x, dim), n, x->elem, descending != 0);
    mah_items_store(values_, place_, x, dim, l, mah_items_sort(items, items + n, n), n, first);
  }
  mah_free(items);
  if (status != MAH_OK) {
    mah_tensor_release(values_);
    mah_tensor_release(place_);
  }
  return status;
}
