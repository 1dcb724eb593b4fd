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

/* The same file in both forms. */
static void check_rows_of(const char *file) {
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    mah_svmlight_options o = {.dtype = dtype, .zero_based = -1, .columns = -1};
    mah_tensor x = {0}, outs[9] = {{0}};
    int64_t columns;
    assert_ok(mah_svmlight_load(&x, &outs[3], &outs[4], &outs[5], file, &o));
    assert_ok(mah_svmlight_load_rows(&outs[0], &outs[1], &outs[2], &columns, &outs[6], &outs[7],
                                     &outs[8], file, &o));
    const int64_t *start = outs[0].data;
    const int32_t *column = outs[1].data;
    assert_int_equal(columns, x.extent[1]);
    assert_int_equal(outs[0].extent[0], x.extent[0] + 1);
    assert_int_equal(start[x.extent[0]], outs[2].extent[0]);
    for (int64_t r = 0; r < x.extent[0]; r++) {
      int64_t i = start[r];
      for (int64_t j = 0; j < columns; j++) {
        double value = i < start[r + 1] && column[i] == j ? get(outs[2].data, dtype, i++) : 0;
        assert_true(get(x.data, dtype, r * columns + j) == value);
      }
      assert_int_equal(i, start[r + 1]);
    }
    for (int i = 3; i < 5; i++)
      assert_memory_equal(outs[i].data, outs[i + 3].data, 8 * (size_t)outs[i].extent[0]);
    for (int i = 0; i < 9; i++) mah_tensor_release(&outs[i]);
    mah_tensor_release(&x);
  }
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

static mah_status read_rows(const char *file) {
  mah_svmlight_options o = options();
  mah_tensor outs[6] = {{0}};
  int64_t columns;
  mah_status status = mah_svmlight_load_rows(&outs[0], &outs[1], &outs[2], &columns, &outs[3],
                                             &outs[4], &outs[5], file, &o);
  for (int i = 0; i < 6; i++) mah_tensor_release(&outs[i]);
  return status;
}

static void rows_are_those_of_the_matrix(void **state) {
  (void)state;
  put("1 1:.5 3:2\n2\n-1 2:1e-3 17:4\n");
  check_rows_of(path);
  put("1 0:.5 3:2\n");
  check_rows_of(path);
  put("");
  check_rows_of(path);
}

static void damage_is_survived(void **state) {
  (void)state;
  put("1 1:.5 3:2 # x\r\n\n-1 qid:3 2:1e-3 17:4\n");
  attack(read_plain, 0);
  attack(read_rows, 0);
  put("3,1 qid:1 1:.5 3:2\nqid:2 2:1e-3 17:4\n");
  attack(read_ranked, 0);
}

static void memory_runs_out(void **state) {
  (void)state;
  put("3,1 qid:1 1:.5 3:2\nqid:2 2:1e-3 17:4\n");
  check_reading_without_memory(read_ranked);
  put("3 1:.5 3:2\n2 17:4\n");
  check_reading_without_memory(read_rows);
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
      cmocka_unit_test(rows_are_those_of_the_matrix),
      cmocka_unit_test(damage_is_survived),
      cmocka_unit_test(memory_runs_out),
      cmocka_unit_test(arguments_are_checked),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
