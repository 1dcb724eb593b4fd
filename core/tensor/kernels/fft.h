/* fft.h - the kernels of Fourier transforms, filled by fft.c.
 *
 * Complex numbers are two arrays, of real and of imaginary parts. A block is MAH_FFT_BLOCK bytes of
 * numbers side by side (lanes), one row of them for each element of the vectors that are
 * transformed: (n, lanes).
 */
#ifndef MAH_KERNELS_FFT_H
#define MAH_KERNELS_FFT_H

#ifndef MAH_CDEF
#include <stdint.h>

enum { MAH_FFT_BLOCK = 64 };       /* bytes of a row of a block */
enum { MAH_FFT_MOST_RADIX = 31 };  /* the greatest prime that a pass takes */
enum { MAH_FFT_MOST_PASSES = 48 }; /* more than the factors of any int64_t by 4 */

/* A transform of length n as passes, one for each factor of n (plan.c makes them). */
typedef struct mah_fft_steps {
  int64_t n;
  int32_t passes;
  int32_t radix[MAH_FFT_MOST_PASSES];
  const void *twiddle[MAH_FFT_MOST_PASSES]; /* [p][j - 1]: exp(-2 pi i p j / length left), p < m */
  const void *root[MAH_FFT_MOST_PASSES];    /* exp(-2 pi i k / radix), k < radix */
} mah_fft_steps;

/* Transforms (re, im), with (re2, im2) as room for as many. 1: the result is in (re2, im2). */
typedef int mah_fft_run(void *re, void *im, void *re2, void *im2, const mah_fft_steps *steps);

/* out[l][k] = x[k][l], k < rows, l < columns; rows of x and of out begin so many numbers apart */
typedef void mah_fft_turn(void *out, int64_t out_step, const void *x, int64_t step, int64_t rows,
                          int64_t columns);
/* even[k] = x[2 k], odd[k] = x[2 k + 1], and the way back */
typedef void mah_fft_deal(void *even, void *odd, const void *x, int64_t n);
typedef void mah_fft_join(void *x, const void *even, const void *odd, int64_t n);
/* out = scale x */
typedef void mah_fft_scale(void *out, const void *x, double scale, int64_t n);

/* Multiplies row k of a block by base[k] lane[k][l], base: complex numbers, lane: rows of real and
 * of imaginary parts, and writes it as column k of out, whose rows are `step` numbers apart. */
typedef void mah_fft_twist(void *out_re, void *out_im, int64_t step, void *re, void *im,
                           const void *base, const void *lane_re, const void *lane_im, int64_t n);

/* x (h, lanes), the transform of even elements + i odd ones of a real vector of 2 h, becomes that
 * vector's: out (h + 1, lanes), times scale. w[k] = exp(-pi i k / h), k <= h. */
typedef void mah_fft_real(void *out_re, void *out_im, const void *re, const void *im, const void *w,
                          int64_t h, double scale);
/* The way back: x (h + 1, lanes) becomes out (h, lanes), which is then transformed back. */
typedef void mah_fft_half(void *out_re, void *out_im, const void *re, const void *im, const void *w,
                          int64_t h, double scale);
/* out = a b, complex, element by element; out may be a. */
typedef void mah_fft_product(void *out_re, void *out_im, const void *a_re, const void *a_im,
                             const void *b_re, const void *b_im, int64_t n);

/* [0]: float32, [1]: float64; `one`: a single vector instead of a block */
typedef struct mah_fft_table {
  mah_fft_run *run[2], *run_one[2];
  mah_fft_twist *twist[2];
  mah_fft_real *real[2], *real_one[2];
  mah_fft_half *half[2], *half_one[2];
  mah_fft_product *product[2];
  mah_fft_turn *turn[2];
  mah_fft_deal *deal[2];
  mah_fft_join *join[2];
  mah_fft_scale *scale[2];
} mah_fft_table;
#endif
#endif
