/* sparse.h - the products of a first layer whose inputs are mostly zeros, as MNIST's are: 81 % of
 * its pixels are 0. Their formulas and shapes are in operands.h.
 *
 * The elements that are not zero come by columns, two columns at a time (mah_sparse_columns). So a
 * row of results is fetched and stored once for two columns, and a row of the delta is fetched once
 * for two rows of the gradient. Each result is added up in the order of its inputs, or its rows,
 * however a piece is cut.
 */
#ifndef MAH_LEARN_KERNELS_SPARSE_H
#define MAH_LEARN_KERNELS_SPARSE_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_sparse_forward          MAH_VARIANT(mah_sparse_forward)
#define mah_sparse_backward_weights MAH_VARIANT(mah_sparse_backward_weights)
#define mah_sparse_pack             MAH_VARIANT(mah_sparse_pack)

/* columns_ has elements of the rows row ... row + rows - 1 only, and Y begins with
 * these. */
void mah_sparse_forward(const mah_affine *a);

/* dY is packed by mah_sparse_pack. `first` is even, and `count`, too, unless these are the last
 * inputs. */
void mah_sparse_backward_weights(const mah_affine_weights *a);

/* dY packed: cut into blocks of a few lanes of columns, each block row after row, filled up with
 * zeros; so the rows of a block stay in the first-level cache, and no vector straddles two cache
 * lines. Packs rows first ... first + count - 1; `packed` takes rows * mah_packed_width(units)
 * reals and is aligned to 64 bytes. */
void mah_sparse_pack(void *packed, const void *dY, int64_t rows, int64_t units, int64_t first,
                     int64_t count);
#endif
