#include "data/digits.h"

#include "base/random.h"
#include "data/digit_strokes.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  SIDE = 28, /* of the image, in pixels */
  PIXELS = SIDE * SIDE,
  BOX = 20,  /* of the box that the ink is fitted to */
  STEPS = 4, /* straight pieces between two knots */
  MAX_POINTS = DIGIT_MAX_KNOTS * STEPS,
  WARP_TERMS = 6,
  POLL_EVERY = 256, /* images between two looks at the interrupt flag */
};

typedef struct point {
  float x, y;
  float radius; /* of the pen: a factor up to fit_box(), pixels from there on */
} point;

/* The pen's way: strokes[k] is the index of the first point of stroke k, the last entry n. */
typedef struct pen_path {
  point points[MAX_POINTS];
  int stroke[DIGIT_MAX_KNOTS + 1];
  int n, strokes;
} pen_path;

static float lesser(float a, float b) { return a < b ? a : b; }
static float greater(float a, float b) { return a > b ? a : b; }

/* -- Chance ------------------------------------------------------------------------------------ */

/* Uniform in [low, high). */
static float between(mah_rng *rng, float low, float high) {
  return low + (high - low) * (float)(mah_rng_u32(rng) >> 8) * (1.0f / 16777216);
}

/* 0 ... n - 1: the digits of a seed stay what they are, whatever mah_rng_below may become. */
static int any_below(mah_rng *rng, uint32_t n) {
  if (n <= 1) return 0;
  uint32_t mask = 0xffffffffu >> __builtin_clz(n - 1), value;
  do value = mah_rng_u32(rng) & mask;
  while (value >= n);
  return (int)value;
}

/* Mean 0, the given deviation, nearly normal and never beyond 3.5 deviations: a hand slips, it does
 * not jump. The sum of a word's four bytes has mean 510 and variance 4 (256^2 - 1) / 12. */
static float jitter(mah_rng *rng, float deviation) {
  uint32_t word = mah_rng_u32(rng);
  int sum = (int)((word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24));
  return (float)(sum - 510) * (deviation / 147.8f);
}

static const digit_style *choose_style(mah_rng *rng, int digit) {
  const digit_style *style = digit_styles;
  while (style->digit != digit) style++;
  int total = 0;
  for (const digit_style *s = style; s->digit == digit; s++) total += s->weight;
  int pick = any_below(rng, (uint32_t)total);
  for (; pick >= style->weight; style++) pick -= style->weight;
  return style;
}

/* -- From a style to the pen's way ------------------------------------------------------------- */

/* The knots of a hand between the style's two or a little beyond them: `from` says how far towards
 * the second at the first knot, `to` at the last. Each knot is missed by a slip, and half of a slip
 * lasts to the next knot, which keeps the curves smooth. Unit: the digit's height; 0, 0 its middle.
 */
static int place_knots(point *knots, const digit_style *style, mah_rng *rng) {
  int n = (int)strlen(style->pen);
  float from = between(rng, -0.3f, 1.3f), to = between(rng, -0.3f, 1.3f);
  float slip_x = 0, slip_y = 0;
  for (int i = 0; i < n; i++) {
    const int8_t *a = style->hand[0][i], *b = style->hand[1][i];
    float t = from + (to - from) * (float)i / (float)n;
    slip_x = 0.5f * slip_x + jitter(rng, 0.055f);
    slip_y = 0.5f * slip_y + jitter(rng, 0.055f);
    knots[i].x = ((float)a[0] + t * (float)(b[0] - a[0])) * 0.01f - 0.5f + slip_x;
    knots[i].y = ((float)a[1] + t * (float)(b[1] - a[1])) * 0.01f - 0.5f + slip_y;
    knots[i].radius = 1 + jitter(rng, 0.1f);
  }
  return n;
}

/* Moves a stroke's end away from its neighbour, or towards it. */
static void stretch_end(point *end, const point *next, mah_rng *rng) {
  float by = jitter(rng, 0.35f);
  end->x += by * (end->x - next->x);
  end->y += by * (end->y - next->y);
}

/* Appends the curve from knot `a` to knot `b`, `b` excluded: a cubic Hermite piece with the
 * tangents ta and tb. */
static void trace_piece(pen_path *path, const point *a, const point *b, point ta, point tb) {
  for (int i = 0; i < STEPS; i++) {
    float t = (float)i / STEPS, s = 1 - t;
    float wa = s * s * (1 + 2 * t), wb = t * t * (3 - 2 * t), wta = s * s * t, wtb = -t * t * s;
    point *p = &path->points[path->n++];
    p->x = wa * a->x + wb * b->x + wta * ta.x + wtb * tb.x;
    p->y = wa * a->y + wb * b->y + wta * ta.y + wtb * tb.y;
    p->radius = wa * a->radius + wb * b->radius;
  }
}

