/* elementwise.h - the tables of row kernels, filled by unary.c and binary.c. */
#ifndef MAH_KERNELS_ELEMENTWISE_H
#define MAH_KERNELS_ELEMENTWISE_H

#include "tensor/apply.h"
#include "tensor/elementwise.h"

#ifndef MAH_CDEF
/* NULL where an operation never computes in the dtype. */
typedef struct mah_unary_table {
  mah_row *op[MAH_UNARY_COUNT][MAH_DTYPES], *clamp[MAH_DTYPES];
} mah_unary_table;

typedef struct mah_binary_table {
  mah_row *op[MAH_BINARY_COUNT][MAH_DTYPES];
  mah_row *one[2][MAH_BINARY_COUNT][MAH_DTYPES]; /* a, or b, is one element */
  mah_row *halves[MAH_DTYPES]; /* out = a^(scalar[0] / 2), 0 < |scalar[0]| < 16, an integer */
  mah_row *add_scaled[MAH_DTYPES], *lerp[MAH_DTYPES], *where[MAH_DTYPES];
} mah_binary_table;
#endif
#endif
