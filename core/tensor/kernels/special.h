/* special.h - the table of the special functions' rows that are vectors, filled by special.c. */
#ifndef MAH_KERNELS_SPECIAL_H
#define MAH_KERNELS_SPECIAL_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
/* [0]: float32, [1]: float64. normal: pdf, logpdf, cdf, sf; scalar: mean, standard deviation */
typedef struct mah_special_table {
  mah_row *erf[2], *erfc[2], *normal[4][2];
} mah_special_table;
#endif
#endif
