#include "base/status.h"
#include "data/digit_strokes.h"
#include "data/digits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, MANY = 10000 };

/* The first MANY images of seed 1, drawn once by the group's setup. */
static uint8_t many[MANY][PIXELS];
static int32_t label[MANY];

static int draw_many(void **state) {
  (void)state;
  return mah_digits_draw(many[0], label, 0, MANY, 1) != MAH_OK;
}

/* -- The sequence ------------------------------------------------------------------------------ */

static void same_seed_gives_the_same_bits(void **state) {
  (void)state;
  static uint8_t again[1000][PIXELS];
  int32_t again_label[1000];
  assert_int_equal(mah_digits_draw(again[0], again_label, 0, 1000, 1), MAH_OK);
  assert_memory_equal(again, many, sizeof again);
  assert_memory_equal(again_label, label, sizeof again_label);
}

static void any_slice_equals_the_whole(void **state) {
  (void)state;
  static uint8_t part[100][PIXELS];
  int32_t part_label[100];
  for (int first = 1; first < MANY - 100; first += 2719)
    for (int n = 1; n <= 100; n += 33) {
      assert_int_equal(mah_digits_draw(part[0], part_label, first, n, 1), MAH_OK);
      assert_memory_equal(part, many[first], (size_t)n * PIXELS);
      assert_memory_equal(part_label, label + first, (size_t)n * sizeof *label);
    }
}

static void other_seeds_and_far_indices_give_other_images(void **state) {
  (void)state;
  const struct {
    int64_t first;
    uint64_t seed;
  } elsewhere[] = {
      {0, 0}, {0, 2}, {0, UINT64_MAX}, {100, 1}, {INT64_C(1) << 40, 1}, {INT64_MAX - 100, 1}};
  static uint8_t other[100][PIXELS];
  int32_t other_label[100];
  for (size_t k = 0; k < sizeof elsewhere / sizeof *elsewhere; k++) {
    int64_t first = elsewhere[k].first;
    assert_int_equal(mah_digits_draw(other[0], other_label, first, 100, elsewhere[k].seed), MAH_OK);
    for (int i = 0; i < 100; i++) assert_memory_not_equal(other[i], many[i], PIXELS);
    assert_memory_not_equal(other_label, label, sizeof other_label);
  }
}

static void labels_are_uniform_and_independent(void **state) {
  (void)state;
  int count[10] = {0}, pairs = 0;
  for (int i = 0; i < MANY; i++) {
    assert_in_range(label[i], 0, 9);
    count[label[i]]++;
    pairs += i > 0 && label[i] == label[i - 1];
  }
  for (int d = 0; d < 10; d++) assert_in_range(count[d], 850, 1150); /* 1000, 5 deviations of 30 */
  assert_in_range(pairs, 850, 1150);
}

/* -- The images -------------------------------------------------------------------------------- */

static void mass_is_centred_on_pixel_14(void **state) {
  (void)state;
  int off = 0;
  for (int i = 0; i < MANY; i++) {
    double mass = 0, x = 0, y = 0;
    for (int p = 0; p < PIXELS; p++) {
      mass += many[i][p];
      x += many[i][p] * (p % SIDE);
      y += many[i][p] * (p / SIDE);
    }
    assert_true(mass > 0);
    double miss = fmax(fabs(x / mass - 14), fabs(y / mass - 14));
    assert_true(miss < 1);
    off += miss > 0.5001; /* a tip cut off at the edge after the shift */
  }
  assert_in_range(off, 0, MANY / 500);
}

/* MNIST's training images: 33.3 on average, between 6 and 102; 10 % of them below full black. */
static void ink_is_in_range_and_antialiased(void **state) {
  (void)state;
  double total = 0, grey = 0, full = 0;
  for (int i = 0; i < MANY; i++) {
    int sum = 0;
    for (int p = 0; p < PIXELS; p++) {
      sum += many[i][p];
      grey += many[i][p] > 0 && many[i][p] < 250;
      full += many[i][p] >= 250;
    }
    assert_in_range(sum, 4 * PIXELS, 102 * PIXELS);
    total += sum;
  }
  double mean = total / MANY / PIXELS;
  assert_true(mean > 30 && mean < 37);
  assert_true(grey / (grey + full) > 0.4 && grey / (grey + full) < 0.75); /* MNIST: 0.61 */
}

