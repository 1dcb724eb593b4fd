/* Blocks: every record once, whole, with its line, however the file is cut. */
#include "data/damage.h"

#include "data/table/block.h"

/* Rows of one short and one cell of `size` bytes, of which every third has lines in quotes. */
static void write_rows(int64_t rows, int64_t size) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  for (int64_t r = 0; r < rows; r++) {
    fprintf(f, "%d,%s", (int)r, r % 3 == 0 ? "\"\n" : "");
    for (int64_t i = 0; i < size; i++) fputc('x', f);
    fprintf(f, r % 3 == 0 ? "\"\n" : "\n");
  }
  fclose(f);
}

static mah_status read_all(const char *file, int64_t columns, int64_t *rows, int64_t *blocks) {
  mah_records from = {.path = (char *)file, .columns = columns, .first_line = 1};
  mah_block two[2] = {{0}}, *now = &two[0], *next = &two[1];
  const mah_dialect comma = {.delimiter = ',', .quote = {'"'}, .notation = {'.', '\0'}};
  int64_t line = 1;
  *rows = *blocks = 0;
  MAH_TRY(mah_input_open(&from.input, file));
  mah_scanner_start(&from.scanner, &comma);
  mah_status status = mah_block_read_more(now, &from);
  do {
    if (status == MAH_OK) status = mah_block_fill(next, &from, now);
    if (status != MAH_OK) break;
    for (int64_t r = 0; r < next->rows; r++, ++*rows) {
      assert_int_equal(next->line[r], line);
      assert_int_equal(atoi(next->text + next->cells[2 * r].begin), *rows);
      line += *rows % 3 == 0 ? 2 : 1;
    }
    mah_block *filled = next;
    next = now;
    now = filled;
    ++*blocks;
  } while (now->rows > 0);
  mah_block_free(&two[0]);
  mah_block_free(&two[1]);
  mah_input_close(&from.input);
  return status;
}

static void every_record_comes_once(void **state) {
  (void)state;
  int64_t rows, blocks;
  write_rows(100000, 20); /* some blocks */
  assert_ok(read_all(path, 2, &rows, &blocks));
  assert_int_equal(rows, 100000);
  assert_true(blocks > 2);
  write_rows(4, 3 * MAH_BLOCK); /* a record is longer than a block */
  assert_ok(read_all(path, 2, &rows, &blocks));
  assert_int_equal(rows, 4);
  write_rows(0, 0);
  assert_ok(read_all(path, 2, &rows, &blocks));
  assert_int_equal(rows, 0);
}

static void what_is_no_record_has_its_line(void **state) {
  (void)state;
  int64_t rows, blocks;
  write_bytes(path, "0,\"\na\"\n1,b,c\n", 13);
  assert_fails(MAH_ERROR_FORMAT, "line 3 has 3 cells, line 1 has 2",
               read_all(path, 2, &rows, &blocks));
  write_bytes(path, "0,\"\na\"\n1,\"b\n", 12);
  assert_fails(MAH_ERROR_FORMAT, "line 3: a quote is not closed",
               read_all(path, 2, &rows, &blocks));
}

static mah_status read_two(const char *file) {
  int64_t rows, blocks;
  return read_all(file, 2, &rows, &blocks);
}

static void memory_runs_out(void **state) {
  (void)state;
  write_rows(3, 5);
  check_reading_without_memory(read_two);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_record_comes_once),
      cmocka_unit_test(what_is_no_record_has_its_line),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
