/* png.h - PNG in and out, 8 bits a channel.
 *
 * Pixels lie row by row from the top, C channels beside each other: 1 grey, 3 red green blue,
 * 4 red green blue alpha (not multiplied into the colours).
 */
#ifndef MAH_PNG_H
#define MAH_PNG_H

#include "tensor/tensor.h"

/* Writes pixels (H,W,C) to `path`, all or nothing. The same pixels give the same bytes.
 * Errors: MAH_ERROR_ARGUMENT (a size, the channels, NULL), MAH_ERROR_FILE (with the reason). */
mah_status mah_png_write(const char *path, const uint8_t *pixels, int64_t width, int64_t height,
                         int64_t channels);

/* The same bytes in memory: `out` becomes a uint8 vector. */
mah_status mah_png_encode(mah_tensor *out, const uint8_t *pixels, int64_t width, int64_t height,
                          int64_t channels);

/* out = uint8 (H,W,C): the values that the file stores. Gamma, colour profiles and the like change
 * nothing. Depths of 1, 2 and 4 bits are spread over 0 ... 255, 16 bits become the nearest to
 * value / 257, palettes are looked up, and what tRNS calls transparent gets alpha 0.
 * channels = 0 takes 1, 3 or 4 as the file has them (grey with alpha gives 4); 1, 3 and 4 convert:
 *   without alpha   (v * alpha + 255 * (255 - alpha) + 127) / 255: before white
 *   to grey         (19595 r + 38470 g + 7471 b + 32768) / 65536: v where r = g = b = v
 * Errors: MAH_ERROR_FILE, MAH_ERROR_FORMAT (no PNG, cut short, damaged), MAH_ERROR_ARGUMENT. */
mah_status mah_png_read(mah_tensor *out, const char *path, int64_t channels);

#ifndef MAH_CDEF
/* libpng's own limit for a side, and ours for the whole: a forged header of a few bytes must not
 * make us allocate what the machine has. */
enum { MAH_PNG_SIDE = 1000000, MAH_PNG_PIXELS = 1 << 28 };

mah_status mah_png_check_channels(int64_t channels);
mah_status mah_png_check_size(const char *name, int64_t width, int64_t height);
#endif
#endif
