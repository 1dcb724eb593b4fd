/* number.h - numbers as text: the nearest double of a decimal, whatever the locale. */
#ifndef MAH_TABLE_NUMBER_H
#define MAH_TABLE_NUMBER_H

#ifndef MAH_CDEF
#include <stdint.h>

/* How numbers are written. */
typedef struct mah_notation {
  char point;     /* before the fraction: '.' or ',' */
  char thousands; /* between groups of three digits before it; '\0': nothing is */
} mah_notation;

/* *out = the double nearest to the decimal in [at, end): sign, digits, point, exponent, or inf,
 * infinity, nan in any case. Returns 0 when the whole text is no such number. */
int mah_number_parse(double *out, const char *at, const char *end, mah_notation notation);
/* Digits with a sign that fit an int64. */
int mah_integer_parse(int64_t *out, const char *at, const char *end, mah_notation notation);
#endif
#endif
