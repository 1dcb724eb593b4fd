/* PNG files: round trips, conversions, damaged and foreign files, and no memory lost on the way. */
#include "testing.h"

#include "draw/png.h"

#include <png.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state) {
  (void)state;
  strcpy(path, "/tmp/mah-png-XXXXXX");
  int file = mkstemp(path);
  return file < 0 ? -1 : close(file);
}

static int remove_path(void **state) {
  (void)state;
  return unlink(path);
}

static uint8_t *random_bytes(int64_t n) {
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_PHILOX, 7, 0);
  uint8_t *bytes = malloc((size_t)n);
  for (int64_t i = 0; i < n; i++) bytes[i] = (uint8_t)mah_rng_below(&rng, 256);
  return bytes;
}

static void put_file(const void *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, n, file), n);
  assert_int_equal(fclose(file), 0);
}

/* -- Round trips ------------------------------------------------------------------------------- */

static void check_round_trip(int64_t width, int64_t height, int64_t channels) {
  uint8_t *pixels = random_bytes(width * height * channels);
  mah_tensor back = {0};
  assert_int_equal(mah_png_write(path, pixels, width, height, channels), MAH_OK);
  assert_int_equal(mah_png_read(&back, path, 0), MAH_OK);
  assert_int_equal(back.elem, MAH_UINT8);
  assert_int_equal(back.ndim, 3);
  assert_int_equal(back.extent[0], height);
  assert_int_equal(back.extent[1], width);
  assert_int_equal(back.extent[2], channels);
  assert_memory_equal(back.data, pixels, width * height * channels);
  mah_tensor_release(&back);
  free(pixels);
}

static void round_trips_are_exact(void **state) {
  (void)state;
  static const int64_t sizes[] = {1, 7, 8, 9, 33, 200};
  int64_t live = mah_memory_live();
  for (int c = 0; c < 3; c++)
    for (int w = 0; w < 6; w++)
      for (int h = 0; h < 6; h++)
        check_round_trip(sizes[w], sizes[h], (const int64_t[]){1, 3, 4}[c]);
  assert_int_equal(mah_memory_live(), live);
}

static void encoding_is_what_is_written(void **state) {
  (void)state;
  uint8_t *pixels = random_bytes(20 * 10), file[4096];
  mah_tensor bytes = {0};
  assert_int_equal(mah_png_encode(&bytes, pixels, 20, 10, 1), MAH_OK);
  assert_int_equal(mah_png_write(path, pixels, 20, 10, 1), MAH_OK);
  FILE *f = fopen(path, "rb");
  size_t n = fread(file, 1, sizeof file, f);
  fclose(f);
  assert_int_equal(mah_tensor_count(&bytes), n);
  assert_memory_equal(bytes.data, file, n);
  mah_tensor_release(&bytes);
  free(pixels);
}

/* -- Conversions ------------------------------------------------------------------------------- */

static void reads_as_asked(void **state) {
  (void)state;
  static const uint8_t pixels[] = {255, 255, 255, 255, 90, 90, 90, 255, 0, 0, 0, 0};
  static const uint8_t grey[] = {255, 90, 255}; /* the transparent pixel lies before white */
  static const uint8_t rgb[] = {255, 255, 255, 90, 90, 90, 255, 255, 255};
  mah_tensor back = {0};
  assert_int_equal(mah_png_write(path, pixels, 3, 1, 4), MAH_OK);
  assert_int_equal(mah_png_read(&back, path, 1), MAH_OK);
  assert_int_equal(back.extent[2], 1);
  assert_memory_equal(back.data, grey, 3);
  mah_tensor_release(&back);
  assert_int_equal(mah_png_read(&back, path, 3), MAH_OK);
  assert_memory_equal(back.data, rgb, 9);
  mah_tensor_release(&back);
}

static void reads_palettes(void **state) {
  (void)state;
  static const uint8_t indices[] = {0, 1, 1, 0}, palette[] = {10, 20, 30, 200, 100, 50};
  static const uint8_t expected[] = {10, 20, 30, 200, 100, 50, 200, 100, 50, 10, 20, 30};
  png_image image = {.version = PNG_IMAGE_VERSION,
                     .width = 2,
                     .height = 2,
                     .format = PNG_FORMAT_RGB_COLORMAP,
                     .colormap_entries = 2};
  assert_true(png_image_write_to_file(&image, path, 0, indices, 0, palette));
  mah_tensor back = {0};
  assert_int_equal(mah_png_read(&back, path, 0), MAH_OK);
  assert_int_equal(back.extent[2], 3);
  assert_memory_equal(back.data, expected, sizeof expected);
  mah_tensor_release(&back);
}

static void reads_16_bits(void **state) {
  (void)state;
  static const uint16_t linear[] = {0, 65535};
  png_image image = {
      .version = PNG_IMAGE_VERSION, .width = 2, .height = 1, .format = PNG_FORMAT_LINEAR_Y};
  assert_true(png_image_write_to_file(&image, path, 0, linear, 0, NULL));
  mah_tensor back = {0};
  assert_int_equal(mah_png_read(&back, path, 0), MAH_OK);
  assert_int_equal(back.extent[2], 1);
  assert_memory_equal(back.data, "\0\377", 2);
  mah_tensor_release(&back);
}

/* -- Errors ------------------------------------------------------------------------------------ */

