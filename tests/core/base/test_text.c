/* Foreign bytes in messages, UTF-8, and numbers in a locale with decimal commas. */
#include "testing.h"

#include "base/text.h"

static void check_escape(const char *bytes, int64_t n, const char *expected) {
  char out[64], again[64];
  assert_int_equal(mah_text_escape(out, sizeof out, bytes, n, "\n"), strlen(expected));
  assert_string_equal(out, expected);
  mah_text_escape(again, sizeof again, out, (int64_t)strlen(out), "\n");
  assert_string_equal(again, expected);
}

static void what_moves_a_terminal_is_escaped(void **state) {
  (void)state;
  check_escape("plain\n", 6, "plain\n");
  check_escape("\33[31m\0\t\177", 8, "\\x1b[31m\\x00\\x09\\x7f");
  check_escape("\331\205\330\247\331\207", 6, "\331\205\330\247\331\207"); /* Persian */
  check_escape("\342\200\256", 3, "\\xe2\\x80\\xae");                      /* U+202E */
  check_escape("a\377\302", 3, "a\\xff\\xc2");
}

static void what_does_not_fit_is_left_out_by_characters(void **state) {
  (void)state;
  static const char expected[][8] = {"", "", "a", "a", "a\331\205"};
  for (int room = 1; room < 5; room++) {
    char out[8] = "zzzzzzz";
    int64_t n = mah_text_escape(out, room, "a\331\205", 3, "");
    assert_string_equal(out, expected[room]);
    assert_int_equal(n, strlen(expected[room]));
    assert_int_equal(out[room], 'z');
  }
  assert_int_equal(mah_text_cut("\331\205\330\247", 4, 3), 2);
  assert_int_equal(mah_text_cut("\331\205\330\247", 4, 4), 4);
  assert_int_equal(mah_text_cut("\200\200\200\200\200", 5, 4), 4);
}

static void messages_hold_what_files_said_in_escapes(void **state) {
  (void)state;
  mah_fail(MAH_ERROR_FORMAT, "saw '%s' and %g", "\33]0;title\7", 1.5);
  assert_string_equal(mah_error_message(), "saw '\\x1b]0;title\\x07' and 1.5");
  mah_fail(MAH_ERROR_FORMAT, "again: %s", mah_error_message());
  assert_string_equal(mah_error_message(), "again: saw '\\x1b]0;title\\x07' and 1.5");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_moves_a_terminal_is_escaped),
      cmocka_unit_test(what_does_not_fit_is_left_out_by_characters),
      cmocka_unit_test(messages_hold_what_files_said_in_escapes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
