/* entropy.h - the rows that entropy.c works on. */
#ifndef MAH_KERNELS_ENTROPY_H
#define MAH_KERNELS_ENTROPY_H

#ifndef MAH_CDEF
#include <stdint.h>

/* [0]: of floats, [1]: of doubles. keep: 1, out's old elements are added to; 0, they are not
 * read. */
typedef struct mah_entropy_table {
  /* log sum_j exp(x[j]) - x[of] */
  double (*entropy[2])(const void *x, int64_t n, int64_t of);
  /* out[j] = keep out[j] + g (exp(x[j]) / sum_k exp(x[k]) - (j == of)) */
  void (*back[2])(void *out, double g, const void *x, int keep, int64_t n, int64_t of);
} mah_entropy_table;
#endif
#endif
