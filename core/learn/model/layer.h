/* layer.h - a dense layer's place in the flat parameter vector. */
#ifndef MAH_LEARN_MODEL_LAYER_H
#define MAH_LEARN_MODEL_LAYER_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

typedef struct mah_layer {
  int32_t inputs, units;
  int32_t activation; /* MAH_RELU ...; the last layer's is the loss's */
  int32_t unused;
  double dropout; /* share of this layer's outputs that training sets to zero */
  int64_t weight; /* first element of W (inputs x units, row major) in the flat vector */
  int64_t bias;   /* first element of the bias (units) */
} mah_layer;
#endif