/* Extent of the pixels with at least half the ink, whichever of width and height is larger. */
static int extent(const uint8_t *image) {
  int left = SIDE, right = 0, top = SIDE, bottom = 0;
  for (int p = 0; p < PIXELS; p++)
    if (image[p] >= 128) {
      int x = p % SIDE, y = p / SIDE;
      left = x < left ? x : left;
      right = x > right ? x : right;
      top = y < top ? y : top;
      bottom = y > bottom ? y : bottom;
    }
  return (right - left > bottom - top ? right - left : bottom - top) + 1;
}

static void ink_fills_a_box_of_20(void **state) {
  (void)state;
  int exact = 0;
  for (int i = 0; i < MANY; i++) {
    int size = extent(many[i]);
    assert_in_range(size, 16, 23);
    exact += size >= 19 && size <= 21;
  }
  assert_in_range(exact, MANY * 95 / 100, MANY);
}

static void corners_are_empty(void **state) {
  (void)state;
  const int corner[] = {0, SIDE - 1, PIXELS - SIDE, PIXELS - 1};
  int inked = 0;
  for (int i = 0; i < MANY; i++)
    for (int k = 0; k < 4; k++) {
      int x = corner[k] % SIDE ? -1 : 1, y = corner[k] < SIDE ? SIDE : -SIDE;
      inked += many[i][corner[k]] || many[i][corner[k] + x] || many[i][corner[k] + y];
    }
  assert_in_range(inked, 0, MANY / 1000);
}

/* Squared distance of an image to a mean image. */
static double distance2(const uint8_t *image, const double *mean) {
  double sum = 0;
  for (int p = 0; p < PIXELS; p++) sum += (image[p] - mean[p]) * (image[p] - mean[p]);
  return sum;
}

/* The means of the first half's classes recognise the second half: 69 % here, 81 % in MNIST. */
static void labels_name_what_is_drawn(void **state) {
  (void)state;
  static double mean[10][PIXELS];
  int count[10] = {0}, right = 0;
  memset(mean, 0, sizeof mean);
  for (int i = 0; i < MANY / 2; i++) {
    count[label[i]]++;
    for (int p = 0; p < PIXELS; p++) mean[label[i]][p] += many[i][p];
  }
  for (int d = 0; d < 10; d++)
    for (int p = 0; p < PIXELS; p++) mean[d][p] /= count[d];
  for (int i = MANY / 2; i < MANY; i++) {
    int best = 0;
    for (int d = 1; d < 10; d++)
      if (distance2(many[i], mean[d]) < distance2(many[i], mean[best])) best = d;
    right += best == label[i];
  }
  assert_in_range(right, MANY / 2 * 60 / 100, MANY / 2);
}

/* -- The skeletons ----------------------------------------------------------------------------- */

static void check_style(const digit_style *style) {
  int n = (int)strlen(style->pen);
  assert_in_range(n, 2, DIGIT_MAX_KNOTS);
  assert_in_range(style->weight, 1, 100);
  assert_int_equal(strspn(style->pen, "M~^"), n);
  assert_int_equal(style->pen[0], 'M');
  assert_int_not_equal(style->pen[n - 1], 'M'); /* no stroke of a single knot */
  assert_null(strstr(style->pen, "MM"));
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < DIGIT_MAX_KNOTS; i++) {
      const int8_t *knot = style->hand[hand][i];
      if (i < n) assert_true(knot[0] >= -10 && knot[1] >= 0 && knot[1] <= 105);
      if (i < n) assert_true(knot[0] || knot[1]); /* a pair for each letter */
      if (i >= n) assert_true(!knot[0] && !knot[1]);
    }
}

