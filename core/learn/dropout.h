/* dropout.h - inverted dropout (Srivastava et al., JMLR 15, 2014) with counter-based masks: whether
 * an element is dropped depends on (seed, step, layer, its place in the batch) and nothing else.
 */
#ifndef MAH_DROPOUT_H
#define MAH_DROPOUT_H

#include "learn/real.h"

#define mah_dropout_forward  MAH_VARIANT(mah_dropout_forward)
#define mah_dropout_backward MAH_VARIANT(mah_dropout_backward)

/* mask[i] = 0 with probability rate, else 1/(1-rate);  Y[i] *= mask[i];  n elements from `first` on
 */
void mah_dropout_forward(real *Y, real *mask, int64_t n, int64_t first, double rate, uint64_t seed,
                         uint64_t step, int32_t layer);

/* Y' = Y mask. dY holds dY' and becomes dY' mask; Y' becomes Y again (0 where it was dropped) */
void mah_dropout_backward(real *dY, real *Y, const real *mask, int64_t n, double rate);
#endif
