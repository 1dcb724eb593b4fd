/* random.h - what the generators have per instruction set. */
#ifndef MAH_KERNELS_RANDOM_H
#define MAH_KERNELS_RANDOM_H

#include <stdint.h>

typedef struct mah_random_table {
  /* out[2 i], out[2 i + 1] = the doubles in [0, 1) of block low + i, i < blocks */
  void (*philox_doubles)(double *out, uint64_t key, uint64_t high, uint64_t low, int64_t blocks);
} mah_random_table;
#endif
