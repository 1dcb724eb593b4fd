#include "base/random.h"

#include "base/kernels/random.h"
#include "base/parallel.h"
#include "base/philox.h"
#include "base/simd.h"

#include <math.h>
#include <string.h>

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

static void philox_words(mah_rng *rng, uint32_t *out, int64_t n) {
  for (; n > 0 && rng->position < 4; n--) *out++ = rng->word[rng->position++];
  int64_t blocks = n / 4;
  MAH_PICK(mah_random_kernels)->philox_words(out, rng->seed, rng->stream, rng->block, blocks);
  rng->block += (uint64_t)blocks;
  for (int64_t i = 4 * blocks; i < n; i++) out[i] = philox_u32(rng);
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

static inline uint32_t mt_temper(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

static inline uint32_t mt_u32(mah_rng *rng) {
  if (rng->position == MT_N) mt_refill(rng);
  return mt_temper(rng->word[rng->position++]);
}

/* At least one of the next n words. Returns how many. */
static int64_t mt_words(mah_rng *rng, uint32_t *out, int64_t n) {
  if (rng->position == MT_N) mt_refill(rng);
  if (n > MT_N - rng->position) n = MT_N - rng->position;
  for (int64_t i = 0; i < n; i++) out[i] = mt_temper(rng->word[rng->position + i]);
  rng->position += (int32_t)n;
  return n;
}

/* -- One at a time ----------------------------------------------------------------------------- */

enum { CHUNK = 512 }; /* words at a time: they stay in the first cache */

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

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

/* -- Many numbers, in pieces for threads ------------------------------------------------------- */

/* The next n numbers of a distribution; a, b: its parameters */
typedef void draw(mah_rng *rng, void *out, int64_t n, double a, double b);

enum { PIECE = 1 << 16 };

typedef struct job {
  const mah_rng *rng;
  draw *next;
  char *out;
  int64_t n, size, words; /* numbers; bytes and words of each */
  double a, b;
} job;

/* As if n words had been drawn. */
static void skip_words(mah_rng *rng, int64_t n) {
  int64_t here = lesser(n, 4 - rng->position);
  rng->position += (int32_t)here;
  n -= here;
  rng->block += (uint64_t)(n / 4);
  for (n %= 4; n > 0; n--) philox_u32(rng);
}

static void draw_piece(void *context, int32_t i) {
  const job *j = context;
  int64_t first = (int64_t)i * PIECE;
  mah_rng rng = *j->rng;
  skip_words(&rng, first * j->words);
  j->next(&rng, j->out + first * j->size, lesser(PIECE, j->n - first), j->a, j->b);
}

/* All n; with philox, whose words can be had from anywhere. */
static void draw_all(mah_rng *rng, job j) {
  if (j.n < 2 * PIECE || j.n / PIECE >= INT32_MAX || mah_parallel_threads() == 1) {
    j.next(rng, j.out, j.n, j.a, j.b);
    return;
  }
  j.rng = rng;
  mah_parallel_run(draw_piece, &j, (int32_t)((j.n + PIECE - 1) / PIECE));
  skip_words(rng, j.n * j.words);
}

/* -- Uniform numbers --------------------------------------------------------------------------- */

static void uniform_doubles(mah_rng *rng, void *to, int64_t n, double low, double high) {
  uint32_t word[CHUNK];
  double *out = to;
  for (int64_t part; n > 0; n -= part, out += part) {
    part = lesser(n, CHUNK / 2);
    philox_words(rng, word, 2 * part);
    MAH_PICK(mah_random_kernels)->doubles(out, word, part);
    if (low == 0 && high == 1) continue;
    for (int64_t i = 0; i < part; i++) out[i] = low + (high - low) * out[i];
  }
}

void mah_rng_uniform_doubles(mah_rng *rng, double *out, int64_t n, double low, double high) {
  if (rng->kind == MAH_RNG_MT19937)
    for (int64_t i = 0; i < n; i++) out[i] = low + (high - low) * mah_rng_double(rng);
  else
    draw_all(rng, (job){NULL, uniform_doubles, (char *)out, n, sizeof *out, 2, low, high});
}

/* The greatest float below `high`, or any where there is none. */
static float greatest(double low, double high) {
  if (low == high) return INFINITY;
  float top = (float)high;
  return (double)top < high ? top : nextafterf(top, -INFINITY);
}

static void uniform_floats(mah_rng *rng, void *to, int64_t n, double low, double high) {
  uint32_t word[CHUNK];
  float *out = to, most = greatest(low, high);
  for (int64_t part; n > 0; n -= part, out += part) {
    part = lesser(n, CHUNK);
    philox_words(rng, word, part);
    MAH_PICK(mah_random_kernels)->floats(out, word, part, low, high - low, most);
  }
}

void mah_rng_uniform_floats(mah_rng *rng, float *out, int64_t n, double low, double high) {
  if (rng->kind == MAH_RNG_MT19937)
    for (int64_t i = 0; i < n; i++) out[i] = (float)(low + (high - low) * mah_rng_double(rng));
  else
    draw_all(rng, (job){NULL, uniform_floats, (char *)out, n, sizeof *out, 1, low, high});
}

/* -- Normal numbers ---------------------------------------------------------------------------- */

/* Marsaglia's polar method, as NumPy's legacy gauss. */
static double polar_normal(mah_rng *rng) {
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

double mah_rng_normal(mah_rng *rng) {
  double x;
  mah_rng_normal_doubles(rng, &x, 1, 0, 1);
  return x;
}

static void normal_doubles(mah_rng *rng, void *to, int64_t n, double mean, double std) {
  uint32_t word[CHUNK];
  double *out = to;
  for (int64_t part; n > 0; n -= part, out += part) {
    part = lesser(n, CHUNK / 2);
    philox_words(rng, word, 2 * part);
    MAH_PICK(mah_random_kernels)->normal_doubles(out, word, part);
    if (mean == 0 && std == 1) continue;
    for (int64_t i = 0; i < part; i++) out[i] = mean + std * out[i];
  }
}

void mah_rng_normal_doubles(mah_rng *rng, double *out, int64_t n, double mean, double std) {
  if (rng->kind == MAH_RNG_MT19937)
    for (int64_t i = 0; i < n; i++) out[i] = mean + std * polar_normal(rng);
  else
    draw_all(rng, (job){NULL, normal_doubles, (char *)out, n, sizeof *out, 2, mean, std});
}

static void normal_floats(mah_rng *rng, void *to, int64_t n, double mean, double std) {
  uint32_t word[CHUNK];
  float *out = to;
  for (int64_t part; n > 0; n -= part, out += part) {
    part = lesser(n, CHUNK);
    philox_words(rng, word, part);
    MAH_PICK(mah_random_kernels)->normal_floats(out, word, part);
    if (mean == 0 && std == 1) continue;
    for (int64_t i = 0; i < part; i++) out[i] = (float)(mean + std * (double)out[i]);
  }
}

void mah_rng_normal_floats(mah_rng *rng, float *out, int64_t n, double mean, double std) {
  if (rng->kind == MAH_RNG_MT19937)
    for (int64_t i = 0; i < n; i++) out[i] = (float)(mean + std * polar_normal(rng));
  else
    draw_all(rng, (job){NULL, normal_floats, (char *)out, n, sizeof *out, 1, mean, std});
}

/* -- Integers and orders ----------------------------------------------------------------------- */

/* Masked rejection, as NumPy's legacy random_interval. */
static uint32_t mask_for(uint32_t range) { return 0xffffffffu >> __builtin_clz(range - 1); }

static uint32_t masked_below(mah_rng *rng, uint32_t n) {
  uint32_t mask = mask_for(n), value;
  do value = mt_u32(rng) & mask;
  while (value >= n);
  return value;
}

/* out[i] = masked_below(range - step i). Each word is written down, and the next one over it unless
 * it is good: which ones are good, no processor can foresee. */
static void masked_below_each(mah_rng *rng, uint32_t *out, int64_t n, uint32_t range,
                              uint32_t step) {
  uint32_t word[MT_N], mask = UINT32_MAX;
  for (int64_t i = 0; i < n;) {
    int64_t words = mt_words(rng, word, n - i);
    for (int64_t j = 0; j < words; j++) {
      if (range - 1 <= mask >> 1) mask = mask_for(range);
      uint32_t value = word[j] & mask, is_good = value < range;
      out[i] = value;
      i += is_good;
      range -= step & -is_good;
    }
  }
}

/* Lemire: "Fast random integer generation in an interval", 2019: floor(word / 2^32 * n), without
 * the words that some results have one more of than others. */
static int is_good(uint64_t product, uint32_t n) {
  uint32_t rest = (uint32_t)product;
  return rest >= n || rest >= -n % n;
}

uint32_t mah_rng_below(mah_rng *rng, uint32_t n) {
  if (n <= 1) return 0;
  if (rng->kind == MAH_RNG_MT19937) return masked_below(rng, n);
  for (;;) {
    uint64_t product = (uint64_t)philox_u32(rng) * n;
    if (is_good(product, n)) return (uint32_t)(product >> 32);
  }
}

/* out[i] = below(range - step i) of the next words, n of which are here already. */
static void below_one_by_one(mah_rng *rng, uint32_t *out, const uint32_t *word, int64_t n,
                             uint32_t range, uint32_t step) {
  uint32_t *end = out + n;
  for (int64_t i = 0; i < n; i++) {
    uint64_t product = (uint64_t)word[i] * range;
    if (!is_good(product, range)) continue;
    *out++ = (uint32_t)(product >> 32);
    range -= step;
  }
  for (; out < end; range -= step) *out++ = mah_rng_below(rng, range);
}

void mah_rng_below_each(mah_rng *rng, uint32_t *out, int64_t n, uint32_t range, uint32_t step) {
  uint32_t word[CHUNK];
  if (range <= 1 && step == 0) {
    memset(out, 0, (size_t)n * sizeof *out);
    return;
  }
  if (rng->kind == MAH_RNG_MT19937) {
    masked_below_each(rng, out, n, range, step);
    return;
  }
  for (int64_t part; n > 0; n -= part, out += part, range -= step * (uint32_t)part) {
    part = lesser(n, CHUNK);
    philox_words(rng, word, part);
    if (MAH_PICK(mah_random_kernels)->below(out, word, part, range, step))
      below_one_by_one(rng, out, word, part, range, step);
  }
}

void mah_rng_shuffle(mah_rng *rng, int32_t *values, int64_t n) {
  uint32_t place[CHUNK];
  for (int64_t part; n > 1; n -= part) {
    part = lesser(n - 1, CHUNK);
    mah_rng_below_each(rng, place, part, (uint32_t)n, 1);
    for (int64_t i = 0; i < part; i++) {
      int32_t *last = values + (n - 1 - i), swap = *last;
      *last = values[place[i]];
      values[place[i]] = swap;
    }
  }
}
