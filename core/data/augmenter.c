#include "data/augmenter.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/simd.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_augment_table, mah_augment_kernels);

enum { MAX_SIDE = 1 << 14, MAX_CHANNELS = 1 << 10 };

#define PI 3.14159265358979323846

/* -- Waves ------------------------------------------------------------------------------------- */

static int to_strip(int n) {
  return (n + MAH_AUGMENT_STRIP - 1) / MAH_AUGMENT_STRIP * MAH_AUGMENT_STRIP;
}

/* A side and what lies beyond it, so that opposite edges hardly know of one another. */
static int period_of(double sigma, int length) { return length + (int)ceil(4 * sigma); }

/* What a Gaussian leaves of wave j: frequency 0, then each one's cosine and sine. */
static double left_of(double sigma, int period, int j) {
  double w = 2 * PI * (double)((j + 1) / 2) / period;
  return exp(-0.5 * sigma * sigma * w * w);
}

/* Of waves that are left less of, nothing is seen: alpha is some dozens of pixels. */
static int count_waves(double sigma, int period) {
  int count = 1;
  while (count < period && left_of(sigma, period, count) > 1e-3) count++;
  return count;
}

/* Orthonormal over a period. */
static double wave(int period, int i, int j) {
  int k = (j + 1) / 2;
  double angle = 2 * PI * (double)k * (double)i / period;
  return sqrt((k > 0 && 2 * k < period ? 2.0 : 1.0) / period) *
         (j % 2 || j == 0 ? cos(angle) : sin(angle));
}

static mah_status make_waves(mah_waves *waves, int length, double sigma, double times, int down) {
  int period = period_of(sigma, length);
  int count = count_waves(sigma, period), stride = to_strip(length);
  *waves =
      (mah_waves){.length = length, .count = count, .columns = to_strip(count), .stride = stride};
  waves->wave = mah_alloc_zero((int64_t)count * stride, sizeof(float));
  if (waves->wave == NULL) return MAH_ERROR_MEMORY;
  for (int i = 0; i < length; i++)
    for (int j = 0; j < count; j++)
      waves->wave[down ? i * count + j : j * stride + i] =
          (float)(times * left_of(sigma, period, j) * wave(period, i, j));
  return MAH_OK;
}

/* -- Settings ---------------------------------------------------------------------------------- */

static int is_number(double x) { return x - x == 0; }

static int is_float(double x) { return fabs(x) <= FLT_MAX; }

static mah_status check_ranges(const mah_augment *s) {
  static const char *const names[] = {"rotate", "scale", "shear", "shift", "shift", "thickness"};
  for (int i = 0; i < MAH_AUGMENT_RANGES; i++)
    if (!is_number(s->low[i]) || !is_number(s->high[i]) || s->low[i] > s->high[i])
      return mah_fail(MAH_ERROR_ARGUMENT, "augment: %s: %g ... %g is not a range", names[i],
                      s->low[i], s->high[i]);
  if (s->low[MAH_AUGMENT_SCALE] <= 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: scale: %g must be above 0",
                    s->low[MAH_AUGMENT_SCALE]);
  if (s->low[MAH_AUGMENT_SHEAR] <= -90 || s->high[MAH_AUGMENT_SHEAR] >= 90)
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: shear: %g ... %g must lie between -90 and 90",
                    s->low[MAH_AUGMENT_SHEAR], s->high[MAH_AUGMENT_SHEAR]);
  return MAH_OK;
}

