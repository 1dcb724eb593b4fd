/* convolve.c - sums of shifted rows: a tile of some results in each of four rows stays in registers
 * while all terms are added to it. */
#include "tensor/kernels/convolve.h"

#include "base/simd.h"

#include <string.h>

#if defined(__AVX512F__)
enum { VEC_BYTES = 64, VECS = 4 };
#elif defined(__AVX2__)
enum { VEC_BYTES = 32, VECS = 2 };
#else
enum { VEC_BYTES = 16, VECS = 2 };
#endif
#define ROWS MAH_CONVOLVE_OUTPUTS

#define CONVOLVE(S, T)                                                                             \
  typedef T vec_##S __attribute__((vector_size(VEC_BYTES)));                                       \
                                                                                                   \
  /* A tile of `rows` rows, a constant at each call; the first n numbers of each are stored. */    \
  static inline __attribute__((always_inline)) void tile_##S(                                      \
      T *out, int64_t out_step, const T *x, const int64_t *at, const T *w, int64_t w_step,         \
      const T *bias, int64_t terms, int rows, int64_t n) {                                         \
    vec_##S sum[ROWS][VECS];                                                                       \
    for (int o = 0; o < rows; o++)                                                                 \
      for (int v = 0; v < VECS; v++) sum[o][v] = bias[o] - (vec_##S){0};                           \
    for (int64_t j = 0; j < terms; j++)                                                            \
      for (int v = 0; v < VECS; v++) {                                                             \
        vec_##S in;                                                                                \
        memcpy(&in, x + at[j] + v * (VEC_BYTES / (int)sizeof(T)), sizeof in);                      \
        for (int o = 0; o < rows; o++) sum[o][v] += in * w[o * w_step + j];                        \
      }                                                                                            \
    for (int o = 0; o < rows; o++)                                                                 \
      if (n == VECS * VEC_BYTES / (int)sizeof(T))                                                  \
        memcpy(out + o * out_step, sum[o], sizeof sum[o]);                                         \
      else                                                                                         \
        memcpy(out + o * out_step, sum[o], sizeof(T) * (size_t)n);                                 \
  }                                                                                                \
                                                                                                   \
  static void rows_##S(void *out_, int64_t out_step, const void *x_, const int64_t *at,            \
                       const void *w, int64_t w_step, const void *bias, int64_t terms,             \
                       int64_t rows, int64_t n) {                                                  \
    enum { TILE = VECS * VEC_BYTES / sizeof(T) };                                                  \
    const T *x = x_;                                                                               \
    T *out = out_;                                                                                 \
    for (int64_t t = 0; t < n; t += TILE) {                                                        \
      int64_t part = n - t < TILE ? n - t : TILE;                                                  \
      if (rows == ROWS) {                                                                          \
        tile_##S(out + t, out_step, x + t, at, w, w_step, bias, terms, ROWS, part);                \
        continue;                                                                                  \
      }                                                                                            \
      for (int64_t o = 0; o < rows; o++)                                                           \
        tile_##S(out + o * out_step + t, 0, x + t, at, (const T *)w + o * w_step, 0,               \
                 (const T *)bias + o, terms, 1, part);                                             \
    }                                                                                              \
  }
CONVOLVE(f32, float)
CONVOLVE(f64, double)

extern const mah_convolve_table MAH_VARIANT(mah_convolve_kernels);
const mah_convolve_table MAH_VARIANT(mah_convolve_kernels) = {.rows = {rows_f32, rows_f64}};
