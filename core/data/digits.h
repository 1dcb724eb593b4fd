/* digits.h - handwritten digits drawn by the program: an endless supply in MNIST's form.
 *
 * Each image is a pen-stroke skeleton (data/digit_strokes.h) bent as hands bend it - other end
 * points, curvature, slant, tilt, aspect, a smooth warp - and inked with a pen of varying width.
 * As in MNIST (LeCun, Cortes, Burges: yann.lecun.com/exdb/mnist) the ink is fitted to a box of
 * 20 x 20 pixels with its aspect kept, antialiased, and moved by whole pixels until its centre of
 * mass is the centre of the 28 x 28 image.
 */
#ifndef MAH_DIGITS_H
#define MAH_DIGITS_H

#include "base/status.h"

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* Draws images first ... first+n-1 of the endless sequence `seed`.
 *   images   (n,28,28): 0 = paper, 255 = ink
 *   labels   n values in 0 ... 9, uniform and independent
 * Image i depends on (seed, i) alone. The arithmetic is + - * / and square roots in float32, which
 * every compiler rounds alike unless it may fuse a multiply with an add: with -ffp-contract=off,
 * which the build sets, the same bits on any machine.
 * Errors: MAH_ERROR_ARGUMENT (first or n negative, their sum past int64, a NULL pointer while
 * n > 0), MAH_ERROR_INTERRUPTED. */
mah_status mah_digits_draw(uint8_t *images, int32_t *labels, int64_t first, int64_t n,
                           uint64_t seed);
#endif
