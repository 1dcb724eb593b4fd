/* part.h - one of several parts of a file's rows, about as long as the others: what a process reads
 * that shares the data with others.
 */
#ifndef MAH_PART_H
#define MAH_PART_H

#ifndef MAH_CDEF
#include "base/status.h"
#include <stdint.h>
#endif

typedef struct mah_part {
  int32_t part, parts; /* which one, 0 ... parts - 1 */
  int64_t rows, first; /* result: of the whole file; the first one of this part, from 0 */
} mah_part;

#ifndef MAH_CDEF
/* Fills in the result; *count: the part's rows. Fails where there is no such part. */
mah_status mah_part_cut(mah_part *part, int64_t *count, int64_t rows);
#endif
#endif
