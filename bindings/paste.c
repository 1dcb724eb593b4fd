/* paste.c - see paste.h. */
#include "paste.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static const char end_mark[] = "\033[201~";

void mah_paste_marks(int wanted) {
  fputs(wanted ? "\033[?2004h" : "\033[?2004l", stdout);
  fflush(stdout);
}

/* Everything up to the mark, *length bytes; NULL as in mah_paste_read. */
static char *read_raw(int (*next)(void), size_t *length) {
  size_t size = 0, room = 0, mark = sizeof end_mark - 1;
  char *text = NULL;
  for (;;) {
    if (size + 1 >= room) {
      char *more = realloc(text, room = 2 * room + 256);
      if (more == NULL) break;
      text = more;
    }
    int byte = next();
    if (byte < 0) break;
    text[size++] = (char)byte;
    if (size < mark || memcmp(text + size - mark, end_mark, mark) != 0) continue;
    *length = size - mark;
    return text;
  }
  free(text);
  return NULL;
}

/* Bytes of the character at `in`; 1, and *is_known 0, for a byte that is none of this locale. */
static size_t character(int *is_known, const char *in, size_t left) {
  mbstate_t shift = {0};
  size_t size = mbrlen(in, left, &shift);
  *is_known = size != 0 && size <= left;
  return *is_known ? size : 1;
}

static int is_control(unsigned char c) { return (c < ' ' && c != '\n' && c != '\t') || c == 127; }

char *mah_paste_read(int (*next)(void)) {
  size_t length, size;
  char *text = read_raw(next, &length), *out = text;
  if (text == NULL) return NULL;
  for (size_t at = 0; at < length; at += size) {
    const char *in = text + at;
    int is_known, is_line_end = *in == '\r'; /* as the Return key sends it */
    size = character(&is_known, in, length - at);
    if (is_line_end && at + 1 < length && in[1] == '\n') continue;
    if (size == 1 && !is_line_end && is_control((unsigned char)*in)) continue;
    memmove(out, is_line_end ? "\n" : is_known ? in : "?", size);
    out += size;
  }
  while (out > text && out[-1] == '\n') out--;
  *out = '\0';
  return text;
}
