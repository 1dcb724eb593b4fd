/* mlp_outputs.c - what a network says of each row: outputs and classes. */
#include "learn/mlp.h"

#include "learn/kernels/kernels.h"

#include <inttypes.h>
#include <string.h>

/* -- Checks ------------------------------------------------------------------------------------ */

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

/* Columns of what mah_mlp_predict gives. */
static int32_t class_columns(const mah_network *network) {
  return network->loss == MAH_CROSS_ENTROPY ? 1 : mah_network_outputs(network);
}

static mah_status check_forward(const mah_mlp *net, const mah_tensor *w, const mah_tensor *x) {
  MAH_TRY(mah_mlp_check_whole(net, w));
  return mah_batch_check_inputs(x, net->network.inputs);
}

/* What a function makes of `out` when it has succeeded, or nothing. */
static mah_status made(mah_tensor *out, mah_status status) {
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* -- Forward ----------------------------------------------------------------------------------- */

/* What is to be kept of a piece's outputs, in `to`. */
typedef void keep(const mah_pass *pass, void *to);

/* Sends all of the batch through the first `layers` layers and hands each piece to `keep_piece`. */
static mah_status run_batch(mah_mlp *net, const mah_tensor *w, const mah_batch *batch,
                            int32_t layers, void *to, keep *keep_piece) {
  mah_leg leg = {.fetches = 1, .checks = 1, .to = layers};
  mah_run *run = &net->run;
  if (batch->count == 0) return MAH_OK;
  net->is_open = 0;
  MAH_TRY(mah_run_begin(run, &net->work, w->data, batch, 0));
  for (int64_t first = 0, count; first < batch->count; first += count) {
    MAH_TRY(mah_run_load(run, &count, first));
    MAH_TRY(mah_run_go(run, &leg, NULL));
    keep_piece(&run->piece.pass, to);
  }
  return MAH_OK;
}

static void keep_layer(const mah_pass *pass, int32_t layer, void *out) {
  int64_t bytes = pass->network->layers[layer].units * mah_dtype_size(pass->network->dtype);
  memcpy((char *)out + pass->first_row * bytes, pass->work[layer].out,
         (size_t)(pass->rows * bytes));
}

/* outs: mah_tensor *const *, by layer */
static void keep_outputs(const mah_pass *pass, void *outs) {
  mah_tensor *const *to = outs;
  for (int32_t i = 0; i < pass->network->n_layers; i++)
    if (to[i] != NULL) keep_layer(pass, i, to[i]->data);
}

static mah_status keep_layers(mah_mlp *net, mah_tensor *const *outs, const mah_tensor *w,
                              mah_batch batch) {
  if (outs == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the outputs");
  int32_t layers = 0;
  for (int32_t i = 0; i < net->network.n_layers; i++) {
    if (outs[i] == NULL) continue;
    MAH_TRY(check_result(outs[i], net->network.dtype, batch.count, net->network.layers[i].units));
    layers = i + 1;
  }
  return run_batch(net, w, &batch, layers, (void *)outs, keep_outputs);
}

mah_status mah_mlp_forward_all(mah_mlp *net, mah_tensor *const *outs, const mah_tensor *w,
                               const mah_tensor *x) {
  MAH_TRY(check_forward(net, w, x));
  return keep_layers(net, outs, w, (mah_batch){.x = x, .count = x->extent[0]});
}

mah_status mah_mlp_forward_compressed(mah_mlp *net, mah_tensor *const *outs, const mah_tensor *w,
                                      const mah_compressed *x) {
  MAH_TRY(mah_mlp_check_whole(net, w));
  if (x == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no inputs");
  mah_batch batch = {.compressed_ = x, .count = x->rows};
  MAH_TRY(mah_batch_check_inputs_of(&batch, net->network.inputs));
  MAH_TRY(mah_inputs_check(&net->network, &batch));
  return keep_layers(net, outs, w, batch);
}

/* The outputs of one layer. */
typedef struct one_layer {
  int32_t layer;
  void *out;
} one_layer;

static void keep_one(const mah_pass *pass, void *to) {
  const one_layer *one = to;
  keep_layer(pass, one->layer, one->out);
}

mah_status mah_mlp_forward(mah_mlp *net, mah_tensor *out, const mah_tensor *w, const mah_tensor *x,
                           int32_t layer) {
  MAH_TRY(check_forward(net, w, x));
  if (layer < 0 || layer >= net->network.n_layers)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d of a network with %d", layer + 1,
                    net->network.n_layers);
  int64_t extent[] = {x->extent[0], net->network.layers[layer].units};
  MAH_TRY(mah_tensor_new(out, net->network.dtype, 2, extent));
  mah_batch batch = {.x = x, .count = x->extent[0]};
  one_layer one = {layer, out->data};
  return made(out, run_batch(net, w, &batch, layer + 1, &one, keep_one));
}

/* -- Classes ----------------------------------------------------------------------------------- */

static void classify(const mah_network *network, int32_t *class, const void *p, int64_t rows) {
  int64_t n = rows * mah_network_outputs(network);
  if (network->loss == MAH_CROSS_ENTROPY)
    mah_learn(network->dtype)->argmax(class, p, rows, mah_network_outputs(network));
  else if (network->dtype == MAH_FLOAT32)
    for (int64_t i = 0; i < n; i++) class[i] = ((const float *)p)[i] > 0.5f;
  else
    for (int64_t i = 0; i < n; i++) class[i] = ((const double *)p)[i] > 0.5;
}

static void keep_classes(const mah_pass *pass, void *classes) {
  const mah_network *network = pass->network;
  classify(network, (int32_t *)classes + pass->first_row * class_columns(network),
           pass->work[network->n_layers - 1].out, pass->rows);
}

mah_status mah_mlp_predict(mah_mlp *net, mah_tensor *out, const mah_tensor *w,
                           const mah_tensor *x) {
  MAH_TRY(check_forward(net, w, x));
  int64_t extent[] = {x->extent[0], class_columns(&net->network)};
  MAH_TRY(mah_tensor_new(out, MAH_INT32, extent[1] == 1 ? 1 : 2, extent));
  mah_batch batch = {.x = x, .count = x->extent[0]};
  return made(out, run_batch(net, w, &batch, net->network.n_layers, out->data, keep_classes));
}

mah_status mah_mlp_classify(const mah_mlp *net, mah_tensor *out, const mah_tensor *p) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  MAH_TRY(mah_tensor_check(p, "p"));
  int64_t rows = p->ndim > 0 ? p->extent[0] : 0;
  MAH_TRY(check_result(p, net->network.dtype, rows, mah_network_outputs(&net->network)));
  MAH_TRY(check_result(out, MAH_INT32, rows, class_columns(&net->network)));
  classify(&net->network, out->data, p->data, rows);
  return MAH_OK;
}
