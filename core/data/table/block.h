/* block.h - a table's file in pieces that hold whole records. */
#ifndef MAH_TABLE_BLOCK_H
#define MAH_TABLE_BLOCK_H

#ifndef MAH_CDEF
#include "data/table/cells.h"
#include "data/table/input.h"

enum { MAH_BLOCK = 1 << 20 }; /* bytes of text at a time, unless a record is longer */

/* Where the pieces come from, and how far they came. */
typedef struct mah_records {
  char *path; /* the table's */
  mah_input input;
  mah_scanner scanner;
  int64_t columns;    /* that each record must have */
  int64_t first_line; /* of the record that has as many, for messages */
  int32_t header;     /* MAH_HEADER_SHORT: it has one less; 0: there is none */
} mah_records;

/* A piece of a file, and its records. */
typedef struct mah_block {
  char *text;
  int64_t room, size; /* bytes */
  int64_t done;       /* of them, those that belong to whole records */
  mah_cell *cells;
  int64_t *line; /* of each row */
  int64_t rows, row_room;
  int is_last;
  mah_status status; /* of filling it */
  char message[400];
} mah_block;

/* More of the file behind what the block has. */
mah_status mah_block_read_more(mah_block *b, mah_records *from);
/* The block behind `before`: what that left over, and what follows. Errors name file and line: rows
 * of another length, a quote that is not closed. */
mah_status mah_block_fill(mah_block *b, mah_records *from, const mah_block *before);
void mah_block_free(mah_block *b);
#endif
#endif
