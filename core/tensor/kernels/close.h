/* close.h - are two rows of numbers close to one another? */
#ifndef MAH_KERNELS_CLOSE_H
#define MAH_KERNELS_CLOSE_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
/* out[i] (0 or 1, a byte) = |a - b| <= scalar[1] + scalar[0] |b|, or a = b. [0]: of floats, [1]: of doubles;
 * nan_equal: or both are NaN. */
typedef struct mah_close_table {
  mah_row *close[2], *nan_equal[2];
} mah_close_table;
#endif
#endif
