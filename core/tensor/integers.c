#include "tensor/integers.h"

#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/kernels/mask.h"

MAH_DECLARE_VARIANTS(mah_mask_table, mah_mask_kernels);

enum { CHUNK = 512 }; /* elements converted at a time */

/* n elements from `at` on, `step` bytes apart, in a row: where they are, or in the buffer. */
static const int64_t *in_a_row(int64_t *buffer, const char *at, int32_t elem, int64_t step,
                               int64_t n) {
  if (elem == MAH_INT64 && step == (int64_t)sizeof(int64_t)) return (const void *)at;
  mah_convert_row(MAH_INT64, elem)((char *)buffer, sizeof *buffer, at, step, n);
  return buffer;
}

static int64_t fold_line(int product, const char *at, int32_t elem, int64_t count, int64_t along) {
  int64_t buffer[CHUNK];
  uint64_t total = product != 0;
  if (elem == MAH_BOOL && !product)
    return MAH_PICK(mah_mask_kernels)->count[MAH_BOOL](at, along, count);
  for (int64_t n; count > 0; count -= n, at += n * along) {
    n = count < CHUNK ? count : CHUNK;
    const int64_t *x = in_a_row(buffer, at, elem, along, n);
    if (product)
      for (int64_t i = 0; i < n; i++) total *= (uint64_t)x[i];
    else
      for (int64_t i = 0; i < n; i++) total += (uint64_t)x[i];
  }
  return (int64_t)total;
}

/* At most CHUNK lines, an element of each at a time. */
static void fold_side(int64_t *r, int product, const char *at, int32_t elem, int64_t lines,
                      int64_t across, int64_t count, int64_t along) {
  int64_t buffer[CHUNK];
  for (int64_t j = 0; j < lines; j++) r[j] = product != 0;
  for (int64_t i = 0; i < count; i++, at += along) {
    const int64_t *x = in_a_row(buffer, at, elem, across, lines);
    if (product)
      for (int64_t j = 0; j < lines; j++) r[j] = (int64_t)((uint64_t)r[j] * (uint64_t)x[j]);
    else
      for (int64_t j = 0; j < lines; j++) r[j] = (int64_t)((uint64_t)r[j] + (uint64_t)x[j]);
  }
}

void mah_integer_lines(int64_t *r, int product, const char *data, int32_t elem, int64_t lines,
                       int64_t across, int64_t count, int64_t along) {
  int side = lines > 1 && (across < along || count < 32);
  for (int64_t n; lines > 0; lines -= n, r += n, data += n * across) {
    n = side ? (lines < CHUNK ? lines : CHUNK) : 1;
    if (side)
      fold_side(r, product, data, elem, n, across, count, along);
    else
      *r = fold_line(product, data, elem, count, along);
  }
}
