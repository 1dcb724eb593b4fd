/* The table of pen strokes: what digits.c takes for granted. */
#include "testing.h"

#include "data/digit_strokes.h"

static void styles_are_ordered_and_every_digit_has_some(void **state) {
  (void)state;
  int seen[10] = {0}, last = 0;
  const digit_style *style = digit_styles;
  for (; style->digit >= 0; style++) {
    assert_in_range(style->digit, last, 9);
    assert_true(style->weight > 0);
    last = style->digit;
    seen[last]++;
  }
  for (int d = 0; d < 10; d++) assert_true(seen[d] >= 2);
}

static void pens_come_down_first_and_name_every_knot(void **state) {
  (void)state;
  for (const digit_style *style = digit_styles; style->digit >= 0; style++) {
    size_t knots = strlen(style->pen);
    assert_in_range(knots, 2, DIGIT_MAX_KNOTS);
    assert_int_equal(style->pen[0], 'M');
    assert_int_equal(strspn(style->pen, "M~^"), knots);
    assert_null(strstr(style->pen, "MM")); /* a stroke has a way */
    assert_int_not_equal(style->pen[knots - 1], 'M');
  }
}

/* Both hands have as many knots, and none behind the pen's end; all near the box of 0 ... 100. */
static void hands_fit_their_pens(void **state) {
  (void)state;
  for (const digit_style *style = digit_styles; style->digit >= 0; style++)
    for (int hand = 0; hand < 2; hand++) {
      int knots = (int)strlen(style->pen);
      for (int k = 0; k < DIGIT_MAX_KNOTS; k++) {
        int x = style->hand[hand][k][0], y = style->hand[hand][k][1];
        if (k >= knots) assert_true(x == 0 && y == 0);
        assert_true(x >= -30 && x <= 125 && y >= -30 && y <= 125);
      }
      assert_true(style->hand[hand][knots - 1][0] != 0 || style->hand[hand][knots - 1][1] != 0);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(styles_are_ordered_and_every_digit_has_some),
      cmocka_unit_test(pens_come_down_first_and_name_every_knot),
      cmocka_unit_test(hands_fit_their_pens),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
