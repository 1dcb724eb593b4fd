/* narrow.h - rows of bool, float16 and bfloat16 as other dtypes, and back (see tensor/copy.h). */
#ifndef MAH_KERNELS_NARROW_H
#define MAH_KERNELS_NARROW_H

#include "tensor/copy.h"

#ifndef MAH_CDEF
/* NULL where neither is one of the three. */
typedef struct mah_narrow_table {
  mah_convert *convert[MAH_DTYPES][MAH_DTYPES]; /* [to][from] */
} mah_narrow_table;
#endif
#endif
