/* Elements of files: every type and byte order, what is cut short, and numbers that do not fit. */
#include "data/damage.h"

#include "data/elements.h"

/* The same three numbers in every type that holds them, in either byte order. */
static void every_type_becomes_its_dtype(void **state) {
  (void)state;
  static const struct {
    const char *type, *bytes;
    int32_t dtype;
  } files[] = {
      {"<f4", "\0\0\0\0\0\0\x80\x3f\0\0\0\x40", MAH_FLOAT32},
      {">f4", "\0\0\0\0\x3f\x80\0\0\x40\0\0\0", MAH_FLOAT32},
      {"<f2", "\0\0\0\x3c\0\x40", MAH_FLOAT16},
      {">f2", "\0\0\x3c\0\x40\0", MAH_FLOAT16},
      {"<bf", "\0\0\x80\x3f\0\x40", MAH_BFLOAT16},
      {">f8", "\0\0\0\0\0\0\0\0\x3f\xf0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0", MAH_FLOAT64},
      {"<i4", "\0\0\0\0\1\0\0\0\2\0\0\0", MAH_INT32},
      {">i2", "\0\0\0\1\0\2", MAH_INT32},
      {"|i1", "\0\1\2", MAH_INT32},
      {"<u2", "\0\0\1\0\2\0", MAH_INT32},
      {">u4", "\0\0\0\0\0\0\0\1\0\0\0\2", MAH_INT64},
      {"<i8", "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", MAH_INT64},
      {"|u1", "\0\1\2", MAH_UINT8},
  };
  for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
    mah_stored type;
    mah_tensor t = {0}, wide = {0};
    int64_t three = 3;
    assert_ok(mah_stored_parse(&type, "x", files[k].type, MAH_AS_STORED));
    write_bytes(path, files[k].bytes, 3 * type.size);
    assert_ok(mah_elements_load(&t, path, "x", 0, files[k].type, MAH_AS_STORED, 1, &three));
    assert_int_equal(t.elem, files[k].dtype);
    assert_ok(mah_tensor_to(&wide, &t, MAH_FLOAT64));
    for (int i = 0; i < 3; i++) assert_true(((double *)wide.data)[i] == i);
    mah_tensor_release(&t);
    assert_ok(mah_elements_decode(&t, files[k].bytes, 3 * type.size, "x", type.size, files[k].type,
                                  MAH_FLOAT64, 1, &(int64_t){2}));
    for (int i = 0; i < 2; i++) assert_true(((double *)t.data)[i] == i + 1);
    mah_tensor_release(&t);
    mah_tensor_release(&wide);
  }
}

static void large_integers_become_int64_or_are_refused(void **state) {
  (void)state;
  mah_tensor t = {0};
  int64_t one = 1;
  write_bytes(path, "\1\0\0\0\0\0\0\x80", 8);
  assert_ok(mah_elements_load(&t, path, "x", 0, "<i8", MAH_AS_STORED, 1, &one));
  assert_true(*(int64_t *)t.data == INT64_MIN + 1);
  mah_tensor_release(&t);
  assert_ok(mah_elements_load(&t, path, "x", 4, "<u4", MAH_AS_STORED, 1, &one));
  assert_true(*(int64_t *)t.data == (int64_t)1 << 31);
  mah_tensor_release(&t);
  assert_fails(MAH_ERROR_DTYPE, "uint64 value 9223372036854775809 does not fit into int64",
               mah_elements_load(&t, path, "x", 0, "<u8", MAH_AS_STORED, 1, &one));
  assert_null(t.store);
}

static void extents_that_overflow_are_refused(void **state) {
  (void)state;
  mah_stored type;
  int64_t count, vast[] = {INT64_MAX / 2, 3}, negative[] = {-1, 3};
  assert_ok(mah_stored_parse(&type, "x", "<f4", MAH_AS_STORED));
  assert_int_not_equal(mah_stored_count(&count, "x", &type, 2, vast, 100), MAH_OK);
  assert_int_not_equal(mah_stored_count(&count, "x", &type, 2, negative, 100), MAH_OK);
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
      assert_ok(mah_stored_parse(&type, "x", types[k], MAH_AS_STORED));
      write_bytes(other, zeros, n);
      mah_status status = mah_elements_load(&t, other, "x", 5, types[k], MAH_AS_STORED, 1, &three);
      assert_int_equal(status == MAH_OK, n >= 5 + 3 * type.size);
      if (n > 1)
        assert_int_equal(
            mah_elements_load(&t, other, "x", n + 1, types[k], MAH_AS_STORED, 1, &three),
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
                 mah_stored_parse(&type, "file", wrong[k], MAH_AS_STORED));
}

static mah_status save(const mah_tensor *t) { return mah_elements_save(path, "head", 4, &t, 1); }

static mah_status load(const char *file) {
  mah_tensor t = {0};
  mah_status status =
      mah_elements_load(&t, file, file, 4, "<f4", MAH_AS_STORED, 2, (int64_t[]){3, 5});
  mah_tensor_release(&t);
  return status;
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_tensor t = small(MAH_FLOAT32);
  check_saving_without_memory(save, load, &t);
  check_reading_without_memory(load);
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type_becomes_its_dtype),
      cmocka_unit_test(large_integers_become_int64_or_are_refused),
      cmocka_unit_test(extents_that_overflow_are_refused),
      cmocka_unit_test(elements_need_all_their_bytes),
      cmocka_unit_test(unknown_types_are_named),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
