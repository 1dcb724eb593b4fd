#include "data/csv.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tensor/half.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 40 };

/* The fewest digits that read back as x. */
static int print_float(char *out, float x) {
  if (isnan(x)) return snprintf(out, ROOM, "nan");
  for (int digits = 6; digits < 9; digits++) {
    int n = snprintf(out, ROOM, "%.*g", digits, (double)x);
    if (strtof(out, NULL) == x) return n;
  }
  return snprintf(out, ROOM, "%.9g", (double)x);
}

/* So many digits tell the numbers of a 16-bit type apart. */
static int print_half(char *out, float x, int digits) {
  if (isnan(x)) return snprintf(out, ROOM, "nan");
  return snprintf(out, ROOM, "%.*g", digits, (double)x);
}

static int print_double(char *out, double x) {
  if (isnan(x)) return snprintf(out, ROOM, "nan");
  for (int digits = 15; digits < 17; digits++) {
    int n = snprintf(out, ROOM, "%.*g", digits, x);
    if (strtod(out, NULL) == x) return n;
  }
  return snprintf(out, ROOM, "%.17g", x);
}

static int print_element(char *out, const mah_tensor *t, int64_t at) {
  switch (t->elem) {
  case MAH_FLOAT32: return print_float(out, ((const float *)t->data)[at]);
  case MAH_FLOAT64: return print_double(out, ((const double *)t->data)[at]);
  case MAH_INT32: return snprintf(out, ROOM, "%d", (int)((const int32_t *)t->data)[at]);
  case MAH_INT64: return snprintf(out, ROOM, "%" PRId64, ((const int64_t *)t->data)[at]);
  case MAH_FLOAT16: return print_half(out, mah_f16_to_float(((const mah_f16 *)t->data)[at]), 5);
  case MAH_BFLOAT16: return print_half(out, mah_bf16_to_float(((const mah_bf16 *)t->data)[at]), 4);
  default: return snprintf(out, ROOM, "%d", ((const uint8_t *)t->data)[at]);
  }
}

static mah_status check_delimiter(char delimiter) {
  if (delimiter != '\0' && strchr("\"\n\r.+-0123456789aefintyAEFINTYxX()", delimiter) == NULL)
    return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "character %d ('%c') cannot be a delimiter", delimiter,
                  delimiter ? delimiter : ' ');
}

mah_status mah_csv_save(const char *path, const mah_tensor *t, const char *head, char delimiter) {
  mah_writer *writer;
  mah_status status = MAH_OK;
  MAH_TRY(mah_tensor_check(t, "save_csv"));
  MAH_TRY(check_delimiter(delimiter));
  if (t->ndim != 1 && t->ndim != 2)
    return mah_fail(MAH_ERROR_SHAPE, "save_csv: a vector or a matrix is expected, got %s",
                    mah_tensor_describe(t));
  if (head == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "csv: the head is missing");
  MAH_TRY(mah_writer_open(&writer, path));
  mah_writer_put(writer, head, (int64_t)strlen(head));
  locale_t before = mah_text_plain_numbers();
  int64_t columns = t->ndim == 2 ? t->extent[1] : 1, across = t->ndim == 2 ? t->step[1] : 0;
  for (int64_t i = 0; columns > 0 && status == MAH_OK && i < t->extent[0]; i++)
    for (int64_t j = 0; j < columns; j++) {
      char text[ROOM + 1];
      int n = print_element(text, t, i * t->step[0] + j * across);
      text[n] = j + 1 < columns ? delimiter : '\n';
      status = mah_writer_put(writer, text, n + 1);
    }
  uselocale(before);
  return mah_writer_close(writer);
}
