/* front.h - what stands in a file before its table: marks that tell its kind, comments. */
#ifndef MAH_TABLE_FRONT_H
#define MAH_TABLE_FRONT_H

#ifndef MAH_CDEF
#include "data/table/block.h"
#include "data/table/names.h"

/* Fails when the first block is that of an archive, a picture ...: no text. */
mah_status mah_front_check(const mah_block *first, const char *path);

/* The last of the comments above a table, in the block's text; begin -1: there is none. */
typedef struct mah_front_comment {
  int64_t begin, end;
} mah_front_comment;

/* Moves the scanner past the byte order mark, the lines to skip, and lines that begin with #,
 * unless the dialect has comments of its own. */
mah_front_comment mah_front_skip(mah_scanner *s, int64_t skip);

/* The comment has the columns' names when it has as many cells as the table. */
mah_status mah_front_names(mah_names *names, mah_block *b, mah_front_comment comment,
                           const mah_dialect *dialect);
#endif
#endif
