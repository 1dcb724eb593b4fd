#include "data/resize.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>

enum { MAX_SIDE = 1000000 };
static const int64_t MAX_PIXELS = 1 << 28;

/* What each place of a side is made of: weight[to * most + k] of the pixels first[to] + k. */
typedef struct side {
  int64_t from, to, most;
  int64_t *first, *count;
  float *weight;
} side;

/* -- Weights ----------------------------------------------------------------------------------- */

static double overlap(double low1, double high1, double low2, double high2) {
  return fmin(high1, high2) - fmax(low1, low2);
}

/* Of pixel j for the place `to`, not yet divided by their sum. */
static double weight_of(int32_t method, double scale, int64_t to, int64_t j) {
  double w = method == MAH_RESIZE_AREA
                 ? overlap((double)j, (double)j + 1, (double)to * scale, (double)(to + 1) * scale)
                 : 1 - fabs((double)j + 0.5 - ((double)to + 0.5) * scale) / fmax(1, scale);
  return w > 0 ? w : 0;
}

/* The pixels that may have a weight for the place: from *first on, before the result. */
static int64_t window(int64_t *first, int32_t method, double scale, int64_t to, int64_t from) {
  double middle = ((double)to + 0.5) * scale;
  double reach = method == MAH_RESIZE_AREA ? scale / 2 : fmax(1, scale);
  double low = fmax(0, floor(middle - reach - 0.5)), high = ceil(middle + reach + 0.5);
  *first = (int64_t)low;
  return (int64_t)fmin(high, (double)from);
}

static void fill_place(side *s, int32_t method, double scale, int64_t to) {
  int64_t end = window(&s->first[to], method, scale, to, s->from);
  float *weight = s->weight + to * s->most;
  double sum = 0;
  s->count[to] = end - s->first[to];
  for (int64_t k = 0; k < s->count[to]; k++) sum += weight_of(method, scale, to, s->first[to] + k);
  for (int64_t k = 0; k < s->count[to]; k++)
    weight[k] = (float)(weight_of(method, scale, to, s->first[to] + k) / sum);
}

static void side_free(side *s) {
  mah_free(s->first);
  mah_free(s->count);
  mah_free(s->weight);
}

static mah_status side_make(side *s, int32_t method, int64_t from, int64_t to) {
  double scale = (double)from / (double)to;
  *s = (side){.from = from, .to = to, .most = (int64_t)(2 * fmax(1, scale)) + 5};
  s->first = mah_alloc(to, sizeof *s->first);
  s->count = mah_alloc(to, sizeof *s->count);
  s->weight = mah_alloc(to * s->most, sizeof *s->weight);
  if (s->first == NULL || s->count == NULL || s->weight == NULL) return MAH_ERROR_MEMORY;
  for (int64_t i = 0; i < to; i++) fill_place(s, method, scale, i);
  return MAH_OK;
}

/* -- Pixels ------------------------------------------------------------------------------------ */

static float pixel(const mah_tensor *t, int64_t at) {
  return t->elem == MAH_UINT8 ? (float)((const uint8_t *)t->data)[at]
                              : ((const float *)t->data)[at];
}

/* row[x,c] = sum_i wx[x,i] in[y,i,c]   row:(width,C) */
static void resize_row(float *row, const mah_tensor *in, int64_t y, const side *across) {
  int64_t channels = in->extent[2];
  for (int64_t x = 0; x < across->to; x++)
    for (int64_t c = 0; c < channels; c++) {
      const float *weight = across->weight + x * across->most;
      int64_t at = y * in->step[0] + across->first[x] * in->step[1] + c * in->step[2];
      float sum = 0;
      for (int64_t k = 0; k < across->count[x]; k++)
        if (weight[k] != 0) sum += weight[k] * pixel(in, at + k * in->step[1]);
      row[x * channels + c] = sum;
    }
}

/* out[n] = sum_j wy[j] rows[j,n] */
static void mix_rows(float *out, const float *rows, int64_t n, const float *weight, int64_t count) {
  for (int64_t i = 0; i < n; i++) out[i] = 0;
  for (int64_t k = 0; k < count; k++)
    if (weight[k] != 0)
      for (int64_t i = 0; i < n; i++) out[i] += weight[k] * rows[k * n + i];
}

static void store(mah_tensor *out, int64_t y, const float *row, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (out->elem == MAH_UINT8)
      ((uint8_t *)out->data)[y * n + i] = (uint8_t)(fminf(fmaxf(row[i], 0), 255) + 0.5f);
    else
      ((float *)out->data)[y * n + i] = row[i];
}

static mah_status resize(mah_tensor *out, const mah_tensor *in, const side *down,
                         const side *across) {
  int64_t n = across->to * in->extent[2];
  float *rows = mah_alloc(in->extent[0] * n, sizeof *rows), *mixed = mah_alloc(n, sizeof *mixed);
  if (rows != NULL && mixed != NULL) {
    for (int64_t y = 0; y < in->extent[0]; y++) resize_row(rows + y * n, in, y, across);
    for (int64_t y = 0; y < down->to; y++) {
      const float *weight = down->weight + y * down->most;
      mix_rows(mixed, rows + down->first[y] * n, n, weight, down->count[y]);
      store(out, y, mixed, n);
    }
  }
  mah_status status = rows != NULL && mixed != NULL ? MAH_OK : MAH_ERROR_MEMORY;
  mah_free(rows);
  mah_free(mixed);
  return status;
}

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check(const mah_tensor *in, int64_t height, int64_t width, int32_t method) {
  MAH_TRY(mah_tensor_check(in, "resize"));
  if (in->elem != MAH_UINT8 && in->elem != MAH_FLOAT32)
    return mah_fail(MAH_ERROR_DTYPE, "resize: uint8 or float32 is expected, got %s",
                    mah_dtype_name(in->elem));
  if (in->ndim != 3 || mah_tensor_count(in) == 0)
    return mah_fail(MAH_ERROR_SHAPE, "resize: a picture (H,W,C) is expected, got %s",
                    mah_tensor_describe(in));
  if (method < 0 || method >= MAH_RESIZES)
    return mah_fail(MAH_ERROR_ARGUMENT, "resize: there is no method %d", (int)method);
  if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE ||
      height * width > MAX_PIXELS)
    return mah_fail(MAH_ERROR_ARGUMENT, "resize: a picture of %" PRId64 " x %" PRId64 " pixels",
                    height, width);
  return MAH_OK;
}

mah_status mah_resize(mah_tensor *out, const mah_tensor *in, int64_t height, int64_t width,
                      int32_t method) {
  side down = {0}, across = {0};
  MAH_TRY(check(in, height, width, method));
  MAH_TRY(mah_tensor_new(out, in->elem, 3, (const int64_t[]){height, width, in->extent[2]}));
  mah_status status = side_make(&down, method, in->extent[0], height);
  if (status == MAH_OK) status = side_make(&across, method, in->extent[1], width);
  if (status == MAH_OK) status = resize(out, in, &down, &across);
  side_free(&down);
  side_free(&across);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}
