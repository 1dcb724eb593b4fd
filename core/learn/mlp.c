#include "learn/mlp.h"

#include "base/memory.h"

#include <inttypes.h>

/* -- Making ------------------------------------------------------------------------------------ */

mah_status mah_mlp_new(mah_mlp **out, int32_t dtype, int32_t inputs, int32_t loss,
                       const mah_layer *layers, int32_t n_layers) {
  mah_mlp *net = mah_alloc_zero(1, sizeof *net);
  if (net == NULL) return MAH_ERROR_MEMORY;
  mah_status status = mah_network_init(&net->network, dtype, inputs, loss, layers, n_layers);
  if (status == MAH_OK) status = mah_work_init(&net->work, &net->network);
  if (status == MAH_OK)
    *out = net;
  else
    mah_mlp_free(net);
  return status;
}

void mah_mlp_free(mah_mlp *net_) {
  if (net_ == NULL) return;
  mah_work_release(&net_->work);
  mah_network_release(&net_->network);
  mah_free(net_);
}

int64_t mah_mlp_parameters(const mah_mlp *net) { return net->network.parameters; }

const mah_layer *mah_mlp_layer(const mah_mlp *net, int32_t i) {
  return i >= 0 && i < net->network.n_layers ? &net->network.layers[i] : NULL;
}

mah_status mah_mlp_scale_inputs(mah_mlp *net, double scale) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  if (!(scale != 0 && scale - scale == 0))
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "the scale of the inputs must be a number other than 0, got %g", scale);
  net->network.input_scale = scale;
  return MAH_OK;
}

/* -- Checks ------------------------------------------------------------------------------------ */

mah_status mah_mlp_check_parameters(const mah_mlp *net, const mah_tensor *w, const char *name) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  MAH_TRY(mah_tensor_check_dtype(w, name, net->network.dtype));
  if (w->ndim != 1 || w->extent[0] != net->network.parameters || !mah_tensor_is_contiguous(w))
    return mah_fail(MAH_ERROR_SHAPE,
                    "%s: a contiguous vector of %" PRId64 " parameters is expected, got %s", name,
                    net->network.parameters, mah_tensor_describe(w));
  return MAH_OK;
}

mah_status mah_mlp_check_whole(const mah_mlp *net, const mah_tensor *w) {
  MAH_TRY(mah_mlp_check_parameters(net, w, "w"));
  for (int32_t i = 0; i < net->network.n_layers; i++)
    if (net->network.layers[i].activation == MAH_CUSTOM)
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "layer %d has an activation of the caller's: the network is run in stages",
                      i + 1);
  return MAH_OK;
}

mah_status mah_mlp_check_batch(const mah_mlp *net, const mah_batch *batch) {
  const mah_network *network = &net->network;
  MAH_TRY(mah_batch_check(batch, network->inputs, mah_network_outputs(network), network->loss));
  return mah_inputs_check(network, batch);
}

/* -- Loss and gradient ------------------------------------------------------------------------- */

static mah_status run_batch(mah_mlp *net, const mah_leg *leg, void *dw_, const void *w,
                            const mah_batch *batch) {
  mah_run *run = &net->run;
  net->is_open = 0;
  MAH_TRY(mah_run_begin(run, &net->work, w, batch, dw_ ? MAH_RUN_GRADIENT : 0));
  for (int64_t first = 0, count; first < batch->count; first += count) {
    MAH_TRY(mah_run_load(run, &count, first));
    MAH_TRY(mah_run_go(run, leg, dw_));
  }
  run->score.loss += mah_run_penalty(run);
  return MAH_OK;
}

/* Loss, and what else is asked for: the gradient, the number of rows that are right. */
static mah_status measure(mah_mlp *net, double *loss, double *correct_, mah_tensor *gradient_,
                          const mah_tensor *w, const mah_batch *batch) {
  if (loss == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the loss");
  MAH_TRY(mah_mlp_check_whole(net, w));
  if (gradient_ != NULL) MAH_TRY(mah_mlp_check_parameters(net, gradient_, "gradient"));
  MAH_TRY(mah_mlp_check_batch(net, batch));
  mah_leg leg = {.fetches = 1,
                 .to = net->network.n_layers,
                 .measures = 1,
                 .counts = correct_ != NULL,
                 .back_to = gradient_ ? net->network.n_layers : 0};
  MAH_TRY(run_batch(net, &leg, gradient_ ? gradient_->data : NULL, w->data, batch));
  *loss = net->run.score.loss;
  if (correct_ != NULL) *correct_ = (double)net->run.score.correct;
  return MAH_OK;
}

mah_status mah_mlp_gradient(mah_mlp *net, double *loss, mah_tensor *gradient_, const mah_tensor *w,
                            const mah_batch *batch) {
  return measure(net, loss, NULL, gradient_, w, batch);
}

mah_status mah_mlp_evaluate(mah_mlp *net, double *loss, double *correct, const mah_tensor *w,
                            const mah_batch *batch) {
  if (net == NULL || correct == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT,
                    net ? "no place for the count" : "the network has been freed");
  int32_t of = net->network.loss;
  if (of != MAH_BINARY &&
      !(of == MAH_CROSS_ENTROPY && batch != NULL && batch->y != NULL && batch->y->ndim == 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "rows are right or wrong with classes only, not with %s",
                    mah_loss_name(of));
  return measure(net, loss, correct, NULL, w, batch);
}
