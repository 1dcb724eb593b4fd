/* Writing ZIP archives: the same bytes each time, and nothing half written. */
#include "data/archive.h"

static int64_t read_file(char *bytes) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  int64_t n = (int64_t)fread(bytes, 1, ROOM, f);
  fclose(f);
  return n;
}

/* No times, no chance. */
static void archives_are_the_same_each_time(void **state) {
  (void)state;
  static char first[ROOM], second[ROOM];
  for (int compressed = 0; compressed < 2; compressed++) {
    assert_ok(save_members(compressed));
    int64_t n = read_file(first);
    assert_ok(save_members(compressed));
    assert_int_equal(read_file(second), n);
    assert_memory_equal(first, second, (size_t)n);
  }
}

static void deflated_members_are_smaller(void **state) {
  (void)state;
  static char bytes[ROOM];
  assert_ok(save_members(0));
  int64_t stored = read_file(bytes);
  assert_ok(save_members(1));
  assert_true(read_file(bytes) < stored);
}

static void an_abandoned_archive_leaves_the_old_file(void **state) {
  (void)state;
  mah_zip_writer zip;
  write_bytes(path, "old", 3);
  assert_ok(mah_zip_create(&zip, path));
  assert_ok(mah_zip_add(&zip, "a", "x", 1, "y", 1, 0));
  mah_zip_abandon(&zip);
  char bytes[ROOM];
  assert_int_equal(read_file(bytes), 3);
}

static void long_names_are_refused(void **state) {
  (void)state;
  mah_zip_writer zip;
  char name[MAH_ZIP_NAME + 1];
  memset(name, 'n', sizeof name);
  name[MAH_ZIP_NAME] = '\0';
  assert_ok(mah_zip_create(&zip, path));
  assert_fails(MAH_ERROR_ARGUMENT, "longer than 255 bytes",
               mah_zip_add(&zip, name, "", 0, "", 0, 0));
  mah_zip_abandon(&zip);
  assert_int_not_equal(mah_zip_create(&zip, "/no/such/folder/a.zip"), MAH_OK);
}

static mah_status save(const mah_tensor *t) {
  (void)t;
  return save_members(1);
}

static void out_of_memory_leaves_an_archive(void **state) {
  (void)state;
  check_saving_without_memory(save, read_members, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(archives_are_the_same_each_time),
      cmocka_unit_test(deflated_members_are_smaller),
      cmocka_unit_test(an_abandoned_archive_leaves_the_old_file),
      cmocka_unit_test(long_names_are_refused),
      cmocka_unit_test(out_of_memory_leaves_an_archive),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
