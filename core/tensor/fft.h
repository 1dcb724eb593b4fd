/* fft.h - discrete Fourier transforms along a dimension, of float32 and float64 (integers become
 * float32). Complex tensors are two, of real and of imaginary parts.
 *
 *   X[k] = scale sum_j x[j] exp(-2 pi i j k / n),  j, k < n
 *
 * What is longer than asked for is cut, what is shorter goes on with zeros. Results are new, row
 * major tensors, exact to some units in the last place of the largest element (the error grows as
 * sqrt(log n)); the same bits for any number of threads. Lengths with prime factors up to 31 take
 * n log n steps, others about six times as many.
 *
 * Errors: MAH_ERROR_SHAPE (no such dimension, shapes that differ), MAH_ERROR_ARGUMENT (n < 1).
 */
#ifndef MAH_FFT_H
#define MAH_FFT_H

#include "tensor/tensor.h"

enum { MAH_FFT_FORWARD, MAH_FFT_BACKWARD }; /* backward: exp(+2 pi i j k / n) */

/* out = the transform of re + i im_   n: the length asked for. im_ NULL: of a real tensor */
mah_status mah_fft(mah_tensor *out_re, mah_tensor *out_im, const mah_tensor *re,
                   const mah_tensor *im_, int32_t dim, int64_t n, int32_t direction, double scale);
/* Of a real tensor: the first n / 2 + 1 elements, of which the others are conjugates. */
mah_status mah_rfft(mah_tensor *out_re, mah_tensor *out_im, const mah_tensor *x, int32_t dim,
                    int64_t n, double scale);
/* A real tensor of n elements from the first n / 2 + 1 of its transform, backward. */
mah_status mah_irfft(mah_tensor *out, const mah_tensor *re, const mah_tensor *im_, int32_t dim,
                     int64_t n, double scale);
#endif