static mah_status check_settings(const mah_augment *s) {
  if (s->height < 1 || s->width < 1 || s->channels < 1 || s->height > MAX_SIDE ||
      s->width > MAX_SIDE || s->channels > MAX_CHANNELS)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "augment: an image of %" PRId64 " x %" PRId64 " pixels and %" PRId64
                    " channels",
                    s->height, s->width, s->channels);
  MAH_TRY(check_ranges(s));
  if (!is_number(s->alpha) || (s->alpha != 0 && !(s->sigma > 0 && s->sigma <= MAX_SIDE)))
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: elastic: alpha = %g, sigma = %g", s->alpha,
                    s->sigma);
  if (!(s->noise >= 0) || !is_float(s->noise) || !is_float(s->fill))
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: noise = %g, fill = %g", s->noise, s->fill);
  if (!(s->erase >= 0 && s->erase <= 1) || !(s->erase_low >= 0) || !(s->erase_high <= 1) ||
      !(s->erase_low <= s->erase_high))
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: erase: chance %g, a share of %g ... %g", s->erase,
                    s->erase_low, s->erase_high);
  if (!(s->mixup >= 0 && s->mixup <= 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: mixup = %g must lie in [0, 1]", s->mixup);
  return MAH_OK;
}

static int ever_differs(const mah_augment *s, int i, double from) {
  return s->low[i] != from || s->high[i] != from;
}

mah_status mah_augmenter_new(mah_augmenter **out, const mah_augment *s) {
  *out = NULL;
  if (s == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "augment: no settings");
  MAH_TRY(check_settings(s));
  mah_augmenter *a = mah_alloc_zero(1, sizeof *a);
  if (a == NULL) return MAH_ERROR_MEMORY;
  *a = (mah_augmenter){.settings = *s,
                       .height = (int)s->height,
                       .width = (int)s->width,
                       .channels = (int)s->channels,
                       .bends = s->alpha != 0,
                       .grows = ever_differs(s, MAH_AUGMENT_THICKNESS, 0)};
  a->moves = a->bends || ever_differs(s, MAH_AUGMENT_SCALE, 1);
  for (int i = 0; i < MAH_AUGMENT_THICKNESS; i++)
    if (i != MAH_AUGMENT_SCALE) a->moves |= ever_differs(s, i, 0);
  mah_status status = MAH_OK;
  if (a->bends) status = make_waves(&a->down, a->height, s->sigma, s->alpha / sqrt(3), 1);
  if (a->bends && status == MAH_OK) status = make_waves(&a->across, a->width, s->sigma, 1, 0);
  if (status == MAH_OK)
    *out = a;
  else
    mah_augmenter_free(a);
  return status;
}

void mah_augmenter_free(mah_augmenter *a_) {
  if (a_ == NULL) return;
  mah_free(a_->down.wave);
  mah_free(a_->across.wave);
  mah_free(a_);
}

int64_t mah_augmenter_elements(const mah_augmenter *a) {
  return (int64_t)a->height * a->width * a->channels;
}

int mah_augmenter_changes(const mah_augmenter *a) {
  return a->moves || a->grows || a->settings.noise > 0 || a->settings.erase > 0;
}

int mah_augmenter_mixes(const mah_augmenter *a) { return a->settings.mixup > 0; }

int mah_augmenter_keeps_zeros(const mah_augmenter *a) {
  return a->settings.noise == 0 && a->settings.fill == 0;
}

/* -- One image --------------------------------------------------------------------------------- */

/* Where things lie in the work space, each at a multiple of 64 bytes. */
typedef struct desk {
  float *planes, *spare; /* (height + 2, width + 2) for each channel, framed; one more of them */
  float *dx, *dy;        /* (height, stride) */
  float *z, *half, *noise;
} desk;

static int64_t plane_size(const mah_augmenter *a) {
  return (int64_t)(a->height + 2) * (a->width + 2);
}

static float *take(float **from, int64_t count) {
  float *at = *from;
  *from += mah_whole_lines(count);
  return at;
}

/* Returns the end. */
static float *lay_out(desk *d, const mah_augmenter *a, float *work) {
  int64_t field = (int64_t)a->height * a->across.stride;
  d->planes = take(&work, plane_size(a) * a->channels);
  d->spare = take(&work, plane_size(a));
  d->dx = take(&work, field);
  d->dy = take(&work, field);
  d->z = take(&work, 2 * (int64_t)a->down.count * a->across.columns);
  d->half = take(&work, a->across.columns);
  d->noise = take(&work, a->settings.noise > 0 ? (int64_t)a->width * a->channels : 0);
  return work;
}

int64_t mah_augmenter_room(const mah_augmenter *a) {
  static float zero[1];
  desk d;
  return lay_out(&d, a, zero) - zero;
}

/* What an image draws before anything else, wanted or not: a setting does not change another. */
typedef struct chance {
  double range[MAH_AUGMENT_RANGES];
  double erases, area, aspect, left, top; /* in [0, 1) */
} chance;

static chance draw(const mah_augment *s, mah_rng *rng) {
  chance c;
  for (int i = 0; i < MAH_AUGMENT_RANGES; i++)
    c.range[i] = s->low[i] + (s->high[i] - s->low[i]) * mah_rng_double(rng);
  c.erases = mah_rng_double(rng);
  c.area = mah_rng_double(rng);
  c.aspect = mah_rng_double(rng);
  c.left = mah_rng_double(rng);
  c.top = mah_rng_double(rng);
  return c;
}

/* m:(2,3) = M^-1 ((x, y) - middle - shift) + middle; y counts down, so that counter-clockwise is a
 * turn by -rotate. */
static void invert(float *m, const mah_augmenter *a, const chance *c) {
  const double *r = c->range;
  double turn = -r[MAH_AUGMENT_ROTATE] * PI / 180, lean = -tan(r[MAH_AUGMENT_SHEAR] * PI / 180);
  double scale = r[MAH_AUGMENT_SCALE], cosine = cos(turn), sine = sin(turn);
  double mx = 0.5 * (a->width - 1), my = 0.5 * (a->height - 1);
  /* rotation shear = (cos, cos lean' - sin; sin, sin lean' + cos), lean' = -lean; determinant 1 */
  double b = -cosine * lean - sine, d = -sine * lean + cosine;
  double inverse[4] = {d / scale, -b / scale, -sine / scale, cosine / scale};
  double x = mx + r[MAH_AUGMENT_SHIFT_X], y = my + r[MAH_AUGMENT_SHIFT_Y];
  m[0] = (float)inverse[0];
  m[1] = (float)inverse[1];
  m[2] = (float)(mx - inverse[0] * x - inverse[1] * y);
  m[3] = (float)inverse[2];
  m[4] = (float)inverse[3];
  m[5] = (float)(my - inverse[2] * x - inverse[3] * y);
}

static float *inner_row(float *plane, const mah_augmenter *a, int y) {
  return plane + (int64_t)(y + 1) * (a->width + 2) + 1;
}

static void frame(float *plane, const mah_augmenter *a) {
  int pitch = a->width + 2;
  float fill = (float)a->settings.fill;
  for (int x = 0; x < pitch; x++) plane[x] = plane[(int64_t)(a->height + 1) * pitch + x] = fill;
  for (int y = 1; y <= a->height; y++)
    plane[(int64_t)y * pitch] = plane[(int64_t)y * pitch + pitch - 1] = fill;
}

static float *plane_of(const desk *d, const mah_augmenter *a, int channel) {
  return d->planes + plane_size(a) * channel;
}

static void take_apart(const desk *d, const mah_augmenter *a, const float *image) {
  for (int c = 0; c < a->channels; c++) {
    float *plane = plane_of(d, a, c);
    frame(plane, a);
    for (int y = 0; y < a->height; y++) {
      float *to = inner_row(plane, a, y);
      const float *from = image + (int64_t)y * a->width * a->channels + c;
      for (int x = 0; x < a->width; x++) to[x] = from[x * a->channels];
    }
  }
}

static void put_together(float *image, const desk *d, const mah_augmenter *a) {
  for (int c = 0; c < a->channels; c++)
    for (int y = 0; y < a->height; y++) {
      const float *from = inner_row(plane_of(d, a, c), a, y);
      float *to = image + (int64_t)y * a->width * a->channels + c;
      for (int x = 0; x < a->width; x++) to[x * a->channels] = from[x];
    }
}

static void move(const desk *d, const mah_augmenter *a, const chance *c, mah_rng *rng) {
  const mah_augment_table *kernels = MAH_PICK(mah_augment_kernels);
  float m[6];
  invert(m, a, c);
  if (a->bends) {
    int64_t n = (int64_t)a->down.count * a->across.columns;
    mah_rng_normal_floats(rng, d->z, 2 * n, 0, 1);
    kernels->field(d->dx, d->z, &a->down, &a->across, d->half);
    kernels->field(d->dy, d->z + n, &a->down, &a->across, d->half);
  }
  for (int channel = 0; channel < a->channels; channel++) {
    float *plane = plane_of(d, a, channel);
    kernels->sample(d->spare, plane, m, a->bends ? d->dx : NULL, a->bends ? d->dy : NULL, a->height,
                    a->width, a->across.stride);
    for (int y = 0; y < a->height; y++)
      memcpy(inner_row(plane, a, y), inner_row(d->spare, a, y), (size_t)a->width * sizeof(float));
  }
}

/* A pixel at a time, the last one in part. After height + width of them all is one value. */
static void thicken(const desk *d, const mah_augmenter *a, double by) {
  const mah_augment_table *kernels = MAH_PICK(mah_augment_kernels);
  for (double left = fmin(fabs(by), a->height + a->width); left > 0; left -= 1)
    for (int channel = 0; channel < a->channels; channel++) {
      float *plane = plane_of(d, a, channel);
      float amount = (float)copysign(left < 1 ? left : 1, by);
      kernels->grow(d->spare, plane, amount, a->height, a->width);
      for (int y = 0; y < a->height; y++)
        memcpy(inner_row(plane, a, y), inner_row(d->spare, a, y), (size_t)a->width * sizeof(float));
    }
}

static void add_noise(float *image, const desk *d, const mah_augmenter *a, mah_rng *rng) {
  int64_t n = (int64_t)a->width * a->channels;
  for (int y = 0; y < a->height; y++) {
    mah_rng_normal_floats(rng, d->noise, n, 0, a->settings.noise);
    for (int64_t i = 0; i < n; i++) image[y * n + i] += d->noise[i];
  }
}

/* Zhong and others: "Random erasing data augmentation", AAAI 2020. */
static void erase(float *image, const mah_augmenter *a, const chance *c) {
  const mah_augment *s = &a->settings;
  if (!(c->erases < s->erase)) return;
  double area = (s->erase_low + (s->erase_high - s->erase_low) * c->area) * a->height * a->width;
  double aspect = 0.3 * pow(1 / 0.09, c->aspect);
  int height = (int)fmin(a->height, floor(sqrt(area * aspect) + 0.5));
  int width = (int)fmin(a->width, floor(sqrt(area / aspect) + 0.5));
  int top = (int)(c->top * (a->height - height + 1)),
      left = (int)(c->left * (a->width - width + 1));
  for (int y = top; y < top + height; y++) {
    float *row = image + ((int64_t)y * a->width + left) * a->channels;
    for (int64_t i = 0; i < (int64_t)width * a->channels; i++) row[i] = (float)s->fill;
  }
}

/* A training draws its masks with the seed itself. */
static const uint64_t OWN = 0x9E3779B97F4A7C15u;

void mah_augmenter_change(const mah_augmenter *a, float *image, float *work, uint64_t seed,
                          uint64_t epoch, uint64_t row) {
  desk d;
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_PHILOX, seed ^ OWN, epoch << 40 ^ row);
  chance c = draw(&a->settings, &rng);
  lay_out(&d, a, work);
  if (a->moves || a->grows) {
    take_apart(&d, a, image);
    if (a->moves) move(&d, a, &c, &rng);
    if (a->grows) thicken(&d, a, c.range[MAH_AUGMENT_THICKNESS]);
    put_together(image, &d, a);
  }
  if (a->settings.noise > 0) add_noise(image, &d, a, &rng);
  erase(image, a, &c);
}
