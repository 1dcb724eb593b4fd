/* fill.h - tensors filled with random numbers, in row-major order whatever their strides.
 *
 * With a mt19937 generator these are the numbers of numpy.random.RandomState(seed): uniform,
 * normal, randint (of its default dtype), shuffle and permutation, drawn in double and then
 * converted.
 */
#ifndef MAH_FILL_H
#define MAH_FILL_H

#ifndef MAH_CDEF
#include "base/random.h"
#endif
#include "tensor/tensor.h"

/* out[i] = low + (high - low) u, u uniform in [0, 1)   float32 and float64. With philox the result
 * stays below high, in float32 too. */
mah_status mah_fill_uniform(mah_tensor *out, mah_rng *rng, double low, double high);
/* out[i] = mean + std z, z standard normal   float32 and float64 */
mah_status mah_fill_normal(mah_tensor *out, mah_rng *rng, double mean, double std);
/* Are these such parameters? The message names them; for who draws single numbers. */
mah_status mah_uniform_check(double low, double high);
mah_status mah_normal_check(double mean, double std);
/* out[i] = one of low, low + 1 ... high   any dtype that can hold both */
mah_status mah_fill_integers(mah_tensor *out, mah_rng *rng, int64_t low, int64_t high);
/* out[i] = 1 with probability p, else 0   any dtype */
mah_status mah_fill_bernoulli(mah_tensor *out, mah_rng *rng, double p);

/* The rows (positions of the first dimension) in random order, in place. */
mah_status mah_fill_shuffle(mah_tensor *t, mah_rng *rng);
/* out = first, first + 1 ... in random order; int32 vector */
mah_status mah_fill_permutation(mah_tensor *out, mah_rng *rng, int32_t first);
#endif
