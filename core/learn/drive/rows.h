/* rows.h - one row of a data set. */
#ifndef MAH_LEARN_DRIVE_ROWS_H
#define MAH_LEARN_DRIVE_ROWS_H

#include "tensor/tensor.h"

/* out[:] = t[row, :], converted to dtype      t:(N) or (N,K)
 * Does not fail where row is one of t. */
mah_status mah_row_convert(void *out, int32_t dtype, const mah_tensor *t, int64_t row);
#endif
