/* Numbers as text: every way to a double gives what strtod gives. */
#include "testing.h"

#include "data/table/number.h"

static const mah_notation plain = {'.', '\0'};

static int parse(double *out, const char *text, mah_notation notation) {
  return mah_number_parse(out, text, text + strlen(text), notation);
}

static void check_like_strtod(const char *text) {
  double x, expected = strtod(text, NULL);
  if (!parse(&x, text, plain)) fail_msg("'%s' is no number", text);
  if (memcmp(&x, &expected, sizeof x) != 0) fail_msg("'%s' is %.17g, not %.17g", text, x, expected);
}

static void any_decimal_is_the_nearest_double(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  char text[64];
  for (int i = 0; i < 200000; i++) {
    uint64_t bits = (uint64_t)mah_rng_u32(&rng) << 32 | mah_rng_u32(&rng);
    double x;
    memcpy(&x, &bits, sizeof x);
    if (!isfinite(x)) continue;
    snprintf(text, sizeof text, "%.*g", 1 + (int)mah_rng_below(&rng, 20), x);
    check_like_strtod(text);
    int digits = 1 + (int)mah_rng_below(&rng, 18), e = (int)mah_rng_below(&rng, 70) - 35;
    snprintf(text, sizeof text, "%lluE%d", (unsigned long long)(bits % (uint64_t)pow(10, digits)),
             e);
    check_like_strtod(text);
  }
}

/* Halves between two doubles, and what lies just beside them. */
static void ties_go_to_the_even_one(void **state) {
  (void)state;
  static const char *const texts[] = {"9007199254740993",
                                      "9007199254740992.5",
                                      "9007199254740993.0000000001",
                                      "9007199254740995",
                                      "1.00000000000000011102230246251565404236316680908203125",
                                      "1.00000000000000011102230246251565404236316680908203124",
                                      "4503599627370496.5",
                                      "4503599627370497.5",
                                      "2.2250738585072011e-308",
                                      "5e-324",
                                      "2e-324",
                                      "1.7976931348623157e308",
                                      "1e400",
                                      "0.1",
                                      "1e23",
                                      "8.5e22",
                                      "123456789012345678901234567890",
                                      "00000000000000000000000000001.5",
                                      "0.000000000000000000000000000000000000015",
                                      "1e-54",
                                      "1e55",
                                      "18446744073709551615e36",
                                      "-0",
                                      "+7.",
                                      ".5",
                                      "1E+2",
                                      "0e999999999999"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_like_strtod(texts[i]);
}

static void other_text_is_none(void **state) {
  (void)state;
  static const char *const texts[] = {"",      "-",   ".",   "1e", "1e+",  "1,5",  "0x10", "1 2",
                                      "1.2.3", "--1", "+-1", "e5", "infi", "1e5x", " 1"};
  double x;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (parse(&x, texts[i], plain)) fail_msg("'%s' is %g", texts[i], x);
  assert_true(parse(&x, "-Infinity", plain) && x == -INFINITY);
  assert_true(parse(&x, "NaN", plain) && isnan(x));
}

static void other_notations(void **state) {
  (void)state;
  const mah_notation german = {',', '.'}, english = {'.', ','};
  double x;
  int64_t i;
  assert_true(parse(&x, "-1.234.567,5", german) && x == -1234567.5);
  assert_true(parse(&x, "1234,5", german) && x == 1234.5);
  assert_true(parse(&x, "1,234.5", english) && x == 1234.5);
  assert_false(parse(&x, "1,23.5", english));
  assert_false(parse(&x, "1234,567", english));
  assert_false(parse(&x, ",123", english));
  static const char grouped[] = "12,345";
  assert_true(mah_integer_parse(&i, grouped, grouped + 6, english) && i == 12345);
}

static void integers_fit_int64(void **state) {
  (void)state;
  static const char most[] = "9223372036854775807", beyond[] = "9223372036854775808";
  static const char zeros[] = "-007", point[] = "1.0";
  int64_t i = 0;
  assert_true(mah_integer_parse(&i, most, most + 19, plain) && i == INT64_MAX);
  assert_false(mah_integer_parse(&i, beyond, beyond + 19, plain));
  assert_true(mah_integer_parse(&i, zeros, zeros + 4, plain) && i == -7);
  assert_false(mah_integer_parse(&i, point, point + 3, plain));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_decimal_is_the_nearest_double),
      cmocka_unit_test(ties_go_to_the_even_one),
      cmocka_unit_test(other_text_is_none),
      cmocka_unit_test(other_notations),
      cmocka_unit_test(integers_fit_int64),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
