/* csv.h - tables of numbers as text (RFC 4180, with any delimiter). Cells may be quoted, with ""
 * for a quote; blank lines are skipped; lines end in LF, CRLF or CR, also mixed; a UTF-8 byte order
 * mark is skipped. An empty cell and NA are missing values. Numbers have a point, whatever the
 * locale.
 */
#ifndef MAH_CSV_H
#define MAH_CSV_H

#include "tensor/tensor.h"

typedef struct mah_csv mah_csv; /* the text, and where its rows begin */

/* Reads the file and finds its rows, leaving out the first `skip` lines. The first row holds no
 * names until mah_csv_set_header says so.
 * Errors: MAH_ERROR_FILE, MAH_ERROR_FORMAT (rows of different length, a quote that is not closed; a
 * packed file, UTF-16). */
mah_status mah_csv_open(mah_csv **out, const char *path, char delimiter, int64_t skip);
void mah_csv_close(mah_csv *csv_); /* takes NULL */

int64_t mah_csv_rows(const mah_csv *csv); /* without the header */
int64_t mah_csv_columns(const mah_csv *csv);
int32_t mah_csv_has_header(const mah_csv *csv);
void mah_csv_set_header(mah_csv *csv, int32_t header);

/* Finds out whether the first row holds names. It does when one of its cells is neither a number
 * nor missing, in a column that the cells below do not excuse:
 *   use[column]   'n': becomes numbers: nothing excuses text; 't': becomes text, and says nothing;
 *                 '-': not wanted: text says nothing when the next row has text there, too */
mah_status mah_csv_guess_header(mah_csv *csv, const char *use);

/* The text of a cell, without quotes; row -1 is the header. Valid until the next call with `csv`;
 * NULL outside of the table. *size is its length. To go through a row from left to right takes time
 * in proportion to its length. */
const char *mah_csv_cell(mah_csv *csv, int64_t row, int64_t column, int64_t *size);

/* out = columns column[0 ... n-1] as numbers, (rows, n). Missing values are NaN, and an error for
 * integer dtypes, as are numbers that do not fit. Errors name file, line and column. */
mah_status mah_csv_numbers(mah_tensor *out, mah_csv *csv, int32_t dtype, const int64_t *column,
                           int64_t n);

/* Errors: MAH_ERROR_ARGUMENT for what cannot stand between cells: quotes, line ends, zero bytes,
 * and what numbers are written with. */
mah_status mah_csv_check_delimiter(char delimiter);

/* Writes a vector (one column) or a matrix, after `head` (text of whole lines, may be ""). Numbers
 * have as many digits as it takes to read the same value back. */
mah_status mah_csv_save(const char *path, const mah_tensor *t, const char *head, char delimiter);
#endif
