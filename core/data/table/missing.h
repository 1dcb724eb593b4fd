/* missing.h - the texts that stand for a missing value. */
#ifndef MAH_TABLE_MISSING_H
#define MAH_TABLE_MISSING_H

#ifndef MAH_CDEF
#include "base/status.h"

#include <stdint.h>

typedef struct mah_missing {
  const char **text;
  int64_t *size;
  int64_t count;
  int has_numbers; /* is one of them a number? */
  char *bytes;     /* of all texts */
} mah_missing;

/* A copy of n texts, each closed by a zero, one behind the other. What it holds is to be freed even
 * where this fails. */
mah_status mah_missing_copy(mah_missing *out, const char *texts, int64_t n);
void mah_missing_free(mah_missing *missing);

int mah_is_missing(const char *at, const char *end, const mah_missing *missing);
#endif
#endif
