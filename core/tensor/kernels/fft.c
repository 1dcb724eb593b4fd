/* fft.c - Fourier transforms: the passes (fft_passes.h) for blocks and for single vectors of either
 * type, and what stands between them. */
#include "tensor/kernels/fft.h"

#include "base/simd.h"
#include "tensor/kernels/zip.h"
#include "tensor/vector_math.h"

#include <string.h>

#define MAH_FFT_INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)
enum { VEC_BYTES = 64 };
#elif defined(__AVX2__)
enum { VEC_BYTES = 32 };
#else
enum { VEC_BYTES = 16 };
#endif

typedef float vec32 __attribute__((vector_size(VEC_BYTES)));
typedef double vec64 __attribute__((vector_size(VEC_BYTES)));

#define real       float
#define vec        vec32
#define WIDTH      (MAH_FFT_BLOCK / VEC_BYTES)
#define NAME(name) name##_block32
#include "tensor/kernels/fft_passes.h"
#undef real
#undef vec
#undef NAME
#define real       double
#define vec        vec64
#define NAME(name) name##_block64
#include "tensor/kernels/fft_passes.h"
#undef vec
#undef WIDTH
#undef NAME
#define vec        double
#define WIDTH      1
#define NAME(name) name##_one64
#include "tensor/kernels/fft_passes.h"
#undef real
#undef vec
#undef NAME
#define real       float
#define vec        float
#define NAME(name) name##_one32
#include "tensor/kernels/fft_passes.h"
#undef real

/* -- Transposition ----------------------------------------------------------------------------- */

#ifdef MAH_SHUFFLES
/* A square of V x V: row i meets row i + V / 2 in log2 V rounds. */
#define SQUARE(S, T, vec, V, zip)                                                                  \
  MAH_FFT_INLINE void square_##S(T *out, int64_t out_step, const T *x, int64_t step) {             \
    vec a[V], b[V];                                                                                \
    for (int i = 0; i < V; i++) memcpy(&a[i], x + i * step, sizeof *a);                            \
    for (int round = 1; round < V; round *= 2) {                                                   \
      for (int i = 0; i < V / 2; i++) {                                                            \
        b[2 * i] = zip(a[i], a[i + V / 2]);                                                        \
        b[2 * i + 1] = zip##_UP(a[i], a[i + V / 2]);                                               \
      }                                                                                            \
      for (int i = 0; i < V; i++) a[i] = b[i];                                                     \
    }                                                                                              \
    for (int i = 0; i < V; i++) memcpy(out + i * out_step, &a[i], sizeof *a);                      \
  }
#else
#define SQUARE(S, T, vec, V, zip)                                                                  \
  MAH_FFT_INLINE void square_##S(T *out, int64_t out_step, const T *x, int64_t step) {             \
    for (int l = 0; l < V; l++)                                                                    \
      for (int i = 0; i < V; i++) out[l * out_step + i] = x[i * step + l];                         \
  }
#endif
#if defined(__AVX512F__)
SQUARE(32, float, vec32, 16, ZIP16)
SQUARE(64, double, vec64, 8, ZIP8)
#elif defined(__AVX2__)
SQUARE(32, float, vec32, 8, ZIP8)
SQUARE(64, double, vec64, 4, ZIP4)
#else
SQUARE(32, float, vec32, 4, ZIP4)
SQUARE(64, double, vec64, 2, ZIP2)
#endif

#define TURN(S, T)                                                                                 \
  static void turn_##S(void *out, int64_t out_step, const void *x, int64_t step, int64_t rows,     \
                       int64_t columns) {                                                          \
    enum { V = VEC_BYTES / sizeof(T) };                                                            \
    const T *restrict from = x;                                                                    \
    T *restrict to = out;                                                                          \
    int64_t whole = columns / V * V, k = 0;                                                        \
    for (; k + V <= rows; k += V) {                                                                \
      for (int64_t l = 0; l < whole; l += V)                                                       \
        square_##S(to + l * out_step + k, out_step, from + k * step + l, step);                    \
      for (int64_t i = k; i < k + V; i++)                                                          \
        for (int64_t l = whole; l < columns; l++) to[l * out_step + i] = from[i * step + l];       \
    }                                                                                              \
    for (; k < rows; k++)                                                                          \
      for (int64_t l = 0; l < columns; l++) to[l * out_step + k] = from[k * step + l];             \
  }
