#include "data/part.h"

/* rows k / parts, rounded down, where the product might overflow. */
static int64_t begin(int64_t rows, int32_t k, int32_t parts) {
  return rows / parts * k + rows % parts * k / parts;
}

mah_status mah_part_cut(mah_part *part, int64_t *count, int64_t rows) {
  if (part->parts < 1 || part->part < 0 || part->part >= part->parts)
    return mah_fail(MAH_ERROR_ARGUMENT, "part %d of %d", part->part + 1, part->parts);
  part->rows = rows;
  part->first = begin(rows, part->part, part->parts);
  *count = begin(rows, part->part + 1, part->parts) - part->first;
  return MAH_OK;
}
