/* Files: whole or not at all, pipes and descriptors, sources, and what goes wrong. */
#include "testing.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/mah-file-XXXXXX", path[64];

static int make_folder(void **state) {
  (void)state;
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(path, sizeof path, "%s/file", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  remove(path);
  return rmdir(folder);
}

static void assert_content(const char *file, const char *expected) {
  char text[64];
  FILE *f = fopen(file, "rb");
  assert_non_null(f);
  text[fread(text, 1, sizeof text - 1, f)] = '\0';
  fclose(f);
  assert_string_equal(text, expected);
}

static int entries_of_folder(void) {
  int entries = -2; /* . and .. */
  DIR *d = opendir(folder);
  while (readdir(d) != NULL) entries++;
  closedir(d);
  return entries;
}

/* -- Writing ----------------------------------------------------------------------------------- */

static void nothing_is_seen_before_it_is_whole(void **state) {
  (void)state;
  mah_writer *writer;
  assert_ok(mah_file_write(path, "old", 3));
  assert_ok(mah_writer_open(&writer, path));
  assert_ok(mah_writer_put(writer, "new ", 4));
  assert_ok(mah_writer_put(writer, "one", 3));
  assert_int_equal(mah_writer_tell(writer), 7);
  assert_content(path, "old");
  assert_ok(mah_writer_close(writer));
  assert_content(path, "new one");
  assert_ok(mah_writer_open(&writer, path));
  assert_ok(mah_writer_put(writer, "never", 5));
  mah_writer_abandon(writer);
  mah_writer_abandon(NULL);
  assert_content(path, "new one");
  assert_int_equal(entries_of_folder(), 1);
}

/* Around the writer's buffer, and larger than it. */
static void sizes_around_the_buffer_arrive(void **state) {
  (void)state;
  enum { BUFFER = 1 << 16 };
  const int64_t sizes[] = {0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER};
  char *bytes = malloc(3 * BUFFER), *back = malloc(4 * BUFFER);
  for (int i = 0; i < 3 * BUFFER; i++) bytes[i] = (char)(i * 31 >> 3);
  for (int s = 0; s < 6; s++) {
    mah_writer *writer;
    mah_source source;
    assert_ok(mah_writer_open(&writer, path));
    assert_ok(mah_writer_put(writer, "head", 4));
    assert_ok(mah_writer_put(writer, bytes, sizes[s]));
    assert_ok(mah_writer_close(writer));
    assert_ok(mah_source_open(&source, path));
    assert_int_equal(source.size, 4 + sizes[s]);
    assert_ok(mah_source_read(&source, back, 4, sizes[s]));
    assert_memory_equal(back, bytes, (size_t)sizes[s]);
    mah_source_close(&source);
  }
  free(bytes);
  free(back);
}

static void links_are_followed_and_modes_stay(void **state) {
  (void)state;
  char link[64];
  struct stat s;
  snprintf(link, sizeof link, "%s/link", folder);
  assert_ok(mah_file_write(path, "old", 3));
  assert_int_equal(chmod(path, 0640), 0);
  assert_int_equal(symlink(path, link), 0);
  assert_ok(mah_file_write(link, "new", 3));
  assert_content(path, "new");
  assert_int_equal(lstat(link, &s), 0);
  assert_true(S_ISLNK(s.st_mode));
  assert_int_equal(stat(path, &s), 0);
  assert_int_equal(s.st_mode & 0777, 0640);
  unlink(link);
}

static void a_full_device_is_told(void **state) {
  (void)state;
  mah_writer *writer;
  char *bytes = calloc(1, 1 << 17);
  assert_ok(mah_writer_open(&writer, "/dev/full"));
  assert_fails(MAH_ERROR_FILE, "/dev/full", mah_writer_put(writer, bytes, 1 << 17));
  assert_fails(MAH_ERROR_FILE, "/dev/full", mah_writer_put(writer, "x", 1)); /* the first one's */
  assert_fails(MAH_ERROR_FILE, "/dev/full", mah_writer_close(writer));
  free(bytes);
}

static void wrong_targets_are_named(void **state) {
  (void)state;
  mah_writer *writer;
  char longest[5000];
  memset(longest, 'x', sizeof longest);
  longest[sizeof longest - 1] = '\0';
  assert_fails(MAH_ERROR_ARGUMENT, "empty", mah_writer_open(&writer, ""));
  assert_fails(MAH_ERROR_ARGUMENT, "empty", mah_writer_open(&writer, NULL));
  assert_fails(MAH_ERROR_FILE, folder, mah_writer_open(&writer, folder));
  assert_fails(MAH_ERROR_FILE, "/no/such", mah_writer_open(&writer, "/no/such/file"));
  assert_fails(MAH_ERROR_FILE, "cannot use", mah_writer_open(&writer, longest));
  assert_fails(MAH_ERROR_ARGUMENT, "null pointer", mah_file_write(path, NULL, 3));
  assert_fails(MAH_ERROR_ARGUMENT, "-1 bytes", mah_file_write(path, "x", -1));
}

/* -- Reading ----------------------------------------------------------------------------------- */

static void files_and_memory_read_alike(void **state) {
  (void)state;
  for (int memory = 0; memory < 2; memory++) {
    mah_source source;
    char text[8] = "";
    assert_ok(mah_file_write(path, "0123456789", 10));
    if (memory)
      mah_source_memory(&source, path, "0123456789", 10);
    else
      assert_ok(mah_source_open(&source, path));
    assert_ok(mah_source_read(&source, text, 3, 4));
    assert_memory_equal(text, "3456", 4);
    assert_ok(mah_source_read(&source, text, 10, 0));
    assert_fails(MAH_ERROR_FORMAT, "4 bytes at 7 wanted, the file has 10",
                 mah_source_read(&source, text, 7, 4));
    assert_int_equal(mah_source_read(&source, text, -1, 1), MAH_ERROR_FORMAT);
    assert_int_equal(mah_source_read(&source, text, 1, INT64_MAX), MAH_ERROR_FORMAT);
    mah_source_close(&source);
    mah_source_close(&source);
  }
}

/* What cannot be read at a position is swallowed whole. */
static void a_pipe_can_be_read_anywhere(void **state) {
  (void)state;
  int ends[2];
  char name[32], bytes[3000], back[3000];
  mah_source source;
  for (int i = 0; i < 3000; i++) bytes[i] = (char)i;
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], bytes, sizeof bytes), sizeof bytes);
  close(ends[1]);
  snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
  assert_ok(mah_source_open(&source, name));
  assert_int_equal(source.size, sizeof bytes);
  assert_ok(mah_source_read(&source, back, 1, 2999));
  assert_memory_equal(back, bytes + 1, 2999);
  mah_source_close(&source);
  close(ends[0]);
}

