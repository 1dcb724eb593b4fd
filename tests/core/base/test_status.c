/* Messages, the version, and the interrupt flag. */
#include "testing.h"

#include <pthread.h>

static void messages_hold_the_values(void **state) {
  (void)state;
  assert_int_equal(mah_fail(MAH_ERROR_SHAPE, "%d is not %s", 3, "four"), MAH_ERROR_SHAPE);
  assert_string_equal(mah_error_message(), "3 is not four");
}

static void nan_has_no_sign(void **state) {
  (void)state;
  mah_fail(MAH_ERROR_NUMERIC, "%g, %g and %g in x-nan", -NAN, -NAN, NAN);
  const char *text = strchr(mah_error_message(), ',');
  assert_string_equal(text, ", nan and nan in x-nan");
}

static void test_long_messages_are_cut(void **state) {
  (void)state;
  mah_fail(MAH_ERROR_ARGUMENT, "%05000d", 1);
  size_t length = strlen(mah_error_message());
  assert_in_range(length, 1000, 4999);
}

static void *read_message(void *text) {
  strcpy(text, mah_error_message());
  mah_fail(MAH_ERROR_FILE, "theirs");
  return NULL;
}

static void test_messages_belong_to_threads(void **state) {
  (void)state;
  pthread_t thread;
  char text[4096] = "?";
  mah_fail(MAH_ERROR_ARGUMENT, "ours");
  assert_int_equal(pthread_create(&thread, NULL, read_message, text), 0);
  assert_int_equal(pthread_join(thread, NULL), 0);
  assert_string_equal(text, "");
  assert_string_equal(mah_error_message(), "ours");
}

static mah_status pass_on(mah_status status) {
  MAH_TRY(status);
  return mah_fail(MAH_ERROR_NUMERIC, "went on");
}

static void try_leaves_at_a_failure(void **state) {
  (void)state;
  assert_int_equal(pass_on(MAH_ERROR_FORMAT), MAH_ERROR_FORMAT);
  assert_int_equal(pass_on(MAH_OK), MAH_ERROR_NUMERIC);
}

static void an_interrupt_stays_until_it_is_cleared(void **state) {
  (void)state;
  assert_false(mah_interrupt_requested());
  mah_interrupt_request();
  assert_true(mah_interrupt_requested());
  mah_interrupt_clear();
  assert_false(mah_interrupt_requested());
}

static void the_version_is_the_builds(void **state) {
  (void)state;
  assert_string_equal(mah_version(), MAH_VERSION);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_hold_the_values),
      cmocka_unit_test(nan_has_no_sign),
      cmocka_unit_test(test_long_messages_are_cut),
      cmocka_unit_test(test_messages_belong_to_threads),
      cmocka_unit_test(try_leaves_at_a_failure),
      cmocka_unit_test(an_interrupt_stays_until_it_is_cleared),
      cmocka_unit_test(the_version_is_the_builds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
