/* Names of columns: copies, of which a later one takes an earlier one's place. */
#include "testing.h"

#include "data/table/names.h"

static void names_are_copies(void **state) {
  (void)state;
  char text[] = "one,\"a \"\"b\"\"\"";
  mah_cell cells[] = {{.begin = 0, .size = 3}, {.begin = 5, .size = 7, .is_doubled = 1}};
  mah_names names = {.count = 3};
  int64_t before = mah_memory_live();
  assert_ok(mah_names_keep_cells(&names, 1, cells, text));
  memset(text, 'x', sizeof text);
  assert_null(names.text[0]);
  assert_string_equal(names.text[1], "one");
  assert_string_equal(names.text[2], "a \"b\"");
  assert_int_equal(names.size[2], 5);
  assert_ok(mah_names_keep(&names, 1, "z\0z", 3));
  assert_memory_equal(names.text[1], "z\0z", 4);
  mah_names_free(&names);
  mah_names_free(&names); /* of none */
  assert_int_equal(mah_memory_live(), before);
}

static void memory_runs_out(void **state) {
  (void)state;
  for (int n = 1; n <= 3; n++) {
    mah_names names = {.count = 2};
    int64_t before = mah_memory_live();
    mah_memory_fail_at(n);
    mah_status status = mah_names_keep(&names, 1, "one", 3);
    mah_memory_fail_at(0);
    assert_int_equal(status, MAH_ERROR_MEMORY);
    mah_names_free(&names);
    assert_int_equal(mah_memory_live(), before);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_copies),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
