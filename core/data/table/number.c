/* number.c - three ways to a double, the quickest that is exact for the decimal at hand.
 *
 * m 10^e with m < 2^53 and |e| <= 22 is one rounded operation on two exact doubles (Clinger, "How
 * to read floating point numbers accurately", PLDI 1990). Otherwise m is multiplied by 128 bits of
 * 5^e, and the product rounded, unless the bits that are missing could matter (after Lemire,
 * "Number parsing at a gigabyte per second", 2021). What is left is strtod's.
 */
#include "data/table/number.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

__extension__ typedef unsigned __int128 u128;

/* -- Powers of five ---------------------------------------------------------------------------- */

enum { LEAST = -54, MOST = 55 }; /* 5^55 is the last one that 128 bits hold */

/* 5^e = value 2^exponent, cut off after 128 bits where e < 0; the first bit is 1. */
static struct {
  u128 value;
  int32_t exponent;
} powers[MOST - LEAST + 1];
static pthread_once_t powers_made = PTHREAD_ONCE_INIT;

static int bits_of(u128 x) {
  uint64_t high = (uint64_t)(x >> 64);
  return high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)x);
}

/* floor(2^(127 + bits of d) / d), bit by bit */
static u128 inverse_of(u128 d) {
  u128 quotient = 0, rest = 1;
  for (int i = 127 + bits_of(d); i > 0; i--) {
    rest <<= 1;
    quotient <<= 1;
    if (rest >= d) rest -= d, quotient |= 1;
  }
  return quotient;
}

static void make_powers(void) {
  u128 five = 1;
  for (int e = 0; e <= MOST; e++, five *= 5) {
    int bits = bits_of(five);
    powers[e - LEAST].value = five << (128 - bits);
    powers[e - LEAST].exponent = bits - 128;
    if (e == 0 || e > -LEAST) continue;
    powers[-e - LEAST].value = inverse_of(five);
    powers[-e - LEAST].exponent = -(127 + bits);
  }
}

/* -- Decimals ---------------------------------------------------------------------------------- */

/* m 10^e, rounded to the nearest, ties to even; 0 when 128 bits do not tell. */
static int multiply(double *out, uint64_t m, int e) {
  pthread_once(&powers_made, make_powers);
  u128 power = powers[e - LEAST].value;
  int zeros = __builtin_clzll(m);
  u128 low = (u128)(m << zeros) * (uint64_t)power;
  u128 high = (u128)(m << zeros) * (uint64_t)(power >> 64) + (uint64_t)(low >> 64);
  uint64_t top = (uint64_t)(high >> 64), middle = (uint64_t)high, bottom = (uint64_t)low;
  int dropped = 10 + (int)(top >> 63); /* 53 bits stay */
  uint64_t kept = top >> dropped, half = (uint64_t)1 << (dropped - 1);
  uint64_t rest = top & (2 * half - 1);
  int is_cut = e < 0; /* the true product is greater, by less than one of `middle` */
  if (is_cut && rest == half - 1 && middle == UINT64_MAX) return 0;
  int is_tie = rest == half && middle == 0 && bottom == 0 && !is_cut;
  if (is_tie ? kept & 1 : rest >= half) kept++;
  int exponent = dropped + 128 - zeros + powers[e - LEAST].exponent + e;
  uint64_t bits = ((uint64_t)(exponent + 1075) << 52) + (kept - ((uint64_t)1 << 52));
  memcpy(out, &bits, sizeof bits);
  return 1;
}

static int to_double(double *out, uint64_t m, int64_t e) {
  static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (m >> 53 == 0 && e >= -22 && e <= 22) {
    *out = e < 0 ? (double)m / exact[-e] : (double)m * exact[e];
    return 1;
  }
  if (m == 0) return *out = 0, 1;
  return e >= LEAST && e <= MOST && multiply(out, m, (int)e);
}

/* -- Text -------------------------------------------------------------------------------------- */

static int is_digit(char c) { return (unsigned char)(c - '0') < 10; }

static int parse_word(double *out, const char *at, const char *end) {
  size_t n = (size_t)(end - at);
  int is_infinity =
      (n == 3 && strncasecmp(at, "inf", 3) == 0) || (n == 8 && strncasecmp(at, "infinity", 8) == 0);
  int is_nan = n == 3 && strncasecmp(at, "nan", 3) == 0;
  *out = is_nan ? NAN : INFINITY;
  return is_infinity || is_nan;
}

