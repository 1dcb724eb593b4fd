/* augment.c - smooth random fields, sampling between pixels, and growing. Compiled without fused
 * products, so that a seed gives the same images on every machine.
 */
#include "data/kernels/augment.h"

#include "base/simd.h"

#include <stddef.h>

enum { STRIP = MAH_AUGMENT_STRIP };

/* -- Fields ------------------------------------------------------------------------------------ */

/* out[0 ... STRIP - 1] = sum_k row[k] matrix[k, :]   matrix:(count, stride), from the strip on */
static inline void mix(float *restrict out, const float *restrict row, const float *restrict matrix,
                       int count, int stride) {
  float sum[STRIP] = {0};
  for (int k = 0; k < count; k++)
    for (int j = 0; j < STRIP; j++) sum[j] += row[k] * matrix[k * stride + j];
  for (int j = 0; j < STRIP; j++) out[j] = sum[j];
}

static void field(float *field, const float *z, const mah_waves *down, const mah_waves *across,
                  float *half) {
  for (int y = 0; y < down->length; y++) {
    const float *wave = down->wave + y * down->count;
    for (int j = 0; j < across->columns; j += STRIP)
      mix(half + j, wave, z + j, down->count, across->columns);
    for (int x = 0; x < across->stride; x += STRIP)
      mix(field + y * across->stride + x, half, across->wave + x, across->count, across->stride);
  }
}

/* -- Sampling ---------------------------------------------------------------------------------- */

/* Where x of the framed image lies: a whole pixel, never the frame's last one, and the rest. */
static inline int split(float *rest, float x, float last) {
  x += 1;
  x = x > 0 ? x : 0;
  x = x < last ? x : last;
  int whole = (int)x;
  int most = (int)last - 1;
  whole = whole < most ? whole : most;
  *rest = x - (float)whole;
  return whole;
}

typedef struct line {
  int at[STRIP];                    /* the upper left one of four neighbours */
  float across[STRIP], down[STRIP]; /* how far from it */
} line;

static inline void find(line *l, int x0, int y, const float *m, const float *dx_, const float *dy_,
                        int height, int width) {
  float last_x = (float)(width + 1), last_y = (float)(height + 1);
  float base_x = m[1] * (float)y + m[2], base_y = m[4] * (float)y + m[5];
  for (int j = 0; j < STRIP; j++) {
    float x = (float)(x0 + j);
    float px = m[0] * x + base_x + (dx_ ? dx_[j] : 0), py = m[3] * x + base_y + (dy_ ? dy_[j] : 0);
    int column = split(&l->across[j], px, last_x), row = split(&l->down[j], py, last_y);
    l->at[j] = row * (width + 2) + column;
  }
}

static void sample(float *restrict out, const float *restrict in, const float *m, const float *dx_,
                   const float *dy_, int height, int width, int stride) {
  int pitch = width + 2;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x += STRIP) {
      line l;
      size_t at = (size_t)y * (size_t)stride + (size_t)x;
      find(&l, x, y, m, dx_ ? dx_ + at : NULL, dy_ ? dy_ + at : NULL, height, width);
      int count = width - x < STRIP ? width - x : STRIP;
      float *to = out + (y + 1) * pitch + x + 1;
      for (int j = 0; j < count; j++) {
        const float *p = in + l.at[j];
        float upper = p[0] + l.across[j] * (p[1] - p[0]);
        float lower = p[pitch] + l.across[j] * (p[pitch + 1] - p[pitch]);
        to[j] = upper + l.down[j] * (lower - upper);
      }
    }
}

/* -- Growing ----------------------------------------------------------------------------------- */

static inline float greater(float a, float b) { return a > b ? a : b; }
static inline float lesser(float a, float b) { return a < b ? a : b; }

static void grow(float *restrict out, const float *restrict in, float amount, int height,
                 int width) {
  int pitch = width + 2;
  for (int y = 1; y <= height; y++)
    for (int x = 1; x <= width; x++) {
      const float *p = in + y * pitch + x;
      float most = greater(greater(p[-1], p[1]), greater(p[-pitch], p[pitch]));
      float least = lesser(lesser(p[-1], p[1]), lesser(p[-pitch], p[pitch]));
      float more = greater(most, p[0]) - p[0], less = lesser(least, p[0]) - p[0];
      out[y * pitch + x] = p[0] + (amount > 0 ? amount * more : -amount * less);
    }
}

extern const mah_augment_table MAH_VARIANT(mah_augment_kernels);
const mah_augment_table MAH_VARIANT(mah_augment_kernels) = {field, sample, grow};
