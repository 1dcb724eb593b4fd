#include "data/table/block.h"

#include "base/memory.h"
#include "data/table/sample.h"

#include <inttypes.h>
#include <string.h>

static mah_status grow_text(mah_block *b, int64_t wanted) {
  if (wanted <= b->room) return MAH_OK;
  if (wanted >= MAH_CELLS_TEXT) return mah_fail(MAH_ERROR_FORMAT, "a row has more than 1 GiB");
  char *larger = mah_alloc(wanted + 1, 1);
  if (larger == NULL) return MAH_ERROR_MEMORY;
  if (b->size > 0) memcpy(larger, b->text, (size_t)b->size);
  mah_free(b->text);
  b->text = larger;
  b->room = wanted;
  return MAH_OK;
}

static mah_status grow_rows(mah_block *b, int64_t columns) {
  int64_t room = b->row_room ? 2 * b->row_room : 1 + MAH_BLOCK / 16 / columns;
  mah_cell *cells = mah_alloc(room * columns, sizeof *cells);
  int64_t *line = mah_alloc(room, sizeof *line);
  if (cells == NULL || line == NULL) {
    mah_free(cells);
    mah_free(line);
    return MAH_ERROR_MEMORY;
  }
  if (b->rows > 0) {
    memcpy(cells, b->cells, sizeof *cells * (size_t)(b->rows * columns));
    memcpy(line, b->line, sizeof *line * (size_t)b->rows);
  }
  mah_free(b->cells);
  mah_free(b->line);
  b->cells = cells;
  b->line = line;
  b->row_room = room;
  return MAH_OK;
}

mah_status mah_block_read_more(mah_block *b, mah_records *from) {
  int64_t got;
  MAH_TRY(grow_text(b, b->size < MAH_BLOCK / 2 ? MAH_BLOCK : 2 * b->size));
  MAH_TRY(mah_input_read(&from->input, b->text + b->size, b->room - b->size, &got));
  b->is_last = got < b->room - b->size;
  b->size += got;
  b->text[b->size] = '\n';
  return MAH_OK;
}

/* Is the block's next record, on this line, the one below the first line of the file's records? */
static int is_second(const mah_block *b, const mah_records *from, int64_t line) {
  return line <= from->first_line + 2 && b->rows == !from->header;
}

static mah_status fail_ragged(const mah_block *b, const mah_records *from, int64_t line,
                              int64_t cells) {
  if (from->header == MAH_HEADER_SHORT)
    return mah_fail(MAH_ERROR_FORMAT,
                    "%s: line %" PRId64 " has %" PRId64 " cells; rows have %" PRId64
                    ", one more than the header",
                    from->path, line, cells, from->columns);
  mah_fail(MAH_ERROR_FORMAT,
           "%s: line %" PRId64 " has %" PRId64 " cells, line %" PRId64 " has %" PRId64, from->path,
           line, cells, from->first_line, from->columns);
  if (is_second(b, from, line))
    mah_fail(MAH_ERROR_FORMAT, "%s; if the table begins below, skip = %" PRId64 " says so",
             mah_error_message(), from->first_line);
  return MAH_ERROR_FORMAT;
}

/* The records of the block's text, as far as it holds them whole. */
static mah_status scan(mah_block *b, mah_records *from) {
  mah_scanner *s = &from->scanner;
  int64_t count, line;
  s->text = b->text;
  s->at = 0;
  s->end = b->size;
  s->is_last = b->is_last;
  s->is_open = 0;
  b->rows = 0;
  for (;;) {
    if (b->rows == b->row_room) MAH_TRY(grow_rows(b, from->columns));
    mah_cell *cells = b->cells + b->rows * from->columns;
    if (!mah_scanner_record(s, cells, from->columns, &count, &line)) break;
    if (count != from->columns) return fail_ragged(b, from, line, count);
    b->line[b->rows++] = line;
  }
  b->done = s->at;
  if (b->is_last && s->is_open)
    return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ": a quote is not closed", from->path,
                    s->line);
  return MAH_OK;
}

mah_status mah_block_fill(mah_block *b, mah_records *from, const mah_block *before) {
  int64_t rest = before->size - before->done;
  b->size = b->rows = b->done = 0;
  b->is_last = before->is_last;
  MAH_TRY(grow_text(b, rest > MAH_BLOCK ? rest : MAH_BLOCK));
  if (rest > 0) memcpy(b->text, before->text + before->done, (size_t)rest);
  b->size = rest;
  b->text[rest] = '\n';
  int64_t line = from->scanner.line;
  do {
    if (!b->is_last) MAH_TRY(mah_block_read_more(b, from));
    from->scanner.line = line;
    MAH_TRY(scan(b, from));
  } while (b->rows == 0 && !b->is_last);
  return MAH_OK;
}

void mah_block_free(mah_block *b) {
  mah_free(b->text);
  mah_free(b->cells);
  mah_free(b->line);
  *b = (mah_block){0};
}