static void refuses_arguments(void **state) {
  (void)state;
  static const uint8_t pixel[4];
  mah_tensor out = {0};
  assert_fails(MAH_ERROR_ARGUMENT, "channels; got 2", mah_png_write(path, pixel, 1, 1, 2));
  assert_fails(MAH_ERROR_ARGUMENT, "0 x 1", mah_png_write(path, pixel, 0, 1, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "1 x 9223372036", mah_png_write(path, pixel, 1, INT64_MAX, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "the whole", mah_png_write(path, pixel, 1000000, 1000000, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "null", mah_png_write(path, NULL, 1, 1, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "path", mah_png_write("", pixel, 1, 1, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "channels; got 2", mah_png_read(&out, path, 2));
  assert_fails(MAH_ERROR_ARGUMENT, "path", mah_png_read(&out, NULL, 0));
}

static void names_files(void **state) {
  (void)state;
  static const uint8_t pixel[1];
  mah_tensor out = {0};
  assert_fails(MAH_ERROR_FILE, "/nowhere/a.png", mah_png_write("/nowhere/a.png", pixel, 1, 1, 1));
  assert_fails(MAH_ERROR_FILE, "/nowhere/a.png", mah_png_read(&out, "/nowhere/a.png", 0));
  assert_fails(MAH_ERROR_FILE, "/tmp", mah_png_read(&out, "/tmp", 0));
  put_file("", 0);
  assert_fails(MAH_ERROR_FORMAT, path, mah_png_read(&out, path, 0));
  put_file("P5 1 1 255 no PNG at all", 24);
  assert_fails(MAH_ERROR_FORMAT, path, mah_png_read(&out, path, 0));
}

static void refuses_what_is_cut_short(void **state) {
  (void)state;
  uint8_t *pixels = random_bytes(12 * 12 * 3);
  mah_tensor bytes = {0}, out = {0};
  assert_int_equal(mah_png_encode(&bytes, pixels, 12, 12, 3), MAH_OK);
  int64_t n = mah_tensor_count(&bytes), live = mah_memory_live();
  /* The last chunk, IEND, has 12 bytes, and holds nothing. */
  for (int64_t cut = 0; cut < n - 16; cut++) {
    put_file(bytes.data, (size_t)cut);
    assert_fails(MAH_ERROR_FORMAT, path, mah_png_read(&out, path, 0));
    assert_null(out.store);
  }
  assert_int_equal(mah_memory_live(), live);
  mah_tensor_release(&bytes);
  free(pixels);
}

/* Flipped bytes are refused or give some picture; never a crash or a leak. */
static void survives_damage(void **state) {
  (void)state;
  uint8_t *pixels = random_bytes(9 * 9), copy[1024];
  mah_tensor bytes = {0}, out = {0};
  assert_int_equal(mah_png_encode(&bytes, pixels, 9, 9, 1), MAH_OK);
  int64_t n = mah_tensor_count(&bytes), live = mah_memory_live(), refused = 0;
  assert_true(n < (int64_t)sizeof copy);
  for (int64_t i = 0; i < n; i++) {
    memcpy(copy, bytes.data, (size_t)n);
    copy[i] ^= 0x55;
    put_file(copy, (size_t)n);
    refused += mah_png_read(&out, path, 0) != MAH_OK;
    mah_tensor_release(&out);
  }
  assert_true(refused > n / 2);
  assert_int_equal(mah_memory_live(), live);
  mah_tensor_release(&bytes);
  free(pixels);
}

static void a_failed_write_leaves_the_old_file(void **state) {
  (void)state;
  static const uint8_t pixel[1];
  put_file("before", 6);
  for (int64_t n = 1; n < 8; n++) {
    mah_memory_fail_at(n);
    if (mah_png_write(path, pixel, 1, 1, 1) == MAH_OK) break;
    char text[8] = "";
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(text, 1, sizeof text, file), 6);
    fclose(file);
    assert_string_equal(text, "before");
  }
  mah_memory_fail_at(0);
}

static void every_failed_allocation_is_reported(void **state) {
  (void)state;
  uint8_t *pixels = random_bytes(25);
  mah_tensor out = {0};
  int64_t live = mah_memory_live(), failures = 0;
  assert_int_equal(mah_png_write(path, pixels, 5, 5, 1), MAH_OK);
  for (int64_t n = 1; n < 50; n++) {
    mah_memory_fail_at(n);
    mah_status status = mah_png_read(&out, path, 0);
    mah_memory_fail_at(0);
    if (status == MAH_OK) break;
    assert_int_equal(status, MAH_ERROR_MEMORY);
    assert_int_equal(mah_memory_live(), live);
    failures++;
  }
  assert_true(failures >= 2);
  mah_tensor_release(&out);
  assert_int_equal(mah_memory_live(), live);
  free(pixels);
}

/* -- Cairo's pixels ---------------------------------------------------------------------------- */

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(round_trips_are_exact),
      cmocka_unit_test(encoding_is_what_is_written),
      cmocka_unit_test(reads_as_asked),
      cmocka_unit_test(reads_palettes),
      cmocka_unit_test(reads_16_bits),
      cmocka_unit_test(refuses_arguments),
      cmocka_unit_test(names_files),
      cmocka_unit_test(refuses_what_is_cut_short),
      cmocka_unit_test(survives_damage),
      cmocka_unit_test(a_failed_write_leaves_the_old_file),
      cmocka_unit_test(every_failed_allocation_is_reported),
  };
  return cmocka_run_group_tests(tests, make_path, remove_path);
}
