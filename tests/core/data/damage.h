/* damage.h - what a parser of files must stand: every truncation of a small file, many random
 * changes of its bytes, and memory that runs out. An answer or an error each time, never more
 * memory than before, nothing for the sanitizers.
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "testing.h"

#include <unistd.h>

enum { ROOM = 1 << 14, CHANGES = 3000 };

/* The file under test, and one beside it: in memory where there is such a place, because every save
 * waits for the disk. */
static char path[32], other[sizeof path + 8];

typedef mah_status reader(const char *file);

static inline void write_bytes(const char *file, const char *bytes, int64_t n) {
  FILE *f = fopen(file, "wb"); /* quicker than mah_file_write, which waits for the disk */
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, (size_t)n, f), n);
  fclose(f);
}

static inline void check_read(reader *read, const char *bytes, int64_t n) {
  int64_t before = mah_memory_live();
  write_bytes(other, bytes, n);
  mah_status status = read(other);
  if (status != MAH_OK) assert_true(strlen(mah_error_message()) > 10);
  assert_int_equal(mah_memory_live(), before);
}

/* torn: must each proper prefix of the file in `path` be refused? */
static inline void attack(reader *read, int torn) {
  static char bytes[ROOM], changed[ROOM];
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  int64_t n = (int64_t)fread(bytes, 1, ROOM, f);
  fclose(f);
  assert_true(n < ROOM);
  assert_ok(read(path));
  for (int64_t length = 0; length < n; length++) {
    check_read(read, bytes, length);
    if (torn && read(other) == MAH_OK) fail_msg("%d of %d bytes are accepted", (int)length, (int)n);
  }
  mah_rng rng = rng_of(1);
  for (int k = 0; k < CHANGES && n > 0; k++) {
    memcpy(changed, bytes, (size_t)n);
    int64_t flips = 1 + mah_rng_below(&rng, 4);
    while (flips-- > 0) changed[mah_rng_below(&rng, (uint32_t)n)] = (char)mah_rng_u32(&rng);
    check_read(read, changed, n);
  }
}

static inline mah_tensor small(int32_t dtype) {
  mah_tensor t = {0};
  int64_t extent[] = {3, 5};
  mah_rng rng = rng_of(7);
  assert_ok(mah_tensor_new(&t, dtype, 2, extent));
  assert_ok(mah_fill_integers(&t, &rng, 0, 255));
  return t;
}

/* Of the same dtype and shape; both row major. */
static inline void assert_same_elements(const mah_tensor *a, const mah_tensor *b) {
  assert_int_equal(a->elem, b->elem);
  assert_int_equal(a->ndim, b->ndim);
  assert_memory_equal(a->extent, b->extent, sizeof *a->extent * (size_t)a->ndim);
  assert_memory_equal(a->data, b->data, (size_t)(mah_tensor_count(a) * mah_dtype_size(a->elem)));
}

/* Reads `path` with the n-th allocation failing, for every n until none does. */
static inline void check_reading_without_memory(reader *read) {
  int64_t before = mah_memory_live();
  for (int n = 1, done = 0; !done; n++) {
    mah_memory_fail_at(n);
    mah_status status = read(path);
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), before);
    done = status == MAH_OK;
    if (!done) assert_int_equal(status, MAH_ERROR_MEMORY);
    assert_true(n < 200);
  }
}

/* Saves with the n-th allocation failing, for every n until none does: each time `path` holds what
 * it held, or the new file, and both can be read. */
static inline void check_saving_without_memory(mah_status (*save)(const mah_tensor *t),
                                               reader *read, const mah_tensor *t) {
  assert_ok(save(t));
  int64_t before = mah_memory_live();
  for (int n = 1, done = 0; !done; n++) {
    mah_memory_fail_at(n);
    mah_status status = save(t);
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), before);
    assert_ok(read(path));
    done = status == MAH_OK;
    if (!done) assert_int_equal(status, MAH_ERROR_MEMORY);
    assert_true(n < 200);
  }
}

static inline int make_paths(void **state) {
  (void)state;
  const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  snprintf(path, sizeof path, "%s/mah-test-XXXXXX", folder);
  int file = mkstemp(path);
  snprintf(other, sizeof other, "%s-other", path);
  return file < 0 || close(file) != 0;
}

static inline int remove_paths(void **state) {
  (void)state;
  remove(other); /* where there was one */
  return remove(path);
}

#endif
