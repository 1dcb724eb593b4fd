/* sort.c - keys and items of 32 bits, many at a time. */
#include "tensor/kernels/sort.h"

#include "base/simd.h"

#include <string.h>

static const uint32_t sign = (uint32_t)1 << 31;

static void span(uint32_t *least, uint32_t *most, const uint32_t *key, int64_t n) {
  uint32_t low = UINT32_MAX, high = 0;
  for (int64_t i = 0; i < n; i++) {
    low = key[i] < low ? key[i] : low;
    high = key[i] > high ? key[i] : high;
  }
  *least = low;
  *most = high;
}

static int share_keys(const float *x, int64_t n) {
  uint32_t any = 0;
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    any |= (bits == sign) | ((bits & ~sign) > 0x7f800000u); /* beyond infinity */
  }
  return any != 0;
}

static int disordered(const uint64_t *item, int64_t n) {
  uint64_t any = 0;
  for (int64_t i = 1; i < n; i++) any |= item[i] < item[i - 1];
  return any != 0;
}

/* As kernels/select.c makes keys, the other way round. */
static void elements(uint32_t *restrict to, int32_t *restrict place, const uint64_t *restrict item,
                     int64_t n, const mah_key_form *form, int32_t first) {
  uint32_t low = form->low, turn = form->turn, lower = form->is_float ? UINT32_MAX : sign;
  for (int64_t i = 0; i < n; i++) {
    uint32_t key = ((uint32_t)(item[i] >> 32) + low) ^ turn;
    to[i] = key ^ (key & sign ? sign : lower);
    place[i] = (int32_t)(uint32_t)item[i] + first;
  }
}

static void places(int32_t *restrict to, const uint64_t *restrict item, int64_t n, int32_t first) {
  for (int64_t i = 0; i < n; i++) to[i] = (int32_t)(uint32_t)item[i] + first;
}

extern const mah_sort_table MAH_VARIANT(mah_sort_kernels);
const mah_sort_table MAH_VARIANT(mah_sort_kernels) = {
    .span = span,
    .share_keys = share_keys,
    .disordered = disordered,
    .elements = elements,
    .places = places,
};
