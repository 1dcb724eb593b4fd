/* cells.h - text cut into records and cells. */
#ifndef MAH_TABLE_CELLS_H
#define MAH_TABLE_CELLS_H

#ifndef MAH_CDEF
#include "data/table/number.h"

#include <stdint.h>

/* How a table is written. */
typedef struct mah_dialect {
  char delimiter; /* ' ': blanks and tabs, as many as there are */
  char quote[2];  /* what may stand around a cell; '\0': nothing */
  char comment;   /* begins what is left out, up to the line's end; '\0': nothing does */
  mah_notation notation;
} mah_dialect;

typedef struct mah_cell {
  uint32_t begin; /* in the text; without quotes, and blanks around it */
  uint32_t size : 30;
  uint32_t is_quoted : 1;
  uint32_t is_doubled : 1; /* quotes inside are still written twice */
} mah_cell;

enum { MAH_CELLS_TEXT = 1 << 30 }; /* a text is shorter than this */

typedef struct mah_scanner {
  mah_dialect dialect;
  const char *text; /* text[end] is '\n' */
  int64_t at, end;
  int64_t line; /* of `at`, from 1 */
  int is_last;  /* nothing follows the text */
  int is_open;  /* a quote is not closed */
  uint8_t stops[256];
} mah_scanner;

void mah_scanner_start(mah_scanner *s, const mah_dialect *dialect);
/* The cells of the next record, those that `room` holds, and their true number. Lines without cells
 * are left out. Returns 0 at the end, and before a record that the text does not hold to its end;
 * `at` and `line` are then where it begins. *line: of the record. */
int mah_scanner_record(mah_scanner *s, mah_cell *cells, int64_t room, int64_t *count,
                       int64_t *line);
/* Past the next line's end. */
void mah_scanner_skip_line(mah_scanner *s);

/* The cell's text, with its quotes written once: changes `text`. */
void mah_cell_undouble(mah_cell *cell, char *text);
#endif
#endif
