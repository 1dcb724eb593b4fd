/* The sizes that a caller who parsed the declarations compares with his own. */
#include "testing.h"

static void sizes_are_those_of_the_structs(void **state) {
  (void)state;
  const mah_abi_entry *entry = mah_abi();
  int tensors = 0;
  for (; entry->type != NULL; entry++) {
    assert_true(entry->size > 0);
    if (strcmp(entry->type, "mah_tensor") == 0) {
      tensors++;
      assert_int_equal(entry->size, sizeof(mah_tensor) + MAH_TENSOR_ROOM);
    }
  }
  assert_int_equal(tensors, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_those_of_the_structs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
