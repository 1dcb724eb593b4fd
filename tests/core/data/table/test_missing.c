/* Texts that stand for a missing value. */
#include "testing.h"

#include "data/table/missing.h"

static int is_missing(const mah_missing *m, const char *text) {
  return mah_is_missing(text, text + strlen(text), m);
}

static void texts_are_copied_and_found(void **state) {
  (void)state;
  char texts[] = "\0NA\0null"; /* three */
  mah_missing m = {0};
  assert_ok(mah_missing_copy(&m, texts, 3));
  memset(texts, 'x', sizeof texts);
  assert_true(is_missing(&m, ""));
  assert_true(is_missing(&m, "NA"));
  assert_true(is_missing(&m, "null"));
  assert_false(is_missing(&m, "N"));
  assert_false(is_missing(&m, "NAN"));
  assert_false(m.has_numbers);
  mah_missing_free(&m);
  assert_ok(mah_missing_copy(&m, "nan\0-999", 2)); /* nan is no number that a cell could be */
  assert_true(m.has_numbers);
  mah_missing_free(&m);
  assert_ok(mah_missing_copy(&m, "", 0));
  assert_false(is_missing(&m, ""));
  mah_missing_free(&m);
}

static void memory_runs_out(void **state) {
  (void)state;
  for (int n = 1; n <= 3; n++) {
    mah_missing m = {0};
    int64_t before = mah_memory_live();
    mah_memory_fail_at(n);
    mah_status status = mah_missing_copy(&m, "NA", 1);
    mah_memory_fail_at(0);
    assert_int_equal(status, MAH_ERROR_MEMORY);
    mah_missing_free(&m);
    assert_int_equal(mah_memory_live(), before);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_are_copied_and_found),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
