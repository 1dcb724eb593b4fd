/* augment.h - images, each changed a little at random, so that a network never sees one twice.
 *
 * Pixel (x, y) of the result is taken, between its four neighbours, from
 *
 *   M^-1 ((x, y) - m - shift) + m + elastic(x, y),   M = scale rotation shear,
 *
 * m the image's middle; what lies outside is `fill`. elastic is Simard's ("Best practices for
 * convolutional neural networks applied to visual document analysis", ICDAR 2003): random
 * displacements smoothed by a Gaussian of deviation sigma, times alpha. They are drawn smooth:
 * white noise is white in Fourier's basis too, and there a Gaussian is a factor exp(-sigma^2 w^2 /
 * 2) at frequency w, which leaves few waves to draw numbers for. Their period is the side and 4
 * sigma more, so the field is the same everywhere: each displacement has the standard deviation
 * alpha / (sqrt(3) 2 sqrt(pi) sigma), and two at distance d the correlation exp(-d^2 / (4
 * sigma^2)). Then come thickness, noise and erasing, and last mixup (Zhang and others: "mixup:
 * beyond empirical risk minimization", ICLR 2018): a row and its targets become share times
 * themselves and 1 - share times those of another row, share ~ Beta(mixup, mixup).
 *
 * What becomes of an image is a function of (seed, epoch, its row) alone, for any number
 * of threads and with every instruction set.
 */
#ifndef MAH_AUGMENT_H
#define MAH_AUGMENT_H

#include "tensor/tensor.h"

enum {
  MAH_AUGMENT_ROTATE,    /* degrees, counter-clockwise */
  MAH_AUGMENT_SCALE,     /* a factor */
  MAH_AUGMENT_SHEAR,     /* degrees that upright lines lean to the left */
  MAH_AUGMENT_SHIFT_X,   /* pixels to the right */
  MAH_AUGMENT_SHIFT_Y,   /* pixels down */
  MAH_AUGMENT_THICKNESS, /* pixels that bright strokes grow at each side; below 0: shrink */
  MAH_AUGMENT_RANGES,
};

/* All zero but the size and the scale, 1 ... 1: nothing happens. */
typedef struct mah_augment {
  int64_t height, width, channels; /* of an image, whose elements lie (height, width, channels) */
  double low[MAH_AUGMENT_RANGES];  /* each setting is uniform in [low, high] */
  double high[MAH_AUGMENT_RANGES];
  double alpha, sigma; /* elastic; the displacements before smoothing have variance 1/3, as uniform
                          ones in [-1, 1] have, and sigma is in pixels */
  double noise;        /* standard deviation of normal noise on each element */
  double erase;        /* how probably a rectangle becomes `fill`, of a share of the image ... */
  double erase_low, erase_high; /* uniform in [low, high], its sides as 0.3 ... 1/0.3 */
  double fill;
  double mixup; /* in (0, 1]; 0: no row is mixed with another */
} mah_augment;

typedef struct mah_augmenter mah_augmenter;

/* Errors: MAH_ERROR_ARGUMENT for what is not finite, empty or out of range, MAH_ERROR_MEMORY. */
mah_status mah_augmenter_new(mah_augmenter **out, const mah_augment *settings);
void mah_augmenter_free(mah_augmenter *augmenter_);
int64_t mah_augmenter_elements(const mah_augmenter *augmenter); /* of an image */

/* x:(N, height width channels), or of any shape of N such images, is changed where it is; float32,
 * float64 (by way of floats) or uint8 (rounded to the nearest), without gaps. Image i is the row
 * rows_[i], int32, of its data set, or i. Errors: MAH_ERROR_SHAPE, MAH_ERROR_DTYPE,
 * MAH_ERROR_MEMORY; at MAH_ERROR_INTERRUPTED some are changed. */
mah_status mah_augmenter_change_rows(mah_tensor *x, const mah_tensor *rows_,
                                     const mah_augmenter *augmenter, uint64_t seed, uint64_t epoch);
/* y:(N, K), float32 or float64, and x become what mixup makes of the rows of x, which have been
 * changed. Errors as above. */
mah_status mah_augmenter_mix(mah_tensor *x, mah_tensor *y, const mah_augmenter *augmenter,
                             uint64_t seed, uint64_t epoch);
/* The same as change_rows with a copy of x, which may have gaps. */
mah_status mah_augmenter_apply(mah_tensor *out, const mah_tensor *x, const mah_augmenter *augmenter,
                               uint64_t seed, uint64_t epoch);

#ifndef MAH_CDEF
int mah_augmenter_changes(const mah_augmenter *augmenter);     /* images, before mixup */
int mah_augmenter_mixes(const mah_augmenter *augmenter);       /* is there mixup? */
int mah_augmenter_keeps_zeros(const mah_augmenter *augmenter); /* is most of what was 0 still so? */

/* Returns with which of n rows, 0 ... n - 1, mixup mixes a row; share: what is left of it. */
int64_t mah_augmenter_partner(double *share, const mah_augmenter *augmenter, uint64_t seed,
                              uint64_t epoch, uint64_t row, int64_t n);
/* to = share to + (1 - share) from, of n elements */
void mah_augmenter_blend(void *to, const void *from, int32_t dtype, int64_t n, double share);

/* image:(height width channels) becomes what it is in this epoch. `work` has room for
 * mah_augmenter_room() floats, and is aligned to 64 bytes. */
int64_t mah_augmenter_room(const mah_augmenter *augmenter);
void mah_augmenter_change(const mah_augmenter *augmenter, float *image, float *work, uint64_t seed,
                          uint64_t epoch, uint64_t row);
#endif
#endif
