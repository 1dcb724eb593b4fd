/* The members of a ZIP file by their numbers: whole, damaged, and without memory. */
#include "data/archive.h"

#include "data/zip_archive.h"

static mah_status read_archive(const char *file) {
  static char bytes[340];
  mah_archive *archive;
  MAH_TRY(mah_archive_open(&archive, file));
  mah_status status = MAH_OK;
  for (int64_t i = 0; status == MAH_OK && i < mah_archive_count(archive); i++)
    if (mah_archive_bytes(archive, i) <= (int64_t)sizeof bytes)
      status = mah_archive_read(bytes, archive, i);
  mah_archive_close(archive);
  return status;
}

static void members_are_read_whole(void **state) {
  (void)state;
  char text[334];
  for (int compressed = 0; compressed < 2; compressed++) {
    mah_archive *archive;
    assert_ok(save_members(compressed));
    assert_ok(mah_archive_open(&archive, path));
    assert_int_equal(mah_archive_count(archive), RAGGED);
    for (int s = 0; s < RAGGED; s++) {
      assert_int_equal(mah_archive_name(archive, s)[1], '0' + s);
      assert_int_equal(mah_archive_bytes(archive, s), 4 + 10 * ragged[s]);
      assert_ok(mah_archive_read(text, archive, s));
      assert_memory_equal(text + 4, data_of(s), (size_t)(10 * ragged[s]));
    }
    mah_archive_close(archive);
  }
}

static void what_is_outside_is_refused(void **state) {
  (void)state;
  mah_archive *archive;
  char byte;
  assert_ok(save_members(0));
  assert_ok(mah_archive_open(&archive, path));
  assert_null(mah_archive_name(archive, -1));
  assert_null(mah_archive_name(archive, RAGGED));
  assert_int_equal(mah_archive_bytes(archive, RAGGED), -1);
  assert_fails(MAH_ERROR_ARGUMENT, "member", mah_archive_read(&byte, archive, RAGGED));
  mah_archive_close(archive);
  mah_archive_close(NULL);
  assert_fails(MAH_ERROR_ARGUMENT, "path", mah_archive_open(&archive, NULL));
}

static void damaged_archives_are_survived(void **state) {
  (void)state;
  assert_ok(save_members(1));
  attack(read_archive, 1);
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  assert_ok(save_members(1));
  check_reading_without_memory(read_archive);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(members_are_read_whole),
      cmocka_unit_test(what_is_outside_is_refused),
      cmocka_unit_test(damaged_archives_are_survived),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
