/* Tables as text: cells against a plain reader at every place where a block may end, kinds, damage,
 * and memory that runs out. */
#include "data/damage.h"

#include "data/table.h"

static const char missing[] = "\0NA\0?";

static mah_table_options usual(void) {
  return (mah_table_options){.quote = {'"'}, .header = -1, .missing = missing, .n_missing = 3};
}

/* All columns of the file. */
static mah_status read_whole(mah_table **out, const char *file) {
  mah_table_options options = usual();
  MAH_TRY(mah_table_open(out, file, &options));
  mah_status status = mah_table_read(*out);
  if (status != MAH_OK) mah_table_close(*out);
  return status;
}

static mah_status read_table(const char *file) {
  mah_table *t;
  MAH_TRY(read_whole(&t, file));
  for (int64_t c = 0; c < mah_table_columns(t); c++) {
    mah_tensor values = {0}, bytes = {0};
    assert_ok(mah_table_take(&values, &bytes, t, c));
    assert_int_equal(values.extent[0], mah_table_rows(t));
    mah_tensor_release(&values);
    mah_tensor_release(&bytes);
  }
  mah_table_close(t);
  return MAH_OK;
}

static const char *text_at(const mah_tensor *values, const mah_tensor *bytes, int64_t i,
                           int64_t *n) {
  const uint8_t *at = (uint8_t *)bytes->data + ((int64_t *)values->data)[i];
  *n = at[0] | at[1] << 8 | at[2] << 16 | (int64_t)at[3] << 24;
  return (const char *)at + MAH_TEXT_HEAD;
}

/* -- Against what was written ------------------------------------------------------------------ */

typedef struct written {
  double number;
  int64_t integer;
  char text[64];
} written;

/* Rows of a number, an integer and a text with all that makes texts hard. */
static written *write_rows(int64_t rows, const char *line_end) {
  static const char *const pieces[] = {"a", "\"", ",", "\n", "\r\n", " b", "ماه", "x y", "#"};
  written *all = mah_alloc(rows, sizeof *all);
  mah_rng rng = rng_of((uint64_t)rows);
  FILE *f = fopen(path, "wb");
  fprintf(f, "n,i,t%s", line_end);
  for (int64_t r = 0; r < rows; r++) {
    written *w = &all[r];
    w->number = mah_rng_double(&rng) * 1000 - 500;
    w->integer = (int64_t)mah_rng_u32(&rng) - 1000;
    w->text[0] = 't'; /* not missing, and no number */
    w->text[1] = '\0';
    for (int k = (int)mah_rng_below(&rng, 8); k > 0; k--)
      strcat(w->text, pieces[mah_rng_below(&rng, 9)]);
    fprintf(f, "%.17g,%lld,\"", w->number, (long long)w->integer);
    for (const char *at = w->text; *at; at++) {
      if (*at == '"') fputc(*at, f);
      fputc(*at, f);
    }
    fprintf(f, "\"%s", line_end);
  }
  fclose(f);
  return all;
}

