/* date.h - dates and times as text (ISO 8601), as microseconds since 1970-01-01 00:00 UTC. */
#ifndef MAH_TABLE_DATE_H
#define MAH_TABLE_DATE_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

enum { MAH_DATE_ROOM = 40 };

/* "2026-11-28", with "T21:37:36" when it is not midnight, and ".500000" when the second is not
 * whole. Returns the length. */
int32_t mah_date_write(char *out, int64_t microseconds);

/* mah_date_parse of n characters, for Lua. */
int32_t mah_date_read(int64_t *out, const char *text, int64_t n);

/* year, month, day, hour, minute, second, weekday (1 Monday ... 7 Sunday) */
void mah_date_parts(int32_t out[7], int64_t microseconds);

#ifndef MAH_CDEF
/* YYYY-MM-DD (or with /), and behind a T or a blank HH:MM[:SS[.fraction]], with Z or +HH:MM for
 * another time zone. Returns 0 for other text, and for days that there are not. */
int mah_date_parse(int64_t *out, const char *at, const char *end);
#endif
#endif
