/* sieve.h - a first layer forward, from a matrix that is mostly zeros: these fall through. Nothing
 * is written down of the matrix but a bit for each two columns, so it is read once; sparse.h is for
 * inputs whose elements are wanted again, for the gradient. Results have the same bits.
 */
#ifndef MAH_LEARN_KERNELS_SIEVE_H
#define MAH_LEARN_KERNELS_SIEVE_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_sieve_forward MAH_VARIANT(mah_sieve_forward)

/* Y = X W + bias, W as it is. Returns 0 if there is NaN or infinity in a sum, which one in the
 * inputs makes; a sum may have grown so large by itself, too. */
int mah_sieve_forward(const mah_affine *a);
#endif
