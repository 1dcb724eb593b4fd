/* random.h - what the generators have per instruction set. All give the same bits. */
#ifndef MAH_KERNELS_RANDOM_H
#define MAH_KERNELS_RANDOM_H

#include <stdint.h>

typedef struct mah_random_table {
  /* out[4 i + k] = word k of block low + i, i < blocks */
  void (*philox_words)(uint32_t *out, uint64_t key, uint64_t high, uint64_t low, int64_t blocks);
  /* out[i] = a number of [0, 1), from words 2 i and 2 i + 1: 27 and 26 bits */
  void (*doubles)(double *out, const uint32_t *word, int64_t n);
  /* out[i] = min(low + width u, most), u in [0, 1) from word i: 24 bits */
  void (*floats)(float *out, const uint32_t *word, int64_t n, double low, double width, float most);
  /* out[i] = the standard normal distribution's quantile of u + 2^-54, u as doubles() has it */
  void (*normal_doubles)(double *out, const uint32_t *word, int64_t n);
  /* out[i] = the same of (word i + 1/2) / 2^32 */
  void (*normal_floats)(float *out, const uint32_t *word, int64_t n);
  /* out[i] = floor(word i / 2^32 * m), m = range - step i > 0. Returns 0 where all words are as
   * good as any: none may belong to the remainder of 2^32 by m, one too many for some results. */
  uint32_t (*below)(uint32_t *out, const uint32_t *word, int64_t n, uint32_t range, uint32_t step);
} mah_random_table;
#endif
