#include "data/table.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/table/block.h"
#include "data/table/front.h"
#include "data/table/sample.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct mah_table {
  mah_records from;
  mah_dialect dialect;
  int64_t rows;
  int64_t first_byte; /* of the first record, a header included */
  mah_names names;
  mah_column *column;
  mah_missing missing;
  mah_block blocks[2];
  mah_block *now, *next; /* whose cells become values; that is filled meanwhile */
  int64_t expected;      /* rows in all, as far as is known */
};

/* -- The beginning ----------------------------------------------------------------------------- */

static mah_status begin(mah_table *t, const mah_table_options *o) {
  mah_block *b = &t->blocks[0];
  mah_scanner *s = &t->from.scanner;
  MAH_TRY(mah_block_read_more(b, &t->from));
  MAH_TRY(mah_front_check(b, t->from.path));
  mah_scanner_start(s, &t->dialect);
  s->text = b->text;
  s->end = b->size;
  s->is_last = b->is_last;
  mah_front_comment comment = mah_front_skip(s, o->skip);
  MAH_TRY(mah_sample_look(&t->dialect, &t->from.header, &t->from.columns, s, &t->missing));
  if (t->from.columns == 0 && !b->is_last)
    return mah_fail(MAH_ERROR_FORMAT, "%s: the first row has more than %d bytes", t->from.path,
                    MAH_BLOCK);
  t->first_byte = s->at;
  t->from.first_line = s->line;
  t->names.count = t->from.columns;
  if (comment.begin >= 0 && !t->from.header && o->header != 0 && t->from.columns > 0)
    MAH_TRY(mah_front_names(&t->names, b, comment, &t->dialect));
  t->column = mah_alloc_zero(t->from.columns, sizeof *t->column);
  if (t->column == NULL) return MAH_ERROR_MEMORY;
  for (int64_t c = 0; c < t->from.columns; c++) t->column[c].failed_row = -1;
  return MAH_OK;
}

/* Moves to the first record, and past the header. */
static mah_status to_first_row(mah_table *t) {
  mah_cell *cells = mah_alloc(t->from.columns, sizeof *cells);
  mah_scanner *s = &t->from.scanner;
  mah_block *b = t->now;
  int64_t count, line, at = t->first_byte;
  if (cells == NULL) return MAH_ERROR_MEMORY;
  mah_scanner_start(s, &t->dialect);
  s->text = b->text;
  s->at = at;
  s->end = b->size;
  s->is_last = b->is_last;
  s->line = t->from.first_line;
  mah_status status = MAH_OK;
  if (t->from.header && mah_scanner_record(s, cells, t->from.columns, &count, &line)) {
    int is_first = t->names.text == NULL, is_short = t->from.header == MAH_HEADER_SHORT;
    t->from.first_line = line;
    if (is_first && is_short) status = mah_names_keep(&t->names, 0, "row_names", 9);
    if (is_first && status == MAH_OK)
      status = mah_names_keep_cells(&t->names, is_short, cells, b->text);
  }
  b->done = s->at;
  mah_free(cells);
  return status;
}

static mah_status open_table(mah_table *t, const char *path, const mah_table_options *o) {
  char *copy = mah_alloc((int64_t)strlen(path) + 1, 1);
  if (copy == NULL) return MAH_ERROR_MEMORY;
  t->from.path = strcpy(copy, path);
  t->dialect = (mah_dialect){.delimiter = o->delimiter,
                             .quote = {o->quote[0], o->quote[1]},
                             .comment = o->comment,
                             .notation = {o->point, o->thousands}};
  t->from.header = o->header;
  MAH_TRY(mah_missing_copy(&t->missing, o->missing, o->n_missing));
  MAH_TRY(mah_input_open(&t->from.input, t->from.path));
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
  t->from.input.source.file = -1;
  mah_status status = open_table(t, path, options);
  if (status != MAH_OK) return mah_table_close(t), status;
  *out = t;
  return MAH_OK;
}

void mah_table_close(mah_table *t_) {
  if (t_ == NULL) return;
  mah_input_close(&t_->from.input);
  for (int64_t c = 0; t_->column != NULL && c < t_->from.columns; c++)
    mah_column_free(&t_->column[c]);
  for (int i = 0; i < 2; i++) mah_block_free(&t_->blocks[i]);
  mah_names_free(&t_->names);
  mah_missing_free(&t_->missing);
  mah_free(t_->column);
  mah_free(t_->from.path);
  mah_free(t_);
}

/* -- Looking ----------------------------------------------------------------------------------- */

int64_t mah_table_columns(const mah_table *t) { return t->from.columns; }
int64_t mah_table_rows(const mah_table *t) { return t->rows; }

