/* .npy files: there and back, headers, damaged, and without memory. NumPy's own files are read in
 * tests/lua/data. */
#include "data/damage.h"

static mah_status read_npy(const char *file) {
  mah_tensor t = {0};
  mah_status status = mah_npy_load(&t, file, MAH_AS_STORED);
  mah_tensor_release(&t);
  return status;
}

/* Of any strides: what is read back is row major. */
static void every_dtype_comes_back(void **state) {
  (void)state;
  for (int32_t dtype = 0; dtype < NUMBERS; dtype++) {
    mah_tensor t = small(dtype), turned = {0}, rows = {0}, back = {0};
    assert_ok(mah_tensor_transpose(&turned, &t, 0, 1));
    assert_ok(mah_tensor_clone(&rows, &turned));
    assert_ok(mah_npy_save(path, &turned));
    assert_ok(mah_npy_load(&back, path, MAH_AS_STORED));
    assert_same_elements(&rows, &back);
    mah_tensor *all[] = {&t, &turned, &rows, &back};
    for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
  }
}

/* The elements begin at a multiple of 64, as NumPy's do. */
static void headers_are_numpys(void **state) {
  (void)state;
  char header[MAH_NPY_HEADER];
  mah_tensor t = small(MAH_FLOAT32);
  int64_t n = mah_npy_header(header, &t);
  assert_int_equal(n % 64, 0);
  assert_memory_equal(header, "\x93NUMPY\1\0", 8);
  assert_int_equal((uint8_t)header[8] + 256 * (uint8_t)header[9], n - 10);
  assert_memory_equal(header + 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }",
                      59);
  assert_int_equal(header[n - 1], '\n');
  mah_tensor_release(&t);
}

static void npy_survives(void **state) {
  (void)state;
  mah_tensor t = small(MAH_FLOAT32);
  assert_ok(mah_npy_save(path, &t));
  attack(read_npy, 1);
  mah_tensor_release(&t);
}

static void foreign_headers_are_named(void **state) {
  (void)state;
  static const char *const heads[] = {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
                                      "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }"};
  for (int k = 0; k < 2; k++) {
    mah_tensor t = {0};
    char file[128] = "\x93NUMPY\1";
    size_t length = strlen(heads[k]);
    file[8] = (char)length;
    memcpy(file + 10, heads[k], length);
    write_bytes(path, file, (int64_t)length + 18);
    assert_int_equal(mah_npy_load(&t, path, MAH_AS_STORED), MAH_ERROR_DTYPE);
    file[1] = 'n';
    write_bytes(path, file, (int64_t)length + 18);
    assert_fails(MAH_ERROR_FORMAT, path, mah_npy_load(&t, path, MAH_AS_STORED));
  }
}

static mah_status save_npy(const mah_tensor *t) { return mah_npy_save(path, t); }

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_tensor t = small(MAH_FLOAT64);
  check_saving_without_memory(save_npy, read_npy, &t);
  check_reading_without_memory(read_npy);
  mah_tensor_release(&t);
}

/* The parts of its rows, one after the other, are the file's. */
static void parts_are_the_whole(void **state) {
  (void)state;
  mah_tensor t = small(MAH_FLOAT64);
  int64_t row = t.extent[1] * (int64_t)sizeof(double);
  assert_ok(mah_npy_save(path, &t));
  for (int32_t parts = 1; parts <= 5; parts++) {
    int64_t at = 0;
    for (int32_t i = 0; i < parts; i++) {
      mah_tensor some = {0};
      mah_part mine = {.part = i, .parts = parts};
      assert_ok(mah_npy_load_part(&some, &mine, path, MAH_AS_STORED));
      assert_int_equal(mine.rows, t.extent[0]);
      assert_int_equal(mine.first, at);
      assert_int_equal(some.extent[1], t.extent[1]);
      if (some.extent[0] > 0)
        assert_memory_equal(some.data, (char *)t.data + at * row, (size_t)(some.extent[0] * row));
      at += some.extent[0];
      mah_tensor_release(&some);
    }
    assert_int_equal(at, t.extent[0]);
  }
  mah_part none = {.part = 2, .parts = 2};
  mah_tensor some = {0};
  assert_fails(MAH_ERROR_ARGUMENT, "part 3 of 2",
               mah_npy_load_part(&some, &none, path, MAH_AS_STORED));
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_dtype_comes_back),
      cmocka_unit_test(headers_are_numpys),
      cmocka_unit_test(npy_survives),
      cmocka_unit_test(foreign_headers_are_named),
      cmocka_unit_test(out_of_memory_is_an_error),
      cmocka_unit_test(parts_are_the_whole),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
