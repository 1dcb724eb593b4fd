#include "data/table/sample.h"

#include "base/memory.h"

#include <string.h>

enum { ROOM = 1 << 18 }; /* cells that are looked at */

typedef struct sample {
  const char *text;
  mah_cell *cells; /* record after record */
  int64_t records, columns;
  int is_even;  /* all records have as many cells as the first one */
  int is_short; /* the first one has a cell less, and got an empty one in front */
} sample;

/* -- Records ----------------------------------------------------------------------------------- */

/* The first records as the delimiter cuts them; those of another length are left out. */
static void cut_as(sample *out, mah_cell *cells, const mah_scanner *given, mah_dialect dialect,
                   int is_short) {
  mah_scanner s;
  int64_t count, line, used = 0, seen = 0;
  mah_scanner_start(&s, &dialect);
  s.text = given->text;
  s.at = given->at;
  s.end = given->end;
  s.is_last = given->is_last;
  *out = (sample){.text = given->text, .cells = cells, .is_short = is_short};
  if (is_short) cells[used++] = (mah_cell){0};
  while (seen < MAH_SAMPLE_RECORDS &&
         mah_scanner_record(&s, cells + used, ROOM - used, &count, &line)) {
    if (seen++ == 0) out->columns = count + is_short;
    if (count > ROOM - used) break;
    if (count != out->columns && !(is_short && seen == 1)) continue;
    out->records++;
    used += count;
  }
  out->is_even = out->records == seen;
}

static const mah_cell *cell_at(const sample *s, int64_t record, int64_t column) {
  return &s->cells[record * s->columns + column];
}

static int32_t kind_at(const sample *s, int64_t record, int64_t column, mah_notation notation,
                       const mah_missing *missing) {
  const mah_cell *cell = cell_at(s, record, column);
  const char *at = s->text + cell->begin;
  return mah_cell_kind(at, at + cell->size, notation, missing);
}

static int same_text(const sample *s, const mah_cell *a, const mah_cell *b) {
  return a->size == b->size && memcmp(s->text + a->begin, s->text + b->begin, a->size) == 0;
}

/* Do the rows begin with names of their own, which R writes without a name above them? Such names
 * differ. Where the last column is empty, rows only end in a delimiter. */
static int has_row_names(const sample *s, mah_notation notation, const mah_missing *missing) {
  int64_t last_ones = 0;
  for (int64_t c = 1; c < s->columns; c++)
    if (kind_at(s, 0, c, notation, missing) != MAH_COLUMN_TEXT) return 0;
  for (int64_t r = 1; r < s->records; r++) {
    last_ones += kind_at(s, r, s->columns - 1, notation, missing) != MAH_COLUMN_FIND;
    if (kind_at(s, r, 0, notation, missing) == MAH_COLUMN_FIND) return 0;
    for (int64_t before = 1; before < r; before++)
      if (same_text(s, cell_at(s, r, 0), cell_at(s, before, 0))) return 0;
  }
  return last_ones > 0;
}

/* The records, below a header that is a name short where that makes them even. */
static void cut(sample *out, mah_cell *cells, const mah_scanner *scanner, mah_dialect dialect,
                int32_t header, const mah_missing *missing) {
  cut_as(out, cells, scanner, dialect, 0);
  if (header == 0 || out->is_even || out->columns < 2) return;
  cut_as(out, cells, scanner, dialect, 1);
  if (out->is_even && has_row_names(out, (mah_notation){'.', '\0'}, missing)) return;
  cut_as(out, cells, scanner, dialect, 0);
}

/* -- Numbers ----------------------------------------------------------------------------------- */

static int is_number(int32_t kind) {
  return kind == MAH_COLUMN_INTEGER || kind == MAH_COLUMN_NUMBER;
}

static int holds(const sample *s, int64_t record, int64_t column, char c) {
  const mah_cell *cell = cell_at(s, record, column);
  return memchr(s->text + cell->begin, c, cell->size) != NULL;
}

/* Are all values of the column numbers, below a first row that may be a header? A point between
 * thousands counts only where there is a comma, too: else it is more likely something else. */
static int is_numeric(const sample *s, int64_t column, mah_notation notation,
                      const mah_missing *missing) {
  int64_t first = s->records > 1, found = 0, commas = 0, points = 0;
  for (int64_t r = first; r < s->records; r++) {
    int32_t kind = kind_at(s, r, column, notation, missing);
    if (kind != MAH_COLUMN_FIND && !is_number(kind)) return 0;
    found += kind != MAH_COLUMN_FIND;
    commas += holds(s, r, column, ',');
    points += holds(s, r, column, '.');
  }
  return found > 0 && (notation.thousands != '.' || commas > 0 || points == 0);
}

static int64_t count_numeric(const sample *s, mah_notation notation, const mah_missing *missing) {
  int64_t count = 0;
  for (int64_t c = 0; c < s->columns; c++) count += is_numeric(s, c, notation, missing);
  return count;
}

/* The notation with which most columns are numbers. Behind a semicolon a comma is a decimal one
 * rather than one between thousands. */
