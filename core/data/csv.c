/* csv.c - reading; csv_write.c has the other direction. */
#include "data/csv.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60 }; /* bytes of a cell in a message */

struct mah_csv {
  char *path, *text, *end; /* text: closed by a zero byte at `end` */
  char delimiter;
  int32_t header;
  int64_t columns, rows, room;
  int64_t *row;  /* where each row begins in the text; the header is row[-header] */
  int64_t *line; /* its line in the file, from 1 */
  char *cell;    /* the last cell without quotes */
  int64_t cell_room;
  int64_t last_row, last_column; /* where mah_csv_cell was last, */
  const char *last;              /* and where that cell begins; NULL: nowhere */
};

typedef struct cell {
  const char *begin;
  int64_t size; /* with quotes */
  int quoted;
} cell;

/* -- Cells and rows ---------------------------------------------------------------------------- */

static int ends_line(const char *at) { return *at == '\n' || *at == '\r'; }

static int ends_cell(const mah_csv *csv, const char *at) {
  return at >= csv->end || *at == csv->delimiter || ends_line(at);
}

/* Past the closing quote of the quoted part that begins at `at`, or NULL. */
static const char *skip_quoted(const mah_csv *csv, const char *at) {
  for (at++; at < csv->end; at++) {
    if (*at != '"') continue;
    if (at + 1 >= csv->end || at[1] != '"') return at + 1;
    at++;
  }
  return NULL;
}

/* The cell at `at`; returns the place behind it, or NULL when a quote is not closed. */
static const char *scan_cell(cell *c, const mah_csv *csv, const char *at) {
  c->begin = at;
  c->quoted = at < csv->end && *at == '"';
  if (c->quoted) at = skip_quoted(csv, at);
  while (at != NULL && !ends_cell(csv, at)) at++;
  c->size = at ? at - c->begin : 0;
  return at;
}

static const char *skip_line_end(const mah_csv *csv, const char *at) {
  if (at < csv->end && *at == '\r') at++;
  return at < csv->end && *at == '\n' ? at + 1 : at;
}

static int64_t count_lines(const mah_csv *csv, const char *from, const char *to) {
  int64_t lines = 0;
  while (from < to)
    if (ends_line(from))
      from = skip_line_end(csv, from), lines++;
    else
      from++;
  return lines;
}

static mah_status grow(int64_t **list, int64_t used, int64_t room) {
  int64_t *larger = mah_alloc(room, sizeof **list);
  if (larger == NULL) return MAH_ERROR_MEMORY;
  if (used > 0) memcpy(larger, *list, sizeof **list * (size_t)used);
  mah_free(*list);
  *list = larger;
  return MAH_OK;
}

static mah_status remember_row(mah_csv *csv, const char *begin, int64_t line) {
  if (csv->rows == csv->room) {
    int64_t room = csv->room ? 2 * csv->room : 1024;
    MAH_TRY(grow(&csv->row, csv->rows, room));
    MAH_TRY(grow(&csv->line, csv->rows, room));
    csv->room = room;
  }
  csv->row[csv->rows] = begin - csv->text;
  csv->line[csv->rows++] = line;
  return MAH_OK;
}

/* The row at *at, which moves behind it. */
static mah_status scan_row(mah_csv *csv, const char **at, int64_t line) {
  const char *begin = *at;
  int64_t columns = 0;
  for (;;) {
    cell c;
    *at = scan_cell(&c, csv, *at);
    if (*at == NULL)
      return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ": a quote is not closed", csv->path,
                      line);
    columns++;
    if (*at >= csv->end || **at != csv->delimiter) break;
    ++*at;
  }
  *at = skip_line_end(csv, *at);
  if (csv->rows > 0 && columns != csv->columns)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: line %" PRId64 " has %" PRId64 " cells, line %" PRId64 " has %" PRId64,
                    csv->path, line, columns, csv->line[0], csv->columns);
  csv->columns = columns;
  return remember_row(csv, begin, line);
}