/* Cardinal spline through one stroke's n knots: the tangent at a smooth knot is `roundness` times
 * the way from the knot before to the knot after; ends and turns have one neighbour only. */
static void trace_stroke(pen_path *path, const point *knots, const char *pen, int n,
                         float roundness) {
  for (int i = 0; i + 1 < n; i++) {
    const point *a = &knots[i], *b = &knots[i + 1];
    point ta = {b->x - a->x, b->y - a->y, 0}, tb = ta;
    if (pen[i] == '~') ta = (point){roundness * (b->x - a[-1].x), roundness * (b->y - a[-1].y), 0};
    if (i + 2 < n && pen[i + 1] == '~')
      tb = (point){roundness * (b[1].x - a->x), roundness * (b[1].y - a->y), 0};
    trace_piece(path, a, b, ta, tb);
  }
  path->points[path->n++] = knots[n - 1];
}

static void trace_style(pen_path *path, const digit_style *style, mah_rng *rng) {
  point knots[DIGIT_MAX_KNOTS] = {{0}};
  int n = place_knots(knots, style, rng);
  float roundness = 0.5f + jitter(rng, 0.07f);
  path->n = path->strokes = 0;
  for (int start = 0, end; start < n; start = end) {
    for (end = start + 1; end < n && style->pen[end] != 'M';) end++;
    stretch_end(&knots[start], &knots[start + 1], rng);
    stretch_end(&knots[end - 1], &knots[end - 2], rng);
    path->stroke[path->strokes++] = path->n;
    trace_stroke(path, knots + start, style->pen + start, end - start, roundness);
  }
  path->stroke[path->strokes] = path->n;
}

/* -- The writer's hand ------------------------------------------------------------------------- */

/* Slant, tilt and aspect, and a smooth warp: a polynomial with random coefficients,
 * u -> u + c0 xy + c1 x^2 + c2 y^2 + c3 x^2 y + c4 x y^2 + c5 y^3 in both coordinates. */
static void bend(pen_path *path, mah_rng *rng) {
  float slant = 0.1f + jitter(rng, 0.28f), tilt = jitter(rng, 0.12f);
  float aspect = 1 + jitter(rng, 0.17f), warp[2][WARP_TERMS];
  for (int i = 0; i < WARP_TERMS; i++) {
    warp[0][i] = jitter(rng, 0.23f);
    warp[1][i] = jitter(rng, 0.23f);
  }
  for (int k = 0; k < path->n; k++) {
    point *p = &path->points[k];
    float x = p->x, y = p->y;
    const float term[WARP_TERMS] = {x * y, x * x, y * y, x * x * y, x * y * y, y * y * y};
    for (int i = 0; i < WARP_TERMS; i++) {
      p->x += warp[0][i] * term[i];
      p->y += warp[1][i] * term[i];
    }
    p->x = aspect * p->x - slant * p->y;
    p->y -= tilt * p->x;
  }
}

/* Scales the way, pen included, to the box in the image's middle, and its pen to pixels. */
static void fit_box(pen_path *path, mah_rng *rng) {
  point low = path->points[0], high = low;
  for (int i = 1; i < path->n; i++) {
    const point *p = &path->points[i];
    low = (point){lesser(low.x, p->x), lesser(low.y, p->y), 0};
    high = (point){greater(high.x, p->x), greater(high.y, p->y), 0};
  }
  float width = 1 + jitter(rng, 0.3f), pen = 1.25f * greater(width, 0.45f);
  float scale = (BOX - 2 * pen) / greater(high.x - low.x, high.y - low.y);
  for (int i = 0; i < path->n; i++) {
    point *q = &path->points[i];
    q->x = (q->x - 0.5f * (low.x + high.x)) * scale + 0.5f * SIDE;
    q->y = (q->y - 0.5f * (low.y + high.y)) * scale + 0.5f * SIDE;
    q->radius *= pen;
  }
}

/* -- Ink --------------------------------------------------------------------------------------- */

/* For each pixel, the squared distance to the nearest piece of the way, and the pen's radius there.
 * One root per pixel is then enough. */
typedef struct ink_sheet {
  float distance2[PIXELS], radius[PIXELS];
} ink_sheet;

#define EDGE 1.0f /* width of the ramp from ink to paper, in pixels: what a box filter leaves */

static int clamp_index(float v) { return v < 0 ? 0 : v > SIDE - 1 ? SIDE - 1 : (int)v; }

