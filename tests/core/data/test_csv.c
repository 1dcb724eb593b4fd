/* Writing tables: as few digits as give the value back, heads, delimiters, and no memory. */
#include "data/damage.h"

static void assert_text(const char *expected) {
  char text[256];
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  text[fread(text, 1, sizeof text - 1, f)] = '\0';
  fclose(f);
  assert_string_equal(text, expected);
}

static void tables_are_lines_of_cells(void **state) {
  (void)state;
  int32_t numbers[] = {1, -2, 3, 4, 5, 6};
  mah_tensor t = {0}, turned = {0}, row = {0};
  assert_ok(mah_tensor_borrow(&t, numbers, MAH_INT32, 2, (int64_t[]){2, 3}));
  assert_ok(mah_csv_save(path, &t, "a;b;c\n", ';'));
  assert_text("a;b;c\n1;-2;3\n4;5;6\n");
  assert_ok(mah_tensor_transpose(&turned, &t, 0, 1));
  assert_ok(mah_csv_save(path, &turned, "", ','));
  assert_text("1,4\n-2,5\n3,6\n");
  assert_ok(mah_tensor_select(&row, &turned, 0, 1));
  assert_ok(mah_csv_save(path, &row, "", ','));
  assert_text("-2\n5\n");
  mah_tensor *all[] = {&t, &turned, &row};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static void numbers_are_short(void **state) {
  (void)state;
  double wide[] = {0.1, 1e300, 1. / 3, -0.0, NAN};
  float narrow[] = {0.1f, 16777216, 1.f / 3, -0.0f, NAN};
  int64_t five = 5;
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, wide, MAH_FLOAT64, 1, &five));
  assert_ok(mah_csv_save(path, &t, "", ','));
  assert_text("0.1\n1e+300\n0.3333333333333333\n-0\nnan\n");
  mah_tensor_release(&t);
  assert_ok(mah_tensor_borrow(&t, narrow, MAH_FLOAT32, 1, &five));
  assert_ok(mah_csv_save(path, &t, "", ','));
  assert_text("0.1\n16777216\n0.33333334\n-0\nnan\n");
  mah_tensor_release(&t);
}

/* Any bits of a double, written and read, are the same bits. */
static void every_double_comes_back(void **state) {
  (void)state;
  enum { N = 2000 };
  mah_rng rng = rng_of(11);
  int64_t n = N;
  mah_tensor t = {0}, back = {0}, none = {0};
  mah_table *table;
  const mah_table_options options = {.delimiter = ',', .missing = ""};
  assert_ok(mah_tensor_new(&t, MAH_FLOAT64, 1, &n));
  for (int i = 0; i < N; i++) {
    uint64_t bits = (uint64_t)mah_rng_u32(&rng) << 32 | mah_rng_u32(&rng);
    double x;
    memcpy(&x, &bits, sizeof x);
    ((double *)t.data)[i] = isfinite(x) ? x : i;
  }
  assert_ok(mah_csv_save(path, &t, "", ','));
  assert_ok(mah_table_open(&table, path, &options));
  assert_ok(mah_table_want(table, 0, MAH_COLUMN_NUMBER));
  assert_ok(mah_table_read(table));
  assert_ok(mah_table_take(&back, &none, table, 0));
  assert_memory_equal(back.data, t.data, sizeof(double) * N);
  mah_table_close(table);
  mah_tensor_release(&t);
  mah_tensor_release(&back);
}

static void what_is_no_table_is_named(void **state) {
  (void)state;
  mah_tensor cube = {0}, none = {0}, t = small(MAH_UINT8);
  assert_ok(mah_tensor_zeros(&cube, MAH_UINT8, 3, (int64_t[]){1, 1, 1}));
  assert_fails(MAH_ERROR_SHAPE, "uint8 1x1x1", mah_csv_save(path, &cube, "", ','));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_csv_save(path, &none, "", ','));
  assert_fails(MAH_ERROR_ARGUMENT, "head", mah_csv_save(path, &t, NULL, ','));
  assert_fails(MAH_ERROR_FILE, "/no/such", mah_csv_save("/no/such/file", &t, "", ','));
  mah_tensor_release(&cube);
  mah_tensor_release(&t);
}

static mah_status save(const mah_tensor *t) { return mah_csv_save(path, t, "", ','); }

static mah_status read_as_csv(const char *file) {
  mah_table *table;
  MAH_TRY(mah_table_open(&table, file, &(mah_table_options){.missing = ""}));
  mah_table_close(table);
  return MAH_OK;
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_tensor t = small(MAH_FLOAT32);
  check_saving_without_memory(save, read_as_csv, &t);
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_are_lines_of_cells), cmocka_unit_test(numbers_are_short),
      cmocka_unit_test(every_double_comes_back),   cmocka_unit_test(what_is_no_table_is_named),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
