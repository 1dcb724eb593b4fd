/* average.h - averages of the weights that a training passes through: exponential ones, and equal
 * ones (Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: "Averaging weights leads to wider optima
 * and better generalization", UAI 2018).
 */
#ifndef MAH_LEARN_MODEL_AVERAGE_H
#define MAH_LEARN_MODEL_AVERAGE_H

#include "tensor/tensor.h"

typedef struct mah_average {
  mah_tensor *vector_; /* (P); NULL: no average is kept */
  int64_t count;       /* weights that are in it; while there are none, it is not read */
  double decay;        /* of an exponential average, in [0, 1), */
  int32_t warms;       /* or while that is smaller (1 + count) / (10 + count) */
  int32_t is_equal;    /* 1: all count alike, and decay is not looked at */
} mah_average;

#ifndef MAH_CDEF
/* What the next weights count. */
double mah_average_share(const mah_average *average);
#endif
#endif
