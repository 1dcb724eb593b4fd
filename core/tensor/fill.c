#include "tensor/fill.h"

#include "base/memory.h"
#include "tensor/copy.h"
#include "tensor/loop.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static mah_status check(const mah_tensor *out, const mah_rng *rng, const char *function) {
  MAH_TRY(mah_tensor_check(out, function));
  if (rng == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "%s: a generator is expected", function);
  for (int32_t d = 0; d < out->ndim; d++)
    if (out->step[d] == 0 && out->extent[d] > 1)
      return mah_fail(MAH_ERROR_ARGUMENT, "%s: an expanded tensor has not all its elements",
                      function);
  return MAH_OK;
}

static mah_status check_real(const mah_tensor *out, const mah_rng *rng, const char *function) {
  MAH_TRY(check(out, rng, function));
  if (out->elem != MAH_FLOAT32 && out->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "%s: float32 or float64 is expected, got %s", function,
                    mah_tensor_describe(out));
  return MAH_OK;
}

/* -- Uniform: many numbers at a time ----------------------------------------------------------- */

enum { CHUNK = 512 };

/* The largest float32 that a result may become: below `high`, or any. */
static float greatest(const mah_rng *rng, double low, double high) {
  if (rng->kind != MAH_RNG_PHILOX || low == high) return INFINITY;
  float top = (float)high;
  return (double)top < high ? top : nextafterf(top, -INFINITY);
}

/* out = low + width u, in steps of bytes */
static void scale(char *out, int64_t step, const double *u, int64_t n, int32_t dtype, double low,
                  double width, float most) {
  if (dtype == MAH_FLOAT64) {
    for (int64_t i = 0; i < n; i++) *(double *)(void *)(out + i * step) = low + width * u[i];
    return;
  }
  if (step == (int64_t)sizeof(float)) {
    float *row = (float *)(void *)out;
    for (int64_t i = 0; i < n; i++) {
      float x = (float)(low + width * u[i]);
      row[i] = x > most ? most : x;
    }
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    float x = (float)(low + width * u[i]);
    *(float *)(void *)(out + i * step) = x > most ? most : x;
  }
}

mah_status mah_fill_uniform(mah_tensor *out, mah_rng *rng, double low, double high) {
  mah_loop loop;
  double u[CHUNK];
  MAH_TRY(check_real(out, rng, "uniform"));
  if (!(low <= high) || !isfinite(high - low))
    return mah_fail(MAH_ERROR_ARGUMENT, "uniform: low <= high is expected, got %g and %g", low,
                    high);
  float most = greatest(rng, low, high);
  MAH_TRY(mah_loop_plan(&loop, 1, (const mah_tensor *[]){out}));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop)) {
    char *at = loop.data[0];
    for (int64_t done = 0, n; done < loop.count; done += n, at += n * loop.step[0]) {
      n = loop.count - done < CHUNK ? loop.count - done : CHUNK;
      mah_rng_doubles(rng, u, n);
      scale(at, loop.step[0], u, n, out->elem, low, high - low, most);
    }
  }
  return MAH_OK;
}

/* -- Other distributions: one number after the other ------------------------------------------- */

typedef struct distribution {
  double a, b; /* low; mean and std; probability */
  uint64_t range;
} distribution;

typedef double draw(mah_rng *rng, const distribution *d);

static double draw_normal(mah_rng *rng, const distribution *d) {
  return d->a + d->b * mah_rng_normal(rng);
}

static double draw_integer(mah_rng *rng, const distribution *d) {
  uint32_t range = (uint32_t)d->range;
  uint32_t value = range == UINT32_MAX ? mah_rng_u32(rng) : mah_rng_below(rng, range + 1);
  return d->a + value;
}

/* Ranges beyond 32 bits: numbers of as many bits as the range has, until one is inside. */
static double draw_wide_integer(mah_rng *rng, const distribution *d) {
  for (;;) {
    uint64_t low = mah_rng_u32(rng), value = (uint64_t)mah_rng_u32(rng) << 32 | low;
    value &= UINT64_MAX >> __builtin_clzll(d->range);
    if (value <= d->range) return (double)((int64_t)d->a + (int64_t)value);
  }
}

static double draw_truth(mah_rng *rng, const distribution *d) { return mah_rng_double(rng) < d->a; }

static void fill_row(char *out, int64_t step, int64_t n, int32_t dtype, mah_rng *rng, draw *next,
                     const distribution *d) {
  for (int64_t i = 0; i < n; i++, out += step) {
    double x = next(rng, d);
    switch (dtype) {
    case MAH_FLOAT32: *(float *)(void *)out = (float)x; break;
    case MAH_FLOAT64: *(double *)(void *)out = x; break;
    case MAH_INT32: *(int32_t *)(void *)out = (int32_t)x; break;
    case MAH_INT64: *(int64_t *)(void *)out = (int64_t)x; break;
    case MAH_FLOAT16:
    case MAH_BFLOAT16: mah_convert_row(dtype, MAH_FLOAT64)(out, 0, (char *)&x, 0, 1); break;
    default: *(uint8_t *)out = (uint8_t)x;
    }
  }
}

