/* csv.h - numbers as CSV text; table.h reads it. Numbers have a point, whatever the locale. */
#ifndef MAH_CSV_H
#define MAH_CSV_H

#include "tensor/tensor.h"

/* Writes a vector (one column) or a matrix, after `head` (text of whole lines, may be ""). Numbers
 * have as many digits as it takes to read the same value back. MAH_ERROR_ARGUMENT for delimiters
 * that cannot stand between cells: quotes, line ends, zero bytes, and what numbers are written
 * with. */
mah_status mah_csv_save(const char *path, const mah_tensor *t, const char *head, char delimiter);
#endif
