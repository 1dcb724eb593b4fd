#include "data/table.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/table/input.h"
#include "data/table/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 1 << 20 }; /* bytes of text at a time, unless a record is longer */

/* A piece of the file, and its records. */
typedef struct block {
  char *text;
  int64_t room, size; /* bytes */
  int64_t done;       /* of them, those that belong to whole records */
  mah_cell *cells;
  int64_t *line; /* of each row */
  int64_t rows, row_room;
  int is_last;
  mah_status status; /* of filling it */
  char message[400];
} block;

typedef struct label {
  char *text;
  int64_t size;
} label;

struct mah_table {
  char *path;
  mah_input input;
  mah_dialect dialect;
  int32_t header;
  int64_t columns, rows;
  int64_t first_byte, first_line; /* of the first record, a header included */
  label *names;                   /* NULL: none in the file */
  mah_column *column;
  const char **missing_text;
  int64_t *missing_size;
  char *missing_bytes;
  mah_missing missing;
  mah_scanner scanner;
  block blocks[2];
  block *now, *next; /* whose cells become values; that is filled meanwhile */
  int64_t expected;  /* rows in all, as far as is known */
};

/* -- Blocks ------------------------------------------------------------------------------------ */

static mah_status grow_text(block *b, int64_t wanted) {
  if (wanted <= b->room) return MAH_OK;
  if (wanted >= MAH_CELLS_TEXT) return mah_fail(MAH_ERROR_FORMAT, "a row has more than 1 GiB");
  char *larger = mah_alloc(wanted + 1, 1);
  if (larger == NULL) return MAH_ERROR_MEMORY;
  if (b->size > 0) memcpy(larger, b->text, (size_t)b->size);
  mah_free(b->text);
  b->text = larger;
  b->room = wanted;
  return MAH_OK;
}

static mah_status grow_rows(block *b, int64_t columns) {
  int64_t room = b->row_room ? 2 * b->row_room : 1 + BLOCK / 16 / columns;
  mah_cell *cells = mah_alloc(room * columns, sizeof *cells);
  int64_t *line = mah_alloc(room, sizeof *line);
  if (cells == NULL || line == NULL) {
    mah_free(cells);
    mah_free(line);
    return MAH_ERROR_MEMORY;
  }
  if (b->rows > 0) {
    memcpy(cells, b->cells, sizeof *cells * (size_t)(b->rows * columns));
    memcpy(line, b->line, sizeof *line * (size_t)b->rows);
  }
  mah_free(b->cells);
  mah_free(b->line);
  b->cells = cells;
  b->line = line;
  b->row_room = room;
  return MAH_OK;
}

/* More of the file behind what the block has. */
static mah_status read_more(mah_table *t, block *b) {
  int64_t got;
  MAH_TRY(grow_text(b, b->size < BLOCK / 2 ? BLOCK : 2 * b->size));
  MAH_TRY(mah_input_read(&t->input, b->text + b->size, b->room - b->size, &got));
  b->is_last = got < b->room - b->size;
  b->size += got;
  b->text[b->size] = '\n';
  return MAH_OK;
}

static mah_status fail_ragged(const mah_table *t, int64_t line, int64_t cells) {
  if (t->header == MAH_HEADER_SHORT)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: line %" PRId64 " has %" PRId64 " cells; rows have %" PRId64
                    ", one more than the header",
                    t->path, line, cells, t->columns);
  return mah_fail(MAH_ERROR_FORMAT,
                  "%s: line %" PRId64 " has %" PRId64 " cells, line %" PRId64 " has %" PRId64,
                  t->path, line, cells, t->first_line, t->columns);
}

/* The records of the block's text, as far as it holds them whole. */
static mah_status scan(mah_table *t, block *b) {
  mah_scanner *s = &t->scanner;
  int64_t count, line;
  s->text = b->text;
  s->at = 0;
  s->end = b->size;
  s->is_last = b->is_last;
  s->is_open = 0;
  b->rows = 0;
  for (;;) {
    if (b->rows == b->row_room) MAH_TRY(grow_rows(b, t->columns));
    mah_cell *cells = b->cells + b->rows * t->columns;
    if (!mah_scanner_record(s, cells, t->columns, &count, &line)) break;
    if (count != t->columns) return fail_ragged(t, line, count);
    b->line[b->rows++] = line;
  }
  b->done = s->at;
  if (b->is_last && s->is_open)
    return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ": a quote is not closed", t->path,
                    s->line);
  return MAH_OK;
}

