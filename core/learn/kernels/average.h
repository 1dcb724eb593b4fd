/* average.h - weights that a moving average takes in. Kernel; on tensors: learn/average.h. */
#ifndef MAH_LEARN_KERNELS_AVERAGE_H
#define MAH_LEARN_KERNELS_AVERAGE_H

#include "tensor/kernels/real.h"

#define mah_average_of MAH_VARIANT(mah_average_of)

/* average += share (w - average);  average = w where share is 1 */
void mah_average_of(void *average, const void *w, int64_t n, double share);
#endif
