/* paste.c - see paste.h. */
#include "paste.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char end_mark[] = "\033[201~";

void mah_paste_marks(int wanted) {
  fputs(wanted ? "\033[?2004h" : "\033[?2004l", stdout);
  fflush(stdout);
}

/* Everything up to the mark; NULL as in mah_paste_read. */
static char *read_raw(int (*next)(void)) {
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
    text[size - mark] = '\0';
    return text;
  }
  free(text);
  return NULL;
}

char *mah_paste_read(int (*next)(void)) {
  char *text = read_raw(next), *out = text;
  if (text == NULL) return NULL;
  for (const char *in = text; *in != '\0'; in++) {
    unsigned char c = (unsigned char)*in;
    if (c == '\r' && in[1] == '\n') continue;
    if (c == '\r') c = '\n'; /* as the Return key sends it */
    if ((c >= ' ' && c != 127) || c == '\n' || c == '\t') *out++ = (char)c;
  }
  while (out > text && out[-1] == '\n') out--;
  *out = '\0';
  return text;
}
