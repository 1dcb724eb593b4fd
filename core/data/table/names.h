/* names.h - the names that a table's file gives its columns. */
#ifndef MAH_TABLE_NAMES_H
#define MAH_TABLE_NAMES_H

#ifndef MAH_CDEF
#include "base/status.h"
#include "data/table/cells.h"

typedef struct mah_names {
  int64_t count; /* of columns */
  char **text;   /* (count), closed by zeros; one may be NULL. NULL: none in the file */
  int64_t *size; /* (count), without the zero */
} mah_names;

/* A copy of the text becomes the column's name. */
mah_status mah_names_keep(mah_names *names, int64_t column, const char *text, int64_t size);
/* The cells' texts, of the columns from `first` on. */
mah_status mah_names_keep_cells(mah_names *names, int64_t first, mah_cell *cells, char *text);
void mah_names_free(mah_names *names);
#endif
#endif
