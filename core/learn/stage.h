/* stage.h - a batch through a network stage by stage, for networks with MAH_CUSTOM layers: the
 * caller computes those activations, and the core all the rest, by the same engine and on the same
 * threads as mlp.h's functions.
 *
 *   mah_stage_begin(net, w, &batch, 1);
 *   for (int64_t first = 0; first < batch.count; first += count) {
 *     mah_stage_load(net, &count, first);                 // as many rows as the work space takes
 *     for each MAH_CUSTOM layer c:                        // b: the one before, + 1; or 0
 *       mah_stage_forward(net, w, b, c + 1);
 *       mah_stage_get(net, z, MAH_STAGE_Z, c);
 *       y = f(z);
 *       mah_stage_set(net, y, MAH_STAGE_Y, c);
 *     mah_stage_forward(net, w, b, layers);
 *     mah_stage_loss(net);
 *     mah_stage_backward(net, gradient, w, c + 1, layers);    // and so on, down to layer 0:
 *     mah_stage_get(net, dy, MAH_STAGE_DELTA, c);
 *     dz = dy f'(z);
 *     mah_stage_set(net, dz, MAH_STAGE_DELTA, c);
 *   }
 *   mah_stage_end(net, &loss);
 *
 * A network holds one piece of one batch at a time: mah_stage_load replaces it, and a whole batch
 * run by mlp.h's functions in between makes the next stage fail with MAH_ERROR_ARGUMENT. Stages in
 * another order give other numbers, and do no harm.
 */
#ifndef MAH_LEARN_STAGE_H
#define MAH_LEARN_STAGE_H

#include "learn/mlp.h"

enum { MAH_STAGE_Z, MAH_STAGE_Y, MAH_STAGE_DELTA }; /* each (rows, units) of a layer */

/* A batch begins; what it names must stay until its last piece is loaded, compressed inputs until
 * its last stage. batch->y may be NULL: then x is all there is, and no loss can be asked for. */
mah_status mah_stage_begin(mah_mlp *net, const mah_tensor *w, const mah_batch *batch,
                           int32_t has_gradient);

/* Copies rows first ... first + *count - 1 of the batch into the work space. Without targets it
 * fails where x holds NaN or infinity. A piece that could not be loaded cannot be computed with. */
mah_status mah_stage_load(mah_mlp *net, int64_t *count, int64_t first);

/* The layers from ... to - 1, counted from 0; a MAH_CUSTOM layer as far as its z. */
mah_status mah_stage_forward(mah_mlp *net, const mah_tensor *w, int32_t from, int32_t to);

/* The piece's share of the loss; with a gradient, delta becomes dL/dz of the last layer. */
mah_status mah_stage_loss(mah_mlp *net);

/* The gradient of the layers to - 1 ... from, with dL/dz of layer to - 1 in delta; the delta of
 * layer from - 1 becomes its dL/dz (dL/dy where it is MAH_CUSTOM). The first piece of a batch
 * overwrites these layers' part of `gradient`, the others add to it. */
mah_status mah_stage_backward(mah_mlp *net, mah_tensor *gradient, const mah_tensor *w, int32_t from,
                              int32_t to);

/* *loss: the mean loss of the batch with its penalties. */
mah_status mah_stage_end(mah_mlp *net, double *loss);

/* Copies of what the work space holds of a layer: Z of a MAH_CUSTOM one only. `t`: contiguous, of
 * the network's dtype, (rows of the piece, units). */
mah_status mah_stage_get(mah_mlp *net, mah_tensor *t, int32_t what, int32_t layer);
mah_status mah_stage_set(mah_mlp *net, const mah_tensor *t, int32_t what, int32_t layer);
#endif
