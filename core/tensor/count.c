#include "tensor/count.h"

#include "base/memory.h"
#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/half.h"
#include "tensor/kernels/mask.h"
#include "tensor/kernels/select.h"
#include "tensor/kernels/sort.h"
#include "tensor/loop.h"
#include "tensor/product.h"
#include "tensor/sort.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_mask_table, mah_mask_kernels);
MAH_DECLARE_VARIANTS(mah_select_table, mah_select_kernels);
MAH_DECLARE_VARIANTS(mah_sort_table, mah_sort_kernels);

/* -- Different integers that lie near each other: a place in a table for each ------------------ */

enum { PIECE = 512 }; /* keys made, or places listed, at a time */

/* From the least to the greatest key (kernels/select.h) of a vector. */
typedef struct key_range {
  uint32_t low;
  int64_t count;
} key_range;

/* The table's places of n elements from x[at] on */
static void places_of(uint32_t *place, const mah_tensor *x, int64_t at, int64_t n, uint32_t low) {
  int64_t size = mah_dtype_size(x->elem);
  MAH_PICK(mah_select_kernels)->load[x->elem](place, (char *)x->data + at * size, size, n, 0);
  for (int64_t i = 0; i < n; i++) place[i] -= low;
}

static key_range range_of(const mah_tensor *x) {
  uint32_t key[PIECE], low = UINT32_MAX, high = 0, least, most;
  for (int64_t at = 0, n; at < x->extent[0]; at += n) {
    n = x->extent[0] - at < PIECE ? x->extent[0] - at : PIECE;
    places_of(key, x, at, n, 0);
    MAH_PICK(mah_sort_kernels)->span(&least, &most, key, n);
    low = least < low ? least : low;
    high = most > high ? most : high;
  }
  return (key_range){low, (int64_t)high - low + 1};
}

/* The elements with the keys low + place[i] */
static void store_elements(mah_tensor *values, int64_t at, const int32_t *place, int64_t n,
                           uint32_t low) {
  if (values->elem == MAH_UINT8)
    for (int64_t i = 0; i < n; i++) ((uint8_t *)values->data)[at + i] = (uint8_t)(low + place[i]);
  else
    for (int64_t i = 0; i < n; i++)
      ((int32_t *)values->data)[at + i] = (int32_t)((low + (uint32_t)place[i]) ^ (uint32_t)1 << 31);
}

/* The table: bytes that are 1 for what occurs, or int32 counts. */
static void fill_table(void *table, int32_t dtype, const mah_tensor *x, uint32_t low) {
  uint32_t place[PIECE];
  uint8_t *seen = table;
  int32_t *count = table;
  for (int64_t at = 0, n; at < x->extent[0]; at += n) {
    n = x->extent[0] - at < PIECE ? x->extent[0] - at : PIECE;
    places_of(place, x, at, n, low);
    if (dtype == MAH_UINT8)
      for (int64_t i = 0; i < n; i++) seen[place[i]] = 1;
    else
      for (int64_t i = 0; i < n; i++) count[place[i]]++;
  }
}

/* What occurs, in order; counts in the table become places among it. */
static void walk_table(mah_tensor *values, mah_tensor *counts_, void *table, int32_t dtype,
                       key_range r) {
  int32_t place[PIECE + 3], *count = table, size = dtype == MAH_UINT8 ? 1 : 4;
  mah_mask_places *places = MAH_PICK(mah_mask_kernels)->places[dtype];
  for (int64_t at = 0, done = 0, n, found; at < r.count; at += n, done += found) {
    n = r.count - at < PIECE ? r.count - at : PIECE;
    found = places(place, (char *)table + at * size, size, n);
    store_elements(values, done, place, found, r.low + (uint32_t)at);
    for (int64_t i = 0; dtype == MAH_INT32 && i < found; i++) {
      int32_t *here = count + at + place[i];
      if (counts_) ((int32_t *)counts_->data)[done + i] = *here;
      *here = (int32_t)(done + i);
    }
  }
}

static void store_inverse(mah_tensor *inverse, const int32_t *among, const mah_tensor *x,
                          uint32_t low, int32_t first) {
  uint32_t place[PIECE];
  int32_t *to = inverse->data;
  for (int64_t at = 0, n; at < x->extent[0]; at += n) {
    n = x->extent[0] - at < PIECE ? x->extent[0] - at : PIECE;
    places_of(place, x, at, n, low);
    for (int64_t i = 0; i < n; i++) to[at + i] = among[place[i]] + first;
  }
}

