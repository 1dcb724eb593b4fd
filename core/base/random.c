#include "base/random.h"

#include "base/kernels/random.h"
#include "base/philox.h"
#include "base/simd.h"

#include <math.h>

MAH_DECLARE_VARIANTS(mah_random_table, mah_random_kernels);

/* -- Philox4x32-10 ----------------------------------------------------------------------------- */

void mah_philox(uint32_t out[4], uint64_t key, uint64_t counter_high, uint64_t counter_low) {
  mah_philox_blocks(out, 1, key, counter_high, counter_low);
}

static uint32_t philox_u32(mah_rng *rng) {
  if (rng->position == 4) {
    mah_philox(rng->word, rng->seed, rng->stream, rng->block++);
    rng->position = 0;
  }
  return rng->word[rng->position++];
}

/* -- MT19937 (Matsumoto, Nishimura 1998) ------------------------------------------------------- */

enum { MT_N = 624, MT_M = 397 };

static void mt_seed(mah_rng *rng, uint32_t seed) {
  rng->word[0] = seed;
  for (uint32_t i = 1; i < MT_N; i++) {
    uint32_t previous = rng->word[i - 1];
    rng->word[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
  }
  rng->position = MT_N;
}

static uint32_t mt_mix(uint32_t high, uint32_t low, uint32_t far) {
  uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);
  return far ^ (y >> 1) ^ (-(y & 1) & 0x9908b0dfu);
}

static void mt_refill(mah_rng *rng) {
  uint32_t *w = rng->word;
  int i = 0;
  for (; i < MT_N - MT_M; i++) w[i] = mt_mix(w[i], w[i + 1], w[i + MT_M]);
  for (; i < MT_N - 1; i++) w[i] = mt_mix(w[i], w[i + 1], w[i + MT_M - MT_N]);
  w[i] = mt_mix(w[i], w[0], w[MT_M - 1]);
  rng->position = 0;
}

static inline uint32_t mt_u32(mah_rng *rng) {
  if (rng->position == MT_N) mt_refill(rng);
  uint32_t y = rng->word[rng->position++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

/* -- Distributions: the same for both sources -------------------------------------------------- */

void mah_rng_seed(mah_rng *rng, int32_t kind, uint64_t seed, uint64_t stream) {
  rng->kind = kind;
  rng->position = 4;
  rng->has_normal = 0;
  rng->unused = 0;
  rng->next_normal = 0;
  rng->seed = seed;
  rng->stream = stream;
  rng->block = 0;
  if (kind == MAH_RNG_MT19937) mt_seed(rng, (uint32_t)seed);
}

uint32_t mah_rng_u32(mah_rng *rng) {
  return rng->kind == MAH_RNG_MT19937 ? mt_u32(rng) : philox_u32(rng);
}

double mah_rng_double(mah_rng *rng) {
  uint32_t a = mah_rng_u32(rng) >> 5, b = mah_rng_u32(rng) >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

void mah_rng_doubles(mah_rng *rng, double *out, int64_t n) {
  if (rng->kind == MAH_RNG_PHILOX && rng->position % 2 == 0) {
    for (; n > 0 && rng->position < 4; n--) *out++ = mah_rng_double(rng);
    int64_t blocks = n / 2;
    MAH_PICK(mah_random_kernels)->philox_doubles(out, rng->seed, rng->stream, rng->block, blocks);
    rng->block += (uint64_t)blocks;
    out += 2 * blocks;
    n -= 2 * blocks;
  }
  for (; n > 0; n--) *out++ = mah_rng_double(rng);
}

double mah_rng_normal(mah_rng *rng) {
  if (rng->has_normal) {
    rng->has_normal = 0;
    return rng->next_normal;
  }
  double x, y, r2;
  do {
    x = 2 * mah_rng_double(rng) - 1;
    y = 2 * mah_rng_double(rng) - 1;
    r2 = x * x + y * y;
  } while (r2 >= 1 || r2 == 0);
  double scale = sqrt(-2 * log(r2) / r2);
  rng->next_normal = scale * x;
  rng->has_normal = 1;
  return scale * y;
}

/* Masked rejection, as NumPy's legacy random_interval. */
uint32_t mah_rng_below(mah_rng *rng, uint32_t n) {
  if (n <= 1) return 0;
  uint32_t mask = 0xffffffffu >> __builtin_clz(n - 1), value;
  do value = mah_rng_u32(rng) & mask;
  while (value >= n);
  return value;
}

void mah_rng_shuffle(mah_rng *rng, int32_t *values, int64_t n) {
  for (int64_t i = n - 1; i > 0; i--) {
    int64_t j = mah_rng_below(rng, (uint32_t)i + 1);
    int32_t swap = values[i];
    values[i] = values[j];
    values[j] = swap;
  }
}
