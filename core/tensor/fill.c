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

/* -- Rows -------------------------------------------------------------------------------------- */

typedef struct distribution {
  int32_t dtype;  /* of the tensor */
  double a, b;    /* low and high; mean and standard deviation; low; probability */
  uint64_t range; /* of integers: how many there are to choose from */
} distribution;

/* The next n numbers, of the tensor's dtype or as doubles */
typedef void draw(mah_rng *rng, void *out, int64_t n, const distribution *d);

enum { CHUNK = 512 };

/* Numbers of a tensor's own dtype, to places that are `step` bytes apart. */
static void scatter(char *out, int64_t step, const void *from, int64_t n, int64_t size) {
  const char *next = from;
  if (size == 4)
    for (int64_t i = 0; i < n; i++) memcpy(out + i * step, next + 4 * i, 4);
  else
    for (int64_t i = 0; i < n; i++) memcpy(out + i * step, next + 8 * i, 8);
}

/* One row of the tensor; numbers that are drawn as they are kept go where they belong at once. */
static void fill_row(char *out, int64_t step, int64_t n, mah_rng *rng, draw *next, int own,
                     const distribution *d) {
  double piece[CHUNK];
  int64_t size = mah_dtype_size(d->dtype);
  if (own && step == size) {
    next(rng, out, n, d);
    return;
  }
  for (int64_t part; n > 0; n -= part, out += part * step) {
    part = n < CHUNK ? n : CHUNK;
    next(rng, piece, part, d);
    if (own)
      scatter(out, step, piece, part, size);
    else
      mah_convert_row(d->dtype, MAH_FLOAT64)(out, step, (const char *)piece, sizeof *piece, part);
  }
}

static mah_status fill(mah_tensor *out, mah_rng *rng, draw *next, int own, const distribution *d) {
  mah_loop loop;
  MAH_TRY(mah_loop_plan(&loop, 1, (const mah_tensor *[]){out}));
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    fill_row(loop.data[0], loop.step[0], loop.count, rng, next, own, d);
  return MAH_OK;
}

/* -- Distributions ----------------------------------------------------------------------------- */

static void draw_uniform(mah_rng *rng, void *out, int64_t n, const distribution *d) {
  if (d->dtype == MAH_FLOAT32)
    mah_rng_uniform_floats(rng, out, n, d->a, d->b);
  else
    mah_rng_uniform_doubles(rng, out, n, d->a, d->b);
}

mah_status mah_uniform_check(double low, double high) {
  if (low <= high && isfinite(high - low)) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "uniform: low <= high is expected, got %g and %g", low, high);
}

mah_status mah_fill_uniform(mah_tensor *out, mah_rng *rng, double low, double high) {
  MAH_TRY(check_real(out, rng, "uniform"));
  MAH_TRY(mah_uniform_check(low, high));
  return fill(out, rng, draw_uniform, 1, &(distribution){out->elem, low, high, 0});
}

static void draw_normal(mah_rng *rng, void *out, int64_t n, const distribution *d) {
  if (d->dtype == MAH_FLOAT32)
    mah_rng_normal_floats(rng, out, n, d->a, d->b);
  else
    mah_rng_normal_doubles(rng, out, n, d->a, d->b);
}

mah_status mah_normal_check(double mean, double std) {
  if (std >= 0 && isfinite(std) && isfinite(mean)) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "normal: a finite mean and std >= 0 are expected, got %g, %g",
                  mean, std);
}

mah_status mah_fill_normal(mah_tensor *out, mah_rng *rng, double mean, double std) {
  MAH_TRY(check_real(out, rng, "normal"));
  MAH_TRY(mah_normal_check(mean, std));
  return fill(out, rng, draw_normal, 1, &(distribution){out->elem, mean, std, 0});
}

static void draw_integers(mah_rng *rng, void *out, int64_t n, const distribution *d) {
  uint32_t value[CHUNK];
  double *x = out;
  if (d->range > UINT32_MAX)
    for (int64_t i = 0; i < n; i++) value[i] = mah_rng_u32(rng);
  else
    mah_rng_below_each(rng, value, n, (uint32_t)d->range, 0);
  for (int64_t i = 0; i < n; i++) x[i] = d->a + value[i];
}

