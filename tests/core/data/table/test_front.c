/* What stands before a table: kinds of files that are none, comments, names in them. */
#include "testing.h"

#include "data/table/front.h"

static mah_block block_of(const char *text, int64_t size) {
  mah_block b = {.text = mah_alloc(size + 1, 1), .size = size, .is_last = 1};
  assert_non_null(b.text);
  memcpy(b.text, text, (size_t)size);
  b.text[size] = '\n';
  return b;
}

static void check_refused(const char *words, const char *bytes, int64_t n) {
  mah_block b = block_of(bytes, n);
  assert_fails(MAH_ERROR_FORMAT, words, mah_front_check(&b, "my.csv"));
  b.size = 1; /* too little to tell */
  assert_ok(mah_front_check(&b, "my.csv"));
  mah_block_free(&b);
}

static void other_files_are_named(void **state) {
  (void)state;
  check_refused("my.csv: this file is a ZIP archive", "PK\3\4xyz", 7);
  check_refused("UTF-16",
                "\xff\xfe"
                "a",
                3);
  check_refused("a PNG picture", "\x89PNG", 4);
  check_refused("zero bytes", "a\0b", 3);
}

/* Skips, and looks for names of three columns; returns how many there are. */
static int64_t names_in(const char *text, int64_t skip, const char *rest, const char *second) {
  const mah_dialect comma = {.delimiter = ',', .quote = {'"'}};
  mah_block b = block_of(text, (int64_t)strlen(text));
  mah_names names = {.count = 3};
  mah_scanner s;
  mah_scanner_start(&s, &comma);
  s.text = b.text;
  s.end = b.size;
  s.is_last = 1;
  mah_front_comment comment = mah_front_skip(&s, skip);
  assert_int_equal(b.size - s.at, strlen(rest));
  assert_memory_equal(b.text + s.at, rest, strlen(rest));
  if (comment.begin >= 0) assert_ok(mah_front_names(&names, &b, comment, &comma));
  assert_memory_equal(b.text, text, strlen(text)); /* is as it was */
  int64_t found = names.text != NULL ? names.count : 0;
  if (found > 0) assert_string_equal(names.text[1], second);
  mah_names_free(&names);
  mah_block_free(&b);
  return found;
}

static void comments_are_skipped_and_may_have_names(void **state) {
  (void)state;
  assert_int_equal(names_in("1,2,3", 0, "1,2,3", ""), 0);
  assert_int_equal(names_in("\xEF\xBB\xBF# a, \"b\",c\n1,2,3", 0, "1,2,3", "b"), 3);
  assert_int_equal(names_in("#x,y,z\n#a,b\n1,2,3", 0, "1,2,3", ""), 0); /* only the last one */
  assert_int_equal(names_in("note\n#a,b,c\r\n1", 1, "1", "b"), 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(other_files_are_named),
      cmocka_unit_test(comments_are_skipped_and_may_have_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
