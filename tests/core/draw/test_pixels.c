/* Pixels from and to Cairo's words: bits, alpha, and rows with gaps. */
#include "testing.h"

#include "draw/pixels.h"

static uint8_t *random_bytes(int64_t n) {
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_PHILOX, 7, 0);
  uint8_t *bytes = malloc((size_t)n);
  for (int64_t i = 0; i < n; i++) bytes[i] = (uint8_t)mah_rng_below(&rng, 256);
  return bytes;
}

static void argb32_round_trips(void **state) {
  (void)state;
  uint8_t *pixels = random_bytes(5 * 3 * 4), argb[3 * 32], back[5 * 3 * 4];
  for (int i = 0; i < 15; i++) pixels[4 * i + 3] = 255; /* opaque: nothing is lost */
  assert_int_equal(mah_pixels_to_argb32(argb, pixels, 5, 3, 4, 32), MAH_OK);
  assert_int_equal(mah_pixels_from_argb32(back, argb, 5, 3, 4, 32), MAH_OK);
  assert_memory_equal(back, pixels, sizeof back);
  free(pixels);
}

static void argb32_multiplies_alpha(void **state) {
  (void)state;
  static const uint8_t half[] = {200, 100, 0, 128}, none[] = {9, 9, 9, 0}, grey[] = {77};
  uint32_t word;
  uint8_t back[4];
  assert_int_equal(mah_pixels_to_argb32((uint8_t *)&word, half, 1, 1, 4, 4), MAH_OK);
  assert_int_equal(word, 0x80643200); /* 200 * 128 / 255 = 100.4 -> 0x64, 50.2 -> 0x32 */
  assert_int_equal(mah_pixels_from_argb32(back, (uint8_t *)&word, 1, 1, 4, 4), MAH_OK);
  for (int c = 0; c < 4; c++) assert_in_range(back[c] - half[c] + 1, 0, 2);
  assert_int_equal(mah_pixels_to_argb32((uint8_t *)&word, none, 1, 1, 4, 4), MAH_OK);
  assert_int_equal(word, 0);
  assert_int_equal(mah_pixels_to_argb32((uint8_t *)&word, grey, 1, 1, 1, 4), MAH_OK);
  assert_int_equal(word, 0xff4d4d4d);
  assert_fails(MAH_ERROR_ARGUMENT, "2", mah_pixels_to_argb32((uint8_t *)&word, grey, 1, 1, 2, 4));
  assert_fails(MAH_ERROR_ARGUMENT, "null", mah_pixels_to_argb32(NULL, grey, 1, 1, 1, 4));
  assert_fails(MAH_ERROR_ARGUMENT, "1", mah_pixels_from_argb32(back, (uint8_t *)&word, 1, 1, 1, 4));
  assert_fails(MAH_ERROR_ARGUMENT, "4 bytes apart",
               mah_pixels_from_argb32(back, (uint8_t *)&word, 2, 1, 3, 4));
}

/* What lies between the rows stays; what a pixel gives does not depend on its place. */
static void rows_may_have_gaps_at_ragged_sizes(void **state) {
  (void)state;
  for (int s = 0; s < RAGGED; s++) {
    int64_t width = ragged[s], stride = 4 * width + 8;
    uint8_t *pixels = random_bytes(3 * width * 3), *argb = malloc((size_t)(3 * stride));
    uint8_t *back = malloc((size_t)(3 * width * 3 + 1));
    memset(argb, 0xaa, (size_t)(3 * stride));
    assert_ok(mah_pixels_to_argb32(argb, pixels, width, 3, 3, stride));
    for (int64_t y = 0; y < 3; y++) {
      for (int64_t x = 0; x < width; x++) {
        const uint8_t *p = pixels + (y * width + x) * 3;
        uint32_t word, expected = 0xff000000u | (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
        memcpy(&word, argb + y * stride + 4 * x, sizeof word);
        assert_int_equal(word, expected);
      }
      for (int64_t k = 4 * width; k < stride; k++) assert_int_equal(argb[y * stride + k], 0xaa);
    }
    assert_ok(mah_pixels_from_argb32(back, argb, width, 3, 3, stride));
    assert_memory_equal(back, pixels, (size_t)(3 * width * 3));
    free(pixels), free(argb), free(back);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(argb32_round_trips),
      cmocka_unit_test(argb32_multiplies_alpha),
      cmocka_unit_test(rows_may_have_gaps_at_ragged_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