/* Ranges beyond 32 bits: numbers of as many bits as the range has, until one is inside. */
static void draw_wide_integers(mah_rng *rng, void *out, int64_t n, const distribution *d) {
  double *x = out;
  for (int64_t i = 0; i < n;) {
    uint64_t low = mah_rng_u32(rng), value = (uint64_t)mah_rng_u32(rng) << 32 | low;
    value &= UINT64_MAX >> __builtin_clzll(d->range - 1);
    if (value < d->range) x[i++] = (double)((int64_t)d->a + (int64_t)value);
  }
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
  distribution d = {out->elem, (double)low, 0, (uint64_t)(high - low) + 1};
  draw *next = d.range > (uint64_t)UINT32_MAX + 1 ? draw_wide_integers : draw_integers;
  return fill(out, rng, next, 0, &d);
}

static void draw_truths(mah_rng *rng, void *out, int64_t n, const distribution *d) {
  double *x = out;
  mah_rng_uniform_doubles(rng, x, n, 0, 1);
  for (int64_t i = 0; i < n; i++) x[i] = x[i] < d->a;
}

mah_status mah_fill_bernoulli(mah_tensor *out, mah_rng *rng, double p) {
  MAH_TRY(check(out, rng, "bernoulli"));
  if (!(p >= 0 && p <= 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "bernoulli: a probability in 0 ... 1 is expected, got %g",
                    p);
  return fill(out, rng, draw_truths, 0, &(distribution){out->elem, p, 0, 0});
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
  if (n == 4) { /* a number; more than one need a loop */
    memcpy(piece, a, 4);
    memcpy(a, b, 4);
    memcpy(b, piece, 4);
    return;
  }
  for (int64_t part; n > 0; a += part, b += part, n -= part) {
    part = n < (int64_t)sizeof piece ? n : (int64_t)sizeof piece;
    memcpy(piece, a, (size_t)part);
    memcpy(a, b, (size_t)part);
    memcpy(b, piece, (size_t)part);
  }
}

static mah_status shuffle_rows(mah_tensor *t, mah_rng *rng, int64_t row, int64_t apart) {
  mah_tensor spare = {0};
  uint32_t place[CHUNK];
  mah_status status =
      row > 0 ? MAH_OK : mah_tensor_new(&spare, t->elem, t->ndim - 1, t->extent + 1);
  for (int64_t n = t->extent[0], part; status == MAH_OK && n > 1; n -= part) {
    part = n - 1 < CHUNK ? n - 1 : CHUNK;
    mah_rng_below_each(rng, place, part, (uint32_t)n, 1);
    for (int64_t k = 0; status == MAH_OK && k < part; k++) { /* Fisher-Yates from the end */
      int64_t i = n - 1 - k, j = place[k];
      if (i == j) continue;
      if (row > 0)
        swap_bytes((char *)t->data + i * apart, (char *)t->data + j * apart, row);
      else
        status = swap_rows(t, i, j, &spare);
    }
  }
  mah_tensor_release(&spare);
  return status;
}

mah_status mah_fill_shuffle(mah_tensor *t, mah_rng *rng) {
  MAH_TRY(check(t, rng, "shuffle"));
  if (t->ndim == 0) return mah_fail(MAH_ERROR_SHAPE, "shuffle: a scalar has no order");
  int64_t n = t->extent[0], size = mah_dtype_size(t->elem);
  if (n > UINT32_MAX) return mah_fail(MAH_ERROR_SHAPE, "shuffle: more than 2^32 - 1 rows");
  if (n < 2) return MAH_OK;
  int64_t row = mah_tensor_count(t) / n * size, apart = t->step[0] * size;
  if (t->elem == MAH_INT32 && row == size && apart == size) {
    mah_rng_shuffle(rng, t->data, n);
    return MAH_OK;
  }
  int whole = t->ndim == 1 || mah_tensor_is_contiguous(t);
  return shuffle_rows(t, rng, whole ? row : 0, apart);
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
