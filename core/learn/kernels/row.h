/* row.h - a layer forward of one row, or of each of a few: to pack W for them would take longer
 * than they do. The rows of W that belong to zeros are not even read.
 */
#ifndef MAH_LEARN_KERNELS_ROW_H
#define MAH_LEARN_KERNELS_ROW_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_row_forward MAH_VARIANT(mah_row_forward)

/* Y = X W + bias, W as it is; added up in the order of the inputs, as everywhere. */
void mah_row_forward(const mah_affine *a);
#endif
