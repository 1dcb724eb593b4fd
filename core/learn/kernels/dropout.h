/* dropout.h - inverted dropout (Srivastava et al., JMLR 15, 2014) with counter-based masks: whether
 * an element is dropped depends on (seed, step, layer, its place in the batch) and nothing else.
 */
#ifndef MAH_LEARN_KERNELS_DROPOUT_H
#define MAH_LEARN_KERNELS_DROPOUT_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_dropout_forward  MAH_VARIANT(mah_dropout_forward)
#define mah_dropout_backward MAH_VARIANT(mah_dropout_backward)

/* mask[i] = 0 with probability rate, else 1/(1-rate);  Y[i] *= mask[i];  n elements from place
 * key->first of the batch on. Place p takes word (p / 16) % 4 of Philox4x32-10's block
 * (p / 64) * 16 + p % 16 of stream step * 256 + layer; rate is rounded to 2^-32. */
void mah_dropout_forward(void *Y, void *mask, int64_t n, double rate, const mah_mask_key *key);

/* Y' = Y mask. dY holds dY' and becomes dY' mask; Y takes what `dropped`, Y', was before (0 where
 * it was dropped) */
void mah_dropout_backward(void *Y, void *dY, const void *dropped, const void *mask, int64_t n,
                          double rate);
#endif
