/* column.h - one column of a table while it is read: cells become values of its kind. */
#ifndef MAH_TABLE_COLUMN_H
#define MAH_TABLE_COLUMN_H

#include "tensor/tensor.h"

/* What a column holds, and what its tensor is. A missing value lies in the tensor itself. */
enum {
  MAH_COLUMN_FIND,     /* not known yet: what fits all cells, in the order below */
  MAH_COLUMN_INTEGER,  /* int64; missing: the least one */
  MAH_COLUMN_NUMBER,   /* float64; missing: NaN */
  MAH_COLUMN_BOOLEAN,  /* int32, 0 false and 1 true; missing: -1 */
  MAH_COLUMN_DATE,     /* int64, microseconds (date.h); missing: the least one */
  MAH_COLUMN_CATEGORY, /* int32, numbers of its names from 0; missing: -1 */
  MAH_COLUMN_TEXT,     /* int64, where each text begins in the bytes; missing: -1 */
  MAH_COLUMN_FLOAT32,  /* a number */
  MAH_COLUMN_VERBATIM, /* a text of which none is missing */
  MAH_COLUMN_SKIP,     /* not wanted */
};

/* Texts lie in bytes: four of the length, little endian, then the characters. */
enum { MAH_TEXT_HEAD = 4 };

/* A column of text is found to be a category when its values recur, at least twice on average, and
 * there are at most so many. */
enum { MAH_CATEGORY_MOST = 1000 };

#ifndef MAH_CDEF
#include "data/table/cells.h"
#include "data/table/missing.h"

typedef struct mah_column {
  int32_t kind;
  int is_forced; /* the kind was asked for */
  int64_t rows;
  mah_tensor values; /* with room for more */
  /* texts */
  mah_tensor bytes;
  int64_t used;   /* of bytes */
  int32_t *slots; /* hash table of names: number + 1; 0 is free */
  int64_t slot_count;
  int64_t *names; /* where each begins in bytes */
  int64_t name_count, name_room;
  int is_coded; /* values are int32 numbers of names */
  /* what went wrong */
  int again;          /* read as text from the start: it did not keep its kind */
  int rests;          /* is complete, while others are read again */
  int64_t failed_row; /* in the block; -1 */
  int is_out_of_memory;
} mah_column;

/* One column of a block: cells[row * step], row < rows. */
typedef struct mah_column_cells {
  char *text;
  mah_cell *cells;
  int64_t rows, step;
  mah_notation notation;
  const mah_missing *missing;
  int64_t expected; /* rows in all, as far as is known */
} mah_column_cells;

void mah_column_add(mah_column *c, const mah_column_cells *cells);
/* No more rows: a kind that is not known yet is decided, tensors shrink to what is used. */
mah_status mah_column_finish(mah_column *c);
void mah_column_free(mah_column *c);

/* The kind that the cell alone would have; FIND when it is missing. */
int32_t mah_cell_kind(const char *at, const char *end, mah_notation notation,
                      const mah_missing *missing);
#endif
#endif
