/* gemm.h - dense matrix products with what comes right before and after them, for the shapes of
 * perceptrons: some ten to some thousand rows and columns.
 */
#ifndef MAH_LEARN_KERNELS_GEMM_H
#define MAH_LEARN_KERNELS_GEMM_H

#include "learn/kernels/operands.h"
#include "learn/kernels/real.h"

#define mah_gemm                 MAH_VARIANT(mah_gemm)
#define mah_gemm_takes_rows      MAH_VARIANT(mah_gemm_takes_rows)
#define mah_gemm_pack            MAH_VARIANT(mah_gemm_pack)
#define mah_gemm_pack_transposed MAH_VARIANT(mah_gemm_pack_transposed)

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

void mah_gemm(const mah_product *product);

/* Lanes of a panel of packed B: see below. */
enum { MAH_PANEL_LANES = 2 };

/* Is a B of so many columns, as it lies, as good as packed, whatever the rows of C? */
int mah_gemm_takes_rows(int64_t n);

/* B packed: its columns are cut into panels, the last one filled up with zeros, and a panel lies
 * row after row. B (k,n) takes k * mah_packed_width(n) reals, aligned to 64 bytes. Packs rows first
 * ... first + count - 1 of B. */
void mah_gemm_pack(void *packed, const void *B, int64_t k, int64_t n, int64_t first, int64_t count);

/* The same of B[k,n] = W[n,k]      W:(n,k). Packs columns first ... first + count - 1 of B. */
void mah_gemm_pack_transposed(void *packed, const void *W, int64_t k, int64_t n, int64_t first,
                              int64_t count);
#endif
