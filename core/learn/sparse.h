/* sparse.h - the products of a first layer whose inputs are mostly zeros, as MNIST's are: 81 % of
 * its pixels are 0.
 *
 * The elements that are not zero come by columns, two columns at a time (mah_sparse_columns,
 * kernels.h). So a row of results is fetched and stored once for two columns, and a row of the delta
 * is fetched once for two rows of the gradient. Each result is added up in the order of its inputs,
 * or its rows, however a piece is cut.
 *
 * X:(rows,inputs) by columns  W, dW:(inputs,units)  bias:(units)  Y, dY:(rows,units)
 */
#ifndef MAH_SPARSE_H
#define MAH_SPARSE_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_sparse_forward          MAH_VARIANT(mah_sparse_forward)
#define mah_sparse_backward_weights MAH_VARIANT(mah_sparse_backward_weights)
#define mah_sparse_pack             MAH_VARIANT(mah_sparse_pack)

/* Y[b,o] = sum_i X[b,i] W[i,o] + bias[o]; with relu, negative results become 0. x has elements of
 * the rows first_row ... first_row + rows - 1 only, and Y begins with these. sums: work space,
 * MAH_SUMS bytes a row, aligned to 64 bytes. */
void mah_sparse_forward(void *Y, const mah_sparse_columns *x, const void *W, const void *bias,
                        int32_t relu, int64_t first_row, int64_t rows, int64_t inputs,
                        int64_t units, void *sums);

/* dW[i,o] = share start_[i,o] + sum_b X[b,i] dY[b,o], for i = first ... first + count - 1, where
 * first is even, and count, too, unless these are the last inputs; start_ may be dW, or NULL for 0;
 * dY packed */
void mah_sparse_backward_weights(void *dW, const void *start_, double share,
                                 const mah_sparse_columns *x, const void *dY, int64_t rows,
                                 int64_t inputs, int64_t units, int64_t first, int64_t count);

/* dY packed: cut into blocks of a few lanes of columns, each block row after row, filled up with
 * zeros; so the rows of a block stay in the first-level cache, and no vector straddles two cache
 * lines. Packs rows first ... first + count - 1; `packed` takes rows * mah_packed_width(units) reals
 * and is aligned to 64 bytes. */
void mah_sparse_pack(void *packed, const void *dY, int64_t rows, int64_t units, int64_t first,
                     int64_t count);
#endif