static void ink_piece(ink_sheet *sheet, const point *a, const point *b) {
  float reach = greater(a->radius, b->radius) + 0.5f * EDGE;
  float dx = b->x - a->x, dy = b->y - a->y;
  float inverse = 1 / greater(dx * dx + dy * dy, 1e-12f);
  int x0 = clamp_index(lesser(a->x, b->x) - reach), x1 = clamp_index(greater(a->x, b->x) + reach);
  int y0 = clamp_index(lesser(a->y, b->y) - reach), y1 = clamp_index(greater(a->y, b->y) + reach);
  for (int y = y0; y <= y1; y++) {
    float *nearest = sheet->distance2 + y * SIDE, *radius = sheet->radius + y * SIDE;
    for (int x = x0; x <= x1; x++) {
      float px = (float)x + 0.5f - a->x, py = (float)y + 0.5f - a->y;
      float t = (px * dx + py * dy) * inverse;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      float ex = px - t * dx, ey = py - t * dy, distance2 = ex * ex + ey * ey;
      int nearer = distance2 < nearest[x];
      radius[x] = nearer ? a->radius + t * (b->radius - a->radius) : radius[x];
      nearest[x] = nearer ? distance2 : nearest[x];
    }
  }
}

static void ink_path(ink_sheet *sheet, const pen_path *path) {
  memset(sheet->radius, 0, sizeof sheet->radius);
  for (int i = 0; i < PIXELS; i++) sheet->distance2[i] = SIDE * SIDE;
  for (int k = 0; k < path->strokes; k++)
    for (int i = path->stroke[k]; i + 1 < path->stroke[k + 1]; i++)
      ink_piece(sheet, &path->points[i], &path->points[i + 1]);
}

static uint8_t shade(float distance2, float radius) {
  float cover = 0.5f + (radius - sqrtf(distance2)) * (1 / EDGE);
  return cover <= 0 ? 0 : cover >= 1 ? 255 : (uint8_t)(255 * cover + 0.5f);
}

/* How many whole pixels bring the centre of mass nearest to pixel 14, MNIST's middle. */
static int shift_to_middle(int64_t moment, int64_t mass) {
  return SIDE / 2 - (int)((2 * moment + mass) / (2 * mass));
}

static void centre(uint8_t *image, const uint8_t *ink) {
  int64_t mass = 0, moment_x = 0, moment_y = 0;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      mass += ink[y * SIDE + x];
      moment_x += ink[y * SIDE + x] * x;
      moment_y += ink[y * SIDE + x] * y;
    }
  int dx = shift_to_middle(moment_x, mass), dy = shift_to_middle(moment_y, mass);
  memset(image, 0, PIXELS);
  int from = dx < 0 ? -dx : 0, length = SIDE - abs(dx);
  for (int y = 0; y < SIDE; y++)
    if (y + dy >= 0 && y + dy < SIDE)
      memcpy(image + (y + dy) * SIDE + from + dx, ink + y * SIDE + from, (size_t)length);
}

/* -- The sequence ------------------------------------------------------------------------------ */

static int32_t draw_one(uint8_t *image, uint64_t seed, uint64_t index) {
  mah_rng rng;
  pen_path path;
  ink_sheet sheet;
  uint8_t ink[PIXELS];
  mah_rng_seed(&rng, MAH_RNG_PHILOX, seed, index);
  int32_t digit = any_below(&rng, 10);
  trace_style(&path, choose_style(&rng, digit), &rng);
  bend(&path, &rng);
  fit_box(&path, &rng);
  ink_path(&sheet, &path);
  for (int i = 0; i < PIXELS; i++) ink[i] = shade(sheet.distance2[i], sheet.radius[i]);
  centre(image, ink);
  return digit;
}

mah_status mah_digits_draw(uint8_t *images, int32_t *labels, int64_t first, int64_t n,
                           uint64_t seed) {
  if (first < 0 || n < 0 || first > INT64_MAX - n)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "digits: first = %" PRId64 " and n = %" PRId64
                    " must not be negative, nor their sum pass 2^63 - 1",
                    first, n);
  if (n > 0 && (!images || !labels))
    return mah_fail(MAH_ERROR_ARGUMENT, "digits: %s is NULL, for n = %" PRId64 " images",
                    images ? "labels" : "images", n);
  for (int64_t i = 0; i < n; i++) {
    if (i % POLL_EVERY == 0 && mah_interrupt_requested())
      return mah_fail(MAH_ERROR_INTERRUPTED,
                      "digits: interrupted after %" PRId64 " of %" PRId64 " images", i, n);
    labels[i] = draw_one(images + i * PIXELS, seed, (uint64_t)(first + i));
  }
  return MAH_OK;
}
