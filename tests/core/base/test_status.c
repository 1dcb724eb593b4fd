/* Messages, the version, the interrupt flag, and the sizes for callers that parse declarations. */
#include "testing.h"

#include <pthread.h>

static void test_messages(void **state) {
  (void)state;
  assert_int_equal(mah_fail(MAH_ERROR_SHAPE, "%d is not %s", 3, "four"), MAH_ERROR_SHAPE);
  assert_string_equal(mah_error_message(), "3 is not four");
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

static void test_try(void **state) {
  (void)state;
  assert_int_equal(pass_on(MAH_ERROR_FORMAT), MAH_ERROR_FORMAT);
  assert_int_equal(pass_on(MAH_OK), MAH_ERROR_NUMERIC);
}

static void test_interrupt(void **state) {
  (void)state;
  assert_false(mah_interrupt_requested());
  mah_interrupt_request();
  assert_true(mah_interrupt_requested());
  mah_interrupt_clear();
  assert_false(mah_interrupt_requested());
}

static void test_version_and_sizes(void **state) {
  (void)state;
  assert_string_equal(mah_version(), MAH_VERSION);
  const mah_abi_entry *entry = mah_abi();
  int tensors = 0;
  for (; entry->type != NULL; entry++) {
    assert_true(entry->size > 0);
    if (strcmp(entry->type, "mah_tensor") == 0) {
      tensors++;
      assert_int_equal(entry->size, sizeof(mah_tensor));
    }
  }
  assert_int_equal(tensors, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_messages),
      cmocka_unit_test(test_long_messages_are_cut),
      cmocka_unit_test(test_messages_belong_to_threads),
      cmocka_unit_test(test_try),
      cmocka_unit_test(test_interrupt),
      cmocka_unit_test(test_version_and_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