/* The block behind `before`: what that left over, and what follows. */
static mah_status fill(mah_table *t, block *b, const block *before) {
  int64_t rest = before->size - before->done;
  b->size = b->rows = b->done = 0;
  b->is_last = before->is_last;
  MAH_TRY(grow_text(b, rest > BLOCK ? rest : BLOCK));
  if (rest > 0) memcpy(b->text, before->text + before->done, (size_t)rest);
  b->size = rest;
  b->text[rest] = '\n';
  int64_t line = t->scanner.line;
  do {
    if (!b->is_last) MAH_TRY(read_more(t, b));
    t->scanner.line = line;
    MAH_TRY(scan(t, b));
  } while (b->rows == 0 && !b->is_last);
  return MAH_OK;
}

/* -- The beginning ----------------------------------------------------------------------------- */

static mah_status check_kind(const mah_table *t, const block *b) {
  static const struct {
    const char *begin;
    int64_t size;
    const char *what;
  } kinds[] = {{"PK\3\4", 4, "a ZIP archive (an .xlsx?); CSV text is expected"},
               {"\xff\xfe", 2, "UTF-16 text; UTF-8 is expected"},
               {"\xfe\xff", 2, "UTF-16 text; UTF-8 is expected"},
               {"\x89PNG", 4, "a PNG picture"},
               {"BZh", 3, "packed by bzip2; unpack it first"},
               {"\xfd"
                "7zXZ",
                5, "packed by xz; unpack it first"},
               {"PAR1", 4, "a Parquet file; save it as CSV"}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (b->size >= kinds[i].size && memcmp(b->text, kinds[i].begin, (size_t)kinds[i].size) == 0)
      return mah_fail(MAH_ERROR_FORMAT, "%s: this file is %s", t->path, kinds[i].what);
  if (memchr(b->text, '\0', (size_t)(b->size < 4096 ? b->size : 4096)) != NULL)
    return mah_fail(MAH_ERROR_FORMAT, "%s: this file is no text: it has zero bytes", t->path);
  return MAH_OK;
}

static mah_status read_list(mah_table *t, const char *texts, int64_t n) {
  int64_t bytes = 0;
  const mah_notation plain = {'.', '\0'};
  for (int64_t i = 0; i < n; i++) bytes += (int64_t)strlen(texts + bytes) + 1;
  t->missing_text = mah_alloc(n, sizeof *t->missing_text);
  t->missing_size = mah_alloc(n, sizeof *t->missing_size);
  t->missing_bytes = mah_alloc(bytes, 1);
  if (t->missing_text == NULL || t->missing_size == NULL || t->missing_bytes == NULL)
    return MAH_ERROR_MEMORY;
  if (bytes > 0) memcpy(t->missing_bytes, texts, (size_t)bytes);
  t->missing = (mah_missing){t->missing_text, t->missing_size, n, 0};
  const char *at = t->missing_bytes;
  for (int64_t i = 0; i < n; at += t->missing_size[i++] + 1) {
    double number;
    t->missing_text[i] = at;
    t->missing_size[i] = (int64_t)strlen(at);
    t->missing.has_numbers |=
        mah_number_parse(&number, at, at + t->missing_size[i], plain) && !isnan(number);
  }
  return MAH_OK;
}

static mah_status keep_name(mah_table *t, int64_t column, const char *text, int64_t size) {
  if (t->names == NULL) t->names = mah_alloc_zero(t->columns, sizeof *t->names);
  char *copy = mah_alloc(size + 1, 1);
  if (t->names == NULL || copy == NULL) return mah_free(copy), MAH_ERROR_MEMORY;
  if (size > 0) memcpy(copy, text, (size_t)size);
  copy[size] = '\0';
  mah_free(t->names[column].text);
  t->names[column] = (label){copy, size};
  return MAH_OK;
}

/* The cells' names, of the columns from `first` on. */
static mah_status keep_names(mah_table *t, mah_cell *cells, char *text, int64_t first) {
  for (int64_t c = first; c < t->columns; c++, cells++) {
    mah_cell_undouble(cells, text);
    MAH_TRY(keep_name(t, c, text + cells->begin, cells->size));
  }
  return MAH_OK;
}

/* A comment above the table has the names when it has as many cells as the table. */
static mah_status names_of_comment(mah_table *t, block *b, int64_t begin, int64_t end) {
  mah_scanner s;
  int64_t count, line;
  mah_cell *cells = mah_alloc(t->columns, sizeof *cells);
  if (cells == NULL) return MAH_ERROR_MEMORY;
  mah_scanner_start(&s, &t->dialect);
  s.text = b->text;
  s.end = end;
  s.is_last = 1;
  for (s.at = begin; s.at < end && (b->text[s.at] == '#' || b->text[s.at] == ' ');) s.at++;
  char after = b->text[end];
  b->text[end] = '\n';
  int found = mah_scanner_record(&s, cells, t->columns, &count, &line) && count == t->columns &&
              count > 1 && s.at >= end;
  mah_status status = found ? keep_names(t, cells, b->text, 0) : MAH_OK;
  b->text[end] = after;
  mah_free(cells);
  return status;
}

/* Past the byte order mark, the lines to skip, and comments. *comment: where the last of those
 * begins, -1 without; *end is its end. */
static void skip_front(mah_table *t, const mah_table_options *o, int64_t *comment, int64_t *end) {
  mah_scanner *s = &t->scanner;
  *comment = -1;
  if (s->end >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0) s->at += 3;
  for (int64_t i = 0; i < o->skip && s->at < s->end; i++) mah_scanner_skip_line(s);
  while (s->at < s->end && s->text[s->at] == '#' && o->comment == '\0') {
    *comment = s->at;
    for (*end = s->at; *end < s->end && s->text[*end] != '\n' && s->text[*end] != '\r';) ++*end;
    mah_scanner_skip_line(s);
  }
}

static mah_status begin(mah_table *t, const mah_table_options *o) {
  block *b = &t->blocks[0];
  int64_t comment, comment_end = 0;
  MAH_TRY(read_more(t, b));
  MAH_TRY(check_kind(t, b));
  mah_scanner_start(&t->scanner, &t->dialect);
  t->scanner.text = b->text;
  t->scanner.end = b->size;
  t->scanner.is_last = b->is_last;
  skip_front(t, o, &comment, &comment_end);
  MAH_TRY(mah_sample_look(&t->dialect, &t->header, &t->columns, &t->scanner, &t->missing));
  if (t->columns == 0 && !b->is_last)
    return mah_fail(MAH_ERROR_FORMAT, "%s: the first row has more than %d bytes", t->path, BLOCK);
  t->first_byte = t->scanner.at;
  t->first_line = t->scanner.line;
  if (comment >= 0 && !t->header && o->header != 0 && t->columns > 0)
    MAH_TRY(names_of_comment(t, b, comment, comment_end));
  t->column = mah_alloc_zero(t->columns, sizeof *t->column);
  if (t->column == NULL) return MAH_ERROR_MEMORY;
  for (int64_t c = 0; c < t->columns; c++) t->column[c].failed_row = -1;
  return MAH_OK;
}

/* Moves to the first record, and past the header. */
static mah_status to_first_row(mah_table *t) {
  mah_cell *cells = mah_alloc(t->columns, sizeof *cells);
  mah_scanner *s = &t->scanner;
  block *b = t->now;
  int64_t count, line, at = t->first_byte;
  if (cells == NULL) return MAH_ERROR_MEMORY;
  mah_scanner_start(s, &t->dialect);
  s->text = b->text;
  s->at = at;
  s->end = b->size;
  s->is_last = b->is_last;
  s->line = t->first_line;
  mah_status status = MAH_OK;
  if (t->header && mah_scanner_record(s, cells, t->columns, &count, &line)) {
    int is_first = t->names == NULL, is_short = t->header == MAH_HEADER_SHORT;
    t->first_line = line;
    if (is_first && is_short) status = keep_name(t, 0, "row_names", 9);
    if (is_first && status == MAH_OK) status = keep_names(t, cells, b->text, is_short);
  }
  b->done = s->at;
  mah_free(cells);
  return status;
}

static mah_status open_table(mah_table *t, const char *path, const mah_table_options *o) {
  t->path = mah_alloc((int64_t)strlen(path) + 1, 1);
  if (t->path == NULL) return MAH_ERROR_MEMORY;
  strcpy(t->path, path);
  t->dialect = (mah_dialect){.delimiter = o->delimiter,
                             .quote = {o->quote[0], o->quote[1]},
                             .comment = o->comment,
                             .notation = {o->point, o->thousands}};
  t->header = o->header;
  MAH_TRY(read_list(t, o->missing, o->n_missing));
  MAH_TRY(mah_input_open(&t->input, t->path));
  t->now = &t->blocks[0];
  t->next = &t->blocks[1];
  MAH_TRY(begin(t, o));
  return to_first_row(t);
}

mah_status mah_table_open(mah_table **out, const char *path, const mah_table_options *options) {
  if (out == NULL || path == NULL || options == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "table: a path and options are expected");
  mah_table *t = mah_alloc_zero(1, sizeof *t);
  if (t == NULL) return MAH_ERROR_MEMORY;
  t->input.source.file = -1;
  mah_status status = open_table(t, path, options);
  if (status != MAH_OK) return mah_table_close(t), status;
  *out = t;
  return MAH_OK;
}

void mah_table_close(mah_table *t_) {
  if (t_ == NULL) return;
  mah_input_close(&t_->input);
  for (int64_t c = 0; c < t_->columns; c++) {
    if (t_->column != NULL) mah_column_free(&t_->column[c]);
    if (t_->names != NULL) mah_free(t_->names[c].text);
  }
  for (int i = 0; i < 2; i++) {
    mah_free(t_->blocks[i].text);
    mah_free(t_->blocks[i].cells);
    mah_free(t_->blocks[i].line);
  }
  void *owned[] = {t_->path,         t_->names,         t_->column, (void *)t_->missing_text,
                   t_->missing_size, t_->missing_bytes, t_};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mah_free(owned[i]);
}

/* -- Looking ----------------------------------------------------------------------------------- */

int64_t mah_table_columns(const mah_table *t) { return t->columns; }
int64_t mah_table_rows(const mah_table *t) { return t->rows; }

const char *mah_table_name(const mah_table *t, int64_t column, int64_t *size) {
  if (t->names == NULL || column < 0 || column >= t->columns) return NULL;
  *size = t->names[column].size;
  return t->names[column].text;
}

void mah_table_found(const mah_table *t, mah_table_options *out) {
  *out = (mah_table_options){.delimiter = t->dialect.delimiter,
                             .quote = {t->dialect.quote[0], t->dialect.quote[1]},
                             .comment = t->dialect.comment,
                             .point = t->dialect.notation.point,
                             .thousands = t->dialect.notation.thousands,
                             .header = t->header};
}

static mah_status check_column(const mah_table *t, int64_t column) {
  if (column >= 0 && column < t->columns) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "%s: column %" PRId64 " of %" PRId64, t->path, column + 1,
                  t->columns);
}