static mah_status scan_rows(mah_csv *csv, int64_t skip) {
  const char *at = csv->text;
  int64_t line = 1;
  if (csv->end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;
  for (; skip > 0 && at < csv->end; skip--, line++) {
    while (at < csv->end && !ends_line(at)) at++;
    at = skip_line_end(csv, at);
  }
  while (at < csv->end) {
    const char *begin = at;
    if (ends_line(at))
      at = skip_line_end(csv, at);
    else
      MAH_TRY(scan_row(csv, &at, line));
    line += count_lines(csv, begin, at);
  }
  return MAH_OK;
}

/* -- Numbers ----------------------------------------------------------------------------------- */

/* Up to 15 digits and a power of ten up to 10^22 are exact in double, and one division or
 * multiplication of them is rounded correctly (Clinger, "How to read floating point numbers
 * accurately", PLDI 1990). Returns 0 for what is not so simple. */
static int parse_simple(double *out, const char *at, const char *end) {
  static const double power[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  int negative = at < end && *at == '-', digits = 0, behind_point = -1;
  int64_t value = 0;
  for (at += negative; at < end; at++) {
    if (*at == '.' && behind_point < 0) {
      behind_point = 0;
      continue;
    }
    if (*at < '0' || *at > '9' || ++digits > 15) return 0;
    value = 10 * value + (*at - '0');
    behind_point += behind_point >= 0;
  }
  if (digits == 0) return 0;
  double result = (double)value / power[behind_point > 0 ? behind_point : 0];
  *out = negative ? -result : result;
  return 1;
}

static void trim(const char **begin, const char **end) {
  while (*begin < *end && (**begin == ' ' || **begin == '\t')) ++*begin;
  while (*begin < *end && ((*end)[-1] == ' ' || (*end)[-1] == '\t')) --*end;
}

/* A number, or NaN for a missing one; returns 0 for other text. The text is followed by a character
 * that ends a number. */
static int parse_number(double *out, const char *begin, const char *end) {
  char *stop;
  trim(&begin, &end);
  *out = NAN;
  if (begin == end || (end - begin == 2 && memcmp(begin, "NA", 2) == 0)) return 1;
  if (parse_simple(out, begin, end)) return 1;
  for (const char *at = begin; at < end; at++)
    if (*at == 'x' || *at == 'X' || *at == '(') return 0; /* strtod's other notations */
  locale_t before = mah_text_plain_numbers();
  *out = strtod(begin, &stop);
  uselocale(before);
  return stop == end;
}

/* -- Opening ----------------------------------------------------------------------------------- */

static mah_status read_text(mah_csv *csv, const char *path) {
  mah_source source;
  csv->path = mah_alloc((int64_t)strlen(path) + 1, 1);
  if (csv->path == NULL) return MAH_ERROR_MEMORY;
  MAH_TRY(mah_source_open(&source, strcpy(csv->path, path)));
  csv->text = mah_alloc(source.size + 1, 1);
  mah_status status = csv->text ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK) status = mah_source_read(&source, csv->text, 0, source.size);
  if (status == MAH_OK) {
    csv->end = csv->text + source.size;
    *csv->end = '\0';
  }
  mah_source_close(&source);
  return status;
}

/* Other kinds of files that are given for tables. */
static mah_status check_kind(const mah_csv *csv) {
  static const struct {
    const char *begin, *what;
  } kinds[] = {{"\x1f\x8b", "packed by gzip; unpack it first"},
               {"PK\3\4", "a ZIP archive (an .xlsx?); CSV text is expected"},
               {"\xff\xfe", "UTF-16 text; UTF-8 is expected"},
               {"\xfe\xff", "UTF-16 text; UTF-8 is expected"}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strncmp(csv->text, kinds[i].begin, strlen(kinds[i].begin)) == 0)
      return mah_fail(MAH_ERROR_FORMAT, "%s: this file is %s", csv->path, kinds[i].what);
  return MAH_OK;
}

mah_status mah_csv_check_delimiter(char delimiter) {
  if (delimiter != '\0' && strchr("\"\n\r.+-0123456789aefintyAEFINTYxX()", delimiter) == NULL)
    return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "character %d ('%c') cannot be a delimiter", delimiter,
                  delimiter ? delimiter : ' ');
}

