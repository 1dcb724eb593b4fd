#include "learn/model/network.h"

#include "base/memory.h"
#include "learn/model/activation.h"
#include "learn/model/loss.h"
#include "tensor/tensor.h"

#include <string.h>

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

/* Parameters are counted in bytes, too, so that the caller's vector of them has a size. */
static mah_status lay_out(mah_network *network) {
  int64_t most = INT64_MAX / mah_dtype_size(network->dtype);
  int32_t inputs = network->inputs;
  for (int32_t i = 0; i < network->n_layers; i++) {
    mah_layer *layer = &network->layers[i];
    layer->inputs = inputs;
    layer->weight = network->parameters;
    if (__builtin_add_overflow(layer->weight, (int64_t)inputs * layer->units, &layer->bias) ||
        __builtin_add_overflow(layer->bias, layer->units, &network->parameters) ||
        network->parameters > most)
      return mah_fail(MAH_ERROR_SHAPE, "layer %d: the network has too many parameters", i + 1);
    inputs = layer->units;
  }
  mah_layer *last = &network->layers[network->n_layers - 1];
  last->dropout = 0;               /* outputs are never dropped */
  last->activation = MAH_IDENTITY; /* the loss has its own */
  return MAH_OK;
}

mah_status mah_network_init(mah_network *network, int32_t dtype, int32_t inputs, int32_t loss,
                            const mah_layer *layers, int32_t n_layers) {
  *network = (mah_network){0};
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "a network is float32 or float64, not %s",
                    mah_dtype_name(dtype));
  if (inputs < 1 || n_layers < 1 || mah_loss_name(loss) == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "a network of %d inputs, %d layers and loss number %d",
                    inputs, n_layers, loss);
  for (int32_t i = 0; i < n_layers; i++) MAH_TRY(check_layer(&layers[i], i));
  *network = (mah_network){
      .dtype = dtype, .inputs = inputs, .loss = loss, .n_layers = n_layers, .input_scale = 1};
  network->layers = mah_alloc(n_layers, sizeof *layers);
  if (network->layers == NULL) return MAH_ERROR_MEMORY;
  memcpy(network->layers, layers, sizeof *layers * (size_t)n_layers);
  mah_status status = lay_out(network);
  if (status != MAH_OK) mah_network_release(network);
  return status;
}

void mah_network_release(mah_network *network) {
  mah_free(network->layers);
  network->layers = NULL;
}

int32_t mah_network_outputs(const mah_network *network) {
  return network->layers[network->n_layers - 1].units;
}
