/* random.h - explicit random generators.
 *
 * Two word sources under one set of distributions:
 *   philox   counter-based (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
 *            3", SC 2011): the n-th block of stream s is a function of (seed, s, n) alone.
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
  int32_t has_normal; /* the second number of the last normal pair waits in next_normal */
  int32_t unused;
  double next_normal;
  uint64_t seed, stream, block; /* philox: key, and the counter's two halves */
  uint32_t word[624];           /* philox uses the first four */
} mah_rng;

/* mt19937 takes the low 32 bits of the seed, and no stream. */
void mah_rng_seed(mah_rng *rng, int32_t kind, uint64_t seed, uint64_t stream);

uint32_t mah_rng_u32(mah_rng *rng);                         /* a uniform 32-bit word */
double mah_rng_double(mah_rng *rng);                        /* uniform in [0, 1), 53 bits */
void mah_rng_doubles(mah_rng *rng, double *out, int64_t n); /* n times mah_rng_double */
double mah_rng_normal(mah_rng *rng);              /* standard normal, Marsaglia's polar method */
uint32_t mah_rng_below(mah_rng *rng, uint32_t n); /* uniform in 0 ... n - 1; 0 for n = 0 */
void mah_rng_shuffle(mah_rng *rng, int32_t *values, int64_t n); /* Fisher-Yates from the end */

/* One block of Philox4x32-10 (philox.h): four words from a 64-bit key and a 128-bit counter. */
void mah_philox(uint32_t out[4], uint64_t key, uint64_t counter_high, uint64_t counter_low);
#endif
