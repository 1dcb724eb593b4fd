#include "tensor/fft_block.h"

#include "base/simd.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_fft_table, mah_fft_kernels);

const mah_fft_table *mah_fft_pick(void) { return MAH_PICK(mah_fft_kernels); }

/* Whole rows of a block that is as long as a cache line. The next block's rows lie behind: what is
 * that far apart is not guessed by the processor. */
static void load_whole(char *block, const char *x, int64_t step, int64_t rows) {
  for (int64_t j = 0; j < rows; j++, x += step) {
    __builtin_prefetch(x + MAH_FFT_BLOCK, 0, 2);
    memcpy(block + j * MAH_FFT_BLOCK, x, MAH_FFT_BLOCK);
  }
}
static void store_whole(char *y, const char *block, int64_t step, int64_t rows) {
  for (int64_t j = 0; j < rows; j++, y += step) {
    __builtin_prefetch(y + MAH_FFT_BLOCK, 1, 2);
    memcpy(y, block + j * MAH_FFT_BLOCK, MAH_FFT_BLOCK);
  }
}

#define MOVE(S, T)                                                                                 \
  static void load_##S(T *block, const T *x, const mah_fft_strip *s, int64_t first, int64_t by,    \
                       int64_t rows) {                                                             \
    x += first * s->step;                                                                          \
    if (s->together && s->lanes * (int64_t)sizeof *x == MAH_FFT_BLOCK) {                           \
      load_whole((void *)block, (const void *)(x + s->base[0]), by * s->step * (int64_t)sizeof *x, \
                 rows);                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t j = 0; j < rows; j++, block += s->room, x += by * s->step)                        \
      for (int64_t l = 0; l < s->lanes; l++) block[l] = x[s->base[l]];                             \
  }                                                                                                \
  static void store_##S(T *y, const T *block, const mah_fft_strip *s, int64_t first, int64_t by,   \
                        int64_t rows) {                                                            \
    y += first * s->step;                                                                          \
    if (s->together && s->lanes * (int64_t)sizeof *y == MAH_FFT_BLOCK) {                           \
      store_whole((void *)(y + s->base[0]), (const void *)block,                                   \
                  by * s->step * (int64_t)sizeof *y, rows);                                        \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t j = 0; j < rows; j++, block += s->room, y += by * s->step)                        \
      for (int64_t l = 0; l < s->lanes; l++) y[s->base[l]] = block[l];                             \
  }
MOVE(f32, float)
MOVE(f64, double)

void mah_fft_place(mah_fft_strip *s, const mah_fft_job *j, int64_t first, int64_t length) {
  s->lanes = j->lines - first < j->lanes ? j->lines - first : j->lanes;
  s->room = j->lanes;
  s->step = j->inner;
  s->length = length;
  s->base[0] = 0;
  for (int64_t l = 0; l < s->lanes; l++) {
    int64_t line = first + l;
    s->base[l] = line / j->inner * length * j->inner + line % j->inner;
  }
  s->together = j->inner > 1 && s->base[s->lanes - 1] - s->base[0] == s->lanes - 1;
  s->turned = j->inner == 1;
}

void mah_fft_load(const mah_fft_job *j, char *block, const char *x_, const mah_fft_strip *s,
                  int64_t first, int64_t by, int64_t rows, int64_t all) {
  int64_t row = mah_fft_row_bytes(j);
  if (x_ == NULL) rows = 0;
  if (s->lanes < s->room) memset(block, 0, (size_t)(rows * row));
  if (rows > 0 && s->turned && by == 1)
    mah_fft_pick()->turn[j->wide](block, s->room, x_ + s->base[0] * mah_fft_size(j), s->length,
                                  s->lanes, rows);
  else if (rows > 0 && j->wide)
    load_f64((void *)block, (const void *)x_, s, first, by, rows);
  else if (rows > 0)
    load_f32((void *)block, (const void *)x_, s, first, by, rows);
  memset(block + rows * row, 0, (size_t)((all - rows) * row));
}

void mah_fft_store(const mah_fft_job *j, char *y, char *block, const mah_fft_strip *s,
                   int64_t first, int64_t by, int64_t rows, double scale) {
  if (scale != 1) mah_fft_pick()->scale[j->wide](block, block, scale, rows * s->room);
  if (s->turned && by == 1)
    mah_fft_pick()->turn[j->wide](y + s->base[0] * mah_fft_size(j), s->length, block, s->room, rows,
                                  s->lanes);
  else if (j->wide)
    store_f64((void *)y, (const void *)block, s, first, by, rows);
  else
    store_f32((void *)y, (const void *)block, s, first, by, rows);
}

void mah_fft_load_pairs(const mah_fft_job *j, char *b[4], const mah_fft_strip *s) {
  int64_t rows = j->in < j->n ? j->in : j->n, size = mah_fft_size(j), pairs = rows / 2;
  int64_t row = mah_fft_row_bytes(j);
  if (!s->turned || rows % 2 != 0) {
    mah_fft_load(j, b[0], j->re_, s, 0, 2, (rows + 1) / 2, j->length);
    mah_fft_load(j, b[1], j->re_, s, 1, 2, rows / 2, j->length);
    return;
  }
  if (j->lanes == 1) {
    mah_fft_pick()->deal[j->wide](b[0], b[1], j->re_ + s->base[0] * size, pairs);
  } else {
    mah_fft_load(j, b[2], j->re_, s, 0, 1, rows, rows); /* b[3] follows b[2] */
    for (int64_t k = 0; k < pairs; k++) {
      memcpy(b[0] + k * row, b[2] + 2 * k * row, (size_t)row);
      memcpy(b[1] + k * row, b[2] + (2 * k + 1) * row, (size_t)row);
    }
  }
  for (int i = 0; i < 2; i++) memset(b[i] + pairs * row, 0, (size_t)((j->length - pairs) * row));
}

void mah_fft_store_pairs(const mah_fft_job *j, char *b[4], const mah_fft_strip *s) {
  int64_t pairs = j->length;
  if (s->turned && j->lanes == 1) {
    mah_fft_pick()->join[j->wide](j->out_re + s->base[0] * mah_fft_size(j), b[0], b[1], pairs);
  } else {
    mah_fft_store(j, j->out_re, b[0], s, 0, 2, pairs, 1);
    mah_fft_store(j, j->out_re, b[1], s, 1, 2, pairs, 1);
  }
}
