/* fft_plan.h - how a Fourier transform of a length is done: factors and tables, kept for the next
 * transform of that length. For fft.c and fft_line.c; not for several threads at a time.
 */
#ifndef MAH_FFT_PLAN_H
#define MAH_FFT_PLAN_H

#include "base/status.h"
#include "tensor/kernels/fft.h"

#ifndef MAH_CDEF
enum {
  MAH_FFT_ROWS, /* passes over all of n: for blocks, and for short vectors */
  MAH_FFT_LINE, /* one vector: as passes, split in two, or as a convolution */
  MAH_FFT_HALF, /* what a real vector of 2 n needs besides */
};
enum { MAH_FFT_PASSES, MAH_FFT_SPLIT, MAH_FFT_CHIRP }; /* the ways of a line */

typedef struct mah_fft_plan {
  int64_t n;
  int32_t wide, kind, way; /* wide: 1 for float64, 0 for float32 */
  mah_fft_steps steps;     /* passes, over n; split, over n1 */
  /* Split: n = n1 n2. base: (blocks of columns, n1) complex; lane: (n1, lanes) */
  int64_t n1, n2;
  mah_fft_steps inner; /* over n2 */
  void *base, *lane_re, *lane_im;
  /* Chirp (Bluestein): exp(-pi i k^2 / n), k < n, and the transform of its conjugate, m long */
  struct mah_fft_plan *around; /* of m >= 2 n - 1 */
  void *chirp_re, *chirp_im, *spectrum_re, *spectrum_im;
  void *w; /* half: exp(-pi i k / n), k <= n: real parts, then imaginary ones */
  /* What it owns, and when it was asked for. */
  void *part[2 * MAH_FFT_MOST_PASSES + 32];
  int32_t parts;
  int64_t bytes, used;
} mah_fft_plan;

/* A length that passes can do: no prime factor above MAH_FFT_MOST_RADIX? */
int mah_fft_is_smooth(int64_t n);
/* The plan for n >= 1; valid until trim(). float64: 0 or 1. */
mah_status mah_fft_plan_get(const mah_fft_plan **plan, int64_t n, int float64, int32_t kind);
/* Of the plans not asked for lately only a few dozens of MiB stay. */
void mah_fft_plan_trim(void);

/* One vector (fft_line.c). room: bytes for so many tasks at a time. */
int64_t mah_fft_line_room(const mah_fft_plan *plan, int32_t tasks);
/* out = scale times the transform of (re, im_), n numbers each; im_ NULL: zeros. May be in place. */
void mah_fft_line(const mah_fft_plan *plan, void *out_re, void *out_im, const void *re,
                  const void *im_, double scale, void *room, int32_t tasks);
#endif
#endif
