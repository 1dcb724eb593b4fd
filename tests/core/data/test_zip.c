/* Reading ZIP archives: every member, damaged ones, and no memory. */
#include "data/archive.h"

static void members_are_listed_and_unpacked(void **state) {
  (void)state;
  char text[334];
  for (int compressed = 0; compressed < 2; compressed++) {
    mah_source archive, member;
    mah_zip_member *members;
    int64_t count;
    assert_ok(save_members(compressed));
    assert_ok(mah_source_open(&archive, path));
    assert_ok(mah_zip_list(&members, &count, &archive));
    assert_int_equal(count, RAGGED);
    for (int s = 0; s < RAGGED; s++) {
      assert_int_equal(members[s].name[1], '0' + s);
      assert_int_equal(members[s].bytes, 4 + 10 * ragged[s]);
      assert_ok(mah_zip_open(&member, "m", &archive, &members[s]));
      assert_int_equal(member.size, members[s].bytes);
      assert_ok(mah_source_read(&member, text, 0, member.size));
      assert_memory_equal(text, "head", 4);
      assert_memory_equal(text + 4, data_of(s), (size_t)(10 * ragged[s]));
      mah_source_close(&member);
    }
    mah_free(members);
    mah_source_close(&archive);
  }
}

static void damaged_archives_are_survived(void **state) {
  (void)state;
  for (int compressed = 0; compressed < 2; compressed++) {
    assert_ok(save_members(compressed));
    attack(read_members, 1);
  }
}

static void a_changed_byte_is_noticed(void **state) {
  (void)state;
  static char bytes[ROOM];
  assert_ok(save_members(0));
  FILE *f = fopen(path, "rb");
  int64_t n = (int64_t)fread(bytes, 1, sizeof bytes, f);
  fclose(f);
  for (int64_t i = 0; i + 4 < n; i++) /* in the first member */
    if (memcmp(bytes + i, "head", 4) == 0) {
      bytes[i] = 'H';
      break;
    }
  write_bytes(other, bytes, n);
  assert_fails(MAH_ERROR_FORMAT, "m0", read_members(other));
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  assert_ok(save_members(1));
  check_reading_without_memory(read_members);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(members_are_listed_and_unpacked),
      cmocka_unit_test(damaged_archives_are_survived),
      cmocka_unit_test(a_changed_byte_is_noticed),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
