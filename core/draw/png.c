#include "draw/png.h"

#include "base/file.h"
#include "base/memory.h"

#include <inttypes.h>
#include <png.h>
#include <string.h>

/* libpng's own limit for a side, and ours for the whole: a forged header of a few bytes must not
 * make us allocate what the machine has. */
enum { MAX_SIDE = 1000000, MAX_PIXELS = 1 << 28 };

static mah_status check_channels(int64_t channels) {
  if (channels == 1 || channels == 3 || channels == 4) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT,
                  "a picture has 1 (grey), 3 (RGB) or 4 (RGBA) channels; got %" PRId64, channels);
}

static mah_status check_size(const char *name, int64_t width, int64_t height) {
  int fits = width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE;
  if (fits && width * height <= MAX_PIXELS) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT,
                  "%s: a picture of %" PRId64 " x %" PRId64 " pixels; a side has 1 ... %d, the "
                  "whole at most %d",
                  name, width, height, MAX_SIDE, MAX_PIXELS);
}

static png_uint_32 format_of(int64_t channels) {
  return channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
}

/* -- Writing ----------------------------------------------------------------------------------- */

mah_status mah_png_encode(mah_tensor *out, const uint8_t *pixels, int64_t width, int64_t height,
                          int64_t channels) {
  MAH_TRY(check_channels(channels));
  MAH_TRY(check_size("PNG", width, height));
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

/* -- Reading ----------------------------------------------------------------------------------- */

static int64_t channels_in(const png_image *image) {
  if (image->format & PNG_FORMAT_FLAG_ALPHA) return 4;
  return image->format & PNG_FORMAT_FLAG_COLOR ? 3 : 1;
}

/* `name` is the path, for messages. */
static mah_status decode(mah_tensor *out, const void *bytes, int64_t n, const char *name,
                         int64_t channels) {
  png_image image = {.version = PNG_IMAGE_VERSION};
  const png_color white = {255, 255, 255};
  if (!png_image_begin_read_from_memory(&image, bytes, (size_t)n))
    return mah_fail(MAH_ERROR_FORMAT, "'%s' cannot be read as a PNG: %s", name, image.message);
  mah_status status = check_size(name, image.width, image.height);
  if (channels == 0) channels = channels_in(&image);
  image.format = format_of(channels);
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* 16-bit files without a gamma are not linear */
  if (status == MAH_OK)
    status =
        mah_tensor_new(out, MAH_UINT8, 3, (const int64_t[]){image.height, image.width, channels});
  if (status == MAH_OK && !png_image_finish_read(&image, &white, out->data, 0, NULL)) {
    status = mah_fail(MAH_ERROR_FORMAT, "'%s' is damaged or cut short: %s", name, image.message);
    mah_tensor_release(out);
  }
  png_image_free(&image);
  return status;
}

mah_status mah_png_read(mah_tensor *out, const char *path, int64_t channels) {
  mah_source source;
  if (channels != 0) MAH_TRY(check_channels(channels));
  MAH_TRY(mah_source_open(&source, path));
  mah_status status = MAH_ERROR_MEMORY;
  uint8_t *bytes = mah_alloc(source.size, 1);
  if (bytes != NULL) status = mah_source_read(&source, bytes, 0, source.size);
  if (status == MAH_OK) status = decode(out, bytes, source.size, path, channels);
  mah_free(bytes);
  mah_source_close(&source);
  return status;
}