static void every_digit_has_several_styles(void **state) {
  (void)state;
  int count[10] = {0}, previous = 0;
  for (const digit_style *style = digit_styles; style->digit >= 0; style++) {
    assert_in_range(style->digit, previous, 9);
    check_style(style);
    previous = style->digit;
    count[previous]++;
  }
  for (int d = 0; d < 10; d++) assert_in_range(count[d], 3, 100);
}

/* -- Arguments --------------------------------------------------------------------------------- */

static void n_of_zero_draws_nothing(void **state) {
  (void)state;
  uint8_t image[PIXELS] = {7};
  int32_t one = 42;
  assert_int_equal(mah_digits_draw(image, &one, 5, 0, 1), MAH_OK);
  assert_int_equal(mah_digits_draw(NULL, NULL, 0, 0, 1), MAH_OK);
  assert_true(image[0] == 7 && one == 42);
}

static void nothing_is_written_past_the_end(void **state) {
  (void)state;
  uint8_t images[4 * PIXELS];
  int32_t labels[4];
  memset(images, 0xa5, sizeof images);
  memset(labels, 0xff, sizeof labels);
  assert_int_equal(mah_digits_draw(images, labels, 0, 3, 1), MAH_OK);
  for (int p = 3 * PIXELS; p < 4 * PIXELS; p++) assert_int_equal(images[p], 0xa5);
  assert_int_equal(labels[3], -1);
}

static void bad_arguments_are_named(void **state) {
  (void)state;
  uint8_t image[PIXELS];
  int32_t one;
  assert_int_equal(mah_digits_draw(image, &one, -3, 1, 1), MAH_ERROR_ARGUMENT);
  assert_non_null(strstr(mah_error_message(), "first = -3"));
  assert_int_equal(mah_digits_draw(image, &one, 0, -17, 1), MAH_ERROR_ARGUMENT);
  assert_non_null(strstr(mah_error_message(), "n = -17"));
  assert_int_equal(mah_digits_draw(image, &one, INT64_MAX, 1, 1), MAH_ERROR_ARGUMENT);
  assert_non_null(strstr(mah_error_message(), "9223372036854775807"));
  assert_int_equal(mah_digits_draw(NULL, &one, 0, 1, 1), MAH_ERROR_ARGUMENT);
  assert_non_null(strstr(mah_error_message(), "images is NULL"));
  assert_int_equal(mah_digits_draw(image, NULL, 0, 1, 1), MAH_ERROR_ARGUMENT);
  assert_non_null(strstr(mah_error_message(), "labels is NULL"));
}

static void an_interrupt_stops_the_drawing(void **state) {
  (void)state;
  uint8_t image[PIXELS];
  int32_t one;
  mah_interrupt_request();
  assert_int_equal(mah_digits_draw(image, &one, 0, 1, 1), MAH_ERROR_INTERRUPTED);
  mah_interrupt_clear();
  assert_int_equal(mah_digits_draw(image, &one, 0, 1, 1), MAH_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(same_seed_gives_the_same_bits),
      cmocka_unit_test(any_slice_equals_the_whole),
      cmocka_unit_test(other_seeds_and_far_indices_give_other_images),
      cmocka_unit_test(labels_are_uniform_and_independent),
      cmocka_unit_test(mass_is_centred_on_pixel_14),
      cmocka_unit_test(ink_is_in_range_and_antialiased),
      cmocka_unit_test(ink_fills_a_box_of_20),
      cmocka_unit_test(corners_are_empty),
      cmocka_unit_test(labels_name_what_is_drawn),
      cmocka_unit_test(every_digit_has_several_styles),
      cmocka_unit_test(n_of_zero_draws_nothing),
      cmocka_unit_test(nothing_is_written_past_the_end),
      cmocka_unit_test(bad_arguments_are_named),
      cmocka_unit_test(an_interrupt_stops_the_drawing),
  };
  return cmocka_run_group_tests(tests, draw_many, NULL);
}
