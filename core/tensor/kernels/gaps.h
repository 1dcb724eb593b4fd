/* gaps.h - the product of a matrix that has many zeros here and there: what comes out of relu, what
 * it lets back, what dropout leaves.
 */
#ifndef MAH_KERNELS_GAPS_H
#define MAH_KERNELS_GAPS_H

#include "tensor/kernels/gemm_product.h"

#define mah_gaps_multiply MAH_VARIANT(mah_gaps_multiply)

/* The product, where so many numbers of A are 0 that going round them pays; else 0 is returned, and
 * nothing has been done. The bits are those of gemm.h, as long as B's numbers are finite. B is
 * packed, of `all` rows, of which this product takes those from `depth` on. room_ is needed. */
int mah_gaps_multiply(const mah_product *product, int64_t depth, int64_t all);
#endif
