/* gemm.h - dense matrix products with what comes right before and after them, for the shapes of
 * perceptrons: some ten to some thousand rows and columns.
 */
#ifndef MAH_KERNELS_GEMM_H
#define MAH_KERNELS_GEMM_H

#include "tensor/kernels/gemm_product.h"

#define mah_gemm                 MAH_VARIANT(mah_gemm)
#define mah_gemm_takes_rows      MAH_VARIANT(mah_gemm_takes_rows)
#define mah_gemm_pack            MAH_VARIANT(mah_gemm_pack)
#define mah_gemm_pack_transposed MAH_VARIANT(mah_gemm_pack_transposed)

void mah_gemm(const mah_product *product);

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
