/* random_kernels.h - what random.c and random_kernels.c share. */
#ifndef MAH_RANDOM_KERNELS_H
#define MAH_RANDOM_KERNELS_H

#ifndef MAH_CDEF
#include <stdint.h>

/* Multipliers, and what the keys grow by (Salmon et al. 2011, table 2). */
#define MAH_PHILOX_M0 0xD2511F53u
#define MAH_PHILOX_M1 0xCD9E8D57u
#define MAH_PHILOX_W0 0x9E3779B9u
#define MAH_PHILOX_W1 0xBB67AE85u

typedef struct mah_random_table {
  /* out[2 i], out[2 i + 1] = the doubles in [0, 1) of block low + i, i < blocks */
  void (*philox_doubles)(double *out, uint64_t key, uint64_t high, uint64_t low, int64_t blocks);
} mah_random_table;
#endif
#endif
