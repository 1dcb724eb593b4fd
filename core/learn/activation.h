/* activation.h - the functions between layers. One line of MAH_ACTIVATIONS makes the enum entry,
 * the kernels and the Lua name; every derivative is written with the output y = f(z).
 */
#ifndef MAH_ACTIVATION_H
#define MAH_ACTIVATION_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/*  enum entry      Lua name     y = f(z)                    f'(z), from y  */
#define MAH_ACTIVATIONS(X)                                                                         \
  X(MAH_IDENTITY, identity, z, 1)                                                                  \
  X(MAH_RELU, relu, z > 0 ? z : 0, y > 0 ? 1 : 0)                                                  \
  X(MAH_LOGISTIC, logistic, 1 / (1 + real_exp(-z)), y * (1 - y))                                   \
  X(MAH_TANH, tanh, real_tanh(z), 1 - y * y)

enum {
#define X(entry, name, f, df) entry,
  MAH_ACTIVATIONS(X)
#undef X
      MAH_ACTIVATION_COUNT
};

const char *mah_activation_name(int32_t activation); /* "relu"; NULL when there is none */
#endif