static void what_is_there_is_told(void **state) {
  (void)state;
  mah_source source;
  assert_ok(mah_file_write(path, "x", 1));
  assert_true(mah_file_exists(path) && !mah_file_is_directory(path));
  assert_true(mah_file_is_directory(folder) && !mah_file_exists(folder));
  assert_false(mah_file_exists("/no/such/file") || mah_file_is_directory("/no/such/file"));
  assert_false(mah_file_exists(NULL) || mah_file_is_directory(NULL));
  assert_true(mah_file_is_regular(path) && !mah_file_is_regular(folder));
  assert_false(mah_file_is_regular("/dev/null") || mah_file_is_regular(NULL));
  assert_fails(MAH_ERROR_FILE, folder, mah_source_open(&source, folder));
  assert_fails(MAH_ERROR_FILE, "/no/such", mah_source_open(&source, "/no/such/file"));
}

static void out_of_memory_leaves_the_old_file(void **state) {
  (void)state;
  int64_t before = mah_memory_live();
  assert_ok(mah_file_write(path, "old", 3));
  mah_memory_fail_at(1);
  assert_int_equal(mah_file_write(path, "new", 3), MAH_ERROR_MEMORY);
  assert_content(path, "old");
  mah_memory_fail_at(0);
  assert_int_equal(mah_memory_live(), before);
  assert_int_equal(entries_of_folder(), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_seen_before_it_is_whole),
      cmocka_unit_test(sizes_around_the_buffer_arrive),
      cmocka_unit_test(links_are_followed_and_modes_stay),
      cmocka_unit_test(a_full_device_is_told),
      cmocka_unit_test(wrong_targets_are_named),
      cmocka_unit_test(files_and_memory_read_alike),
      cmocka_unit_test(a_pipe_can_be_read_anywhere),
      cmocka_unit_test(what_is_there_is_told),
      cmocka_unit_test(out_of_memory_leaves_the_old_file),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
