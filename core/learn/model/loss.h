/* loss.h - what training makes small, each with the output activation that belongs to it.
 *
 * L = sum_b weight[b] loss(row b) / sum_b weight[b], without the penalties, where loss(row) is the
 * sum of its outputs' losses, or their mean. With these pairs the gradient with respect to the last
 * layer's z is simple. squared_error has the 1/2 and the mean over the outputs, and poisson the
 * sum, that scikit-learn gives them; huber changes from the square to the absolute value at 1.
 */
#ifndef MAH_LEARN_MODEL_LOSS_H
#define MAH_LEARN_MODEL_LOSS_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* For one output p and its target t, d = p - t:
 *  enum entry         Lua name              output    mean?  loss                    dloss/dz  */
#define MAH_LOSSES(X)                                                                              \
  X(MAH_CROSS_ENTROPY, cross_entropy, softmax, 0, t == 0 ? 0 : -t * log_p(p), d)                   \
  X(MAH_BINARY, binary_cross_entropy, logistic, 0, binary(p, t), d)                                \
  X(MAH_SQUARED, squared_error, identity, 1, 0.5 * d * d, d)                                       \
  X(MAH_POISSON, poisson, exp, 0, poisson(p, t), d)                                                \
  X(MAH_ABSOLUTE, absolute_error, identity, 1, fabs(d), (d > 0) - (d < 0))                         \
  X(MAH_HUBER, huber, identity, 1, huber(d), huber_slope(d))

enum {
#define X(entry, name, output, mean, loss, slope) entry,
  MAH_LOSSES(X)
#undef X
      MAH_LOSS_COUNT
};

const char *mah_loss_name(int32_t loss);   /* "cross_entropy"; NULL when there is none */
const char *mah_loss_output(int32_t loss); /* "softmax": the output activation */
#endif
