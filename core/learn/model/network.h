/* network.h - what a network is: dense layers, one after the other, and where each lies in the flat
 * vector of parameters. What a batch needs on its way through it is the work space's
 * (learn/drive/work.h).
 */
#ifndef MAH_LEARN_MODEL_NETWORK_H
#define MAH_LEARN_MODEL_NETWORK_H

#include "base/status.h"
#include "learn/model/layer.h"

typedef struct mah_network {
  int32_t dtype; /* of parameters and results: MAH_FLOAT32 or MAH_FLOAT64 */
  int32_t inputs, n_layers;
  int32_t loss; /* MAH_CROSS_ENTROPY ...; the output activation is the loss's */
  int64_t parameters;
  double input_scale; /* inputs that are bytes or integers are multiplied by it */
  mah_layer *layers;
} mah_network;

/* Lays the layers out, one behind the other: W (inputs x units, row major), then the bias. Of
 * layers[], units, activation and dropout are read. Errors name the layer, counted from 1. */
mah_status mah_network_init(mah_network *network, int32_t dtype, int32_t inputs, int32_t loss,
                            const mah_layer *layers, int32_t n_layers);
void mah_network_release(mah_network *network);

int32_t mah_network_outputs(const mah_network *network); /* units of the last layer */
#endif
