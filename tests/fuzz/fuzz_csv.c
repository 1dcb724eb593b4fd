#include "reader.h"

#include <stdlib.h>
#include <string.h>

const int64_t fuzz_promise =
    48; /* a row of one byte and a line end: its place and its line, doubled */

static int sum; /* what is read counts, so that it is not left out */

static mah_status look(mah_csv *csv, char use) {
  int64_t columns = mah_csv_columns(csv), size = 0;
  char *all = malloc((size_t)columns + 1);
  memset(all, use, (size_t)columns);
  mah_status status = mah_csv_guess_header(csv, all);
  free(all);
  for (int64_t row = -1; row <= mah_csv_rows(csv) && row < 100; row++)
    for (int64_t c = -1; c <= columns && c < 100; c++) {
      const char *text = mah_csv_cell(csv, row, c, &size);
      for (int64_t i = 0; text != NULL && i < size; i++) sum += text[i];
    }
  return status;
}

mah_status fuzz_read(const char *path, int64_t size) {
  int i = (int)(size % 4);
  mah_csv *csv;
  mah_tensor t = {0};
  MAH_TRY(mah_csv_open(&csv, path, ",;\t "[i], i));
  mah_status status = look(csv, "nt-n"[i]);
  int64_t columns = mah_csv_columns(csv), *every = malloc(sizeof *every * (size_t)(columns + 1));
  for (int64_t c = 0; c < columns; c++) every[c] = columns - 1 - c;
  if (status == MAH_OK) status = mah_csv_numbers(&t, csv, i, every, columns);
  free(every);
  mah_tensor_release(&t);
  mah_csv_close(csv);
  return status;
}
