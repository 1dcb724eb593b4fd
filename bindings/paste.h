/* paste.h - what a terminal pastes between ESC[200~ and ESC[201~ (bracketed paste). */
#ifndef MAH_PASTE_H
#define MAH_PASTE_H

/* Asks the terminal for the marks, or no more. */
void mah_paste_marks(int wanted);

/* The text up to the mark of its end, which next() gives byte by byte (-1: there is no more). Line
 * ends are \n, with none at the end; other control characters than tabs are left out; bytes that
 * are no characters of this locale become question marks. To be freed; NULL without memory or when
 * next() ended first. */
char *mah_paste_read(int (*next)(void));
#endif
