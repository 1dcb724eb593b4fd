/* augment_rows.c - many images, and pairs of rows. */
#include "data/augmenter.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { TASK_ELEMENTS = 1 << 15 }; /* fewer of them are not worth a task */
/* Neither masks nor changes are drawn with it. */
static const uint64_t OF_PAIRS = 0xC2B2AE3D27D4EB4Fu;

/* -- Pairs of rows ----------------------------------------------------------------------------- */

/* Johnk's way to a Beta(a, a) variate, by logarithms, for small a give numbers below all floats;
 * with a below 1e-300 logarithms were infinite, too. */
static double beta_variate(mah_rng *rng, double a) {
  a = fmax(a, 1e-300);
  for (;;) {
    double x = log(1 - mah_rng_double(rng)) / a, y = log(1 - mah_rng_double(rng)) / a;
    if (exp(x) + exp(y) > 1) continue;
    double most = fmax(x, y);
    return exp(x - most) / (exp(x - most) + exp(y - most));
  }
}

int64_t mah_augmenter_partner(double *share, const mah_augmenter *a, uint64_t seed, uint64_t epoch,
                              uint64_t row, int64_t n) {
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_PHILOX, seed ^ OF_PAIRS, epoch << 40 ^ row);
  *share = beta_variate(&rng, a->settings.mixup);
  return (int64_t)(mah_rng_double(&rng) * (double)n);
}

void mah_augmenter_blend(void *to, const void *from, int32_t dtype, int64_t n, double share) {
  if (dtype == MAH_FLOAT64) {
    double *a = to;
    const double *b = from;
    for (int64_t i = 0; i < n; i++) a[i] = share * a[i] + (1 - share) * b[i];
  } else {
    float *a = to, s = (float)share;
    const float *b = from;
    for (int64_t i = 0; i < n; i++) a[i] = s * a[i] + (1 - s) * b[i];
  }
}

/* -- Many images ------------------------------------------------------------------------------- */

typedef struct job {
  const mah_augmenter *augmenter;
  mah_tensor *x;
  const int32_t *row_;          /* numbers of the images; NULL: in turn */
  int64_t images, pixels, room; /* room: floats of a task, an image's and its work space */
  float *work;
  int32_t tasks;
  uint64_t seed, epoch;
} job;

static void load(float *image, const mah_tensor *x, int64_t first, int64_t n) {
  const float *floats = x->data;
  const double *doubles = x->data;
  const uint8_t *bytes = x->data;
  if (x->elem == MAH_FLOAT32) memcpy(image, floats + first, (size_t)n * sizeof *image);
  for (int64_t i = 0; x->elem == MAH_FLOAT64 && i < n; i++) image[i] = (float)doubles[first + i];
  for (int64_t i = 0; x->elem == MAH_UINT8 && i < n; i++) image[i] = bytes[first + i];
}

static void store(mah_tensor *x, int64_t first, const float *image, int64_t n) {
  float *floats = x->data;
  double *doubles = x->data;
  uint8_t *bytes = x->data;
  if (x->elem == MAH_FLOAT32) memcpy(floats + first, image, (size_t)n * sizeof *image);
  for (int64_t i = 0; x->elem == MAH_FLOAT64 && i < n; i++) doubles[first + i] = image[i];
  for (int64_t i = 0; x->elem == MAH_UINT8 && i < n; i++)
    bytes[first + i] = (uint8_t)(fminf(fmaxf(image[i], 0), 255) + 0.5f);
}

static void change_task(void *context, int32_t task) {
  job *j = context;
  float *image = j->work + task * j->room, *work = image + mah_whole_lines(j->pixels);
  int64_t end = j->images * (task + 1) / j->tasks;
  for (int64_t i = j->images * task / j->tasks; i < end; i++) {
    if (mah_interrupt_requested()) return;
    uint64_t row = (uint64_t)(j->row_ != NULL ? j->row_[i] : i);
    load(image, j->x, i * j->pixels, j->pixels);
    mah_augmenter_change(j->augmenter, image, work, j->seed, j->epoch, row);
    store(j->x, i * j->pixels, image, j->pixels);
  }
}

static int32_t count_tasks(const job *j) {
  int64_t most = (j->images * j->pixels + TASK_ELEMENTS - 1) / TASK_ELEMENTS;
  if (most > j->images) most = j->images;
  return (int32_t)(mah_parallel_width() < most ? mah_parallel_width() : most);
}

static mah_status check_images(const mah_tensor *x, const mah_augmenter *a) {
  MAH_TRY(mah_tensor_check(x, "augment"));
  if (x->elem != MAH_UINT8 && x->elem != MAH_FLOAT32 && x->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "augment: uint8, float32 or float64 is expected, got %s",
                    mah_dtype_name(x->elem));
  if (x->ndim < 1 ||
      (x->extent[0] > 0 && mah_tensor_count(x) / x->extent[0] != mah_augmenter_elements(a)))
    return mah_fail(MAH_ERROR_SHAPE,
                    "augment: images of %d x %d pixels and %d channel(s) are expected, got %s",
                    a->height, a->width, a->channels, mah_tensor_describe(x));
  return MAH_OK;
}

