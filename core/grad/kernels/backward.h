/* backward.h - the rows that backward.c works on. */
#ifndef MAH_KERNELS_BACKWARD_H
#define MAH_KERNELS_BACKWARD_H

#include "grad/backward.h"

#ifndef MAH_CDEF
/* [0]: of floats, [1]: of doubles. keep: 1, out's old elements are added to; 0, they are not
 * read. */
typedef struct mah_backward_table {
  /* out[i] = keep out[i] + g[i] f'(of[i]) */
  void (*map[MAH_BACK_COUNT][2])(void *out, const void *g, const void *of, int keep, int64_t n);
  /* out[i] = keep out[i] + g[i] b[i] */
  void (*product[2])(void *out, const void *g, const void *b, int keep, int64_t n);
  /* out[j] = keep out[j] + sum_i g[i,j] */
  void (*rows[2])(void *out, const void *g, int keep, int64_t m, int64_t n);
  /* out[j] = keep out[j] + g exp(x[j] - y) */
  void (*logsumexp[2])(void *out, double g, const void *x, double y, int keep, int64_t n);
} mah_backward_table;
#endif
#endif
