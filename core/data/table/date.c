#include "data/table/date.h"

#include <stdio.h>

static const int64_t SECOND = 1000000, DAY = 86400 * (int64_t)1000000;

/* -- The calendar ------------------------------------------------------------------------------ */

/* Days since 1970-01-01 of a Gregorian date. Years are counted from March, so that the leap day is
 * the last one; 400 of them have 146097 days. */
static int64_t days_of(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - 400 * era;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int32_t *year, int32_t *month, int32_t *day, int64_t days) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
  int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
  int64_t from_march = (5 * of_year + 2) / 153;
  *day = (int32_t)(of_year - (153 * from_march + 2) / 5 + 1);
  *month = (int32_t)(from_march < 10 ? from_march + 3 : from_march - 9);
  *year = (int32_t)(years + 400 * era + (*month <= 2));
}

static int days_in(int64_t year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && is_leap);
}

/* -- Reading ----------------------------------------------------------------------------------- */

typedef struct reader {
  const char *at, *end;
  int failed;
} reader;

/* The next n digits, between least and most. */
static int take(reader *r, int n, int least, int most) {
  int value = 0;
  for (int i = 0; i < n; i++, r->at++) {
    if (r->at >= r->end || *r->at < '0' || *r->at > '9') return r->failed = 1, 0;
    value = 10 * value + (*r->at - '0');
  }
  if (value < least || value > most) r->failed = 1;
  return value;
}

static int skip(reader *r, char c) {
  if (r->at >= r->end || *r->at != c) return 0;
  r->at++;
  return 1;
}

static int64_t take_fraction(reader *r) {
  int64_t value = 0, unit = SECOND;
  const char *begin = r->at;
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, unit /= 10)
    value += (*r->at - '0') * (unit / 10);
  if (r->at == begin) r->failed = 1;
  return value;
}

static int64_t take_time(reader *r) {
  int64_t value = take(r, 2, 0, 23) * 3600 * SECOND;
  if (!skip(r, ':')) r->failed = 1;
  value += take(r, 2, 0, 59) * 60 * SECOND;
  if (skip(r, ':'))
    value += take(r, 2, 0, 59) * SECOND;
  else
    return value;
  return skip(r, '.') ? value + take_fraction(r) : value;
}

/* What to subtract for a time zone. */
static int64_t take_zone(reader *r) {
  if (r->at >= r->end || skip(r, 'Z')) return 0;
  int sign = skip(r, '-') ? -1 : 1;
  if (sign > 0 && !skip(r, '+')) r->failed = 1;
  int64_t value = take(r, 2, 0, 23) * 3600 * SECOND;
  skip(r, ':');
  return sign * (value + take(r, 2, 0, 59) * 60 * SECOND);
}

int mah_date_parse(int64_t *out, const char *at, const char *end) {
  reader r = {at, end, 0};
  if (end - at < 10 || (at[4] != '-' && at[4] != '/') || at[7] != at[4]) return 0;
  int year = take(&r, 4, 0, 9999);
  r.at++;
  int month = take(&r, 2, 1, 12);
  r.at++;
  int day = take(&r, 2, 1, 31);
  if (r.failed || day > days_in(year, month)) return 0;
  *out = days_of(year, month, day) * DAY;
  if (r.at < end) {
    if (!skip(&r, 'T') && !skip(&r, ' ')) return 0;
    *out += take_time(&r);
    *out -= take_zone(&r);
  }
  return !r.failed && r.at == end;
}

int32_t mah_date_read(int64_t *out, const char *text, int64_t n) {
  return mah_date_parse(out, text, text + n);
}

/* -- Writing ----------------------------------------------------------------------------------- */

void mah_date_parts(int32_t out[7], int64_t microseconds) {
  int64_t days = microseconds / DAY - (microseconds % DAY < 0);
  int64_t seconds = (microseconds - days * DAY) / SECOND;
  date_of(&out[0], &out[1], &out[2], days);
  out[3] = (int32_t)(seconds / 3600);
  out[4] = (int32_t)(seconds / 60 % 60);
  out[5] = (int32_t)(seconds % 60);
  out[6] = (int32_t)((days % 7 + 10) % 7) + 1; /* 1970-01-01 was a Thursday */
}

int32_t mah_date_write(char *out, int64_t microseconds) {
  int32_t p[7];
  mah_date_parts(p, microseconds);
  int64_t fraction = (microseconds % SECOND + SECOND) % SECOND;
  int n = snprintf(out, MAH_DATE_ROOM, "%04d-%02d-%02d", p[0], p[1], p[2]);
  if (p[3] == 0 && p[4] == 0 && p[5] == 0 && fraction == 0) return n;
  n += snprintf(out + n, (size_t)(MAH_DATE_ROOM - n), "T%02d:%02d:%02d", p[3], p[4], p[5]);
  if (fraction != 0) n += snprintf(out + n, (size_t)(MAH_DATE_ROOM - n), ".%06d", (int)fraction);
  return n;
}
