/* Reading tables: cells, numbers, what is missing, damaged files, and no memory. */
#include "data/damage.h"

/* Opens a table of numbers and finds out about its header. */
static mah_status open_guessing(mah_csv **out, const char *file) {
  MAH_TRY(mah_csv_open(out, file, ',', 0));
  char *use = malloc((size_t)mah_csv_columns(*out) + 1);
  memset(use, 'n', (size_t)mah_csv_columns(*out));
  mah_status status = mah_csv_guess_header(*out, use);
  free(use);
  if (status != MAH_OK) mah_csv_close(*out);
  return status;
}

static mah_status read_csv(const char *file) {
  mah_csv *csv;
  mah_tensor t = {0};
  int64_t size = 0, columns[64];
  MAH_TRY(open_guessing(&csv, file));
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

static mah_csv *open_text(const char *text, int32_t header) {
  mah_csv *csv = NULL;
  write_bytes(path, text, (int64_t)strlen(text));
  if (header < 0)
    assert_ok(open_guessing(&csv, path));
  else {
    assert_ok(mah_csv_open(&csv, path, ',', 0));
    mah_csv_set_header(csv, header);
  }
  return csv;
}

static void assert_cell(mah_csv *csv, int64_t row, int64_t column, const char *expected) {
  int64_t size = -1;
  const char *text = mah_csv_cell(csv, row, column, &size);
  assert_non_null(text);
  assert_int_equal(size, strlen(expected));
  assert_memory_equal(text, expected, (size_t)size);
}

static void cells_lose_their_quotes(void **state) {
  (void)state;
  int64_t size;
  mah_csv *csv = open_text("name,\"a \"\"b\"\"\"\r\n1,\"two\nlines\"\n\n,3\n", -1);
  assert_int_equal(mah_csv_has_header(csv), 1);
  assert_int_equal(mah_csv_rows(csv), 2);
  assert_int_equal(mah_csv_columns(csv), 2);
  assert_cell(csv, -1, 1, "a \"b\"");
  assert_cell(csv, 0, 1, "two\nlines");
  assert_cell(csv, 1, 0, "");
  assert_null(mah_csv_cell(csv, 2, 0, &size));
  assert_null(mah_csv_cell(csv, 0, 2, &size));
  mah_csv_close(csv);
  mah_csv_close(NULL);
}

/* What strtod reads, bit by bit, by the short way too. */
static void numbers_are_read_exactly(void **state) {
  (void)state;
  static const char *const numbers[] = {"0",
                                        "-0",
                                        "1",
                                        "0.1",
                                        "-2.5e-3",
                                        "1e308",
                                        "123456789012345",
                                        "0.30000000000000004",
                                        "9007199254740993",
                                        ".5",
                                        "5.",
                                        "1e-320",
                                        "  7\t",
                                        "4.35",
                                        "0.000001",
                                        "inf",
                                        "-inf"};
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
    char text[64];
    int64_t first = 0;
    mah_tensor t = {0};
    snprintf(text, sizeof text, "%s\n", numbers[k]);
    mah_csv *csv = open_text(text, 0);
    assert_ok(mah_csv_numbers(&t, csv, MAH_FLOAT64, &first, 1));
    double expected = strtod(numbers[k], NULL);
    assert_memory_equal(t.data, &expected, sizeof expected);
    mah_tensor_release(&t);
    mah_csv_close(csv);
  }
}

static void missing_values_are_nan_or_an_error(void **state) {
  (void)state;
  int64_t columns[] = {1, 0};
  mah_tensor t = {0};
  mah_csv *csv = open_text("a,b\n1,NA\n,4\n", 1);
  assert_ok(mah_csv_numbers(&t, csv, MAH_FLOAT32, columns, 2));
  const float *x = t.data;
  assert_true(isnan(x[0]) && x[1] == 1 && x[2] == 4 && isnan(x[3]));
  mah_tensor_release(&t);
  assert_fails(MAH_ERROR_FORMAT, "line 2, column 2 'b': 'NA' is no int32",
               mah_csv_numbers(&t, csv, MAH_INT32, columns, 1));
  mah_csv_close(csv);
}

static void what_is_wrong_has_its_line(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } wrong[] = {{"1,2\n3\n", "line 2 has 1 cells, line 1 has 2"},
               {"1\n\"2\n", "line 2: a quote is not closed"}};
  mah_csv *csv = NULL;
  int64_t column = 1, twice[] = {0, 0};
  mah_tensor t = {0};
  for (int k = 0; k < 2; k++) {
    write_bytes(path, wrong[k].text, (int64_t)strlen(wrong[k].text));
    assert_fails(MAH_ERROR_FORMAT, wrong[k].words, mah_csv_open(&csv, path, ',', 0));
  }
  assert_fails(MAH_ERROR_ARGUMENT, "delimiter", mah_csv_open(&csv, path, '"', 0));
  assert_fails(MAH_ERROR_FILE, "/no/such", mah_csv_open(&csv, "/no/such/file", ',', 0));
  csv = open_text("1\n0x10\n", 0);
  assert_fails(MAH_ERROR_ARGUMENT, "column 2 of 1", mah_csv_numbers(&t, csv, 0, &column, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "twice", mah_csv_numbers(&t, csv, 0, twice, 2));
  column = 0;
  assert_fails(MAH_ERROR_FORMAT, "line 2, column 1: '0x10' is not a number",
               mah_csv_numbers(&t, csv, MAH_FLOAT32, &column, 1));
  mah_csv_close(csv);
}

static void csv_survives(void **state) {
  (void)state;
  static const char text[] =
      "\xEF\xBB\xBF\"a \"\"b\"\"\",c\r\n1,\"2\"\n\n-3.5e2,NA\n,0.30000000000000004";
  write_bytes(path, text, sizeof text - 1);
  attack(read_csv, 0); /* a shorter text may be sound */
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  write_bytes(path, "a,b\n1,\"2\"\n", 10);
  check_reading_without_memory(read_csv);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_lose_their_quotes),
      cmocka_unit_test(numbers_are_read_exactly),
      cmocka_unit_test(missing_values_are_nan_or_an_error),
      cmocka_unit_test(what_is_wrong_has_its_line),
      cmocka_unit_test(csv_survives),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
