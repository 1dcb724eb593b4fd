/* pass.h - some rows through the network, or through some of its layers: forward, loss, backward.
 *
 * What is computed row by row takes the rows row ... row + rows - 1 of the piece, so that several
 * threads can share a piece; the gradients of the weights are sums over all its rows, and are
 * shared out by the inputs of the layer.
 */
#ifndef MAH_LEARN_KERNELS_PASS_H
#define MAH_LEARN_KERNELS_PASS_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_pass_pack_weights MAH_VARIANT(mah_pass_pack_weights)
#define mah_pass_forward      MAH_VARIANT(mah_pass_forward)
#define mah_pass_loss         MAH_VARIANT(mah_pass_loss)
#define mah_pass_correct      MAH_VARIANT(mah_pass_correct)
#define mah_pass_backward     MAH_VARIANT(mah_pass_backward)
#define mah_pass_pack_delta   MAH_VARIANT(mah_pass_pack_delta)
#define mah_pass_weights      MAH_VARIANT(mah_pass_weights)
#define mah_pass_argmax       MAH_VARIANT(mah_pass_argmax)

/* Before all else, unless the layer's inputs are sparse or the pass is unpacked: the weights of
 * inputs first ... first + count - 1 of a layer in the forms that the products want: packed, and,
 * where there is a gradient to compute, transposed and packed. */
void mah_pass_pack_weights(const mah_pass *pass, int32_t layer, int64_t first, int64_t count);

/* Fills the outputs of the layers from ... to - 1; a MAH_CUSTOM layer gets as far as its z. Dropout
 * comes in as the next layer reads its inputs. */
void mah_pass_forward(const mah_pass *pass, int32_t from, int32_t to);

/* After forward: the rows' share of the loss, and (with has_gradient) its gradient at the last
 * layer's z. */
double mah_pass_loss(const mah_pass *pass);

/* After forward of a classifier: how many rows have all outputs on the right side: the largest
 * one is the class; p > 0.5 is the target. */
int64_t mah_pass_correct(const mah_pass *pass);

/* From dL/dz of layer to - 1 in delta: dL/dz of the layers to - 2 ... from - 1, where there are
 * any; dL/dy of layer from - 1 where that is MAH_CUSTOM. */
void mah_pass_backward(const mah_pass *pass, int32_t from, int32_t to);

/* Part of backward, which others' rows want alone: delta of a layer, as the gradient of its weights
 * wants it. */
void mah_pass_pack_delta(const mah_pass *pass, int32_t layer);

/* After backward of all rows, with row = 0: the gradient of the weights of inputs first ... first +
 * count - 1 of a layer, and with the first of its inputs that of its bias, into dw. room_: as in
 * operands.h. */
void mah_pass_weights(const mah_pass *pass, int32_t layer, int64_t first, int64_t count,
                      void *room_);

/* out[b] = the first k with the largest P[b,k]      P:(rows,columns) */
void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns);
#endif
