/* png_read.c - the reading half of png.h: libpng's rows as they are stored, no gamma, no profile,
 * and conversions of our own.
 */
#include "draw/png.h"

#include "base/file.h"
#include "base/memory.h"

#include <inttypes.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

/* deflate never does better than 1032 : 1 (zlib.net/zlib_tech.html); text and profiles, which we do
 * not look at, unpack to this much at most. */
enum { GREATEST_RATIO = 1032, LARGEST_CHUNK = 1 << 23 };

/* libpng reports errors by a jump back into decode(). */
typedef struct reading {
  png_structp png;
  png_infop info;
  const uint8_t *at, *end; /* of the file, what is not read yet */
  jmp_buf out;
  mah_status status; /* of the error that jumped; its message is set */
  const char *name;
  int began; /* has the header been understood? */
  int64_t width, height, channels;
} reading;

/* -- What libpng calls ------------------------------------------------------------------------- */

static void fail_png(png_structp png, const char *text) {
  reading *r = png_get_error_ptr(png);
  if (r->status == MAH_OK)
    r->status =
        mah_fail(MAH_ERROR_FORMAT,
                 r->began ? "'%s' is damaged or cut short: %s" : "'%s' cannot be read as a PNG: %s",
                 r->name, text);
  longjmp(r->out, 1);
}

static void ignore_warning(png_structp png, const char *text) { (void)png, (void)text; }

static void give_bytes(png_structp png, png_bytep to, size_t n) {
  reading *r = png_get_io_ptr(png);
  if (n > (size_t)(r->end - r->at)) png_error(png, "the file ends too early");
  memcpy(to, r->at, n);
  r->at += n;
}

static void *give_memory(png_structp png, png_alloc_size_t n) {
  reading *r = png_get_mem_ptr(png);
  void *block = n <= INT64_MAX ? mah_alloc((int64_t)n, 1) : NULL;
  if (block == NULL) r->status = MAH_ERROR_MEMORY;
  return block;
}

static void take_memory(png_structp png, void *block) {
  (void)png;
  mah_free(block);
}

/* -- The image --------------------------------------------------------------------------------- */

/* Is there enough of the file for so many pixels? Asked before memory is taken for them. */
static void check_promise(reading *r, int64_t file_size) {
  int64_t bits = png_get_bit_depth(r->png, r->info) * png_get_channels(r->png, r->info);
  int64_t stored = (r->width * bits + 7) / 8 * r->height;
  if (stored / GREATEST_RATIO > file_size) png_error(r->png, "the file ends too early");
}

static void read_head(reading *r, int64_t file_size) {
  png_set_user_limits(r->png, MAH_PNG_SIDE, MAH_PNG_SIDE);
  png_set_chunk_malloc_max(r->png, LARGEST_CHUNK);
  png_set_benign_errors(r->png, 1); /* are warnings */
  png_read_info(r->png, r->info);
  r->began = 1;
  r->width = png_get_image_width(r->png, r->info);
  r->height = png_get_image_height(r->png, r->info);
  r->status = mah_png_check_size(r->name, r->width, r->height);
  if (r->status != MAH_OK) longjmp(r->out, 1);
  check_promise(r, file_size);
}

