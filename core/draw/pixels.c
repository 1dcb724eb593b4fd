#include "draw/pixels.h"

#include <inttypes.h>
#include <string.h>

static mah_status check(const void *out, const void *in, int64_t width, int64_t height,
                        int64_t channels, int64_t stride) {
  if (out == NULL || in == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "pixels: a null pointer");
  if (width < 0 || height < 0 || stride < 4 * width || channels < 1 || channels > 4)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "%" PRId64 " x %" PRId64 " pixels of %" PRId64 " channels, rows %" PRId64
                    " bytes apart",
                    width, height, channels, stride);
  return MAH_OK;
}

static uint8_t divide(uint32_t colour, uint32_t alpha) {
  if (alpha == 0) return 0;
  uint32_t value = (colour * 255 + alpha / 2) / alpha;
  return (uint8_t)(value < 255 ? value : 255);
}

static void unpack(uint8_t *to, uint32_t word, int64_t channels) {
  uint32_t alpha = channels == 4 ? word >> 24 : 255;
  for (int c = 0; c < 3; c++) to[c] = divide(word >> (16 - 8 * c) & 255, alpha);
  if (channels == 4) to[3] = (uint8_t)alpha;
}

static uint32_t pack(const uint8_t *from, int64_t channels) {
  uint32_t alpha = channels == 4 ? from[3] : 255, word = alpha << 24;
  for (int c = 0; c < 3; c++)
    word |= (from[channels == 1 ? 0 : c] * alpha + 127) / 255 << (16 - 8 * c);
  return word;
}

mah_status mah_pixels_from_argb32(uint8_t *pixels, const uint8_t *argb, int64_t width,
                                  int64_t height, int64_t channels, int64_t stride) {
  MAH_TRY(check(pixels, argb, width, height, channels, stride));
  if (channels < 3) return mah_fail(MAH_ERROR_ARGUMENT, "3 or 4 channels, not %" PRId64, channels);
  for (int64_t y = 0; y < height; y++)
    for (int64_t x = 0; x < width; x++) {
      uint32_t word;
      memcpy(&word, argb + y * stride + 4 * x, sizeof word);
      unpack(pixels + (y * width + x) * channels, word, channels);
    }
  return MAH_OK;
}

mah_status mah_pixels_to_argb32(uint8_t *argb, const uint8_t *pixels, int64_t width, int64_t height,
                                int64_t channels, int64_t stride) {
  MAH_TRY(check(argb, pixels, width, height, channels, stride));
  if (channels == 2) return mah_fail(MAH_ERROR_ARGUMENT, "1, 3 or 4 channels, not 2");
  for (int64_t y = 0; y < height; y++)
    for (int64_t x = 0; x < width; x++) {
      uint32_t word = pack(pixels + (y * width + x) * channels, channels);
      memcpy(argb + y * stride + 4 * x, &word, sizeof word);
    }
  return MAH_OK;
}
