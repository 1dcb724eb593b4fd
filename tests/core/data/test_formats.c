/* The parsers of files meet every truncation of small files, and many random changes of their
 * bytes: an answer or an error each time, never more memory than before, nothing for the
 * sanitizers.
 */
#include "testing.h"

#include "base/file.h"
#include "data/csv.h"
#include "data/elements.h"
#include "data/idx.h"
#include "data/npy.h"
#include "data/npz.h"

#include <unistd.h>

enum { ROOM = 1 << 14, CHANGES = 3000 };

static char path[] = "/tmp/mah-test-XXXXXX", other[sizeof path + 8];

/* -- What is read, each format in its way: a status
 * -------------------------------------------------- */

static mah_status read_idx(const char *file) {
  mah_tensor t = {0};
  mah_status status = mah_idx_load(&t, file);
  mah_tensor_release(&t);
  return status;
}

static mah_status read_npy(const char *file) {
  mah_tensor t = {0};
  mah_status status = mah_npy_load(&t, file);
  mah_tensor_release(&t);
  return status;
}

static mah_status read_npz(const char *file) {
  mah_npz *npz;
  MAH_TRY(mah_npz_open(&npz, file));
  mah_status status = MAH_OK;
  for (int64_t i = 0; i < mah_npz_count(npz); i++) {
    mah_tensor t = {0};
    mah_status read = mah_npz_read(&t, npz, i);
    if (read != MAH_OK) status = read;
    assert_non_null(mah_npz_name(npz, i));
    mah_tensor_release(&t);
  }
  mah_npz_close(npz);
  return status;
}

static mah_status read_csv(const char *file) {
  mah_csv *csv;
  mah_tensor t = {0};
  int64_t size = 0, columns[64];
  MAH_TRY(mah_csv_open(&csv, file, ',', 0, -1));
  int64_t n = mah_csv_columns(csv) < 64 ? mah_csv_columns(csv) : 64;
  for (int64_t c = 0; c < n; c++) columns[c] = c;
  mah_status status = mah_csv_numbers(&t, csv, MAH_FLOAT32, columns, n);
  for (int64_t row = -1; row <= mah_csv_rows(csv); row++)
    for (int64_t c = -1; c <= n; c++) {
      const char *text = mah_csv_cell(csv, row, c, &size);
      if (text != NULL && size > 0) assert_true(text[0] + text[size - 1] != 1 << 20); /* touched */
    }
  mah_tensor_release(&t);
  mah_csv_close(csv);
  return status;
}

/* -- Torn and changed files -------------------------------------------------------------------- */

typedef mah_status reader(const char *file);

static void write_bytes(const char *file, const char *bytes, int64_t n) {
  FILE *f = fopen(file, "wb"); /* quicker than mah_file_write, which waits for the disk */
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, (size_t)n, f), n);
  fclose(f);
}

static void check_read(reader *read, const char *bytes, int64_t n) {
  int64_t before = mah_memory_live();
  write_bytes(other, bytes, n);
  mah_status status = read(other);
  if (status != MAH_OK) assert_true(strlen(mah_error_message()) > 10);
  assert_int_equal(mah_memory_live(), before);
}

/* torn: must each proper prefix of the file in `path` be refused? */
static void attack(reader *read, int torn) {
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

static mah_tensor small(int32_t dtype) {
  mah_tensor t = {0};
  int64_t extent[] = {3, 5};
  mah_rng rng = rng_of(7);
  assert_ok(mah_tensor_new(&t, dtype, 2, extent));
  assert_ok(mah_fill_integers(&t, &rng, 0, 255));
  return t;
}

static void idx_survives(void **state) {
  (void)state;
  for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++) {
    mah_tensor t = small(dtype);
    assert_ok(mah_idx_save(path, &t));
    attack(read_idx, 1);
    mah_tensor_release(&t);
  }
}

static void packed_idx_survives(void **state) {
  (void)state;
  char packed[sizeof path + 3];
  snprintf(packed, sizeof packed, "%s.gz", path);
  mah_tensor t = small(MAH_INT32);
  assert_ok(mah_idx_save(packed, &t));
  assert_int_equal(rename(packed, path), 0);
  attack(read_idx, 1);
  mah_tensor_release(&t);
}

static void npy_survives(void **state) {
  (void)state;
  mah_tensor t = small(MAH_FLOAT32);
  assert_ok(mah_npy_save(path, &t));
  attack(read_npy, 1);
  mah_tensor_release(&t);
}

