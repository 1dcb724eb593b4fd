/* mask.h - which elements of a row are not 0: how many, and where. */
#ifndef MAH_KERNELS_MASK_H
#define MAH_KERNELS_MASK_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
/* How many of n elements, `step` bytes apart, are not 0 (NaN is not 0). */
typedef int64_t mah_mask_count(const char *at, int64_t step, int64_t n);
/* The same; their places among the n go to `place`, which has room for n + 3. */
typedef int64_t mah_mask_places(int32_t *place, const char *at, int64_t step, int64_t n);

typedef struct mah_mask_table {
  mah_mask_count *count[MAH_DTYPES];
  mah_mask_places *places[MAH_DTYPES];
} mah_mask_table;
#endif
#endif
