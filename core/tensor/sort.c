/* sort.c - a stable radix sort (least significant digit first) of keys that order as numbers do. */
#include "tensor/sort.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct item {
  uint64_t key;
  int64_t place;
} item;

/* -- Keys: unsigned numbers in the order of the elements --------------------------------------- */

/* Negative numbers have all bits turned, the others the sign bit; all NaN are one, the greatest. */
static uint64_t key_of_double(double x) {
  uint64_t bits;
  if (x == 0) x = 0; /* -0 */
  memcpy(&bits, &x, sizeof bits);
  if (x != x) return UINT64_MAX;
  return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static uint64_t key_of_float(float x) {
  uint32_t bits;
  if (x == 0) x = 0;
  memcpy(&bits, &x, sizeof bits);
  if (x != x) return UINT32_MAX;
  return bits >> 31 ? ~bits : bits | (uint32_t)1 << 31;
}

static void load_items(item *items, const char *data, int64_t step, int64_t n, int32_t dtype,
                       int descending) {
  for (int64_t i = 0; i < n; i++, data += step) {
    const void *element = data;
    uint64_t key;
    switch (dtype) {
    case MAH_FLOAT32: key = key_of_float(*(const float *)element); break;
    case MAH_FLOAT64: key = key_of_double(*(const double *)element); break;
    case MAH_INT32: key = (uint32_t) * (const int32_t *)element ^ (uint32_t)1 << 31; break;
    case MAH_INT64: key = (uint64_t) * (const int64_t *)element ^ (uint64_t)1 << 63; break;
    default: key = *(const uint8_t *)element;
    }
    items[i] = (item){descending ? ~key : key, i};
  }
}

/* -- Sorting ----------------------------------------------------------------------------------- */

static void insertion_sort(item *items, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    item moved = items[i];
    int64_t at = i;
    for (; at > 0 && items[at - 1].key > moved.key; at--) items[at] = items[at - 1];
    items[at] = moved;
  }
}

/* One pass over digit `d`; returns 0 when all items have the same one. */
static int pass(item *to, const item *from, int64_t n, int d, const int64_t *count) {
  int64_t start[256], sum = 0;
  if (count[from[0].key >> 8 * d & 255] == n) return 0;
  for (int v = 0; v < 256; v++) {
    start[v] = sum;
    sum += count[v];
  }
  for (int64_t i = 0; i < n; i++) to[start[from[i].key >> 8 * d & 255]++] = from[i];
  return 1;
}

/* spare: room for as many items. Returns where the sorted ones are. */
static item *sort_items(item *items, item *spare, int64_t n) {
  int64_t count[8][256];
  if (n <= 48) return insertion_sort(items, n), items;
  memset(count, 0, sizeof count);
  for (int64_t i = 0; i < n; i++)
    for (int d = 0; d < 8; d++) count[d][items[i].key >> 8 * d & 255]++;
  for (int d = 0; d < 8; d++)
    if (pass(spare, items, n, d, count[d])) {
      item *swap = items;
      items = spare;
      spare = swap;
    }
  return items;
}

/* -- Lanes: the vectors along a dimension ------------------------------------------------------ */

static int64_t count_lanes(const mah_tensor *t, int32_t dim) {
  int64_t lanes = 1;
  for (int32_t d = 0; d < t->ndim; d++) lanes *= d == dim ? 1 : t->extent[d];
  return lanes;
}

/* The first element of the n-th lane. */
static char *lane(const mah_tensor *t, int32_t dim, int64_t n) {
  int64_t offset = 0;
  for (int32_t d = t->ndim - 1; d >= 0; d--) {
    if (d == dim) continue;
    offset += n % t->extent[d] * t->step[d];
    n /= t->extent[d];
  }
  return (char *)t->data + offset * mah_dtype_size(t->elem);
}

static int64_t step_of(const mah_tensor *t, int32_t dim) {
  return t->step[dim] * mah_dtype_size(t->elem);
}

static void store_items(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                        int64_t n, const item *sorted, int32_t first) {
  int64_t size = mah_dtype_size(x->elem), from_step = step_of(x, dim);
  char *to = values_ ? lane(values_, dim, n) : NULL, *from = lane(x, dim, n);
  char *place = place_ ? lane(place_, dim, n) : NULL;
  for (int64_t i = 0; i < x->extent[dim]; i++) {
    if (to)
      memcpy(to + i * step_of(values_, dim), from + sorted[i].place * from_step, (size_t)size);
    if (place)
      *(int32_t *)(void *)(place + i * step_of(place_, dim)) = (int32_t)sorted[i].place + first;
  }
}

