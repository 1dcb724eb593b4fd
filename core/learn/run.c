/* run.c - whole batches through a network: loss and gradient, outputs, classes. */
#include "learn/mlp.h"

#include "base/memory.h"
#include "learn/inputs.h"
#include "learn/shard.h"

#include <inttypes.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static mah_status check_drivable(const mah_mlp *net) {
  for (int32_t i = 0; i < net->n_layers; i++)
    if (net->layers[i].activation == MAH_CUSTOM)
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "layer %d has an activation of the caller's: the network is run in stages",
                      i + 1);
  return MAH_OK;
}

/* -- Loss and gradient ------------------------------------------------------------------------- */

static mah_status run_batch(mah_shard_job *job, const mah_batch *batch) {
  mah_mlp *net = job->net;
  mah_pass *pass = job->pass;
  mah_inputs_choose(net, batch);
  MAH_TRY(mah_shard_prepare(net, pass));
  for (int64_t first = 0; first < batch->count; first += net->rows) {
    int64_t count = smaller(net->rows, batch->count - first);
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
    mah_inputs_load(net, pass, batch, first, count, 0);
    MAH_TRY(mah_work_load_targets(net, pass, batch, first, count));
    MAH_TRY(mah_shard_run(job));
  }
  job->loss += mah_shard_penalty(net);
  return MAH_OK;
}

