/* philox.h - Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011) on counters side by side. Compiled into whoever includes it: kernels take as many
 * blocks at once as their instruction set has room for.
 */
#ifndef MAH_PHILOX_H
#define MAH_PHILOX_H

#include <stdint.h>

/* One of the ten rounds; multipliers from the paper's table 2. */
static inline void mah_philox_round(uint32_t *restrict c0, uint32_t *restrict c1,
                                    uint32_t *restrict c2, uint32_t *restrict c3, int blocks,
                                    uint32_t key0, uint32_t key1) {
  for (int j = 0; j < blocks; j++) {
    uint64_t p = (uint64_t)c0[j] * 0xD2511F53u, q = (uint64_t)c2[j] * 0xCD9E8D57u;
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
  for (int j = 0; j < blocks; j++) {
    c0[j] = (uint32_t)low + (uint32_t)j;
    c1[j] = (uint32_t)(low >> 32) + (c0[j] < (uint32_t)j); /* the carry */
    c2[j] = (uint32_t)high;
    c3[j] = (uint32_t)(high >> 32);
  }
  for (int round = 0; round < 10; round++) {
    mah_philox_round(c0, c1, c2, c3, blocks, key0, key1);
    key0 += 0x9E3779B9u; /* the paper's Weyl sequence */
    key1 += 0xBB67AE85u;
  }
}
#endif
