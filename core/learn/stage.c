#include "learn/stage.h"

#include <inttypes.h>
#include <string.h>

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check_open(const mah_mlp *net) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  if (!net->is_open)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "there is no batch in the network: it was used for something else meanwhile");
  return MAH_OK;
}

static mah_status check_loaded(const mah_mlp *net) {
  MAH_TRY(check_open(net));
  if (net->run.piece.pass.rows == 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "no piece of the batch has been loaded");
  return MAH_OK;
}

static mah_status check_range(const mah_mlp *net, int32_t from, int32_t to) {
  if (from < 0 || from > to || to > net->network.n_layers)
    return mah_fail(MAH_ERROR_ARGUMENT, "layers %d ... %d of a network with %d", from + 1, to,
                    net->network.n_layers);
  return MAH_OK;
}

static mah_status check_layers(const mah_mlp *net, const mah_tensor *w, int32_t from, int32_t to) {
  MAH_TRY(check_loaded(net));
  MAH_TRY(check_range(net, from, to));
  return mah_mlp_check_parameters(net, w, "w");
}

/* Again before each piece: the caller's own functions may have freed something meanwhile. */
static mah_status check_batch(const mah_mlp *net, const mah_batch *batch) {
  if (batch != NULL && batch->x == NULL && batch->compressed_ != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "stages take x as a matrix, not without its zeros");
  if (batch != NULL && batch->exchange_ != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "stages are for one process: ranks do not share them");
  if (batch != NULL && batch->y == NULL)
    return mah_batch_check_inputs(batch->x, net->network.inputs);
  return mah_mlp_check_batch(net, batch);
}

/* -- A batch ----------------------------------------------------------------------------------- */

mah_status mah_stage_begin(mah_mlp *net, const mah_tensor *w, const mah_batch *batch,
                           int32_t has_gradient) {
  MAH_TRY(mah_mlp_check_parameters(net, w, "w"));
  MAH_TRY(check_batch(net, batch));
  mah_batch inputs = {.x = batch->x, .count = batch->x->extent[0]};
  net->is_open = 0;
  int wants_gradient = has_gradient && batch->y != NULL;
  MAH_TRY(mah_run_begin(&net->run, &net->work, w->data, batch->y ? batch : &inputs,
                        MAH_RUN_COPY | (wants_gradient ? MAH_RUN_GRADIENT : 0)));
  net->is_open = 1;
  return MAH_OK;
}

static mah_status load_piece(mah_run *run, int64_t *count, int64_t first) {
  mah_leg leg = {.fetches = 1, .checks = run->piece.batch.y == NULL};
  MAH_TRY(mah_run_load(run, count, first));
  return mah_run_go(run, &leg, NULL);
}

mah_status mah_stage_load(mah_mlp *net, int64_t *count, int64_t first) {
  MAH_TRY(check_open(net));
  if (count == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the number of rows");
  if (first < 0 || first >= net->run.piece.batch.count)
    return mah_fail(MAH_ERROR_ARGUMENT, "row %.0f of a batch of %" PRId64, (double)first + 1,
                    net->run.piece.batch.count);
  MAH_TRY(check_batch(net, &net->run.piece.batch));
  mah_status status = load_piece(&net->run, count, first);
  if (status != MAH_OK) net->run.piece.pass.rows = 0; /* part of it is missing, or no class */
  return status;
}

mah_status mah_stage_end(mah_mlp *net, double *loss) {
  MAH_TRY(check_open(net));
  if (loss == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the loss");
  *loss = net->run.score.loss + mah_run_penalty(&net->run);
  net->is_open = 0;
  return MAH_OK;
}

/* -- Stages ------------------------------------------------------------------------------------ */

mah_status mah_stage_forward(mah_mlp *net, const mah_tensor *w, int32_t from, int32_t to) {
  MAH_TRY(check_layers(net, w, from, to));
  net->run.piece.pass.w = w->data;
  return mah_run_go(&net->run, &(mah_leg){.from = from, .to = to}, NULL);
}

mah_status mah_stage_loss(mah_mlp *net) {
  MAH_TRY(check_loaded(net));
  if (net->run.piece.batch.y == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "the batch in the network has no targets");
  return mah_run_go(&net->run, &(mah_leg){.measures = 1}, NULL);
}

mah_status mah_stage_backward(mah_mlp *net, mah_tensor *gradient, const mah_tensor *w, int32_t from,
                              int32_t to) {
  MAH_TRY(check_layers(net, w, from, to));
  MAH_TRY(mah_mlp_check_parameters(net, gradient, "gradient"));
  if (!net->run.piece.pass.has_gradient)
    return mah_fail(MAH_ERROR_ARGUMENT, "the batch in the network was begun without a gradient");
  net->run.piece.pass.w = w->data;
  return mah_run_go(&net->run, &(mah_leg){.back_from = from, .back_to = to}, gradient->data);
}

/* -- What the work space holds ----------------------------------------------------------------- */

/* Where that part of it is, if `t` fits it. */
static mah_status find_part(void **part, const mah_mlp *net, const mah_tensor *t, int32_t what,
                            int32_t layer) {
  MAH_TRY(check_loaded(net));
  MAH_TRY(check_range(net, layer, layer + 1));
  const mah_layer_work *work = &net->work.layers[layer];
  int64_t rows = net->run.piece.pass.rows, units = net->network.layers[layer].units;
  *part = what == MAH_STAGE_Z       ? work->z_
          : what == MAH_STAGE_Y     ? work->out
          : what == MAH_STAGE_DELTA ? work->delta
                                    : NULL;
  if (*part == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d keeps nothing under the number %d", layer + 1,
                    what);
  MAH_TRY(mah_tensor_check_dtype(t, "t", net->network.dtype));
  if (t->ndim != 2 || t->extent[0] != rows || t->extent[1] != units || !mah_tensor_is_contiguous(t))
    return mah_fail(MAH_ERROR_SHAPE,
                    "layer %d: a contiguous %" PRId64 "x%" PRId64 " is expected, got %s", layer + 1,
                    rows, units, mah_tensor_describe(t));
  return MAH_OK;
}

static size_t bytes_of(const mah_tensor *t) {
  return (size_t)(mah_tensor_count(t) * mah_dtype_size(t->elem));
}

mah_status mah_stage_get(mah_mlp *net, mah_tensor *t, int32_t what, int32_t layer) {
  void *part;
  MAH_TRY(find_part(&part, net, t, what, layer));
  MAH_TRY(mah_tensor_check_writable(t, "t"));
  memcpy(t->data, part, bytes_of(t));
  return MAH_OK;
}

mah_status mah_stage_set(mah_mlp *net, const mah_tensor *t, int32_t what, int32_t layer) {
  void *part;
  MAH_TRY(find_part(&part, net, t, what, layer));
  memcpy(part, t->data, bytes_of(t));
  return MAH_OK;
}
