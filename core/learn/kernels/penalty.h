/* penalty.h - what is added to the loss to keep the weights small. */
#ifndef MAH_LEARN_KERNELS_PENALTY_H
#define MAH_LEARN_KERNELS_PENALTY_H

#include "tensor/kernels/real.h"

#define mah_penalty        MAH_VARIANT(mah_penalty)
#define mah_penalty_slopes MAH_VARIANT(mah_penalty_slopes)

/* l1 sum |W| + l2/2 sum W^2, over n weights */
double mah_penalty(const void *W, int64_t n, double l1, double l2);

/* dW += l1 sign(W); l2 W is where the gradient of the weights starts from (pass.c) */
void mah_penalty_slopes(void *dW, const void *W, int64_t n, double l1);
#endif