static mah_status check_rows(const mah_tensor *rows_, int64_t images) {
  if (rows_ == NULL) return MAH_OK;
  MAH_TRY(mah_tensor_check(rows_, "augment: rows"));
  if (rows_->elem != MAH_INT32 || rows_->ndim != 1 || rows_->extent[0] != images ||
      !mah_tensor_is_contiguous(rows_))
    return mah_fail(MAH_ERROR_SHAPE, "augment: %" PRId64 " numbers of rows are expected, got %s",
                    images, mah_tensor_describe(rows_));
  return MAH_OK;
}

mah_status mah_augmenter_change_rows(mah_tensor *x, const mah_tensor *rows_, const mah_augmenter *a,
                                     uint64_t seed, uint64_t epoch) {
  MAH_TRY(check_images(x, a));
  if (!mah_tensor_is_contiguous(x))
    return mah_fail(MAH_ERROR_SHAPE, "augment: images side by side are expected, got %s",
                    mah_tensor_describe(x));
  MAH_TRY(check_rows(rows_, x->extent[0]));
  if (!mah_augmenter_changes(a)) return MAH_OK;
  job j = {.augmenter = a,
           .x = x,
           .row_ = rows_ != NULL ? rows_->data : NULL,
           .images = x->extent[0],
           .pixels = mah_augmenter_elements(a),
           .seed = seed,
           .epoch = epoch};
  j.tasks = count_tasks(&j);
  j.room = mah_whole_lines(j.pixels) + mah_augmenter_room(a);
  j.work = mah_alloc(j.tasks * j.room, sizeof *j.work);
  if (j.work == NULL) return MAH_ERROR_MEMORY;
  mah_parallel_run(change_task, &j, j.tasks);
  mah_free(j.work);
  if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "augment: interrupted");
  return MAH_OK;
}

mah_status mah_augmenter_apply(mah_tensor *out, const mah_tensor *x, const mah_augmenter *a,
                               uint64_t seed, uint64_t epoch) {
  MAH_TRY(check_images(x, a));
  MAH_TRY(mah_tensor_clone(out, x));
  mah_status status = mah_augmenter_change_rows(out, NULL, a, seed, epoch);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* -- Mixup ------------------------------------------------------------------------------------- */

static mah_status check_mixed(const mah_tensor *t, const char *name, int64_t rows) {
  MAH_TRY(mah_tensor_check(t, name));
  if (t->elem != MAH_FLOAT32 && t->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "augment: mixup: %s: float32 or float64 is expected, got %s",
                    name, mah_dtype_name(t->elem));
  if (t->ndim < 1 || t->extent[0] != rows || !mah_tensor_is_contiguous(t))
    return mah_fail(MAH_ERROR_SHAPE, "augment: mixup: %" PRId64 " rows of %s are expected, got %s",
                    rows, name, mah_tensor_describe(t));
  return MAH_OK;
}

static void mix(mah_tensor *to, const mah_tensor *from, const mah_augmenter *a, uint64_t seed,
                uint64_t epoch) {
  int64_t rows = to->extent[0], n = rows > 0 ? mah_tensor_count(to) / rows : 0;
  int64_t size = n * mah_dtype_size(to->elem);
  for (int64_t i = 0; i < rows; i++) {
    double share;
    int64_t partner = mah_augmenter_partner(&share, a, seed, epoch, (uint64_t)i, rows);
    mah_augmenter_blend((char *)to->data + i * size, (const char *)from->data + partner * size,
                        to->elem, n, share);
  }
}

mah_status mah_augmenter_mix(mah_tensor *x, mah_tensor *y, const mah_augmenter *a, uint64_t seed,
                             uint64_t epoch) {
  mah_tensor x_before = {0}, y_before = {0};
  MAH_TRY(mah_tensor_check(x, "x"));
  MAH_TRY(check_mixed(x, "x", x->ndim > 0 ? x->extent[0] : 0));
  MAH_TRY(check_mixed(y, "y", x->extent[0]));
  if (!mah_augmenter_mixes(a)) return MAH_OK;
  mah_status status = mah_tensor_clone(&x_before, x);
  if (status == MAH_OK) status = mah_tensor_clone(&y_before, y);
  if (status == MAH_OK) {
    mix(x, &x_before, a, seed, epoch);
    mix(y, &y_before, a, seed, epoch);
  }
  mah_tensor_release(&x_before);
  mah_tensor_release(&y_before);
  return status;
}
