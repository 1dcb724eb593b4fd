/* finite.h - are these numbers numbers? */
#ifndef MAH_LEARN_KERNELS_FINITE_H
#define MAH_LEARN_KERNELS_FINITE_H

#include "tensor/kernels/real.h"

#define mah_finite MAH_VARIANT(mah_finite)

/* Is none of x[0 ... n - 1] NaN or infinite? */
int mah_finite(const void *x, int64_t n);
#endif
