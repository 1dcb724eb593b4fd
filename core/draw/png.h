/* png.h - PNG in and out, 8 bits a channel, through libpng's simplified interface.
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

/* out = uint8 (H,W,C). Reads every PNG: palettes are looked up, 16 bits become 8. channels = 0
 * takes 1, 3 or 4 as the file has them (grey with alpha gives 4); 1, 3 and 4 convert, and a
 * transparent picture loses its alpha before white.
 * Errors: MAH_ERROR_FILE, MAH_ERROR_FORMAT (no PNG, cut short, damaged), MAH_ERROR_ARGUMENT. */
mah_status mah_png_read(mah_tensor *out, const char *path, int64_t channels);
#endif