const char *mah_table_name(const mah_table *t, int64_t column, int64_t *size) {
  if (t->names.text == NULL || column < 0 || column >= t->from.columns) return NULL;
  *size = t->names.size[column];
  return t->names.text[column];
}

void mah_table_found(const mah_table *t, mah_table_options *out) {
  *out = (mah_table_options){.delimiter = t->dialect.delimiter,
                             .quote = {t->dialect.quote[0], t->dialect.quote[1]},
                             .comment = t->dialect.comment,
                             .point = t->dialect.notation.point,
                             .thousands = t->dialect.notation.thousands,
                             .header = t->from.header};
}

static mah_status check_column(const mah_table *t, int64_t column) {
  if (column >= 0 && column < t->from.columns) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "%s: column %" PRId64 " of %" PRId64, t->from.path,
                  column + 1, t->from.columns);
}

mah_status mah_table_set_name(mah_table *t, int64_t column, const char *name) {
  MAH_TRY(check_column(t, column));
  return mah_names_keep(&t->names, column, name, (int64_t)strlen(name));
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
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: column %" PRId64 " was not read, or is taken",
                    t->from.path, column + 1);
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
  mah_block *b = t->next;
  if (task == 0) {
    b->rows = 0;
    b->status = mah_block_fill(b, &t->from, t->now);
    if (b->status != MAH_OK) snprintf(b->message, sizeof b->message, "%s", mah_error_message());
    return;
  }
  b = t->now;
  mah_column_add(&t->column[task - 1],
                 &(mah_column_cells){.text = b->text,
                                     .cells = b->rows > 0 ? b->cells + (task - 1) : NULL,
                                     .rows = b->rows,
                                     .step = t->from.columns,
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
  const mah_cell *cell = &t->now->cells[c->failed_row * t->from.columns + column];
  if (t->names.text != NULL)
    snprintf(name, sizeof name, " '%s'", show(text, t->names.text[column], t->names.size[column]));
  return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ", column %" PRId64 "%s: '%s' is not %s",
                  t->from.path, t->now->line[c->failed_row], column + 1, name,
                  show(value, t->now->text + cell->begin, cell->size), what_is(c->kind));
}

/* The first cell that is wrong, by line. */
static mah_status check_columns(const mah_table *t) {
  int64_t worst = -1;
  for (int64_t i = 0; i < t->from.columns; i++) {
    const mah_column *c = &t->column[i];
    if (c->is_out_of_memory)
      return mah_fail(MAH_ERROR_MEMORY, "out of memory for the columns of %s", t->from.path);
    if (c->failed_row < 0) continue;
    if (worst < 0 || c->failed_row < t->column[worst].failed_row) worst = i;
  }
  return worst < 0 ? MAH_OK : fail_value(t, worst);
}

/* From the share of the file that the rows so far took; a little more, so that it is enough. */
static int64_t expect_rows(const mah_table *t) {
  double taken = mah_input_share(&t->from.input), rows = (double)(t->rows + t->now->rows);
  double expected = taken > 0 ? rows / taken * 1.02 : 0;
  return expected < 1e15 ? (int64_t)expected : 0;
}

/* Every block from the one that `now` stands before. */
static mah_status pass(mah_table *t) {
  t->now->rows = 0;
  t->rows = 0;
  do {
    t->expected = expect_rows(t);
    mah_parallel_run(work, t, 1 + (int32_t)t->from.columns);
    MAH_TRY(check_columns(t));
    if (t->next->status != MAH_OK) return mah_fail(t->next->status, "%s", t->next->message);
    t->rows += t->now->rows;
    mah_block *filled = t->next;
    t->next = t->now;
    t->now = filled;
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
  } while (t->now->rows > 0);
  return MAH_OK;
}

/* Once more from the first row. */
static mah_status rewind_table(mah_table *t) {
  mah_block *b = t->now;
  MAH_TRY(mah_input_rewind(&t->from.input));
  b->size = 0;
  MAH_TRY(mah_block_read_more(b, &t->from));
  return to_first_row(t);
}

/* Columns that did not keep the kind of their first values are read again, as text; the others rest
 * meanwhile. */
static mah_status read_again(mah_table *t) {
  int any = 0;
  for (int64_t i = 0; i < t->from.columns; i++) any |= t->column[i].again;
  if (!any) return MAH_OK;
  for (int64_t i = 0; i < t->from.columns; i++) {
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
  if (t->from.columns == 0) return MAH_OK;
  MAH_TRY(pass(t));
  MAH_TRY(read_again(t));
  for (int64_t i = 0; i < t->from.columns; i++) MAH_TRY(mah_column_finish(&t->column[i]));
  for (int i = 0; i < 2; i++) mah_block_free(&t->blocks[i]);
  return MAH_OK;
}
