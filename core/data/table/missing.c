#include "data/table/missing.h"

#include "base/memory.h"
#include "data/table/number.h"

#include <math.h>
#include <string.h>

mah_status mah_missing_copy(mah_missing *out, const char *texts, int64_t n) {
  int64_t bytes = 0;
  const mah_notation plain = {'.', '\0'};
  for (int64_t i = 0; i < n; i++) bytes += (int64_t)strlen(texts + bytes) + 1;
  *out = (mah_missing){.text = mah_alloc(n, sizeof *out->text),
                       .size = mah_alloc(n, sizeof *out->size),
                       .bytes = mah_alloc(bytes, 1)};
  if (out->text == NULL || out->size == NULL || out->bytes == NULL) return MAH_ERROR_MEMORY;
  if (bytes > 0) memcpy(out->bytes, texts, (size_t)bytes);
  out->count = n;
  const char *at = out->bytes;
  for (int64_t i = 0; i < n; at += out->size[i++] + 1) {
    double number;
    out->text[i] = at;
    out->size[i] = (int64_t)strlen(at);
    out->has_numbers |= mah_number_parse(&number, at, at + out->size[i], plain) && !isnan(number);
  }
  return MAH_OK;
}

void mah_missing_free(mah_missing *missing) {
  mah_free((void *)missing->text);
  mah_free(missing->size);
  mah_free(missing->bytes);
  *missing = (mah_missing){0};
}

int mah_is_missing(const char *at, const char *end, const mah_missing *missing) {
  for (int64_t i = 0; i < missing->count; i++)
    if (missing->size[i] == end - at && memcmp(at, missing->text[i], (size_t)missing->size[i]) == 0)
      return 1;
  return 0;
}