static mah_status fill(mah_tensor *out, mah_rng *rng, draw *next, const distribution *d) {
  mah_loop loop;
  MAH_TRY(mah_loop_plan(&loop, 1, (const mah_tensor *[]){out}));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    fill_row(loop.data[0], loop.step[0], loop.count, out->elem, rng, next, d);
  return MAH_OK;
}

mah_status mah_fill_normal(mah_tensor *out, mah_rng *rng, double mean, double std) {
  MAH_TRY(check_real(out, rng, "normal"));
  if (!(std >= 0) || !isfinite(std) || !isfinite(mean))
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "normal: a finite mean and std >= 0 are expected, got %g, %g", mean, std);
  return fill(out, rng, draw_normal, &(distribution){mean, std, 0});
}

mah_status mah_fill_integers(mah_tensor *out, mah_rng *rng, int64_t low, int64_t high) {
  MAH_TRY(check(out, rng, "integers"));
  const int64_t exact = (int64_t)1 << 53; /* doubles hold every integer up to it */
  int wide = out->elem == MAH_INT64;
  int bytes = out->elem == MAH_UINT8 ? 255 : out->elem == MAH_BOOL;
  int64_t least = bytes ? 0 : wide ? -exact : INT32_MIN;
  int64_t most = bytes ? bytes : wide ? exact : INT32_MAX;
  if (low > high || low < least || high > most)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "integers: %" PRId64 " ... %" PRId64 "; low <= high in %" PRId64 " ... %" PRId64
                    " is expected for %s",
                    low, high, least, most, mah_dtype_name(out->elem));
  distribution d = {(double)low, 0, (uint64_t)(high - low)};
  return fill(out, rng, d.range > UINT32_MAX ? draw_wide_integer : draw_integer, &d);
}

mah_status mah_fill_bernoulli(mah_tensor *out, mah_rng *rng, double p) {
  MAH_TRY(check(out, rng, "bernoulli"));
  if (!(p >= 0 && p <= 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "bernoulli: a probability in 0 ... 1 is expected, got %g",
                    p);
  return fill(out, rng, draw_truth, &(distribution){p, 0, 0});
}

/* -- Orders ------------------------------------------------------------------------------------ */

/* Swaps rows i and j of any tensor through `spare`, a tensor of a row's shape. */
static mah_status swap_rows(mah_tensor *t, int64_t i, int64_t j, mah_tensor *spare) {
  mah_tensor a = {0}, b = {0};
  MAH_TRY(mah_tensor_select(&a, t, 0, i));
  mah_status status = mah_tensor_select(&b, t, 0, j);
  if (status == MAH_OK) status = mah_tensor_copy(spare, &a);
  if (status == MAH_OK) status = mah_tensor_copy(&a, &b);
  if (status == MAH_OK) status = mah_tensor_copy(&b, spare);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  return status;
}

/* Rows without gaps are swapped as bytes. */
static void swap_bytes(char *a, char *b, int64_t n) {
  char piece[256];
  for (int64_t part; n > 0; a += part, b += part, n -= part) {
    part = n < (int64_t)sizeof piece ? n : (int64_t)sizeof piece;
    memcpy(piece, a, (size_t)part);
    memcpy(a, b, (size_t)part);
    memcpy(b, piece, (size_t)part);
  }
}

mah_status mah_fill_shuffle(mah_tensor *t, mah_rng *rng) {
  mah_tensor spare = {0};
  MAH_TRY(check(t, rng, "shuffle"));
  if (t->ndim == 0) return mah_fail(MAH_ERROR_SHAPE, "shuffle: a scalar has no order");
  int64_t n = t->extent[0];
  if (n > UINT32_MAX) return mah_fail(MAH_ERROR_SHAPE, "shuffle: more than 2^32 - 1 rows");
  if (n < 2) return MAH_OK;
  int64_t row = mah_tensor_count(t) / n * mah_dtype_size(t->elem);
  int64_t apart = t->step[0] * mah_dtype_size(t->elem);
  int whole = t->ndim == 1 || mah_tensor_is_contiguous(t);
  mah_status status = whole ? MAH_OK : mah_tensor_new(&spare, t->elem, t->ndim - 1, t->extent + 1);
  for (int64_t i = n - 1; status == MAH_OK && i > 0; i--) { /* Fisher-Yates from the end */
    int64_t j = mah_rng_below(rng, (uint32_t)i + 1);
    if (i == j) continue;
    if (whole)
      swap_bytes((char *)t->data + i * apart, (char *)t->data + j * apart, row);
    else
      status = swap_rows(t, i, j, &spare);
  }
  mah_tensor_release(&spare);
  return status;
}

mah_status mah_fill_permutation(mah_tensor *out, mah_rng *rng, int32_t first) {
  MAH_TRY(mah_tensor_check_dtype(out, "permutation", MAH_INT32));
  MAH_TRY(check(out, rng, "permutation"));
  if (out->ndim != 1 || out->extent[0] > (int64_t)INT32_MAX - first)
    return mah_fail(MAH_ERROR_SHAPE, "permutation: a vector is expected, got %s",
                    mah_tensor_describe(out));
  for (int64_t i = 0; i < out->extent[0]; i++)
    ((int32_t *)out->data)[i * out->step[0]] = (int32_t)i + first;
  return mah_fill_shuffle(out, rng);
}
