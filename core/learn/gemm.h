/* gemm.h - dense matrix products with what comes right before and after them, for the shapes of
 * perceptrons: some ten to some thousand rows and columns.
 */
#ifndef MAH_GEMM_H
#define MAH_GEMM_H

#include "learn/real.h"

#define mah_gemm      MAH_VARIANT(mah_gemm)
#define mah_transpose MAH_VARIANT(mah_transpose)

/* C[m,n] = first[m,n] + sum_k A[m,k] B[k,n], where first is
 *   bias_[n], or start_[m,n] times `share`, or 0 when both are NULL,
 * and then 0 where C < 0 (relu) or gate_[m,n] <= 0.
 * start_ may be c; gate_ may not. */
typedef struct mah_product {
  real *c; /* the rows of C, start_ and gate_ are c_row elements apart */
  int64_t c_row;
  const real *a; /* A[m,k] = a[m a_row + k a_step] */
  int64_t a_row, a_step;
  const real *b; /* B[k,n] = b[k b_row + n] */
  int64_t b_row;
  int64_t m, n, k;
  const real *bias_, *start_, *gate_;
  real share;
  int relu;
} mah_product;

void mah_gemm(const mah_product *product);

/* T[j,i] = W[i,j]      W:(rows,columns) T:(columns,rows), its rows t_row elements apart */
void mah_transpose(void *T, int64_t t_row, const void *W, int64_t rows, int64_t columns);
#endif