TURN(32, float)
TURN(64, double)

/* -- Even and odd elements, factors ------------------------------------------------------------ */

#define DEAL(S, T)                                                                                 \
  static void deal_##S(void *even_, void *odd_, const void *x_, int64_t n) {                       \
    T *restrict even = even_, *restrict odd = odd_;                                                \
    const T *restrict x = x_;                                                                      \
    for (int64_t k = 0; k < n; k++) {                                                              \
      even[k] = x[2 * k];                                                                          \
      odd[k] = x[2 * k + 1];                                                                       \
    }                                                                                              \
  }                                                                                                \
  static void join_##S(void *x_, const void *even_, const void *odd_, int64_t n) {                 \
    const T *restrict even = even_, *restrict odd = odd_;                                          \
    T *restrict x = x_;                                                                            \
    for (int64_t k = 0; k < n; k++) {                                                              \
      x[2 * k] = even[k];                                                                          \
      x[2 * k + 1] = odd[k];                                                                       \
    }                                                                                              \
  }                                                                                                \
  static void scale_##S(void *out, const void *x_, double scale, int64_t n) {                      \
    const T *x = x_;                                                                               \
    T *y = out, factor = (T)scale;                                                                 \
    MAH_INDEPENDENT for (int64_t k = 0; k < n; k++) y[k] = x[k] * factor;                          \
  }
DEAL(32, float)
DEAL(64, double)

/* -- Between two transforms -------------------------------------------------------------------- */

#define TWIST(S, T, vec)                                                                           \
  static void twist_##S(void *out_re, void *out_im, int64_t step, void *re, void *im,              \
                        const void *base_, const void *lane_re, const void *lane_im, int64_t n) {  \
    enum { LANES = MAH_FFT_BLOCK / sizeof(T), VECS = MAH_FFT_BLOCK / VEC_BYTES };                  \
    const T *restrict base = base_;                                                                \
    const vec *restrict lr = lane_re, *restrict li = lane_im;                                      \
    vec *restrict xr = re, *restrict xi = im;                                                      \
    for (int64_t k = 0; k < n; k++)                                                                \
      for (int64_t l = k * VECS; l < (k + 1) * VECS; l++) {                                        \
        vec wr = lr[l] * base[2 * k] - li[l] * base[2 * k + 1];                                    \
        vec wi = lr[l] * base[2 * k + 1] + li[l] * base[2 * k];                                    \
        vec r = xr[l] * wr - xi[l] * wi;                                                           \
        xi[l] = xr[l] * wi + xi[l] * wr;                                                           \
        xr[l] = r;                                                                                 \
      }                                                                                            \
    turn_##S(out_re, step, re, LANES, n, LANES);                                                   \
    turn_##S(out_im, step, im, LANES, n, LANES);                                                   \
  }

TWIST(32, float, vec32)
TWIST(64, double, vec64)

#define PRODUCT(S, T)                                                                              \
  static void product_##S(void *out_re, void *out_im, const void *a_re, const void *a_im,          \
                          const void *b_re, const void *b_im, int64_t n) {                         \
    const T *ar = a_re, *ai = a_im, *br = b_re, *bi = b_im;                                        \
    T *yr = out_re, *yi = out_im;                                                                  \
    MAH_INDEPENDENT for (int64_t k = 0; k < n; k++) {                                              \
      T r = ar[k] * br[k] - ai[k] * bi[k], i = ar[k] * bi[k] + ai[k] * br[k];                      \
      yr[k] = r;                                                                                   \
      yi[k] = i;                                                                                   \
    }                                                                                              \
  }
PRODUCT(32, float)
PRODUCT(64, double)

extern const mah_fft_table MAH_VARIANT(mah_fft_kernels);
const mah_fft_table MAH_VARIANT(mah_fft_kernels) = {
    .run = {run_block32, run_block64},
    .run_one = {run_one32, run_one64},
    .twist = {twist_32, twist_64},
    .real = {real_block32, real_block64},
    .real_one = {real_one32, real_one64},
    .half = {half_block32, half_block64},
    .half_one = {half_one32, half_one64},
    .product = {product_32, product_64},
    .turn = {turn_32, turn_64},
    .deal = {deal_32, deal_64},
    .join = {join_32, join_64},
    .scale = {scale_32, scale_64},
};