/* strtod reads the text up to `end`, with a point. */
static int parse_slowly(double *out, const char *at, const char *end, char point) {
  char buffer[64], *text = buffer, *stop;
  int64_t n = end - at;
  if (n >= (int64_t)sizeof buffer && (text = mah_alloc(n + 1, 1)) == NULL) return 0;
  for (int64_t i = 0; i < n; i++) text[i] = at[i] == point ? '.' : at[i];
  text[n] = '\0';
  locale_t before = mah_text_plain_numbers();
  *out = strtod(text, &stop);
  uselocale(before);
  if (text != buffer) mah_free(text);
  return 1;
}

/* Digits from *at on join m, as long as it holds them; *kept counts those that do. Leading zeros do
 * not count. Returns how many digits there are. */
static int64_t take_digits(uint64_t *m, int *kept, const char **at, const char *end) {
  const char *begin = *at;
  for (; *at < end && is_digit(**at); ++*at) {
    if (*kept < 19)
      *m = 10 * *m + (uint64_t)(**at - '0'), *kept += *m != 0;
    else
      ++*kept;
  }
  return *at - begin;
}

/* e += the exponent at `at`, which must reach `end`. */
static int parse_exponent(int64_t *e, const char *at, const char *end) {
  int negative = at < end && *at == '-';
  int64_t value = 0;
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end) return 0;
  for (; at < end; at++) {
    if (!is_digit(*at)) return 0;
    if (value < 100000) value = 10 * value + (*at - '0');
  }
  *e += negative ? -value : value;
  return 1;
}

/* Without a sign, without thousands. */
static int parse_decimal(double *out, const char *begin, const char *end, char point) {
  const char *at = begin;
  uint64_t m = 0;
  int kept = 0;
  int64_t e = 0, digits = take_digits(&m, &kept, &at, end);
  if (at < end && *at == point) {
    at++;
    e = -take_digits(&m, &kept, &at, end);
    digits -= e;
  }
  if (digits == 0) return parse_word(out, begin, end);
  if (at < end && (*at | 32) == 'e') {
    if (!parse_exponent(&e, at + 1, end)) return 0;
    at = end;
  }
  if (at != end) return 0;
  return (kept <= 19 && to_double(out, m, e)) || parse_slowly(out, begin, end, point);
}

/* The text without the marks between groups of three digits, in out; returns its length, or 0 when
 * the groups are not of three. */
static int64_t without_thousands(char *out, int64_t room, const char *at, const char *end,
                                 mah_notation notation) {
  int64_t n = 0, group = 0, marks = 0;
  int before_point = 1;
  for (; at < end; at++) {
    if (n == room) return 0;
    if (before_point && *at == notation.thousands) {
      if (group == 0 || group > 3 || (marks > 0 && group != 3)) return 0;
      marks++;
      group = 0;
      continue;
    }
    if (before_point && is_digit(*at))
      group++;
    else if (before_point && marks > 0 && group != 3)
      return 0;
    else
      before_point = 0;
    out[n++] = *at;
  }
  return before_point && marks > 0 && group != 3 ? 0 : n;
}

enum { LONGEST = 64 }; /* characters of a number with thousands */

static const char *skip_sign(int *negative, const char *at, const char *end) {
  *negative = at < end && *at == '-';
  return at < end && (*at == '-' || *at == '+') ? at + 1 : at;
}

/* [*at, *end) without thousands, if they are used; 0 when they are wrong. */
static int strip(const char **at, const char **end, char *room, mah_notation notation) {
  if (notation.thousands == '\0') return 1;
  if (memchr(*at, notation.thousands, (size_t)(*end - *at)) == NULL) return 1;
  int64_t n = without_thousands(room, LONGEST, *at, *end, notation);
  *at = room;
  *end = room + n;
  return n > 0;
}

int mah_number_parse(double *out, const char *at, const char *end, mah_notation notation) {
  char room[LONGEST];
  int negative;
  at = skip_sign(&negative, at, end);
  if (at == end || !strip(&at, &end, room, notation)) return 0;
  if (!parse_decimal(out, at, end, notation.point)) return 0;
  if (negative) *out = -*out;
  return 1;
}

int mah_integer_parse(int64_t *out, const char *at, const char *end, mah_notation notation) {
  char room[LONGEST];
  int negative;
  uint64_t m = 0;
  int kept = 0;
  at = skip_sign(&negative, at, end);
  if (at == end || !strip(&at, &end, room, notation)) return 0;
  take_digits(&m, &kept, &at, end);
  if (at != end || kept > 19 || m > (uint64_t)INT64_MAX) return 0;
  *out = negative ? -(int64_t)m : (int64_t)m;
  return 1;
}
