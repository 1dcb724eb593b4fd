/* sample.h - how a table is written, found from its beginning. */
#ifndef MAH_TABLE_SAMPLE_H
#define MAH_TABLE_SAMPLE_H

#ifndef MAH_CDEF
#include "base/status.h"
#include "data/table/column.h"

enum { MAH_SAMPLE_RECORDS = 100 };
enum { MAH_HEADER_SHORT = 2 }; /* a header that has no name for the first column, as R writes it */

/* Finds what of `dialect` is not given ('\0'; header -1) from the scanner's text, from `at` on, and
 * the number of columns. */
mah_status mah_sample_look(mah_dialect *dialect, int32_t *header, int64_t *columns,
                           const mah_scanner *scanner, const mah_missing *missing);
#endif
#endif
