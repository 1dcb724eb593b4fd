/* IDX files: there and back, damaged, and without memory. */
#include "data/damage.h"

static mah_status read_idx(const char *file) {
  mah_tensor t = {0};
  mah_status status = mah_idx_load(&t, file);
  mah_tensor_release(&t);
  return status;
}

static void every_dtype_comes_back(void **state) {
  (void)state;
  for (int32_t dtype = 0; dtype < MAH_INT64; dtype++) { /* which the format does not have */
    mah_tensor t = small(dtype), back = {0};
    assert_ok(mah_idx_save(path, &t));
    assert_ok(mah_idx_load(&back, path));
    assert_same_elements(&t, &back);
    mah_tensor_release(&t);
    mah_tensor_release(&back);
  }
}

static void idx_survives(void **state) {
  (void)state;
  for (int32_t dtype = 0; dtype < MAH_INT64; dtype++) {
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

static void int64_has_no_idx_file(void **state) {
  (void)state;
  mah_tensor t = small(MAH_INT64);
  assert_fails(MAH_ERROR_DTYPE, "cannot hold int64", mah_idx_save(path, &t));
  mah_tensor_release(&t);
}

static void pixels_are_divided_by_255(void **state) {
  (void)state;
  for (int s = 0; s < RAGGED; s++) {
    int64_t n = ragged[s];
    mah_tensor pixels = {0}, unit = {0};
    assert_ok(mah_tensor_new(&pixels, MAH_UINT8, 1, &n));
    assert_ok(mah_tensor_new(&unit, MAH_FLOAT32, 1, &n));
    for (int64_t i = 0; i < n; i++) ((uint8_t *)pixels.data)[i] = (uint8_t)(255 - 7 * i);
    assert_ok(mah_pixels_to_unit(&unit, &pixels));
    for (int64_t i = 0; i < n; i++)
      assert_true(((float *)unit.data)[i] == (float)((double)(uint8_t)(255 - 7 * i) / 255));
    mah_tensor_release(&pixels);
    mah_tensor_release(&unit);
  }
}

static void wrong_files_and_tensors_are_named(void **state) {
  (void)state;
  mah_tensor t = {0}, scalar = {0};
  assert_fails(MAH_ERROR_ARGUMENT, "path", mah_idx_load(&t, NULL));
  assert_fails(MAH_ERROR_FILE, "/no/such", mah_idx_load(&t, "/no/such/file"));
  write_bytes(path, "\0\0\x0a\1\0\0\0\1x", 9);
  assert_fails(MAH_ERROR_FORMAT, path, mah_idx_load(&t, path));
  assert_ok(mah_tensor_zeros(&scalar, MAH_UINT8, 0, NULL));
  assert_int_equal(mah_idx_save(path, &scalar), MAH_ERROR_SHAPE);
  mah_tensor_release(&scalar);
  assert_null(t.store);
}

static mah_status save_idx(const mah_tensor *t) { return mah_idx_save(path, t); }

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_tensor t = small(MAH_INT32);
  check_saving_without_memory(save_idx, read_idx, &t);
  check_reading_without_memory(read_idx);
  mah_tensor_release(&t);
}

/* The parts of its rows, one after the other, are the file's. */
static void check_parts(mah_tensor t) {
  int64_t row = t.extent[1] * (int64_t)sizeof(double);
  for (int32_t parts = 1; parts <= 5; parts++) {
    int64_t at = 0;
    for (int32_t i = 0; i < parts; i++) {
      mah_tensor some = {0};
      mah_part mine = {.part = i, .parts = parts};
      assert_ok(mah_idx_load_part(&some, &mine, path));
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
}

static void parts_are_the_whole(void **state) {
  (void)state;
  char packed[sizeof path + 3];
  snprintf(packed, sizeof packed, "%s.gz", path);
  mah_tensor t = small(MAH_FLOAT64);
  assert_ok(mah_idx_save(path, &t));
  check_parts(t);
  assert_ok(mah_idx_save(packed, &t));
  assert_int_equal(rename(packed, path), 0);
  check_parts(t);
  mah_part none = {.part = 2, .parts = 2};
  mah_tensor some = {0};
  assert_fails(MAH_ERROR_ARGUMENT, "part 3 of 2", mah_idx_load_part(&some, &none, path));
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_dtype_comes_back),
      cmocka_unit_test(idx_survives),
      cmocka_unit_test(packed_idx_survives),
      cmocka_unit_test(int64_has_no_idx_file),
      cmocka_unit_test(pixels_are_divided_by_255),
      cmocka_unit_test(wrong_files_and_tensors_are_named),
      cmocka_unit_test(out_of_memory_is_an_error),
      cmocka_unit_test(parts_are_the_whole),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
