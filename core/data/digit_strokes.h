/* digit_strokes.h - how people write digits: the pen-stroke skeletons that digits.c draws.
 *
 * A style is one way of writing one digit (a 4 open or closed, a 7 plain or crossed) as a list of
 * knots that the pen passes. Each style is written down twice, by two hands; an image takes a hand
 * somewhere between the two.
 */
#ifndef MAH_DIGIT_STROKES_H
#define MAH_DIGIT_STROKES_H

#include <stdint.h>

enum { DIGIT_MAX_KNOTS = 16 };

typedef struct digit_style {
  int8_t digit;
  int8_t weight;   /* how often, against the digit's other styles */
  const char *pen; /* a letter per knot: 'M' the pen comes down, '~' passes smoothly, '^' turns */
  int8_t hand[2][DIGIT_MAX_KNOTS][2]; /* x, y of the knots: y from 0 (top) to 100, x alike */
} digit_style;

extern const digit_style digit_styles[]; /* ordered by digit; the last has digit = -1 */
#endif