mah_status mah_csv_open(mah_csv **out, const char *path, char delimiter, int64_t skip) {
  if (out == NULL || path == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the path is missing");
  MAH_TRY(mah_csv_check_delimiter(delimiter));
  mah_csv *csv = mah_alloc_zero(1, sizeof *csv);
  if (csv == NULL) return MAH_ERROR_MEMORY;
  csv->delimiter = delimiter;
  mah_status status = read_text(csv, path);
  if (status == MAH_OK) status = check_kind(csv);
  if (status == MAH_OK) status = scan_rows(csv, skip);
  if (status != MAH_OK) return mah_csv_close(csv), status;
  *out = csv;
  return MAH_OK;
}

void mah_csv_close(mah_csv *csv_) {
  if (csv_ == NULL) return;
  mah_free(csv_->path);
  mah_free(csv_->text);
  mah_free(csv_->row);
  mah_free(csv_->line);
  mah_free(csv_->cell);
  mah_free(csv_);
}

int64_t mah_csv_rows(const mah_csv *csv) { return csv->rows - csv->header; }
int64_t mah_csv_columns(const mah_csv *csv) { return csv->columns; }
int32_t mah_csv_has_header(const mah_csv *csv) { return csv->header; }

void mah_csv_set_header(mah_csv *csv, int32_t header) {
  csv->header = csv->rows > 0 && header;
  csv->last = NULL;
}

/* Is there text in this cell of the file's row? */
static int is_text(mah_csv *csv, int64_t row, int64_t column) {
  double ignored;
  int64_t size;
  const char *text = mah_csv_cell(csv, row - csv->header, column, &size);
  return text != NULL && !parse_number(&ignored, text, text + size);
}

mah_status mah_csv_guess_header(mah_csv *csv, const char *use) {
  int32_t unexcused = 0;
  char *text = mah_alloc_zero(csv->columns, 1);
  if (text == NULL) return MAH_ERROR_MEMORY;
  for (int64_t c = 0; c < csv->columns; c++) text[c] = use[c] != 't' && is_text(csv, 0, c);
  for (int64_t c = 0; c < csv->columns; c++)
    unexcused |= text[c] && (use[c] == 'n' || !is_text(csv, 1, c));
  mah_free(text);
  mah_csv_set_header(csv, unexcused);
  return MAH_OK;
}

/* -- Looking ----------------------------------------------------------------------------------- */

/* Without its outer quotes, and "" as one quote; NULL when memory is out. */
static const char *unquote(mah_csv *csv, const cell *c, int64_t *size) {
  if (csv->cell_room < c->size) {
    mah_free(csv->cell);
    csv->cell_room = 0;
    if ((csv->cell = mah_alloc(2 * c->size, 1)) == NULL) return NULL;
    csv->cell_room = 2 * c->size;
  }
  int inside = 0;
  *size = 0;
  for (int64_t i = 0; i < c->size; i++) {
    if (c->begin[i] == '"' && inside && i + 1 < c->size && c->begin[i + 1] == '"')
      csv->cell[(*size)++] = c->begin[i++];
    else if (c->begin[i] == '"')
      inside = !inside;
    else
      csv->cell[(*size)++] = c->begin[i];
  }
  csv->cell[*size < csv->cell_room ? *size : csv->cell_room - 1] = '\0';
  return csv->cell;
}

const char *mah_csv_cell(mah_csv *csv, int64_t row, int64_t column, int64_t *size) {
  cell c = {0};
  if (row < -csv->header || row >= mah_csv_rows(csv) || column < 0 || column >= csv->columns)
    return NULL;
  int goes_on = csv->last != NULL && row == csv->last_row && column >= csv->last_column;
  const char *at = goes_on ? csv->last : csv->text + csv->row[row + csv->header];
  for (int64_t k = goes_on ? csv->last_column : 0; k <= column; k++)
    at = scan_cell(&c, csv, at) + 1;
  csv->last_row = row;
  csv->last_column = column;
  csv->last = c.begin;
  *size = c.size;
  return c.quoted ? unquote(csv, &c, size) : c.begin;
}

/* -- Into a tensor ----------------------------------------------------------------------------- */

static mah_status fail_cell(mah_csv *csv, int64_t row, int64_t column, const char *why) {
  char name[64] = "", shown[4 * SHOWN + 1] = ""; /* a zero byte must not end the message */
  int64_t size = 0;
  const char *text = csv->header ? mah_csv_cell(csv, -1, column, &size) : NULL;
  if (text != NULL && size < 50) snprintf(name, sizeof name, " '%.*s'", (int)size, text);
  text = mah_csv_cell(csv, row, column, &size);
  if (text != NULL) mah_text_escape(shown, sizeof shown, text, mah_text_cut(text, size, SHOWN), "");
  return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ", column %" PRId64 "%s: '%s' %s",
                  csv->path, csv->line[row + csv->header], column + 1, name, shown, why);
}

