/* sparse.h - products with matrices that are mostly zeros, two rows at a time.
 *
 * MNIST's images are: 81 % of their pixels are 0. Of such a matrix X only the elements that are not
 * zero are kept, two rows at a time (mah_sparse_pairs, kernels.h).
 *
 * The dense matrix of a product is packed: cut into blocks of a few lanes of columns, each block
 * row after row, filled up with zeros. So a block's often used rows stay in the first-level cache,
 * and no vector straddles two cache lines.
 */
#ifndef MAH_SPARSE_H
#define MAH_SPARSE_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_sparse_pack     MAH_VARIANT(mah_sparse_pack)
#define mah_sparse_multiply MAH_VARIANT(mah_sparse_multiply)

/* Packs rows first ... first + count - 1 of M (rows, columns); `packed` takes rows times
 * mah_packed_width(columns) reals and is aligned to 64 bytes. */
void mah_sparse_pack(void *packed, const void *M, int64_t rows, int64_t columns, int64_t first,
                     int64_t count);

void mah_sparse_multiply(const mah_sparse_product *product); /* see kernels.h */
#endif
