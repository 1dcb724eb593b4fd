/* convolve.h - the kernel of convolutions, filled by convolve.c. */
#ifndef MAH_KERNELS_CONVOLVE_H
#define MAH_KERNELS_CONVOLVE_H

#ifndef MAH_CDEF
#include <stdint.h>

enum { MAH_CONVOLVE_OUTPUTS = 4 }; /* rows of results that are computed together */

/* out[o][t] = bias[o] + sum_j w[o][j] (x + at[j])[t], t < n, for up to MAH_CONVOLVE_OUTPUTS rows o.
 * Rows of out and of w begin out_step and w_step numbers apart; bias: as many as rows. x may be
 * read some vectors beyond its last number: MAH_CONVOLVE_BEYOND bytes. */
enum { MAH_CONVOLVE_BEYOND = 256 };
typedef void mah_convolve_rows(void *out, int64_t out_step, const void *x, const int64_t *at,
                               const void *w, int64_t w_step, const void *bias, int64_t terms,
                               int64_t rows, int64_t n);

typedef struct mah_convolve_table {
  mah_convolve_rows *rows[2]; /* float32, float64 */
} mah_convolve_table;
#endif
#endif
