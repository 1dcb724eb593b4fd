/* csv.h - tables of numbers as text (RFC 4180, with any delimiter). Cells may be quoted, with ""
 * for a quote; blank lines are skipped; lines end in LF or CRLF; a UTF-8 byte order mark is
 * skipped. An empty cell and NA are missing values.
 */
#ifndef MAH_CSV_H
#define MAH_CSV_H

#include "tensor/tensor.h"

typedef struct mah_csv mah_csv; /* the text, and where its rows begin */

/* Reads the file and finds its rows, leaving out the first `skip` lines.
 *   header   1: the first row holds names; 0: it does not; -1: it does when one of its cells is
 *            neither a number nor missing
 * Errors: MAH_ERROR_FILE, MAH_ERROR_FORMAT (rows of different length, a quote that is not closed).
 */
mah_status mah_csv_open(mah_csv **out, const char *path, char delimiter, int64_t skip,
                        int32_t header);
void mah_csv_close(mah_csv *csv_); /* takes NULL */

int64_t mah_csv_rows(const mah_csv *csv); /* without the header */
int64_t mah_csv_columns(const mah_csv *csv);
int32_t mah_csv_has_header(const mah_csv *csv);

/* The text of a cell, without quotes; row -1 is the header. Valid until the next call with `csv`;
 * NULL outside of the table. *size is its length. */
const char *mah_csv_cell(mah_csv *csv, int64_t row, int64_t column, int64_t *size);

/* out = columns column[0 ... n-1] as numbers, (rows, n). Missing values are NaN, and an error for
 * integer dtypes, as are numbers that do not fit. Errors name file, line and column. */
mah_status mah_csv_numbers(mah_tensor *out, mah_csv *csv, int32_t dtype, const int64_t *column,
                           int64_t n);

/* Writes a vector (one column) or a matrix, after `head` (text of whole lines, may be ""). Numbers
 * have as many digits as it takes to read the same value back. */
mah_status mah_csv_save(const char *path, const mah_tensor *t, const char *head, char delimiter);
#endif
