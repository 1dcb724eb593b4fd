#include "data/table/front.h"

#include "base/memory.h"

#include <string.h>

mah_status mah_front_check(const mah_block *b, const char *path) {
  static const struct {
    const char *begin;
    int64_t size;
    const char *what;
  } kinds[] = {{"PK\3\4", 4, "a ZIP archive (an .xlsx?); CSV text is expected"},
               {"\xff\xfe", 2, "UTF-16 text; UTF-8 is expected"},
               {"\xfe\xff", 2, "UTF-16 text; UTF-8 is expected"},
               {"\x89PNG", 4, "a PNG picture"},
               {"BZh", 3, "packed by bzip2; unpack it first"},
               {"\xfd"
                "7zXZ",
                5, "packed by xz; unpack it first"},
               {"PAR1", 4, "a Parquet file; save it as CSV"}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (b->size >= kinds[i].size && memcmp(b->text, kinds[i].begin, (size_t)kinds[i].size) == 0)
      return mah_fail(MAH_ERROR_FORMAT, "%s: this file is %s", path, kinds[i].what);
  if (memchr(b->text, '\0', (size_t)(b->size < 4096 ? b->size : 4096)) != NULL)
    return mah_fail(MAH_ERROR_FORMAT, "%s: this file is no text: it has zero bytes", path);
  return MAH_OK;
}

mah_front_comment mah_front_skip(mah_scanner *s, int64_t skip) {
  mah_front_comment last = {-1, 0};
  if (s->end >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0) s->at += 3;
  for (int64_t i = 0; i < skip && s->at < s->end; i++) mah_scanner_skip_line(s);
  while (s->at < s->end && s->text[s->at] == '#' && s->dialect.comment == '\0') {
    last.begin = last.end = s->at;
    while (last.end < s->end && s->text[last.end] != '\n' && s->text[last.end] != '\r') last.end++;
    mah_scanner_skip_line(s);
  }
  return last;
}

mah_status mah_front_names(mah_names *names, mah_block *b, mah_front_comment comment,
                           const mah_dialect *dialect) {
  int64_t begin = comment.begin, end = comment.end, columns = names->count;
  mah_scanner s;
  int64_t count, line;
  mah_cell *cells = mah_alloc(columns, sizeof *cells);
  if (cells == NULL) return MAH_ERROR_MEMORY;
  mah_scanner_start(&s, dialect);
  s.text = b->text;
  s.end = end;
  s.is_last = 1;
  for (s.at = begin; s.at < end && (b->text[s.at] == '#' || b->text[s.at] == ' ');) s.at++;
  char after = b->text[end];
  b->text[end] = '\n';
  int found = mah_scanner_record(&s, cells, columns, &count, &line) && count == columns &&
              count > 1 && s.at >= end;
  mah_status status = found ? mah_names_keep_cells(names, 0, cells, b->text) : MAH_OK;
  b->text[end] = after;
  mah_free(cells);
  return status;
}
