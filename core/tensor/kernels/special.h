/* special.h - the table of the special functions' rows that are vectors, filled by special.c. */
#ifndef MAH_KERNELS_SPECIAL_H
#define MAH_KERNELS_SPECIAL_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
#define MAH_GAMMAINC_NEAR 1.5

/* [0]: float32, [1]: float64. normal: pdf, logpdf, cdf, sf; scalar: mean, standard deviation */
typedef struct mah_special_table {
  mah_row *erf[2], *erfc[2], *normal[4][2];
  mah_row *gamma32, *lgamma32, *digamma32; /* for float32 with 0 < x < 1e8, of gamma x < 30 */
  /* Incomplete gamma and beta functions, rows of doubles to 1e-9; scalar: 0, or 1 for the upper
   * ones. NaN where another method is asked for: elsewhere than 0 < a <= 30, 0 < x <= near (or 12),
   * a + b <= 12 and x near the mean or beyond, or where the result is small beside 1. */
  mah_row *gammainc32[2], *betainc32;
} mah_special_table;
#endif
#endif
