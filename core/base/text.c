#include "base/text.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* -- UTF-8 ------------------------------------------------------------------------------------- */

/* Bytes of the well-formed character at `at`, or 0; *code is its number. */
static int character(uint32_t *code, const uint8_t *at, int64_t left) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* shorter spellings are refused */
  int n = at[0] < 0x80 ? 1 : at[0] < 0xC0 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
  if (n == 0 || n > left || at[0] > 0xF4) return 0;
  *code = n == 1 ? at[0] : at[0] & (0x7Fu >> n);
  for (int i = 1; i < n; i++) {
    if ((at[i] & 0xC0) != 0x80) return 0;
    *code = *code << 6 | (at[i] & 0x3Fu);
  }
  int surrogate = *code >= 0xD800 && *code < 0xE000;
  return *code < least[n] || *code > 0x10FFFF || surrogate ? 0 : n;
}

int32_t mah_text_is_utf8(const char *bytes, int64_t n) {
  uint32_t code;
  for (int64_t i = 0, size; i < n; i += size)
    if ((size = character(&code, (const uint8_t *)bytes + i, n - i)) == 0) return 0;
  return 1;
}

int64_t mah_text_cut(const char *bytes, int64_t n, int64_t most) {
  if (n <= most) return n;
  int64_t end = most;
  while (end > 0 && most - end < 3 && ((uint8_t)bytes[end] & 0xC0) == 0x80) end--;
  return ((uint8_t)bytes[end] & 0xC0) == 0x80 ? most : end; /* no UTF-8: anywhere */
}

/* -- Escapes ----------------------------------------------------------------------------------- */

static int is_harmless(uint32_t code, const char *keep) {
  if (code < 0x20) return code != 0 && strchr(keep, (int)code) != NULL;
  if (code >= 0x7F && code < 0xA0) return 0;
  return !((code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069));
}

int64_t mah_text_escape(char *out, int64_t room, const char *bytes, int64_t n, const char *keep) {
  int64_t used = 0;
  for (int64_t i = 0; i < n;) {
    uint32_t code;
    int size = character(&code, (const uint8_t *)bytes + i, n - i);
    int plain = size > 0 && is_harmless(code, keep);
    if (size == 0) size = 1;
    if (used + (plain ? size : 4 * size) >= room) break;
    for (int k = 0; k < size; k++) {
      if (plain)
        out[used++] = bytes[i + k];
      else
        used += snprintf(out + used, 5, "\\x%02x", (uint8_t)bytes[i + k]);
    }
    i += size;
  }
  if (room > 0) out[used] = '\0';
  return used;
}

/* -- Numbers ----------------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t plain_locale;

static void make_plain(void) { plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

locale_t mah_text_plain_numbers(void) {
  pthread_once(&once, make_plain);
  return uselocale(plain_locale); /* 0, when memory was out, changes nothing */
}