static mah_notation find_notation(const sample *s, mah_notation given, char delimiter,
                                  const mah_missing *missing) {
  static const mah_notation notations[2][4] = {
      {{'.', 0}, {'.', ','}, {',', 0}, {',', '.'}},
      {{'.', 0}, {',', 0}, {',', '.'}, {'.', ','}},
  };
  mah_notation best = {given.point ? given.point : '.', given.thousands};
  if (given.thousands != '\0')
    return best.point == given.thousands ? (mah_notation){',', '.'} : best;
  int64_t most = -1;
  for (int i = 0; i < 4; i++) {
    mah_notation n = notations[delimiter == ';'][i];
    if (given.point != '\0' && n.point != given.point) continue;
    int64_t count = count_numeric(s, n, missing);
    if (count > most) most = count, best = n;
  }
  return best;
}

/* -- Delimiter --------------------------------------------------------------------------------- */

/* The share of cells that are numbers, in any notation. */
static double share_of_numbers(const sample *s, const mah_missing *missing) {
  int64_t count = 0, all = s->records * s->columns;
  for (int64_t r = 0; r < s->records; r++)
    for (int64_t c = 0; c < s->columns; c++)
      count += is_number(kind_at(s, r, c, (mah_notation){'.', ','}, missing)) ||
               is_number(kind_at(s, r, c, (mah_notation){',', '.'}, missing));
  return all > 0 ? (double)count / (double)all : 0;
}

/* Of the delimiters that give all records the same number of cells, more than one, the one whose
 * cells are numbers most often; blanks only when there is a number. Without any, the one that keeps
 * the most records alike. */
static char find_delimiter(mah_cell *cells, const mah_scanner *scanner, mah_dialect dialect,
                           int32_t header, const mah_missing *missing) {
  static const char candidates[] = {',', ';', '\t', '|', ' '};
  double best_score = -1;
  char best = ',';
  for (size_t i = 0; i < sizeof candidates; i++) {
    sample s;
    dialect.delimiter = candidates[i];
    cut(&s, cells, scanner, dialect, header, missing);
    if (s.columns < 2) continue;
    double numbers = share_of_numbers(&s, missing);
    if (candidates[i] == ' ' && (numbers == 0 || !s.is_even)) continue;
    double score = s.is_even ? 1 + numbers : 0.001 * (double)s.records / MAH_SAMPLE_RECORDS;
    if (s.is_short) score *= 0.49; /* below what needs no such header */
    if (score > best_score) best_score = score, best = candidates[i];
  }
  return best;
}

/* -- Header ------------------------------------------------------------------------------------ */

/* Does the text of the first row's cell occur again, in its column or in its row? */
static int recurs(const sample *s, int64_t column) {
  const mah_cell *cell = cell_at(s, 0, column);
  for (int64_t r = 1; r < s->records; r++)
    if (same_text(s, cell, cell_at(s, r, column))) return 1;
  for (int64_t c = 0; c < s->columns; c++)
    if (c != column && same_text(s, cell, cell_at(s, 0, c))) return 1;
  return 0;
}

/* What the column below the first row holds: the one kind of its values, TEXT when there are
 * several, FIND when all are missing. */
static int32_t kind_below(const sample *s, int64_t column, mah_notation notation,
                          const mah_missing *missing) {
  int32_t found = MAH_COLUMN_FIND;
  for (int64_t r = 1; r < s->records; r++) {
    int32_t kind = kind_at(s, r, column, notation, missing);
    if (kind == MAH_COLUMN_FIND) continue;
    if (is_number(kind)) kind = MAH_COLUMN_NUMBER;
    if (found != MAH_COLUMN_FIND && found != kind) return MAH_COLUMN_TEXT;
    found = kind;
  }
  return found;
}

/* The first row holds names when it has text where the rows below have something else. When it has
 * what they have, it is data. When there is nothing but text, it holds names if none of them comes
 * again. */
static int find_header(const sample *s, mah_notation notation, const mah_missing *missing) {
  int is_all_text = s->records > 1, recurring = 0;
  for (int64_t c = 0; c < s->columns; c++) {
    int32_t first = kind_at(s, 0, c, notation, missing);
    int32_t below = kind_below(s, c, notation, missing);
    recurring |= first == MAH_COLUMN_FIND || recurs(s, c);
    if (below == MAH_COLUMN_TEXT || below == MAH_COLUMN_FIND) {
      is_all_text &= first == MAH_COLUMN_TEXT;
      continue;
    }
    if (first == MAH_COLUMN_TEXT) return 1;
    is_all_text = 0;
  }
  if (s->records == 1) { /* names without rows, or one row of data */
    for (int64_t c = 0; c < s->columns; c++)
      if (kind_at(s, 0, c, notation, missing) != MAH_COLUMN_TEXT) return 0;
    return 1;
  }
  return is_all_text && !recurring;
}

mah_status mah_sample_look(mah_dialect *dialect, int32_t *header, int64_t *columns,
                           const mah_scanner *scanner, const mah_missing *missing) {
  sample s;
  mah_cell *cells = mah_alloc(ROOM, sizeof *cells);
  if (cells == NULL) return MAH_ERROR_MEMORY;
  if (dialect->delimiter == '\0')
    dialect->delimiter = find_delimiter(cells, scanner, *dialect, *header, missing);
  cut(&s, cells, scanner, *dialect, *header, missing);
  *columns = s.columns;
  dialect->notation = find_notation(&s, dialect->notation, dialect->delimiter, missing);
  if (s.is_short)
    *header = MAH_HEADER_SHORT;
  else if (*header < 0)
    *header = s.records > 0 && find_header(&s, dialect->notation, missing);
  mah_free(cells);
  return MAH_OK;
}
