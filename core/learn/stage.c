#include "learn/stage.h"

#include "learn/inputs.h"

#include <inttypes.h>
#include <string.h>

static mah_status check_stage(const mah_mlp *net) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  if (net->stage.layers == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "there is no batch in the network: it was used for something else meanwhile");
  return MAH_OK;
}

static mah_status check_range(const mah_mlp *net, int32_t from, int32_t to) {
  if (from < 0 || from > to || to > net->n_layers)
    return mah_fail(MAH_ERROR_ARGUMENT, "layers %d ... %d of a network with %d", from + 1, to,
                    net->n_layers);
  return MAH_OK;
}

/* -- Loading ----------------------------------------------------------------------------------- */

/* Without targets the batch is its inputs alone. */
static mah_status check_batch(const mah_mlp *net, const mah_batch *batch) {
  if (batch != NULL && batch->y == NULL) return mah_batch_check_inputs(batch->x, net->inputs);
  return mah_batch_check(batch, net->inputs, mah_work_outputs(net), net->loss);
}

mah_status mah_stage_load(mah_mlp *net, int64_t *count, const mah_batch *batch, int64_t first) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  if (count == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the number of rows");
  if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
  MAH_TRY(check_batch(net, batch));
  mah_batch inputs = {.x = batch->x, .count = batch->x->extent[0]};
  if (batch->y == NULL) batch = &inputs; /* nothing else of it was looked at */
  int64_t rows = batch->count;
  if (first < 0 || first >= rows)
    return mah_fail(MAH_ERROR_ARGUMENT, "row %" PRId64 " of a batch of %" PRId64, first + 1, rows);
  MAH_TRY(mah_work_reserve(net, rows));
  mah_pass pass = mah_work_pass(net);
  *count = rows - first < net->rows ? rows - first : net->rows;
  mah_inputs_load(net, &pass, batch, first, *count, 1);
  pass.piece_rows = *count;
  mah_inputs_bring(net, &pass, batch, 0, 0);
  if (batch->y != NULL) {
    double weights;
    MAH_TRY(mah_batch_sum_of_weights(&weights, batch));
    MAH_TRY(mah_work_load_targets(net, &pass, batch, first, *count));
    pass.scale = 1 / weights;
    pass.training = batch->training;
    pass.seed = batch->seed;
    pass.step = batch->step;
  }
  net->stage = pass;
  return MAH_OK;
}

/* -- Running ----------------------------------------------------------------------------------- */

mah_status mah_stage_forward(mah_mlp *net, const mah_tensor *w, int32_t from, int32_t to) {
  MAH_TRY(check_stage(net));
  MAH_TRY(check_range(net, from, to));
  MAH_TRY(mah_work_check_parameters(net, w, "w"));
  const mah_learn_kernels *kernels = mah_learn(net->dtype);
  net->stage.w = w->data;
  net->stage.dw_ = NULL;
  for (int32_t i = from; i < to; i++) kernels->prepare(&net->stage, i, 0, net->layers[i].inputs);
  kernels->forward(&net->stage, from, to);
  return MAH_OK;
}

mah_status mah_stage_loss(mah_mlp *net, double *loss, int32_t slopes) {
  MAH_TRY(check_stage(net));
  if (loss == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the loss");
  if (net->stage.class_ == NULL && net->stage.target_ == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "the batch in the network has no targets");
  net->stage.dw_ = slopes ? net->out : NULL; /* any address: it is only asked for being there */
  *loss += mah_learn(net->dtype)->loss(&net->stage);
  return MAH_OK;
}

mah_status mah_stage_backward(mah_mlp *net, mah_tensor *gradient, const mah_tensor *w, int32_t from,
                              int32_t to) {
  MAH_TRY(check_stage(net));
  MAH_TRY(check_range(net, from, to));
  MAH_TRY(mah_work_check_parameters(net, w, "w"));
  MAH_TRY(mah_work_check_parameters(net, gradient, "gradient"));
  net->stage.w = w->data;
  net->stage.dw_ = gradient->data;
  net->stage.adds = 1;
  const mah_learn_kernels *kernels = mah_learn(net->dtype);
  for (int32_t i = from > 1 ? from : 1; i < to; i++)
    kernels->prepare(&net->stage, i, 0, net->layers[i].inputs);
  kernels->backward(&net->stage, from, to);
  for (int32_t i = from; i < to; i++)
    kernels->weights(&net->stage, i, 0, net->layers[i].inputs, NULL);
  return MAH_OK;
}

mah_status mah_stage_penalty(mah_mlp *net, double *loss, mah_tensor *gradient_, const mah_tensor *w,
                             const mah_batch *batch) {
  double weights;
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  if (loss == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the loss");
  MAH_TRY(mah_work_check_parameters(net, w, "w"));
  if (gradient_ != NULL) MAH_TRY(mah_work_check_parameters(net, gradient_, "gradient"));
  MAH_TRY(mah_batch_check(batch, net->inputs, mah_work_outputs(net), net->loss));
  MAH_TRY(mah_batch_sum_of_weights(&weights, batch));
  const mah_learn_kernels *kernels = mah_learn(net->dtype);
  double l1 = batch->l1 / weights, l2 = batch->l2 / weights;
  for (int32_t i = 0; i < net->n_layers; i++) {
    const mah_layer *layer = &net->layers[i];
    int64_t n = (int64_t)layer->inputs * layer->units, first = layer->weight * kernels->real_size;
    const void *W = (const char *)w->data + first;
    *loss += kernels->penalty(W, n, l1, l2);
    if (gradient_) kernels->penalty_slopes((char *)gradient_->data + first, W, n, l1, l2);
  }
  return MAH_OK;
}

/* -- Looking and changing ---------------------------------------------------------------------- */

/* Where that part of the work space is, if `t` fits it. */
static mah_status find_part(void **part, mah_mlp *net, const mah_tensor *t, int32_t what,
                            int32_t layer) {
  MAH_TRY(check_stage(net));
  MAH_TRY(check_range(net, layer, layer + 1));
  int64_t rows = net->stage.rows, units = net->layers[layer].units;
  *part = what == MAH_STAGE_Z       ? net->z[layer]
          : what == MAH_STAGE_Y     ? net->out[layer]
          : what == MAH_STAGE_DELTA ? net->delta[layer]
                                    : NULL;
  if (*part == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d keeps nothing under the number %d", layer + 1,
                    what);
  MAH_TRY(mah_tensor_check_dtype(t, "t", net->dtype));
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