static mah_status check(const mah_tensor *x, int32_t dim, const char *function) {
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
  MAH_TRY(check(x, dim, "sort"));
  int64_t n = x->extent[dim], lanes = n > 0 ? count_lanes(x, dim) : 0;
  item *items = mah_alloc(2 * n, sizeof *items);
  mah_status status = items ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK && values_) status = mah_tensor_new(values_, x->elem, x->ndim, x->extent);
  if (status == MAH_OK && place_) status = mah_tensor_new(place_, MAH_INT32, x->ndim, x->extent);
  for (int64_t l = 0; status == MAH_OK && l < lanes; l++) {
    load_items(items, lane(x, dim, l), step_of(x, dim), n, x->elem, descending != 0);
    store_items(values_, place_, x, dim, l, sort_items(items, items + n, n), first);
  }
  mah_free(items);
  if (status != MAH_OK) {
    mah_tensor_release(values_);
    mah_tensor_release(place_);
  }
  return status;
}

/* -- Quantiles --------------------------------------------------------------------------------- */

static double element(const char *data, int32_t dtype) {
  const void *at = data;
  switch (dtype) {
  case MAH_FLOAT32: return (double)*(const float *)at;
  case MAH_FLOAT64: return *(const double *)at;
  case MAH_INT32: return *(const int32_t *)at;
  case MAH_INT64: return (double)*(const int64_t *)at;
  default: return *(const uint8_t *)at;
  }
}

/* Between sorted elements, from the nearer one as NumPy does, so that both ends are met exactly. */
static double interpolate(const char *data, int64_t step, int32_t dtype, const item *sorted,
                          int64_t n, double q) {
  double at = q * (double)(n - 1), last = element(data + sorted[n - 1].place * step, dtype);
  if (isnan(last)) return last;
  int64_t below = (int64_t)floor(at), above = below + 1 < n ? below + 1 : below;
  double a = element(data + sorted[below].place * step, dtype);
  double b = element(data + sorted[above].place * step, dtype), t = at - (double)below;
  if (t == 0 || a == b) return a;
  if (isinf(a) || isinf(b)) return isinf(a) && isinf(b) ? NAN : isinf(a) ? a : b;
  if (isinf(b - a)) return a * (1 - t) + b * t;
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

static void store_quantiles(mah_tensor *out, const mah_tensor *x, int32_t dim, int64_t l,
                            const item *sorted, const mah_tensor *q) {
  for (int64_t k = 0; k < q->extent[0]; k++) {
    double fraction = ((const double *)q->data)[k * q->step[0]];
    double value =
        interpolate(lane(x, dim, l), step_of(x, dim), x->elem, sorted, x->extent[dim], fraction);
    void *to = lane(out, dim, l) + k * step_of(out, dim);
    if (out->elem == MAH_FLOAT32)
      *(float *)to = (float)value;
    else
      *(double *)to = value;
  }
}

static mah_status check_fractions(const mah_tensor *q) {
  MAH_TRY(mah_tensor_check_dtype(q, "quantile: q", MAH_FLOAT64));
  if (q->ndim != 1)
    return mah_fail(MAH_ERROR_SHAPE, "quantile: q must be a vector, got %s",
                    mah_tensor_describe(q));
  for (int64_t k = 0; k < q->extent[0]; k++) {
    double fraction = ((const double *)q->data)[k * q->step[0]];
    if (!(fraction >= 0 && fraction <= 1))
      return mah_fail(MAH_ERROR_ARGUMENT, "quantile: q = %g is outside of 0 ... 1", fraction);
  }
  return MAH_OK;
}

mah_status mah_quantile(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *q) {
  int64_t extent[MAH_MAX_DIMS];
  MAH_TRY(check(x, dim, "quantile"));
  MAH_TRY(check_fractions(q));
  int64_t n = x->extent[dim], lanes = count_lanes(x, dim);
  if (n == 0)
    return mah_fail(MAH_ERROR_SHAPE, "quantile: %s has no elements", mah_tensor_describe(x));
  memcpy(extent, x->extent, sizeof extent);
  extent[dim] = q->extent[0];
  MAH_TRY(mah_tensor_new(out, x->elem == MAH_FLOAT32 ? MAH_FLOAT32 : MAH_FLOAT64, x->ndim, extent));
  item *items = mah_alloc(2 * n, sizeof *items);
  if (items == NULL) return mah_tensor_release(out), MAH_ERROR_MEMORY;
  for (int64_t l = 0; l < lanes; l++) {
    load_items(items, lane(x, dim, l), step_of(x, dim), n, x->elem, 0);
    store_quantiles(out, x, dim, l, sort_items(items, items + n, n), q);
  }
  mah_free(items);
  return MAH_OK;
}
