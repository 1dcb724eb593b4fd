/* product.h - products that are too small for a call of BLAS to be worth it. */
#ifndef MAH_KERNELS_PRODUCT_H
#define MAH_KERNELS_PRODUCT_H

#ifndef MAH_CDEF
#include <stdint.h>

/* c = a b   c:(m,n) a:(m,k) b:(k,n), steps in elements from one row to the next and, of a, along
 * it; elements of a row of b and c lie together. */
typedef struct mah_small_product {
  void *c;
  const void *a, *b;
  int64_t m, n, k, c_step, a_step, a_along, b_step;
} mah_small_product;
typedef void mah_small_matmul(const mah_small_product *p);

/* out[i * n + j] = a[i] b[j], i < m, j < n */
typedef void mah_outer_rows(void *out, const void *a, int64_t m, const void *b, int64_t n);

typedef struct mah_product_table { /* [0]: of floats, [1]: of doubles */
  mah_small_matmul *matmul[2];
  mah_outer_rows *outer[2];
} mah_product_table;
#endif
#endif