static mah_status unique_by_table(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                                  const mah_tensor *x, int32_t first, key_range r) {
  int32_t dtype = counts_ || inverse_ ? MAH_INT32 : MAH_UINT8, size = dtype == MAH_UINT8 ? 1 : 4;
  char *table = mah_alloc_zero(r.count, (size_t)size);
  if (table == NULL) return MAH_ERROR_MEMORY;
  fill_table(table, dtype, x, r.low);
  int64_t found = MAH_PICK(mah_mask_kernels)->count[dtype](table, size, r.count);
  mah_status status = mah_tensor_new(values, x->elem, 1, &found);
  if (status == MAH_OK && counts_) status = mah_tensor_new(counts_, MAH_INT32, 1, &found);
  if (status == MAH_OK) {
    walk_table(values, counts_, table, dtype, r);
    if (inverse_) store_inverse(inverse_, (int32_t *)(void *)table, x, r.low, first);
  }
  mah_free(table);
  return status;
}

/* -- Different values, whatever they are ------------------------------------------------------- */

static float half_at(const mah_tensor *t, int64_t i) {
  uint16_t bits = ((const uint16_t *)t->data)[i];
  return t->elem == MAH_FLOAT16 ? mah_f16_to_float(bits) : mah_bf16_to_float(bits);
}

static int equal(const mah_tensor *sorted, int64_t i, int64_t j) {
  const void *data = sorted->data;
  if (sorted->elem == MAH_FLOAT32) {
    const float *x = data;
    return x[i] == x[j] || (isnan(x[i]) && isnan(x[j]));
  }
  if (sorted->elem == MAH_FLOAT64) {
    const double *x = data;
    return x[i] == x[j] || (isnan(x[i]) && isnan(x[j]));
  }
  if (mah_dtype_is_half(sorted->elem)) {
    float x = half_at(sorted, i), y = half_at(sorted, j);
    return x == y || (isnan(x) && isnan(y));
  }
  size_t size = (size_t)mah_dtype_size(sorted->elem);
  return memcmp((const char *)data + (size_t)i * size, (const char *)data + (size_t)j * size,
                size) == 0;
}

/* The runs of equal elements, written where there is room for them. */
static int64_t walk_runs(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                         const mah_tensor *sorted, const mah_tensor *place, int32_t first) {
  int64_t n = sorted->extent[0], runs = 0, size = mah_dtype_size(sorted->elem);
  for (int64_t i = 0; i < n; i++) {
    if (i == 0 || !equal(sorted, i - 1, i)) {
      if (values)
        memcpy((char *)values->data + runs * size, (const char *)sorted->data + i * size,
               (size_t)size);
      if (counts_) ((int32_t *)counts_->data)[runs] = 0;
      runs++;
    }
    if (counts_) ((int32_t *)counts_->data)[runs - 1]++;
    if (inverse_)
      ((int32_t *)inverse_->data)[((const int32_t *)place->data)[i]] = (int32_t)(runs - 1) + first;
  }
  return runs;
}

static mah_status unique_by_order(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                                  const mah_tensor *x, int32_t first) {
  mah_tensor sorted = {0}, place = {0};
  MAH_TRY(mah_sort(&sorted, inverse_ ? &place : NULL, x, 0, 0, 0));
  int64_t runs = walk_runs(NULL, NULL, NULL, &sorted, &place, first);
  mah_status status = mah_tensor_new(values, x->elem, 1, &runs);
  if (status == MAH_OK && counts_) status = mah_tensor_new(counts_, MAH_INT32, 1, &runs);
  if (status == MAH_OK) walk_runs(values, counts_, inverse_, &sorted, &place, first);
  mah_tensor_release(&sorted);
  mah_tensor_release(&place);
  return status;
}

static mah_status unique_of_vector(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                                   const mah_tensor *x, int32_t first) {
  int64_t n = x->extent[0];
  if (n > 0 && n < INT32_MAX && (x->elem == MAH_INT32 || x->elem == MAH_UINT8)) {
    key_range r = range_of(x);
    if (r.count <= 4 * n + 64) /* no more memory than a sort needs */
      return unique_by_table(values, counts_, inverse_, x, first, r);
  }
  return unique_by_order(values, counts_, inverse_, x, first);
}