static void check_rows(int64_t rows, const char *line_end) {
  written *all = write_rows(rows, line_end);
  mah_table *t;
  mah_tensor v[3] = {{0}}, bytes = {0}, none = {0};
  assert_ok(read_whole(&t, path));
  assert_int_equal(mah_table_rows(t), rows);
  assert_ok(mah_table_take(&v[0], &none, t, 0));
  assert_ok(mah_table_take(&v[1], &none, t, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "taken", mah_table_take(&v[1], &none, t, 1));
  assert_int_equal(mah_table_kind(t, 0), MAH_COLUMN_NUMBER);
  assert_int_equal(mah_table_kind(t, 1), MAH_COLUMN_INTEGER);
  int is_text = mah_table_kind(t, 2) == MAH_COLUMN_TEXT;
  if (is_text)
    assert_ok(mah_table_take(&v[2], &bytes, t, 2));
  else
    assert_ok(mah_table_take(&v[2], &none, t, 2));
  for (int64_t r = 0; r < rows; r++) {
    int64_t n;
    assert_true(((double *)v[0].data)[r] == all[r].number);
    assert_true(((int64_t *)v[1].data)[r] == all[r].integer);
    const char *text = is_text ? text_at(&v[2], &bytes, r, &n)
                               : mah_table_name_of(t, 2, ((int32_t *)v[2].data)[r], &n);
    if (n != (int64_t)strlen(all[r].text))
      fail_msg("'%.*s' is not '%s'", (int)n, text, all[r].text);
    assert_memory_equal(text, all[r].text, (size_t)n);
  }
  mah_table_close(t);
  for (int i = 0; i < 3; i++) mah_tensor_release(&v[i]);
  mah_tensor_release(&bytes);
  mah_free(all);
}

/* 70,000 rows: some blocks. */
static void cells_come_back(void **state) {
  (void)state;
  const int64_t sizes[] = {2, 7, 33, 1000, 70000};
  for (int i = 0; i < 5; i++) check_rows(sizes[i], i % 2 ? "\r\n" : "\n");
  check_rows(100, "\r");
}

/* A row longer than a block, and columns that change their kind after the first block. */
static void long_rows_and_late_surprises(void **state) {
  (void)state;
  FILE *f = fopen(path, "wb");
  fprintf(f, "a,b,c\n");
  for (int i = 0; i < 200000; i++) fprintf(f, "%d,%d,%d\n", i, i, i);
  fprintf(f, "0.5,x,");
  for (int i = 0; i < 3000000; i++) fputc('y', f);
  fprintf(f, "\n");
  fclose(f);
  mah_table *t;
  mah_tensor v[3] = {{0}}, bytes[3] = {{0}};
  int64_t n;
  assert_ok(read_whole(&t, path));
  assert_int_equal(mah_table_rows(t), 200001);
  for (int c = 0; c < 3; c++) assert_ok(mah_table_take(&v[c], &bytes[c], t, c));
  assert_int_equal(mah_table_kind(t, 0), MAH_COLUMN_NUMBER);
  assert_true(((double *)v[0].data)[199999] == 199999 && ((double *)v[0].data)[200000] == 0.5);
  assert_int_equal(mah_table_kind(t, 1), MAH_COLUMN_TEXT);
  assert_memory_equal(text_at(&v[1], &bytes[1], 199999, &n), "199999", 6);
  assert_memory_equal(text_at(&v[1], &bytes[1], 200000, &n), "x", 1);
  text_at(&v[2], &bytes[2], 200000, &n);
  assert_int_equal(n, 3000000);
  mah_table_close(t);
  for (int c = 0; c < 3; c++) {
    mah_tensor_release(&v[c]);
    mah_tensor_release(&bytes[c]);
  }
}

/* -- Dialects ---------------------------------------------------------------------------------- */

static void check_found(const char *text, char delimiter, int header, char point, char thousands,
                        int64_t columns) {
  mah_table_options o = usual();
  mah_table *t;
  write_bytes(path, text, (int64_t)strlen(text));
  assert_ok(mah_table_open(&t, path, &o));
  mah_table_found(t, &o);
  if (o.delimiter != delimiter || o.header != header || o.point != point ||
      o.thousands != thousands || mah_table_columns(t) != columns)
    fail_msg("'%s': '%c', header %d, point '%c', thousands %d, %d columns", text, o.delimiter,
             o.header, o.point, o.thousands, (int)mah_table_columns(t));
  mah_table_close(t);
}

static void dialects_are_found(void **state) {
  (void)state;
  check_found("5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n", ',', 0, '.', 0, 3);
  check_found("a\tb\n1\t2\n", '\t', 1, '.', 0, 2);
  check_found("a|b\n1|x\n", '|', 1, '.', 0, 2);
  check_found("a;b\n1,5;x\n", ';', 1, ',', 0, 2);
  check_found("a;b\n1.234,5;2\n7,25;1\n", ';', 1, ',', '.', 2);
  check_found("a,b\n\"1,234\",x\n", ',', 1, '.', ',', 2);
  check_found(" 0.02731   0.00\n 0.02729 134.70 \n", ' ', 0, '.', 0, 2);
  check_found("18.0   8\t\"chevrolet malibu\"\n15.0   8\t\"buick skylark\"\n", ' ', 0, '.', 0, 3);
  check_found("name\nJohn Smith\nAnn\n", ',', 1, '.', 0, 1);
  check_found("p,x\np,x\ne,y\n", ',', 0, '.', 0, 2);
  check_found("sex,city\nm,Yazd\nf,Yazd\n", ',', 1, '.', 0, 2);
  check_found("\xEF\xBB\xBF"
              "a,b\r1,2\r",
              ',', 1, '.', 0, 2);
  check_found("# x,y\n1,2\n3,4\n", ',', 0, '.', 0, 2);
  check_found("", ',', 0, '.', 0, 0);
}

static void check_refused(const char *words, const char *text, int64_t n, int32_t kind) {
  mah_table *t = NULL;
  mah_table_options o = usual();
  write_bytes(path, text, n < 0 ? (int64_t)strlen(text) : n);
  mah_status status = mah_table_open(&t, path, &o);
  if (status == MAH_OK && kind) status = mah_table_want(t, 1, kind);
  if (status == MAH_OK) status = mah_table_read(t);
  assert_int_equal(status, MAH_ERROR_FORMAT);
  if (strstr(mah_error_message(), words) == NULL) fail_msg("%s", mah_error_message());
  mah_table_close(t);
}

static void what_is_wrong_is_named(void **state) {
  (void)state;
  check_refused("line 4 has 3 cells, line 1 has 2", "a,b\n1,2\n\n1,2,3\n", -1, 0);
  check_refused("line 3 has 2 cells, line 1 has 1; if the table begins below, skip = 1 says so",
                "A title\n\na,b\n1,2\n", -1, 0);
  check_refused("line 2 has 2 cells, line 1 has 1; if the table begins below, skip = 1 says so",
                "7\n1,2\n", -1, 0);
  check_refused("line 2: a quote is not closed", "a,b\n1,\"2\n3,4\n", -1, 0);
  check_refused("line 3, column 2 'b': 'x' is not a number", "a,b\n1,2\n1,x\n", -1,
                MAH_COLUMN_NUMBER);
  check_refused("column 2 'b': '1.5' is not an integer", "a,b\n1,1.5\n", -1, MAH_COLUMN_INTEGER);
  check_refused("'x' is not a date", "a,b\n1,x\n", -1, MAH_COLUMN_DATE);
  check_refused("'2' is not true or false", "a,b\n1,2\n", -1, MAH_COLUMN_BOOLEAN);
  check_refused("ZIP archive", "PK\3\4....", -1, 0);
  check_refused("UTF-16",
                "\xff\xfe"
                "a",
                -1, 0);
  check_refused("zero bytes", "a\0b\n", 4, 0);
  check_refused("broken gzip stream", "\x1f\x8b\x08\0\0\0", 6, 0);
}

static const char example[] = "id,x,t,d,ok\n1,2.5,\"a \"\"b\"\"\",2026-01-02,true\n"
                              "2,NA,?,,false\n3,1e5,x,2026-01-03,true\n4,7,x,2026-01-04,true\n";

static void tables_survive(void **state) {
  (void)state;
  write_bytes(path, example, sizeof example - 1);
  attack(read_table, 0);
}

static void tables_without_memory(void **state) {
  (void)state;
  write_bytes(path, example, sizeof example - 1);
  assert_ok(mah_parallel_use(1));
  check_reading_without_memory(read_table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_come_back),    cmocka_unit_test(long_rows_and_late_surprises),
      cmocka_unit_test(dialects_are_found), cmocka_unit_test(what_is_wrong_is_named),
      cmocka_unit_test(tables_survive),     cmocka_unit_test(tables_without_memory),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
