/* elementwise_kernels.h - the tables of row kernels that elementwise.c picks from (unary_kernels.c,
 * binary_kernels.c). */
#ifndef MAH_ELEMENTWISE_KERNELS_H
#define MAH_ELEMENTWISE_KERNELS_H

#include "tensor/apply.h"
#include "tensor/elementwise.h"

#ifndef MAH_CDEF
/* NULL where an operation never computes in the dtype. */
typedef struct mah_unary_table {
  mah_row *op[MAH_UNARY_COUNT][MAH_DTYPES], *clamp[MAH_DTYPES];
} mah_unary_table;

typedef struct mah_binary_table {
  mah_row *op[MAH_BINARY_COUNT][MAH_DTYPES];
  mah_row *add_scaled[MAH_DTYPES], *lerp[MAH_DTYPES], *where[MAH_DTYPES];
} mah_binary_table;
#endif
#endif
