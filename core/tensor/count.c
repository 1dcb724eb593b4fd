#include "tensor/count.h"

#include "tensor/copy.h"
#include "tensor/half.h"
#include "tensor/loop.h"
#include "tensor/product.h"
#include "tensor/sort.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* -- Different values -------------------------------------------------------------------------- */

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

static mah_status unique_of_vector(mah_tensor *values, mah_tensor *counts_, mah_tensor *inverse_,
                                   const mah_tensor *x, int32_t first) {
  mah_tensor sorted = {0}, place = {0};
  MAH_TRY(mah_sort(&sorted, &place, x, 0, 0, 0));
  int64_t runs = walk_runs(NULL, NULL, NULL, &sorted, &place, first);
  mah_status status = mah_tensor_new(values, x->elem, 1, &runs);
  if (status == MAH_OK && counts_) status = mah_tensor_new(counts_, MAH_INT32, 1, &runs);
  if (status == MAH_OK) walk_runs(values, counts_, inverse_, &sorted, &place, first);
  mah_tensor_release(&sorted);
  mah_tensor_release(&place);
  return status;
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
  int32_t most = -1, least = 0;
  for (int64_t i = 0; i < n; i++) {
    most = data[i] > most ? data[i] : most;
    least = data[i] < least ? data[i] : least;
  }
  *result = most;
  if (least == 0) return MAH_OK;
  for (int64_t i = 0;; i++)
    if (data[i] < 0) return mah_fail(MAH_ERROR_ARGUMENT, "bincount: negative element %d", data[i]);
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
    int32_t *counts = out->data;
    for (int64_t i = 0; i < n; i++) counts[data[i]]++;
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
