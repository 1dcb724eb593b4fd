/* text.h - text for people and for machines: foreign bytes in messages, UTF-8, and numbers with a
 * point whatever the locale says.
 */
#ifndef MAH_TEXT_H
#define MAH_TEXT_H

#ifndef MAH_CDEF
#include <locale.h>
#include <stdint.h>
#endif

/* Copies the n bytes to out[room], closed by a zero, so that a terminal only shows them: control
 * characters, marks that turn the direction of what follows or break the line (U+2028, U+2029,
 * U+202A ... U+202E, U+2066 ... U+2069), and bytes that are no UTF-8 become \xNN. The characters of
 * `keep` stay ("\n\t"). What does not fit is left out, by whole characters. Returns the length.
 * What came out goes through unchanged when it comes here again. */
int64_t mah_text_escape(char *out, int64_t room, const char *bytes, int64_t n, const char *keep);

/* Are the bytes well-formed UTF-8 (RFC 3629)? */
int32_t mah_text_is_utf8(const char *bytes, int64_t n);

#ifndef MAH_CDEF
/* The longest beginning of the text that has at most `most` bytes and ends between characters. */
int64_t mah_text_cut(const char *bytes, int64_t n, int64_t most);

/* Between these, printf and strtod use "." in this thread, as files do:
 *   locale_t before = mah_text_plain_numbers();   ...   uselocale(before); */
locale_t mah_text_plain_numbers(void);
#endif
#endif
