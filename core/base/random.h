/* random.h - explicit random generators.
 *
 *   philox   counter-based (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
 *            3", SC 2011): the n-th block of stream s is a function of (seed, s, n) alone. A normal
 *            number is the distribution's quantile of a uniform one, to 1e-14 (a float to 5e-7).
 *            The same numbers on every machine.
 *   mt19937  Mersenne Twister with NumPy's legacy RandomState(seed) stream, word for word: double,
 *            normal, below and shuffle give NumPy's numbers for the same seed.
 */
#ifndef MAH_RANDOM_H
#define MAH_RANDOM_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

enum { MAH_RNG_PHILOX, MAH_RNG_MT19937 };

/* The whole state: copying the struct copies the generator. */
typedef struct mah_rng {
  int32_t kind;       /* MAH_RNG_... */
  int32_t position;   /* words of `word` already handed out */
  int32_t has_normal; /* mt19937: the second one of a normal pair waits in next_normal */
  int32_t unused;
  double next_normal;
  uint64_t seed, stream, block; /* philox: key, and the counter's two halves */
  uint32_t word[624];           /* philox uses the first four */
} mah_rng;

/* mt19937 takes the low 32 bits of the seed, and no stream. */
void mah_rng_seed(mah_rng *rng, int32_t kind, uint64_t seed, uint64_t stream);

uint32_t mah_rng_u32(mah_rng *rng);               /* a uniform 32-bit word */
double mah_rng_double(mah_rng *rng);              /* uniform in [0, 1), 53 bits of two words */
double mah_rng_normal(mah_rng *rng);              /* standard normal */
uint32_t mah_rng_below(mah_rng *rng, uint32_t n); /* uniform in 0 ... n - 1; 0 for n = 0 */
void mah_rng_shuffle(mah_rng *rng, int32_t *values, int64_t n); /* Fisher-Yates from the end */

/* Many at a time: the same numbers as in several calls, and the generator stands where it stood
 * after those, for any number of threads. Doubles are low + (high - low) mah_rng_double, and
 * mean + std mah_rng_normal. Floats are these, rounded, with mt19937; philox makes them of one word
 * each: low + (high - low) u with 24 bits in u, but below `high`, and mean + std z, z the quantile
 * of (word + 1/2) / 2^32. */
void mah_rng_uniform_doubles(mah_rng *rng, double *out, int64_t n, double low, double high);
void mah_rng_uniform_floats(mah_rng *rng, float *out, int64_t n, double low, double high);
void mah_rng_normal_doubles(mah_rng *rng, double *out, int64_t n, double mean, double std);
void mah_rng_normal_floats(mah_rng *rng, float *out, int64_t n, double mean, double std);
/* out[i] = mah_rng_below(range - step i); 2 and more unless step = 0 */
void mah_rng_below_each(mah_rng *rng, uint32_t *out, int64_t n, uint32_t range, uint32_t step);

/* One block of Philox4x32-10 (philox.h): four words from a 64-bit key and a 128-bit counter. */
void mah_philox(uint32_t out[4], uint64_t key, uint64_t counter_high, uint64_t counter_low);
#endif
