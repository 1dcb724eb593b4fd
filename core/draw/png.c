/* png.c - the writing half of png.h; png_read.c has the other direction. */
#include "draw/png.h"

#include "base/file.h"
#include "base/memory.h"

#include <inttypes.h>
#include <png.h>
#include <string.h>

mah_status mah_png_check_channels(int64_t channels) {
  if (channels == 1 || channels == 3 || channels == 4) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT,
                  "a picture has 1 (grey), 3 (RGB) or 4 (RGBA) channels; got %" PRId64, channels);
}

mah_status mah_png_check_size(const char *name, int64_t width, int64_t height) {
  int fits = width >= 1 && height >= 1 && width <= MAH_PNG_SIDE && height <= MAH_PNG_SIDE;
  if (fits && width * height <= MAH_PNG_PIXELS) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT,
                  "%s: a picture of %" PRId64 " x %" PRId64 " pixels; a side has 1 ... %d, the "
                  "whole at most %d",
                  name, width, height, MAH_PNG_SIDE, MAH_PNG_PIXELS);
}

static png_uint_32 format_of(int64_t channels) {
  return channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
}

/* -- Writing ----------------------------------------------------------------------------------- */

mah_status mah_png_encode(mah_tensor *out, const uint8_t *pixels, int64_t width, int64_t height,
                          int64_t channels) {
  MAH_TRY(mah_png_check_channels(channels));
  MAH_TRY(mah_png_check_size("PNG", width, height));
  if (pixels == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "pixels: a null pointer");
  png_image image = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)width,
                     .height = (png_uint_32)height,
                     .format = format_of(channels)};
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  mah_tensor room = {0};
  MAH_TRY(mah_tensor_new(&room, MAH_UINT8, 1, (const int64_t[]){(int64_t)size}));
  mah_status status = MAH_OK;
  if (!png_image_write_to_memory(&image, room.data, &size, 0, pixels, 0, NULL))
    status = mah_fail(MAH_ERROR_FORMAT, "cannot make a PNG: %s", image.message);
  if (status == MAH_OK)
    status = mah_tensor_new(out, MAH_UINT8, 1, (const int64_t[]){(int64_t)size});
  if (status == MAH_OK) memcpy(out->data, room.data, size);
  png_image_free(&image);
  mah_tensor_release(&room);
  return status;
}

mah_status mah_png_write(const char *path, const uint8_t *pixels, int64_t width, int64_t height,
                         int64_t channels) {
  mah_tensor bytes = {0};
  MAH_TRY(mah_png_encode(&bytes, pixels, width, height, channels));
  mah_status status = mah_file_write(path, bytes.data, mah_tensor_count(&bytes));
  mah_tensor_release(&bytes);
  return status;
}
