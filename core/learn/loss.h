/* loss.h - what training makes small, each with the output activation that belongs to it.
 *
 * L = sum_b weight[b] loss(row b) / sum_b weight[b], without the penalties. With these pairs the
 * gradient with respect to the last layer's z is simple; it is given beside each.
 */
#ifndef MAH_LOSS_H
#define MAH_LOSS_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/*  enum entry            Lua name              output     loss(row)                     dloss/dz */
/*  MAH_CROSS_ENTROPY     cross_entropy         softmax    -sum_k t_k log p_k            p - t */
/*  MAH_BINARY            binary_cross_entropy  logistic   -sum_k t log p + (1-t) log(1-p)  p - t */
/*  MAH_SQUARED           squared_error         identity   sum_k (p - t)^2 / 2K          (p - t) / K
 */
#define MAH_LOSSES(X)                                                                              \
  X(MAH_CROSS_ENTROPY, cross_entropy, softmax)                                                     \
  X(MAH_BINARY, binary_cross_entropy, logistic)                                                    \
  X(MAH_SQUARED, squared_error, identity)

enum {
#define X(entry, name, output) entry,
  MAH_LOSSES(X)
#undef X
      MAH_LOSS_COUNT
};

const char *mah_loss_name(int32_t loss);   /* "cross_entropy"; NULL when there is none */
const char *mah_loss_output(int32_t loss); /* "softmax": the output activation */
#endif
