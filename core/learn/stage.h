/* stage.h - a batch through a network stage by stage, for networks with MAH_CUSTOM layers: the
 * caller computes those activations, and the core all the rest.
 *
 *   for (int64_t first = 0; first < batch.count; first += count) {
 *     mah_stage_load(net, &count, batch, first);          // as many rows as the work space takes
 *     for each MAH_CUSTOM layer c:                        // b: the one before, + 1; or 0
 *       mah_stage_forward(net, w, b, c + 1);
 *       mah_stage_get(net, z, MAH_STAGE_Z, c);  y = f(z);  mah_stage_set(net, y, MAH_STAGE_Y, c);
 *     mah_stage_forward(net, w, b, layers);
 *     mah_stage_loss(net, &loss, 1);                      // loss += this piece's share
 *     mah_stage_backward(net, gradient, w, c + 1, layers) // and so on, down to layer 0:
 *     mah_stage_get(net, dy, MAH_STAGE_DELTA, c);  ...;  mah_stage_set(net, dz, MAH_STAGE_DELTA,
 * c);
 *   }
 *   mah_stage_penalty(net, &loss, gradient, w, batch);
 *
 * A network holds one piece of one batch at a time: mah_stage_load replaces it, and a whole batch
 * run by mlp.h's functions in between makes the next stage fail with MAH_ERROR_ARGUMENT. Stages in
 * another order give other numbers, and do no harm.
 */
#ifndef MAH_STAGE_H
#define MAH_STAGE_H

#include "learn/mlp.h"

enum { MAH_STAGE_Z, MAH_STAGE_Y, MAH_STAGE_DELTA }; /* each (rows, units) of a layer */

/* Copies rows first ... first + *count - 1 of the batch into the work space. batch->y may be NULL:
 * then x is all there is, and no loss can be asked for. */
mah_status mah_stage_load(mah_mlp *net, int64_t *count, const mah_batch *batch, int64_t first);

/* The layers from ... to - 1, counted from 0; a MAH_CUSTOM layer as far as its z. */
mah_status mah_stage_forward(mah_mlp *net, const mah_tensor *w, int32_t from, int32_t to);

/* *loss += the piece's loss, divided by the sum of the whole batch's weights. With `slopes`, delta
 * becomes dL/dz of the last layer. */
mah_status mah_stage_loss(mah_mlp *net, double *loss, int32_t slopes);

/* gradient += that of the layers to - 1 ... from, with dL/dz of layer to - 1 in delta, which
 * becomes the one of layer from - 1 (dL/dy where that is MAH_CUSTOM). */
mah_status mah_stage_backward(mah_mlp *net, mah_tensor *gradient, const mah_tensor *w, int32_t from,
                              int32_t to);

/* *loss += the batch's penalties; gradient_ += theirs. */
mah_status mah_stage_penalty(mah_mlp *net, double *loss, mah_tensor *gradient_, const mah_tensor *w,
                             const mah_batch *batch);

/* Copies of what the work space holds of a layer: Z of a MAH_CUSTOM one only. `t`: contiguous, of
 * the network's dtype, (rows of the piece, units). */
mah_status mah_stage_get(mah_mlp *net, mah_tensor *t, int32_t what, int32_t layer);
mah_status mah_stage_set(mah_mlp *net, const mah_tensor *t, int32_t what, int32_t layer);
#endif