mah_status mah_table_set_name(mah_table *t, int64_t column, const char *name) {
  MAH_TRY(check_column(t, column));
  return keep_name(t, column, name, (int64_t)strlen(name));
}

mah_status mah_table_want(mah_table *t, int64_t column, int32_t kind) {
  MAH_TRY(check_column(t, column));
  if (kind < MAH_COLUMN_FIND || kind > MAH_COLUMN_SKIP)
    return mah_fail(MAH_ERROR_ARGUMENT, "unknown kind number %d of a column", kind);
  t->column[column].kind = kind;
  t->column[column].is_forced = kind != MAH_COLUMN_FIND;
  return MAH_OK;
}

int32_t mah_table_kind(const mah_table *t, int64_t column) {
  int32_t kind = check_column(t, column) == MAH_OK ? t->column[column].kind : MAH_COLUMN_SKIP;
  return kind == MAH_COLUMN_FLOAT32 ? MAH_COLUMN_NUMBER : kind;
}

mah_status mah_table_take(mah_tensor *values, mah_tensor *bytes, mah_table *t, int64_t column) {
  MAH_TRY(check_column(t, column));
  mah_column *c = &t->column[column];
  if (c->values.store == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: column %" PRId64 " was not read, or is taken", t->path,
                    column + 1);
  *values = c->values;
  c->values = (mah_tensor){0};
  if (c->kind != MAH_COLUMN_TEXT) return MAH_OK;
  *bytes = c->bytes;
  c->bytes = (mah_tensor){0};
  return MAH_OK;
}