mah_status mah_unique(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                      const mah_tensor *x, int32_t first) {
  mah_tensor whole = {0}, flat = {0};
  MAH_TRY(mah_tensor_check(x, "unique"));
  MAH_TRY(mah_tensor_row_major(&whole, x, x->elem));
  int64_t n = mah_tensor_count(x);
  mah_status status = mah_tensor_view(&flat, &whole, 1, &n);
  if (status == MAH_OK && inverse_)
    status = mah_tensor_new(inverse_, MAH_INT32, x->ndim, x->extent);
  if (status == MAH_OK) status = unique_of_vector(values, counts_, inverse_, &flat, first);
  mah_tensor_release(&whole);
  mah_tensor_release(&flat);
  if (status != MAH_OK) {
    mah_tensor_release(values);
    mah_tensor_release(counts_);
    mah_tensor_release(inverse_);
  }
  return status;
}

/* -- Counts of small integers ------------------------------------------------------------------ */

static mah_status greatest(int32_t *result, const mah_tensor *x) {
  const int32_t *data = x->data;
  int64_t n = mah_tensor_count(x);
  uint32_t least, most;
  *result = -1;
  if (n == 0) return MAH_OK;
  MAH_PICK(mah_sort_kernels)->span(&least, &most, x->data, n);
  *result = (int32_t)most;
  if (most <= INT32_MAX) return MAH_OK; /* negative ones are greater, without their signs */
  for (int64_t i = 0;; i++)
    if (data[i] < 0) return mah_fail(MAH_ERROR_ARGUMENT, "bincount: negative element %d", data[i]);
}

enum { TABLES = 4, MOST_BINS = 1024 };

/* counts[v] = how many of data are v. Few values come in several tables: neighbours are often
 * equal, and one addition would wait for the other. */
static void count_integers(int32_t *counts, int64_t bins, const int32_t *data, int64_t n) {
  int32_t table[TABLES][MOST_BINS];
  int64_t i = 0;
  if (bins <= MOST_BINS && n >= 4 * bins) {
    for (int t = 0; t < TABLES; t++) memset(table[t], 0, (size_t)bins * sizeof **table);
    for (; i + TABLES <= n; i += TABLES)
      for (int t = 0; t < TABLES; t++) table[t][data[i + t]]++;
    for (int64_t v = 0; v < bins; v++)
      for (int t = 0; t < TABLES; t++) counts[v] += table[t][v];
  }
  for (; i < n; i++) counts[data[i]]++;
}

/* int32 counts, and tells of what has no place among them. */
static mah_status to_small_integers(mah_tensor *out, const mah_tensor *x) {
  MAH_TRY(mah_tensor_row_major(out, x, MAH_INT32));
  if (x->elem != MAH_INT64) return MAH_OK;
  for (int64_t i = 0; i < mah_tensor_count(out); i++)
    if (((const int32_t *)out->data)[i] == INT32_MAX)
      return mah_fail(MAH_ERROR_ARGUMENT, "bincount: an element beyond %d", INT32_MAX - 1);
  return MAH_OK;
}

static mah_status count_into(mah_tensor *out, const mah_tensor *x, const mah_tensor *weights_,
                             int64_t least) {
  int32_t most;
  MAH_TRY(greatest(&most, x));
  int64_t bins = most + (int64_t)1 > least ? most + (int64_t)1 : least;
  MAH_TRY(mah_tensor_zeros(out, weights_ ? MAH_FLOAT64 : MAH_INT32, 1, &bins));
  const int32_t *data = x->data;
  int64_t n = mah_tensor_count(x);
  if (weights_) {
    const double *weights = weights_->data;
    double *sums = out->data;
    for (int64_t i = 0; i < n; i++) sums[data[i]] += weights[i];
  } else {
    count_integers(out->data, bins, data, n);
  }
  return MAH_OK;
}

static int same_shape(const mah_tensor *a, const mah_tensor *b) {
  return a->ndim == b->ndim &&
         memcmp(a->extent, b->extent, sizeof *a->extent * (size_t)a->ndim) == 0;
}

