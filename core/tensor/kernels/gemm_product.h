/* gemm_product.h - what a product of matrices is computed from: by gemm.c, and where there are many
 * zeros by gaps.c.
 */
#ifndef MAH_KERNELS_GEMM_PRODUCT_H
#define MAH_KERNELS_GEMM_PRODUCT_H

#include "tensor/kernels/affine.h"
#include "tensor/kernels/real.h"

/* C[m,n] = first[m,n] + sum_k A[m,k] B[k,n], where first is
 *   bias_[n], or start_[m,n] times `share`, or 0 when both are NULL,
 * and then 0 where C < 0 (relu) or gate_[m,n] <= 0. Sums are taken in the order of k, from a first
 * that is not -0.
 * start_ may be c; gate_ may not. */
typedef struct mah_product {
  real *c; /* the rows of C, start_ and gate_ are c_row elements apart */
  int64_t c_row;
  const real *a; /* A[m,k] = a[m a_row + k a_step] */
  int64_t a_row, a_step;
  const real *b; /* B packed, or (b_row not 0) B[k,n] = b[k b_row + n] for few rows or columns */
  int64_t b_row;
  int64_t m, n, k;
  const real *bias_, *start_, *gate_;
  real share;
  int relu;
  real *room_; /* m * min(k, MAH_DEPTH) reals of work space, which large products want */
} mah_product;

enum { MAH_PANEL_LANES = 2 }; /* of packed B: see gemm.h */
#endif
