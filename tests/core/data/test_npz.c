/* .npz files: there and back, damaged, and without memory. */
#include "data/damage.h"

static mah_status read_npz(const char *file) {
  mah_npz *npz;
  MAH_TRY(mah_npz_open(&npz, file));
  mah_status status = MAH_OK;
  for (int64_t i = 0; i < mah_npz_count(npz); i++) {
    mah_tensor t = {0};
    mah_status read = mah_npz_read(&t, npz, i, MAH_AS_STORED);
    if (read != MAH_OK) status = read;
    assert_non_null(mah_npz_name(npz, i));
    mah_tensor_release(&t);
  }
  mah_npz_close(npz);
  return status;
}

static void names_and_arrays_come_back(void **state) {
  (void)state;
  mah_tensor a = small(MAH_FLOAT32), b = small(MAH_INT32), back = {0};
  for (int compressed = 0; compressed < 2; compressed++) {
    mah_npz *npz;
    assert_ok(mah_npz_save(path, (const char *const[]){"a", "bee"},
                           (const mah_tensor *const[]){&a, &b}, 2, compressed));
    assert_ok(mah_npz_open(&npz, path));
    assert_int_equal(mah_npz_count(npz), 2);
    assert_string_equal(mah_npz_name(npz, 0), "a");
    assert_string_equal(mah_npz_name(npz, 1), "bee");
    assert_null(mah_npz_name(npz, 2));
    assert_null(mah_npz_name(npz, -1));
    assert_ok(mah_npz_read(&back, npz, 1, MAH_AS_STORED));
    assert_same_elements(&b, &back);
    mah_tensor_release(&back);
    mah_npz_close(npz);
  }
  mah_npz_close(NULL);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
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

static mah_status save_npz(const mah_tensor *t) {
  return mah_npz_save(path, (const char *const[]){"a"}, &t, 1, 1);
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_tensor t = small(MAH_INT32);
  check_saving_without_memory(save_npz, read_npz, &t);
  check_reading_without_memory(read_npz);
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_and_arrays_come_back),
      cmocka_unit_test(npz_survives),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
