/* Dates: there and back against a count of days, and text that is none. */
#include "testing.h"

#include "data/table/date.h"

static int64_t read_date(const char *text) {
  int64_t x = -1;
  if (!mah_date_parse(&x, text, text + strlen(text))) fail_msg("'%s' is no date", text);
  return x;
}

static int is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* Every day of 500 years, counted one by one. */
static void days_follow_one_another(void **state) {
  (void)state;
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t day = -135140; /* 1600-01-01 */
  for (int year = 1600; year < 2100; year++)
    for (int month = 1; month <= 12; month++)
      for (int d = 1; d <= lengths[month - 1] + (month == 2 && is_leap(year)); d++, day++) {
        char text[MAH_DATE_ROOM], back[MAH_DATE_ROOM];
        int32_t parts[7];
        snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, d);
        assert_true(read_date(text) == day * 86400 * 1000000);
        mah_date_write(back, day * 86400 * 1000000);
        assert_string_equal(back, text);
        mah_date_parts(parts, day * 86400 * 1000000 - 1); /* the day before, 23:59:59 */
        assert_int_equal(parts[3] * 10000 + parts[4] * 100 + parts[5], 235959);
        mah_date_parts(parts, day * 86400 * 1000000);
        assert_int_equal(parts[6], ((day + 3) % 7 + 7) % 7 + 1);
      }
}

static void times_and_zones(void **state) {
  (void)state;
  char text[MAH_DATE_ROOM];
  assert_true(read_date("1970-01-01T00:00:01.5") == 1500000);
  assert_true(read_date("1970/01/02 01:00+01:00") == (int64_t)86400 * 1000000);
  assert_true(read_date("1970-01-01T00:00Z") == 0);
  assert_true(read_date("1969-12-31T23:30-0030") == 0);
  mah_date_write(text, -500000);
  assert_string_equal(text, "1969-12-31T23:59:59.500000");
}

static void other_text_is_none(void **state) {
  (void)state;
  static const char *const texts[] = {
      "2026-02-29",  "2026-13-01",  "2026-1-1",         "26-01-01",   "2026-01/01",
      "2026-01-01x", "2026-01-01T", "2026-01-01T25:00", "2026-00-01", "2026-01-01T10:00:00."};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    int64_t x;
    if (mah_date_read(&x, texts[i], (int64_t)strlen(texts[i])))
      fail_msg("'%s' is a date", texts[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(days_follow_one_another),
      cmocka_unit_test(times_and_zones),
      cmocka_unit_test(other_text_is_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