mah_status mah_bincount(mah_tensor *out, const mah_tensor *x, const mah_tensor *weights_,
                        int64_t least) {
  mah_tensor integers = {0}, weights = {0};
  MAH_TRY(mah_tensor_check(x, "bincount"));
  if (!mah_dtype_is_integer(x->elem))
    return mah_fail(MAH_ERROR_DTYPE, "bincount: int32, int64 or uint8 is expected, got %s",
                    mah_tensor_describe(x));
  if (weights_) MAH_TRY(mah_tensor_check(weights_, "bincount: weights"));
  if (weights_ && !same_shape(x, weights_))
    return mah_fail(MAH_ERROR_SHAPE, "bincount: weights %s for %s", mah_tensor_describe(weights_),
                    mah_tensor_describe(x));
  mah_status status = to_small_integers(&integers, x);
  if (status == MAH_OK && weights_) status = mah_tensor_row_major(&weights, weights_, MAH_FLOAT64);
  if (status == MAH_OK) status = count_into(out, &integers, weights_ ? &weights : NULL, least);
  mah_tensor_release(&integers);
  mah_tensor_release(&weights);
  return status;
}

/* -- Histogram --------------------------------------------------------------------------------- */

enum { CHUNK = 1024 }; /* elements converted at a time */

/* The bin of v, which is inside: edges[bin] <= v < edges[bin + 1]. */
static int64_t find_bin(const double *edges, int64_t bins, double v) {
  int64_t low = 0, high = bins;
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    if (v >= edges[middle])
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Bins to a unit, where each edge is nearer than half a width to where bins of one width have it;
 * else 0. */
static double scale_of(const double *edges, int64_t bins) {
  double width = (edges[bins] - edges[0]) / (double)bins, scale = 1 / width;
  if (!(width > 0) || !isfinite(width) || !isfinite(scale)) return 0;
  for (int64_t i = 0; i <= bins; i++)
    if (!(fabs(edges[i] - (edges[0] + width * (double)i)) < 0.4 * width)) return 0;
  return scale;
}

/* As find_bin, where the edges are even: the first guess is at most one bin off. */
static int64_t guess_bin(const double *edges, int64_t bins, double scale, double v) {
  int64_t bin = (int64_t)((v - edges[0]) * scale);
  bin = bin < bins ? bin : bins - 1;
  bin -= bin > 0 && v < edges[bin];
  return bin + (bin + 1 < bins && v >= edges[bin + 1]);
}

/* scale: 0 when the edges are not even */
static void count_values(int32_t *counts, const double *values, int64_t n, const double *edges,
                         int64_t bins, double scale) {
  double low = edges[0], high = edges[bins];
  for (int64_t i = 0; i < n; i++) {
    double v = values[i];
    if (v >= low && v <= high)
      counts[scale > 0 ? guess_bin(edges, bins, scale, v) : find_bin(edges, bins, v)]++;
  }
}

static mah_status check_edges(const mah_tensor *edges) {
  MAH_TRY(mah_tensor_check_dtype(edges, "histogram: edges", MAH_FLOAT64));
  const double *e = edges->data;
  if (edges->ndim != 1 || edges->extent[0] < 2 || !mah_tensor_is_contiguous(edges))
    return mah_fail(MAH_ERROR_SHAPE,
                    "histogram: two or more edges in a vector are expected, got %s",
                    mah_tensor_describe(edges));
  for (int64_t i = 0; i + 1 < edges->extent[0]; i++)
    if (!(e[i] <= e[i + 1]))
      return mah_fail(MAH_ERROR_ARGUMENT, "histogram: the edges %g, %g do not ascend", e[i],
                      e[i + 1]);
  return MAH_OK;
}

mah_status mah_histogram(mah_tensor *counts, const mah_tensor *x, const mah_tensor *edges) {
  mah_loop loop;
  double values[CHUNK];
  MAH_TRY(mah_tensor_check(x, "histogram"));
  MAH_TRY(check_edges(edges));
  int64_t bins = edges->extent[0] - 1;
  double scale = scale_of(edges->data, bins);
  mah_convert *convert = mah_convert_row(MAH_FLOAT64, x->elem);
  MAH_TRY(mah_loop_plan_any_order(&loop, 1, (const mah_tensor *[]){x}));
  MAH_TRY(mah_tensor_zeros(counts, MAH_INT32, 1, &bins));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop)) {
    const char *at = loop.data[0];
    for (int64_t done = 0, n; done < loop.count; done += n, at += n * loop.step[0]) {
      n = loop.count - done < CHUNK ? loop.count - done : CHUNK;
      convert((char *)values, sizeof values[0], at, loop.step[0], n);
      count_values(counts->data, values, n, edges->data, bins, scale);
    }
  }
  return MAH_OK;
}