static mah_status store(mah_tensor *out, int64_t at, double x, mah_csv *csv, int64_t row,
                        int64_t column) {
  double low = out->elem == MAH_UINT8 ? 0 : INT32_MIN,
         high = out->elem == MAH_UINT8 ? 255 : INT32_MAX;
  if (out->elem == MAH_FLOAT32) return ((float *)out->data)[at] = (float)x, MAH_OK;
  if (out->elem == MAH_FLOAT64) return ((double *)out->data)[at] = x, MAH_OK;
  if (!(x >= low && x <= high) || x != floor(x))
    return fail_cell(csv, row, column, out->elem == MAH_UINT8 ? "is no uint8" : "is no int32");
  if (out->elem == MAH_UINT8)
    ((uint8_t *)out->data)[at] = (uint8_t)x;
  else
    ((int32_t *)out->data)[at] = (int32_t)x;
  return MAH_OK;
}

/* wanted[column]: where its number goes in the row of `out`, or -1. */
static mah_status read_row(mah_tensor *out, mah_csv *csv, int64_t row, const int64_t *wanted) {
  const char *at = csv->text + csv->row[row + csv->header];
  for (int64_t column = 0; column < csv->columns; column++) {
    cell c;
    double x;
    at = scan_cell(&c, csv, at) + 1;
    if (wanted[column] < 0) continue;
    const char *text = c.begin;
    int64_t size = c.size;
    if (c.quoted && (text = unquote(csv, &c, &size)) == NULL) return MAH_ERROR_MEMORY;
    if (!parse_number(&x, text, text + size)) return fail_cell(csv, row, column, "is not a number");
    MAH_TRY(store(out, row * out->extent[1] + wanted[column], x, csv, row, column));
  }
  return MAH_OK;
}

static mah_status plan_columns(int64_t *wanted, const mah_csv *csv, const int64_t *column,
                               int64_t n) {
  for (int64_t c = 0; c < csv->columns; c++) wanted[c] = -1;
  for (int64_t k = 0; k < n; k++) {
    if (column[k] < 0 || column[k] >= csv->columns)
      return mah_fail(MAH_ERROR_ARGUMENT, "%s: column %" PRId64 " of %" PRId64, csv->path,
                      column[k] + 1, csv->columns);
    if (wanted[column[k]] >= 0)
      return mah_fail(MAH_ERROR_ARGUMENT, "column %" PRId64 " is asked for twice", column[k] + 1);
    wanted[column[k]] = k;
  }
  return MAH_OK;
}

mah_status mah_csv_numbers(mah_tensor *out, mah_csv *csv, int32_t dtype, const int64_t *column,
                           int64_t n) {
  int64_t extent[] = {mah_csv_rows(csv), n};
  int64_t *wanted = mah_alloc(csv->columns, sizeof *wanted);
  if (wanted == NULL) return MAH_ERROR_MEMORY;
  mah_status status = plan_columns(wanted, csv, column, n);
  if (status == MAH_OK) status = mah_tensor_new(out, dtype, 2, extent);
  for (int64_t row = 0; status == MAH_OK && row < extent[0]; row++) {
    status = read_row(out, csv, row, wanted);
    if (status != MAH_OK) mah_tensor_release(out);
  }
  mah_free(wanted);
  return status;
}
