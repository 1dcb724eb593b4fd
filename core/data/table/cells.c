#include "data/table/cells.h"

#include <string.h>

static int is_blank(char c) { return c == ' ' || c == '\t'; }
static int ends_line(char c) { return c == '\n' || c == '\r'; }

static int is_quote(const mah_scanner *s, char c) {
  return c != '\0' && (c == s->dialect.quote[0] || c == s->dialect.quote[1]);
}

static int is_comment(const mah_scanner *s, char c) { return c != '\0' && c == s->dialect.comment; }

void mah_scanner_start(mah_scanner *s, const mah_dialect *dialect) {
  *s = (mah_scanner){.dialect = *dialect, .line = 1};
  s->stops['\n'] = s->stops['\r'] = s->stops[(uint8_t)dialect->delimiter] = 1;
  if (dialect->delimiter == ' ') s->stops['\t'] = 1;
  if (dialect->comment != '\0') s->stops[(uint8_t)dialect->comment] = 1;
}

/* -- Lines ------------------------------------------------------------------------------------- */

/* Moves past the line end at `at`. */
static void end_line(mah_scanner *s) {
  if (s->text[s->at] == '\r' && s->text[s->at + 1] == '\n' && s->at + 1 < s->end) s->at++;
  s->at++;
  s->line++;
}

static void to_line_end(mah_scanner *s) {
  while (s->at < s->end && !ends_line(s->text[s->at])) s->at++;
}

void mah_scanner_skip_line(mah_scanner *s) {
  to_line_end(s);
  if (s->at < s->end) end_line(s);
}

/* Past lines that hold nothing. */
static void skip_empty_lines(mah_scanner *s) {
  while (s->at < s->end) {
    int64_t at = s->at;
    while (at < s->end && is_blank(s->text[at]) && s->text[at] != s->dialect.delimiter) at++;
    while (s->dialect.delimiter == ' ' && at < s->end && is_blank(s->text[at])) at++;
    if (at < s->end && is_comment(s, s->text[at]))
      mah_scanner_skip_line(s);
    else if (at < s->end && !ends_line(s->text[at]))
      return;
    else if (at == s->end && !s->is_last)
      return;
    else {
      s->at = at;
      if (at < s->end) end_line(s);
    }
  }
}

/* -- Cells ------------------------------------------------------------------------------------- */

/* The quoted cell at `at`, up to what ends it; 0 when its quote is not closed. */
static int take_quoted(mah_scanner *s, mah_cell *cell) {
  const char *text = s->text, quote = text[s->at];
  int64_t begin = s->at + 1, at = begin;
  *cell = (mah_cell){.begin = (uint32_t)begin, .is_quoted = 1};
  for (;; at++) {
    const char *next = memchr(text + at, quote, (size_t)(s->end - at));
    if (next == NULL) return s->is_open = 1, 0;
    at = next - text;
    if (at + 1 < s->end && text[at + 1] == quote) {
      cell->is_doubled = 1;
      at++;
      continue;
    }
    break;
  }
  cell->size = (uint32_t)(at - begin) & (MAH_CELLS_TEXT - 1);
  for (int64_t i = begin; i < at; i++) /* lines inside */
    s->line += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
  s->at = at + 1;
  return 1;
}

/* What stands behind a closing quote belongs to the cell: "a"b is ab in other programs, too. It is
 * kept with its quotes, so that nothing is lost. */
static void take_rest(mah_scanner *s, mah_cell *cell) {
  int64_t at = s->at;
  while (!s->stops[(uint8_t)s->text[at]]) at++;
  int64_t end = at;
  while (end > s->at && is_blank(s->text[end - 1])) end--;
  if (end > s->at) {
    cell->begin--;
    cell->size = (uint32_t)(end - cell->begin) & (MAH_CELLS_TEXT - 1);
    cell->is_quoted = cell->is_doubled = 0;
  }
  s->at = at;
}

static int take_cell(mah_scanner *s, mah_cell *cell) {
  const char *text = s->text;
  int64_t begin = s->at;
  while (is_blank(text[begin]) && !s->stops[(uint8_t)text[begin]]) begin++;
  if (begin < s->end && is_quote(s, text[begin])) {
    s->at = begin;
    if (!take_quoted(s, cell)) return 0;
    take_rest(s, cell);
    return 1;
  }
  int64_t at = begin;
  while (!s->stops[(uint8_t)text[at]]) at++;
  int64_t end = at;
  while (end > begin && is_blank(text[end - 1])) end--;
  *cell =
      (mah_cell){.begin = (uint32_t)begin, .size = (uint32_t)(end - begin) & (MAH_CELLS_TEXT - 1)};
  s->at = at;
  return 1;
}

static void skip_blanks(mah_scanner *s) {
  while (s->at < s->end && is_blank(s->text[s->at])) s->at++;
}

/* Is there a delimiter, which is then passed? */
static int goes_on(mah_scanner *s) {
  if (s->dialect.delimiter == ' ') {
    skip_blanks(s);
    return s->at < s->end && !ends_line(s->text[s->at]) && !is_comment(s, s->text[s->at]);
  }
  if (s->at >= s->end || s->text[s->at] != s->dialect.delimiter) return 0;
  s->at++;
  return 1;
}

/* Behind the last cell: 0 when the text may end before the record does. */
static int end_record(mah_scanner *s) {
  if (s->at < s->end && is_comment(s, s->text[s->at])) to_line_end(s);
  if (s->at >= s->end) return s->is_last;
  if (s->text[s->at] == '\r' && s->at + 1 == s->end && !s->is_last) return 0; /* a '\n' may come */
  end_line(s);
  return 1;
}

int mah_scanner_record(mah_scanner *s, mah_cell *cells, int64_t room, int64_t *count,
                       int64_t *line) {
  mah_cell spare;
  skip_empty_lines(s);
  int64_t begin = s->at;
  *count = 0;
  *line = s->line;
  if (s->at >= s->end) return 0;
  if (s->dialect.delimiter == ' ') skip_blanks(s);
  int complete;
  do {
    complete = take_cell(s, *count < room ? &cells[*count] : &spare);
    ++*count;
  } while (complete && goes_on(s));
  if (complete && end_record(s)) return 1;
  s->at = begin;
  s->line = *line;
  return 0;
}

void mah_cell_undouble(mah_cell *cell, char *text) {
  if (!cell->is_doubled) return;
  char *to = text + cell->begin, quote = text[cell->begin - 1];
  uint32_t n = 0;
  for (uint32_t i = 0; i < cell->size; i++) {
    char c = text[cell->begin + i];
    to[n++] = c;
    if (c == quote && i + 1 < cell->size && text[cell->begin + i + 1] == quote) i++;
  }
  cell->size = n & (MAH_CELLS_TEXT - 1);
  cell->is_doubled = 0;
}