int64_t mah_table_names(const mah_table *t, int64_t column) {
  return check_column(t, column) == MAH_OK ? t->column[column].name_count : 0;
}

const char *mah_table_name_of(const mah_table *t, int64_t column, int64_t number, int64_t *size) {
  if (number < 0 || number >= mah_table_names(t, column)) return NULL;
  const mah_column *c = &t->column[column];
  const uint8_t *at = (const uint8_t *)c->bytes.data + c->names[number];
  *size = at[0] | at[1] << 8 | at[2] << 16 | (int64_t)at[3] << 24;
  return (const char *)at + MAH_TEXT_HEAD;
}

/* -- Reading ----------------------------------------------------------------------------------- */

/* Task 0 fills the next block; task 1 + c makes values of column c's cells. */
static void work(void *context, int32_t task) {
  mah_table *t = context;
  block *b = t->next;
  if (task == 0) {
    b->rows = 0;
    b->status = fill(t, b, t->now);
    if (b->status != MAH_OK) snprintf(b->message, sizeof b->message, "%s", mah_error_message());
    return;
  }
  b = t->now;
  mah_column_add(&t->column[task - 1],
                 &(mah_column_cells){.text = b->text,
                                     .cells = b->rows > 0 ? b->cells + (task - 1) : NULL,
                                     .rows = b->rows,
                                     .step = t->columns,
                                     .notation = t->dialect.notation,
                                     .missing = &t->missing,
                                     .expected = t->expected});
}