static void npz_survives(void **state) {
  (void)state;
  mah_tensor a = small(MAH_FLOAT32), b = small(MAH_INT32);
  for (int compressed = 0; compressed < 2; compressed++) {
    assert_ok(mah_npz_save(path, (const char *const[]){"a", "bee"},
                           (const mah_tensor *const[]){&a, &b}, 2, compressed));
    attack(read_npz, 1);
  }
  mah_tensor_release(&a);
  mah_tensor_release(&b);
}

static void csv_survives(void **state) {
  (void)state;
  static const char text[] =
      "\xEF\xBB\xBF\"a \"\"b\"\"\",c\r\n1,\"2\"\n\n-3.5e2,NA\n,0.30000000000000004";
  write_bytes(path, text, sizeof text - 1);
  attack(read_csv, 0); /* a shorter text may be sound */
}

/* Every type that elements.h reads, cut off at each byte. */
static void elements_need_all_their_bytes(void **state) {
  (void)state;
  const char *const types[] = {"<f4", ">f8", "<i4", "|u1", "?",   "<f2", "<bf",
                               "|i1", ">i2", "<u2", "<u4", ">i8", "<u8", "|b1"};
  char zeros[64] = {0};
  for (size_t k = 0; k < sizeof types / sizeof *types; k++)
    for (int64_t n = 0; n <= 3 * 8 + 5; n++) {
      mah_tensor t = {0};
      mah_stored type;
      int64_t three = 3;
      assert_ok(mah_stored_parse(&type, "x", types[k]));
      write_bytes(other, zeros, n);
      mah_status status = mah_elements_load(&t, other, 5, types[k], 1, &three);
      assert_int_equal(status == MAH_OK, n >= 5 + 3 * type.size);
      if (n > 1)
        assert_int_equal(mah_elements_load(&t, other, n + 1, types[k], 1, &three),
                         MAH_ERROR_FORMAT);
      mah_tensor_release(&t);
    }
}

static void unknown_types_are_named(void **state) {
  (void)state;
  mah_stored type;
  const char *const wrong[] = {"",   "<",       "f",  "f3", "<f16", "O",   "|O", "<U3", "S4",
                               "V8", "<M8[ns]", "c8", "b",  "b2",   "bf2", "i9", "u0"};
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
    assert_fails(MAH_ERROR_DTYPE, "file: the array holds",
                 mah_stored_parse(&type, "file", wrong[k]));
}

/* Out of memory at each allocation in turn. */
static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_tensor t = small(MAH_INT32);
  assert_ok(mah_npz_save(path, (const char *const[]){"a"}, (const mah_tensor *const[]){&t}, 1, 1));
  write_bytes(other, "a,b\n1,\"2\"\n", 10);
  int64_t before = mah_memory_live();
  for (int n = 1, done = 0; done < 2; n++) {
    done = 0;
    mah_memory_fail_at(n);
    mah_status status = read_npz(path);
    done += status == MAH_OK;
    if (status != MAH_OK) assert_int_equal(status, MAH_ERROR_MEMORY);
    mah_memory_fail_at(n);
    status = read_csv(other);
    done += status == MAH_OK;
    if (status != MAH_OK) assert_int_equal(status, MAH_ERROR_MEMORY);
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), before);
    assert_true(n < 100);
  }
  for (int n = 1;; n++) {
    mah_memory_fail_at(n);
    mah_status status =
        mah_npz_save(path, (const char *const[]){"a"}, (const mah_tensor *const[]){&t}, 1, 1);
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), before);
    assert_ok(read_npz(path)); /* the old file, or the new one */
    if (status == MAH_OK) break;
    assert_int_equal(status, MAH_ERROR_MEMORY);
  }
  mah_tensor_release(&t);
}

static int make_paths(void **state) {
  (void)state;
  int file = mkstemp(path);
  snprintf(other, sizeof other, "%s-other", path);
  return file < 0 || close(file) != 0;
}

static int remove_paths(void **state) {
  (void)state;
  remove(path);
  return remove(other);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(idx_survives),
      cmocka_unit_test(packed_idx_survives),
      cmocka_unit_test(npy_survives),
      cmocka_unit_test(npz_survives),
      cmocka_unit_test(csv_survives),
      cmocka_unit_test(elements_need_all_their_bytes),
      cmocka_unit_test(unknown_types_are_named),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
