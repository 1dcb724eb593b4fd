/* table.h - tables as text: CSV, TSV, columns aligned by blanks, packed by gzip or not. Columns
 * get the kind that all their cells fit, and the file is read in pieces, so that it takes little
 * more memory than its columns.
 *
 *   MAH_TRY(mah_table_open(&table, path, &options));    // looks at the beginning
 *   mah_table_want(table, 2, MAH_COLUMN_TEXT);          // before mah_table_read
 *   MAH_TRY(mah_table_read(table));
 *   MAH_TRY(mah_table_take(&values, &bytes, table, 2)); // each column once
 *   mah_table_close(table);
 *
 * Cells may be quoted, with "" for a quote, and hold delimiters and lines then; blanks around cells
 * are left out, and lines without cells. Lines end in LF, CRLF or CR; a UTF-8 byte order mark is
 * skipped. Numbers are the nearest doubles. Lines that begin with # before the first row are
 * comments; the last of them has the columns' names when it has as many cells and there is no other
 * header. A header may be one name short, as R's are, when the rows begin with names of their own.
 */
#ifndef MAH_TABLE_H
#define MAH_TABLE_H

#include "data/table/column.h"
#include "data/table/date.h"
#include "data/table/input.h"

typedef struct mah_table mah_table;

typedef struct mah_table_options {
  char delimiter; /* ' ': blanks and tabs, any number of them; '\0': to be found */
  char quote[2];  /* '\0': none */
  char comment;   /* from it on, a line is left out; '\0': nothing is */
  char point;     /* '\0': to be found, as the next one; where point is given, none */
  char thousands;
  int32_t header;      /* 1 (2: found to be short): the first row holds names; 0: it does not; -1:
                        * to be found */
  int64_t skip;        /* lines left out at the start */
  const char *missing; /* texts that stand for a missing value, each closed by a zero */
  int64_t n_missing;
} mah_table_options;

/* Errors: MAH_ERROR_FILE, MAH_ERROR_FORMAT (no text), MAH_ERROR_ARGUMENT. */
mah_status mah_table_open(mah_table **out, const char *path, const mah_table_options *options);
void mah_table_close(mah_table *table_); /* takes NULL */

int64_t mah_table_columns(const mah_table *table);
/* A column's name in the file, or NULL; *size is its length. */
const char *mah_table_name(const mah_table *table, int64_t column, int64_t *size);
/* For messages, too. */
mah_status mah_table_set_name(mah_table *table, int64_t column, const char *name);
void mah_table_found(const mah_table *table, mah_table_options *out); /* as open found it */

mah_status mah_table_want(mah_table *table, int64_t column, int32_t kind);
/* Errors name file, line, column and value: rows of another length, a quote that is not closed, a
 * value that is not of the kind asked for. */
mah_status mah_table_read(mah_table *table);

int64_t mah_table_rows(const mah_table *table);
int32_t mah_table_kind(const mah_table *table, int64_t column); /* none of FIND and FLOAT32 */
/* The column's tensors, bytes only of texts; empty for others. */
mah_status mah_table_take(mah_tensor *values, mah_tensor *bytes, mah_table *table, int64_t column);
/* The names of a category, in the order in which they came. */
int64_t mah_table_names(const mah_table *table, int64_t column);
const char *mah_table_name_of(const mah_table *table, int64_t column, int64_t number,
                              int64_t *size);
#endif