static const char *what_is(int32_t kind) {
  switch (kind) {
  case MAH_COLUMN_INTEGER: return "an integer";
  case MAH_COLUMN_BOOLEAN: return "true or false";
  case MAH_COLUMN_DATE: return "a date (2026-11-28)";
  default: return "a number";
  }
}

enum { SHOWN = 60 }; /* bytes of a cell in a message */

/* The beginning of a cell to out[4 * SHOWN + 1]; a zero byte does not end the message. */
static const char *show(char *out, const char *text, int64_t size) {
  mah_text_escape(out, 4 * SHOWN + 1, text, mah_text_cut(text, size, SHOWN), "");
  return out;
}

static mah_status fail_value(const mah_table *t, int64_t column) {
  char value[4 * SHOWN + 1], text[4 * SHOWN + 1], name[sizeof text + 3] = "";
  const mah_column *c = &t->column[column];
  const mah_cell *cell = &t->now->cells[c->failed_row * t->columns + column];
  if (t->names != NULL)
    snprintf(name, sizeof name, " '%s'", show(text, t->names[column].text, t->names[column].size));
  return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ", column %" PRId64 "%s: '%s' is not %s",
                  t->path, t->now->line[c->failed_row], column + 1, name,
                  show(value, t->now->text + cell->begin, cell->size), what_is(c->kind));
}

/* The first cell that is wrong, by line. */
static mah_status check_columns(const mah_table *t) {
  int64_t worst = -1;
  for (int64_t i = 0; i < t->columns; i++) {
    const mah_column *c = &t->column[i];
    if (c->is_out_of_memory)
      return mah_fail(MAH_ERROR_MEMORY, "out of memory for the columns of %s", t->path);
    if (c->failed_row < 0) continue;
    if (worst < 0 || c->failed_row < t->column[worst].failed_row) worst = i;
  }
  return worst < 0 ? MAH_OK : fail_value(t, worst);
}

/* From the share of the file that the rows so far took; a little more, so that it is enough. */
static int64_t expect_rows(const mah_table *t) {
  double taken = mah_input_share(&t->input), rows = (double)(t->rows + t->now->rows);
  double expected = taken > 0 ? rows / taken * 1.02 : 0;
  return expected < 1e15 ? (int64_t)expected : 0;
}

/* Every block from the one that `now` stands before. */
static mah_status pass(mah_table *t) {
  t->now->rows = 0;
  t->rows = 0;
  do {
    t->expected = expect_rows(t);
    mah_parallel_run(work, t, 1 + (int32_t)t->columns);
    MAH_TRY(check_columns(t));
    if (t->next->status != MAH_OK) return mah_fail(t->next->status, "%s", t->next->message);
    t->rows += t->now->rows;
    block *filled = t->next;
    t->next = t->now;
    t->now = filled;
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
  } while (t->now->rows > 0);
  return MAH_OK;
}

/* Once more from the first row. */
static mah_status rewind_table(mah_table *t) {
  block *b = t->now;
  MAH_TRY(mah_input_rewind(&t->input));
  b->size = 0;
  MAH_TRY(read_more(t, b));
  return to_first_row(t);
}

/* Columns that did not keep the kind of their first values are read again, as text; the others rest
 * meanwhile. */
static mah_status read_again(mah_table *t) {
  int any = 0;
  for (int64_t i = 0; i < t->columns; i++) any |= t->column[i].again;
  if (!any) return MAH_OK;
  for (int64_t i = 0; i < t->columns; i++) {
    mah_column *c = &t->column[i];
    if (c->again) {
      mah_column_free(c);
      *c = (mah_column){.kind = MAH_COLUMN_TEXT, .is_coded = 1, .failed_row = -1};
    } else
      c->rests = 1;
  }
  MAH_TRY(rewind_table(t));
  return pass(t);
}

mah_status mah_table_read(mah_table *t) {
  if (t->columns == 0) return MAH_OK;
  MAH_TRY(pass(t));
  MAH_TRY(read_again(t));
  for (int64_t i = 0; i < t->columns; i++) MAH_TRY(mah_column_finish(&t->column[i]));
  for (int i = 0; i < 2; i++) {
    mah_free(t->blocks[i].text);
    mah_free(t->blocks[i].cells);
    mah_free(t->blocks[i].line);
    t->blocks[i] = (block){0};
  }
  return MAH_OK;
}
