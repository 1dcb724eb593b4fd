/* random.c - doubles from Philox4x32-10, several blocks at a time. */
#include "base/kernels/random.h"

#include "base/philox.h"
#include "base/simd.h"

enum { BLOCKS = 32 }; /* at a time: fewer are slower on AVX2 and AVX-512 */

/* Words below 2^27 and 2^26, as int32_t: those become doubles in one instruction. */
static inline double to_unit(uint32_t a, uint32_t b) {
  return ((int32_t)(a >> 5) * 67108864.0 + (int32_t)(b >> 6)) * 0x1p-53;
}

static void philox_doubles(double *out, uint64_t key, uint64_t high, uint64_t low, int64_t blocks) {
  uint32_t word[4 * BLOCKS];
  double values[2 * BLOCKS];
  for (int64_t n; blocks > 0; blocks -= n, low += (uint64_t)n) {
    n = blocks < BLOCKS ? blocks : BLOCKS;
    mah_philox_blocks(word, BLOCKS, key, high, low);
    for (int i = 0; i < BLOCKS; i++) {
      values[2 * i] = to_unit(word[i], word[BLOCKS + i]);
      values[2 * i + 1] = to_unit(word[2 * BLOCKS + i], word[3 * BLOCKS + i]);
    }
    for (int64_t i = 0; i < 2 * n; i++) *out++ = values[i];
  }
}

extern const mah_random_table MAH_VARIANT(mah_random_kernels);
const mah_random_table MAH_VARIANT(mah_random_kernels) = {.philox_doubles = philox_doubles};