/* Eight bits a channel, and the colours of palettes: grey, grey and alpha, RGB or RGBA. */
static void ask_for_bytes(reading *r) {
  int type = png_get_color_type(r->png, r->info);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(r->png);
  if (type == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(r->png);
  if (png_get_valid(r->png, r->info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(r->png);
  png_set_scale_16(r->png); /* the nearest to value / 257 */
}

/* out = the image with the channels that it has. */
static void read_rows(reading *r, mah_tensor *out) {
  ask_for_bytes(r);
  int passes = png_set_interlace_handling(r->png);
  png_read_update_info(r->png, r->info);
  r->channels = png_get_channels(r->png, r->info);
  if ((int64_t)png_get_rowbytes(r->png, r->info) != r->width * r->channels)
    png_error(r->png, "its rows have another length than its header says");
  r->status =
      mah_tensor_new(out, MAH_UINT8, 3, (const int64_t[]){r->height, r->width, r->channels});
  if (r->status != MAH_OK) longjmp(r->out, 1);
  for (int pass = 0; pass < passes; pass++)
    for (int64_t y = 0; y < r->height; y++)
      png_read_row(r->png, (uint8_t *)out->data + y * r->width * r->channels, NULL);
  png_read_end(r->png, NULL);
}

/* What changes between setjmp and the jump is the caller's: no local variable of this function. */
static mah_status decode(reading *r, mah_tensor *out, int64_t n) {
  if (setjmp(r->out) == 0) {
    r->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, r, fail_png, ignore_warning, r,
                                      give_memory, take_memory);
    if (r->png != NULL) r->info = png_create_info_struct(r->png);
    if (r->info == NULL) return png_destroy_read_struct(&r->png, NULL, NULL), MAH_ERROR_MEMORY;
    png_set_read_fn(r->png, r, give_bytes);
    read_head(r, n);
    read_rows(r, out);
  }
  png_destroy_read_struct(&r->png, &r->info, NULL);
  if (r->status != MAH_OK) mah_tensor_release(out);
  return r->status;
}

static mah_status decode_bytes(mah_tensor *out, const uint8_t *bytes, int64_t n, const char *path) {
  reading r = {.at = bytes, .end = bytes + n, .name = path};
  return decode(&r, out, n);
}

/* -- Conversions ------------------------------------------------------------------------------- */

/* Before white: v for alpha 255, 255 for alpha 0. */
static int before_white(int v, int alpha) { return (v * alpha + 255 * (255 - alpha) + 127) / 255; }

/* ITU-R BT.601's luma with weights that add up to 2^16, so that equal r, g, b give just that. */
static int luma(int r, int g, int b) {
  return (int)((19595u * (unsigned)r + 38470u * (unsigned)g + 7471u * (unsigned)b + 32768u) >> 16);
}

/* One pixel of `have` channels to `want`; both are 1 ... 4, 2 being grey and alpha. */
static void convert_pixel(uint8_t *to, int want, const uint8_t *from, int have) {
  int alpha = have == 2 || have == 4 ? from[have - 1] : 255, rgb[3];
  for (int c = 0; c < 3; c++) {
    int v = from[have < 3 ? 0 : c];
    rgb[c] = want == 4 ? v : before_white(v, alpha);
  }
  if (want == 1)
    to[0] = (uint8_t)luma(rgb[0], rgb[1], rgb[2]);
  else
    for (int c = 0; c < 3; c++) to[c] = (uint8_t)rgb[c];
  if (want == 4) to[3] = (uint8_t)alpha;
}

/* stored becomes out, in place where nothing changes. */
static mah_status convert(mah_tensor *out, mah_tensor *stored, int64_t channels) {
  int64_t have = stored->extent[2], n = stored->extent[0] * stored->extent[1];
  if (channels == 0) channels = have == 2 ? 4 : have;
  if (channels == have) {
    *out = *stored;
    *stored = (mah_tensor){0};
    return MAH_OK;
  }
  MAH_TRY(mah_tensor_new(out, MAH_UINT8, 3,
                         (const int64_t[]){stored->extent[0], stored->extent[1], channels}));
  uint8_t *to = out->data;
  const uint8_t *from = stored->data;
  for (int64_t i = 0; i < n; i++)
    convert_pixel(to + i * channels, (int)channels, from + i * have, (int)have);
  return MAH_OK;
}

mah_status mah_png_read(mah_tensor *out, const char *path, int64_t channels) {
  mah_source source;
  mah_tensor stored = {0};
  if (channels != 0) MAH_TRY(mah_png_check_channels(channels));
  MAH_TRY(mah_source_open(&source, path));
  mah_status status = MAH_ERROR_MEMORY;
  uint8_t *bytes = mah_alloc(source.size, 1);
  if (bytes != NULL) status = mah_source_read(&source, bytes, 0, source.size);
  if (status == MAH_OK) status = decode_bytes(&stored, bytes, source.size, path);
  mah_free(bytes);
  if (status == MAH_OK) status = convert(out, &stored, channels);
  mah_tensor_release(&stored);
  mah_source_close(&source);
  return status;
}
