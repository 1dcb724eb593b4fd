#include "learn/mlp.h"

#include "base/memory.h"
#include "learn/work.h"

#include <string.h>

/* -- Names ------------------------------------------------------------------------------------- */

const char *mah_activation_name(int32_t activation) {
  static const char *const names[] = {
#define X(entry, name, keeps_z, f, df) #name,
      MAH_ACTIVATIONS(X)
#undef X
  };
  return activation >= 0 && activation < MAH_ACTIVATION_COUNT ? names[activation] : NULL;
}

int mah_activation_keeps_z(int32_t activation) {
  static const int keeps[] = {
#define X(entry, name, keeps_z, f, df) keeps_z,
      MAH_ACTIVATIONS(X)
#undef X
  };
  return keeps[activation];
}

static const struct {
  const char *name, *output;
} losses[] = {
#define X(entry, name, output, mean, loss, slope) {#name, #output},
    MAH_LOSSES(X)
#undef X
};

static int is_loss(int32_t loss) { return loss >= 0 && loss < MAH_LOSS_COUNT; }
const char *mah_loss_name(int32_t loss) { return is_loss(loss) ? losses[loss].name : NULL; }
const char *mah_loss_output(int32_t loss) { return is_loss(loss) ? losses[loss].output : NULL; }

/* -- Making ------------------------------------------------------------------------------------ */

static mah_status check_layer(const mah_layer *layer, int32_t i) {
  if (layer->units < 1)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d: %d units; at least 1 is needed", i + 1,
                    layer->units);
  if (layer->activation != MAH_CUSTOM && mah_activation_name(layer->activation) == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d: unknown activation number %d", i + 1,
                    layer->activation);
  if (!(layer->dropout >= 0 && layer->dropout < 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d: dropout must be in [0, 1), got %g", i + 1,
                    layer->dropout);
  return MAH_OK;
}

static mah_status lay_out(mah_mlp *net) {
  int32_t inputs = net->inputs;
  for (int32_t i = 0; i < net->n_layers; i++) {
    mah_layer *layer = &net->layers[i];
    layer->inputs = inputs;
    layer->weight = net->parameters;
    layer->bias = layer->weight + (int64_t)inputs * layer->units;
    if (__builtin_add_overflow(layer->bias, layer->units, &net->parameters))
      return mah_fail(MAH_ERROR_SHAPE, "layer %d: the network has too many parameters", i + 1);
    inputs = layer->units;
  }
  net->layers[net->n_layers - 1].dropout = 0;               /* outputs are never dropped */
  net->layers[net->n_layers - 1].activation = MAH_IDENTITY; /* the loss has its own */
  return MAH_OK;
}

/* Multiples of AVX2's tiles (gemm.c); elsewhere smaller ones are left over. Even, for the pairs of
 * columns (sparse.h). The first layer's inputs are not alike, so it has more chunks. */
static int64_t chunk_size(int32_t layer) { return layer == 0 ? 48 : 96; }

/* Cuts the layers' inputs into chunks. */
static mah_status cut(mah_mlp *net) {
  for (int32_t i = 0; i < net->n_layers; i++)
    net->n_chunks += (int32_t)((net->layers[i].inputs + chunk_size(i) - 1) / chunk_size(i));
  mah_chunk *chunk = net->chunks = mah_alloc(net->n_chunks, sizeof *chunk);
  if (chunk == NULL) return MAH_ERROR_MEMORY;
  for (int32_t i = 0; i < net->n_layers; i++)
    for (int64_t first = 0; first < net->layers[i].inputs; first += chunk_size(i)) {
      int64_t left = net->layers[i].inputs - first;
      int64_t count = left < chunk_size(i) ? left : chunk_size(i);
      *chunk++ = (mah_chunk){.layer = i, .first = first, .count = count};
    }
  return MAH_OK;
}

mah_status mah_mlp_new(mah_mlp **out, int32_t dtype, int32_t inputs, int32_t loss,
                       const mah_layer *layers, int32_t n_layers) {
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "a network is float32 or float64, not %s",
                    mah_dtype_name(dtype));
  if (inputs < 1 || n_layers < 1 || !is_loss(loss))
    return mah_fail(MAH_ERROR_ARGUMENT, "a network of %d inputs, %d layers and loss number %d",
                    inputs, n_layers, loss);
  for (int32_t i = 0; i < n_layers; i++) MAH_TRY(check_layer(&layers[i], i));
  mah_mlp *net = mah_alloc_zero(1, sizeof *net);
  if (net == NULL) return MAH_ERROR_MEMORY;
  *net = (mah_mlp){
      .dtype = dtype, .inputs = inputs, .loss = loss, .n_layers = n_layers, .input_scale = 1};
  net->layers = mah_alloc(n_layers, sizeof *layers);
  net->out = mah_alloc_zero(n_layers, sizeof *net->out);
  net->mask = mah_alloc_zero(n_layers, sizeof *net->mask);
  net->z = mah_alloc_zero(n_layers, sizeof *net->z);
  net->delta = mah_alloc_zero(n_layers, sizeof *net->delta);
  net->packed = mah_alloc_zero(n_layers, sizeof *net->packed);
  net->turned = mah_alloc_zero(n_layers, sizeof *net->turned);
  net->packed_delta = mah_alloc_zero(n_layers, sizeof *net->packed_delta);
  if (net->layers == NULL || net->out == NULL || net->mask == NULL || net->z == NULL ||
      net->delta == NULL || net->packed == NULL || net->turned == NULL ||
      net->packed_delta == NULL) {
    mah_mlp_free(net);
    return MAH_ERROR_MEMORY;
  }
  memcpy(net->layers, layers, sizeof *layers * (size_t)n_layers);
  mah_status status = lay_out(net);
  if (status == MAH_OK) status = cut(net);
  if (status == MAH_OK)
    *out = net;
  else
    mah_mlp_free(net);
  return status;
}

void mah_mlp_free(mah_mlp *net_) {
  if (net_ == NULL) return;
  mah_work_free(net_);
  mah_free(net_->layers);
  mah_free(net_->out);
  mah_free(net_->mask);
  mah_free(net_->z);
  mah_free(net_->delta);
  mah_free(net_->packed);
  mah_free(net_->turned);
  mah_free(net_->packed_delta);
  mah_free(net_->chunks);
  mah_free(net_);
}

int64_t mah_mlp_parameters(const mah_mlp *net) { return net->parameters; }

const mah_layer *mah_mlp_layer(const mah_mlp *net, int32_t i) {
  return i >= 0 && i < net->n_layers ? &net->layers[i] : NULL;
}

mah_status mah_mlp_scale_inputs(mah_mlp *net, double scale) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  if (!(scale != 0 && scale - scale == 0))
    return mah_fail(MAH_ERROR_ARGUMENT,
                    "the scale of the inputs must be a number other than 0, got %g", scale);
  net->input_scale = scale;
  return MAH_OK;
}
