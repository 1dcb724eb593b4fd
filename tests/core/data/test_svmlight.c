/* svmlight files: damaged, and without memory. */
#include "data/damage.h"

static mah_status load(const char *file, mah_svmlight_options o) {
  mah_tensor x = {0}, y = {0}, count = {0}, qid = {0};
  mah_status status = mah_svmlight_load(&x, &y, &count, &qid, file, &o);
  if (status == MAH_OK) assert_int_equal(x.extent[0], count.extent[0]);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  mah_tensor_release(&count);
  mah_tensor_release(&qid);
  return status;
}

static mah_svmlight_options options(void) {
  return (mah_svmlight_options){.zero_based = -1, .columns = -1, .most_bytes = 1 << 20};
}

static mah_status read_plain(const char *file) { return load(file, options()); }

static mah_status read_ranked(const char *file) {
  mah_svmlight_options o = options();
  o.dtype = MAH_FLOAT64;
  o.is_multilabel = o.has_qid = 1;
  return load(file, o);
}

static void put(const char *text) { write_bytes(path, text, (int64_t)strlen(text)); }

static void damage_is_survived(void **state) {
  (void)state;
  put("1 1:.5 3:2 # x\r\n\n-1 qid:3 2:1e-3 17:4\n");
  attack(read_plain, 0);
  put("3,1 qid:1 1:.5 3:2\nqid:2 2:1e-3 17:4\n");
  attack(read_ranked, 0);
}

static void memory_runs_out(void **state) {
  (void)state;
  put("3,1 qid:1 1:.5 3:2\nqid:2 2:1e-3 17:4\n");
  check_reading_without_memory(read_ranked);
}

static void arguments_are_checked(void **state) {
  (void)state;
  mah_svmlight_options o = options();
  put("1 1:1 9:1\n");
  o.dtype = MAH_INT32;
  assert_fails(MAH_ERROR_DTYPE, "float32 or float64", load(path, o));
  o = options();
  o.most_bytes = 35;
  assert_fails(MAH_ERROR_MEMORY, "1 rows of 9 features", load(path, o));
  o.most_bytes = 36;
  assert_ok(load(path, o));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(damage_is_survived),
      cmocka_unit_test(memory_runs_out),
      cmocka_unit_test(arguments_are_checked),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
