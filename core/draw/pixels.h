/* pixels.h - between our pixels (see draw/png.h) and Cairo's ARGB32: a native 32-bit word for each
 * pixel, alpha in the highest byte, the colours multiplied by it.
 */
#ifndef MAH_PIXELS_H
#define MAH_PIXELS_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* pixels (H,W,C), C = 3 or 4, from rows that are `stride` bytes apart. C = 3 drops alpha. */
mah_status mah_pixels_from_argb32(uint8_t *pixels, const uint8_t *argb, int64_t width,
                                  int64_t height, int64_t channels, int64_t stride);
/* The reverse, from C = 1, 3 or 4. */
mah_status mah_pixels_to_argb32(uint8_t *argb, const uint8_t *pixels, int64_t width, int64_t height,
                                int64_t channels, int64_t stride);
#endif
