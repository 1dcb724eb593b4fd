/* pass.h - some rows through the network, or through some of its layers: forward, loss, backward.
 */
#ifndef MAH_PASS_H
#define MAH_PASS_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_pass_forward  MAH_VARIANT(mah_pass_forward)
#define mah_pass_loss     MAH_VARIANT(mah_pass_loss)
#define mah_pass_backward MAH_VARIANT(mah_pass_backward)
#define mah_pass_penalty  MAH_VARIANT(mah_pass_penalty)
#define mah_pass_argmax   MAH_VARIANT(mah_pass_argmax)

/* Fills out[] of the layers from ... to - 1; a MAH_CUSTOM layer gets as far as its z. Dropout comes
 * in as the next layer reads its inputs. */
void mah_pass_forward(const mah_pass *pass, int32_t from, int32_t to);

/* After forward: the pass's loss, and (with dw_) its gradient at the last layer's z in delta. */
double mah_pass_loss(mah_pass *pass);

/* From dL/dz of layer to - 1 in delta: adds the gradients of the layers to - 1 ... from to dw_, and
 * leaves dL/dz of layer from - 1 in delta, or dL/dy where that layer is MAH_CUSTOM. */
void mah_pass_backward(mah_pass *pass, int32_t from, int32_t to);

/* l1 sum |W| + l2/2 sum W^2 over all weights (not biases); dw_ += its gradient */
double mah_pass_penalty(const mah_layer *layers, int32_t n_layers, const void *w, void *dw_,
                        double l1, double l2);

/* out[b] = the first k with the largest P[b,k]      P:(rows,columns) */
void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns);
#endif