/* Loss, and what else is asked for: the gradient, the number of rows that are right. */
static mah_status measure(mah_mlp *net, double *loss, double *correct_, mah_tensor *gradient_,
                          const mah_tensor *w, const mah_batch *batch) {
  double weights;
  if (loss == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the loss");
  MAH_TRY(mah_work_check_parameters(net, w, "w"));
  MAH_TRY(check_drivable(net));
  if (gradient_ != NULL) MAH_TRY(mah_work_check_parameters(net, gradient_, "gradient"));
  MAH_TRY(mah_batch_check(batch, net->inputs, mah_work_outputs(net), net->loss));
  MAH_TRY(mah_inputs_check(net, batch));
  MAH_TRY(mah_batch_sum_of_weights(&weights, batch));
  MAH_TRY(mah_work_reserve(net, batch->count));
  mah_pass pass = mah_work_pass(net);
  pass.w = w->data;
  pass.dw_ = gradient_ ? gradient_->data : NULL;
  pass.training = batch->training;
  pass.seed = batch->seed;
  pass.step = batch->step;
  pass.scale = 1 / weights;
  pass.l1 = batch->l1 * pass.scale;
  pass.l2 = batch->l2 * pass.scale;
  mah_shard_job job = {.net = net,
                       .pass = &pass,
                       .batch = batch,
                       .until = net->n_layers,
                       .counts = correct_ != NULL};
  MAH_TRY(run_batch(&job, batch));
  *loss = job.loss;
  if (correct_ != NULL) *correct_ = (double)job.correct;
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
  if (net->loss != MAH_BINARY &&
      !(net->loss == MAH_CROSS_ENTROPY && batch != NULL && batch->y != NULL && batch->y->ndim == 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "rows are right or wrong with classes only, not with %s",
                    mah_loss_name(net->loss));
  return measure(net, loss, correct, NULL, w, batch);
}

/* -- Results ----------------------------------------------------------------------------------- */

static mah_status check_result(const mah_tensor *out, int32_t dtype, int64_t rows,
                               int64_t columns) {
  MAH_TRY(mah_tensor_check_dtype(out, "out", dtype));
  int64_t wide = out->ndim == 2 ? out->extent[1] : 1;
  if (out->ndim < 1 || out->ndim > 2 || out->extent[0] != rows || wide != columns ||
      !mah_tensor_is_contiguous(out))
    return mah_fail(MAH_ERROR_SHAPE, "out: %" PRId64 "x%" PRId64 " is expected, got %s", rows,
                    columns, mah_tensor_describe(out));
  return MAH_OK;
}

static mah_status check_classes(const mah_mlp *net, const mah_tensor *out, int64_t rows) {
  return check_result(out, MAH_INT32, rows,
                      net->loss == MAH_CROSS_ENTROPY ? 1 : mah_work_outputs(net));
}

static void classify(const mah_mlp *net, int32_t *class, const void *p, int64_t rows) {
  int64_t n = rows * mah_work_outputs(net);
  if (net->loss == MAH_CROSS_ENTROPY) {
    mah_learn(net->dtype)->argmax(class, p, rows, mah_work_outputs(net));
    return;
  }
  for (int64_t i = 0; i < n; i++)
    class[i] =
        net->dtype == MAH_FLOAT32 ? ((const float *)p)[i] > 0.5f : ((const double *)p)[i] > 0.5;
}

/* -- Forward only ------------------------------------------------------------------------------ */

/* Up to so many rows go through the weights as they are: to pack them would take longer. */
enum { FEW = 8 };

/* Sends all of x through the first `layers` layers and hands each piece to `take`. */
static mah_status run_forward(mah_mlp *net, const mah_tensor *w, const mah_tensor *x,
                              int32_t layers, mah_tensor *const *outs,
                              void (*take)(const mah_mlp *, const mah_pass *,
                                           mah_tensor *const *)) {
  mah_batch batch = {.x = x, .count = x->extent[0]};
  if (batch.count == 0) return MAH_OK;
  MAH_TRY(mah_work_reserve(net, batch.count));
  mah_pass pass = mah_work_pass(net);
  pass.w = w->data;
  mah_shard_job job = {.net = net, .pass = &pass, .batch = &batch, .until = layers, .checks = 1};
  mah_inputs_choose(net, &batch);
  pass.few = batch.count <= FEW;
  if (pass.few)
    net->is_sparse = 0;
  else
    MAH_TRY(mah_shard_prepare(net, &pass));
  for (int64_t first = 0; first < batch.count; first += net->rows) {
    int64_t count = smaller(net->rows, batch.count - first);
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
    mah_inputs_load(net, &pass, &batch, first, count, 0);
    MAH_TRY(mah_shard_run(&job));
    take(net, &pass, outs);
  }
  return MAH_OK;
}

static void take_outputs(const mah_mlp *net, const mah_pass *pass, mah_tensor *const *outs) {
  for (int32_t i = 0; i < net->n_layers; i++) {
    int64_t bytes = net->layers[i].units * mah_dtype_size(net->dtype);
    if (outs[i] != NULL)
      memcpy((char *)outs[i]->data + pass->first_row * bytes, pass->out[i],
             (size_t)(pass->rows * bytes));
  }
}

static void take_classes(const mah_mlp *net, const mah_pass *pass, mah_tensor *const *outs) {
  int64_t columns = outs[0]->ndim == 2 ? outs[0]->extent[1] : 1;
  classify(net, (int32_t *)outs[0]->data + pass->first_row * columns, pass->out[net->n_layers - 1],
           pass->rows);
}

static mah_status check_forward(const mah_mlp *net, const mah_tensor *w, const mah_tensor *x) {
  MAH_TRY(mah_work_check_parameters(net, w, "w"));
  MAH_TRY(check_drivable(net));
  return mah_batch_check_inputs(x, net->inputs);
}

mah_status mah_mlp_forward_all(mah_mlp *net, mah_tensor *const *outs, const mah_tensor *w,
                               const mah_tensor *x) {
  MAH_TRY(check_forward(net, w, x));
  if (outs == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the outputs");
  int32_t layers = 0;
  for (int32_t i = 0; i < net->n_layers; i++) {
    if (outs[i] == NULL) continue;
    MAH_TRY(check_result(outs[i], net->dtype, x->extent[0], net->layers[i].units));
    layers = i + 1;
  }
  return run_forward(net, w, x, layers, outs, take_outputs);
}

mah_status mah_mlp_forward(mah_mlp *net, mah_tensor *out, const mah_tensor *w, const mah_tensor *x,
                           int32_t layer) {
  MAH_TRY(check_forward(net, w, x));
  if (layer < 0 || layer >= net->n_layers)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d of a network with %d", layer + 1, net->n_layers);
  mah_tensor **outs = mah_alloc_zero(net->n_layers, sizeof *outs);
  if (outs == NULL) return MAH_ERROR_MEMORY;
  outs[layer] = out;
  mah_status status = check_result(out, net->dtype, x->extent[0], net->layers[layer].units);
  if (status == MAH_OK) status = run_forward(net, w, x, layer + 1, outs, take_outputs);
  mah_free(outs);
  return status;
}

mah_status mah_mlp_predict(mah_mlp *net, mah_tensor *out, const mah_tensor *w,
                           const mah_tensor *x) {
  MAH_TRY(check_forward(net, w, x));
  MAH_TRY(check_classes(net, out, x->extent[0]));
  return run_forward(net, w, x, net->n_layers, &out, take_classes);
}

mah_status mah_mlp_classify(const mah_mlp *net, mah_tensor *out, const mah_tensor *p) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  MAH_TRY(mah_tensor_check(p, "p"));
  int64_t rows = p->ndim > 0 ? p->extent[0] : 0;
  MAH_TRY(check_result(p, net->dtype, rows, mah_work_outputs(net)));
  MAH_TRY(check_classes(net, out, rows));
  classify(net, out->data, p->data, rows);
  return MAH_OK;
}
