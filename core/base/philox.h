/* philox.h - Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011) on counters side by side. Compiled into whoever includes it: kernels take as many
 * blocks at once as their instruction set has room for.
 */
#ifndef MAH_PHILOX_H
#define MAH_PHILOX_H

#include <stdint.h>
#include <string.h>

/* The multipliers of the paper's table 2, and the steps of its Weyl sequence of keys. */
#define MAH_PHILOX_M0 0xD2511F53u
#define MAH_PHILOX_M1 0xCD9E8D57u
#define MAH_PHILOX_W0 0x9E3779B9u
#define MAH_PHILOX_W1 0xBB67AE85u

/* -- One 32-bit word in each 64-bit lane, whose upper half may hold anything ------------------- */

#if defined(__AVX2__)
#include <immintrin.h>

#if defined(__AVX512F__)
enum { MAH_PHILOX_LANES = 8 };
#else
enum { MAH_PHILOX_LANES = 4 };
#endif

typedef uint64_t mah_philox_lanes __attribute__((vector_size(8 * MAH_PHILOX_LANES)));

/* The 64-bit products of the lower halves: compilers take x * y to need the upper ones as well. */
static inline mah_philox_lanes mah_philox_products(mah_philox_lanes x, uint32_t factor) {
#if defined(__AVX512F__)
  return (mah_philox_lanes)_mm512_mul_epu32((__m512i)x, _mm512_set1_epi64(factor));
#else
  return (mah_philox_lanes)_mm256_mul_epu32((__m256i)x, _mm256_set1_epi64x(factor));
#endif
}

/* c[k], lane j = word k of block low + j */
static inline void mah_philox_wide(mah_philox_lanes c[4], uint64_t key, uint64_t high,
                                   uint64_t low) {
  mah_philox_lanes c0 = {0}, c2 = c0 + (uint32_t)high, c3 = c0 + (high >> 32);
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  for (int j = 0; j < MAH_PHILOX_LANES; j++) c0[j] = (uint64_t)j;
  c0 += low;
  mah_philox_lanes c1 = c0 >> 32;
  for (int round = 0; round < 10; round++) {
    mah_philox_lanes p = mah_philox_products(c0, MAH_PHILOX_M0);
    mah_philox_lanes q = mah_philox_products(c2, MAH_PHILOX_M1);
    c0 = (q >> 32) ^ c1 ^ key0;
    c1 = q;
    c2 = (p >> 32) ^ c3 ^ key1;
    c3 = p;
    key0 += MAH_PHILOX_W0;
    key1 += MAH_PHILOX_W1;
  }
  c[0] = c0, c[1] = c1, c[2] = c2, c[3] = c3;
}
#endif

/* -- Any number of blocks ---------------------------------------------------------------------- */

/* One of the ten rounds. */
static inline void mah_philox_round(uint32_t *restrict c0, uint32_t *restrict c1,
                                    uint32_t *restrict c2, uint32_t *restrict c3, int blocks,
                                    uint32_t key0, uint32_t key1) {
  for (int j = 0; j < blocks; j++) {
    uint64_t p = (uint64_t)c0[j] * MAH_PHILOX_M0, q = (uint64_t)c2[j] * MAH_PHILOX_M1;
    c0[j] = (uint32_t)(q >> 32) ^ c1[j] ^ key0;
    c1[j] = (uint32_t)q;
    c2[j] = (uint32_t)(p >> 32) ^ c3[j] ^ key1;
    c3[j] = (uint32_t)p;
  }
}

/* word[k * blocks + j] = word k of block low + j, j < blocks. A counter's upper half is `high`; its
 * lower half wraps around. `blocks` is a constant at each call, for the loops to become vectors. */
static inline void mah_philox_blocks(uint32_t *word, int blocks, uint64_t key, uint64_t high,
                                     uint64_t low) {
  uint32_t *c0 = word, *c1 = c0 + blocks, *c2 = c1 + blocks, *c3 = c2 + blocks;
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
#if defined(__AVX2__)
  if (blocks % MAH_PHILOX_LANES == 0) {
    for (int at = 0; at < blocks; at += MAH_PHILOX_LANES) {
      mah_philox_lanes c[4];
      mah_philox_wide(c, key, high, low + (uint64_t)at);
      for (int k = 0; k < 4; k++)
        for (int j = 0; j < MAH_PHILOX_LANES; j++) word[k * blocks + at + j] = (uint32_t)c[k][j];
    }
    return;
  }
#endif
  for (int j = 0; j < blocks; j++) {
    c0[j] = (uint32_t)low + (uint32_t)j;
    c1[j] = (uint32_t)(low >> 32) + (c0[j] < (uint32_t)j); /* the carry */
    c2[j] = (uint32_t)high;
    c3[j] = (uint32_t)(high >> 32);
  }
  for (int round = 0; round < 10; round++) {
    mah_philox_round(c0, c1, c2, c3, blocks, key0, key1);
    key0 += MAH_PHILOX_W0;
    key1 += MAH_PHILOX_W1;
  }
}

enum { MAH_PHILOX_BLOCKS = 32 }; /* at most, in the next function; fewer are a little slower */

/* The blocks one after the other, as a generator hands them out: out[4 j + k] = word k of block
 * low + j. `blocks` is a constant at each call, a multiple of 8. */
static inline void mah_philox_in_turn(uint32_t *restrict out, int blocks, uint64_t key,
                                      uint64_t high, uint64_t low) {
#if defined(__AVX2__)
  for (int at = 0; at < blocks; at += MAH_PHILOX_LANES, out += 4 * MAH_PHILOX_LANES) {
    mah_philox_lanes c[4], lower = (mah_philox_lanes){0} + 0xffffffffu;
    uint64_t pair[2 * MAH_PHILOX_LANES]; /* of words; the lower half lies first on x86 */
    mah_philox_wide(c, key, high, low + (uint64_t)at);
    mah_philox_lanes first = (c[0] & lower) | c[1] << 32, second = (c[2] & lower) | c[3] << 32;
    for (int j = 0; j < MAH_PHILOX_LANES; j++) {
      pair[2 * j] = first[j];
      pair[2 * j + 1] = second[j];
    }
    memcpy(out, pair, sizeof pair);
  }
#else
  uint32_t word[4 * MAH_PHILOX_BLOCKS];
  mah_philox_blocks(word, blocks, key, high, low);
  for (int j = 0; j < blocks; j++)
    for (int k = 0; k < 4; k++) out[4 * j + k] = word[k * blocks + j];
#endif
}
#endif
