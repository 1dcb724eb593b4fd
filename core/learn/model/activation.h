/* activation.h - the functions between layers. One line of MAH_ACTIVATIONS makes the enum entry,
 * the kernels and the Lua name. Derivatives are written with the output y = f(z) where that can be
 * done; the others keep their z in the work space.
 *
 *   relu        Nair, Hinton, ICML 2010
 *   leaky_relu  Maas, Hannun, Ng, ICML 2013: 0.01 z
 *   elu         Clevert et al., ICLR 2016
 *   gelu        Hendrycks, Gimpel 2016: z Phi(z)
 *   silu        Elfwing et al. 2018: z sigma(z)
 *   softplus    Dugas et al., NIPS 2000: log(1 + e^z)
 *
 * Where a derivative jumps, at z = 0, it is the one of the left side: 0 for relu.
 */
#ifndef MAH_LEARN_MODEL_ACTIVATION_H
#define MAH_LEARN_MODEL_ACTIVATION_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/*  enum entry      Lua name    keeps z?  y = f(z)           f'(z), from y or z  */
#define MAH_ACTIVATIONS(X)                                                                         \
  X(MAH_IDENTITY, identity, 0, z, 1)                                                               \
  X(MAH_RELU, relu, 0, 0 > z ? 0 : z, y > 0 ? 1 : 0)                                               \
  X(MAH_LOGISTIC, logistic, 0, real_sigmoid(z), (1 - y) * y)                                       \
  X(MAH_TANH, tanh, 0, real_tanh(z), 1 - y * y)                                                    \
  X(MAH_LEAKY_RELU, leaky_relu, 0, 0 > z ? LEAK * z : z, y > 0 ? 1 : LEAK)                         \
  X(MAH_ELU, elu, 0, 0 > z ? real_expm1(z) : z, y > 0 ? 1 : 1 + y)                                 \
  X(MAH_SOFTPLUS, softplus, 0, real_softplus(z), -real_expm1(-y))                                  \
  X(MAH_GELU, gelu, 1, real_gelu(z), real_gelu_slope(z))                                           \
  X(MAH_SILU, silu, 1, real_sigmoid(z) * z, real_silu_slope(z))

enum {
#define X(entry, name, keeps_z, f, df) entry,
  MAH_ACTIVATIONS(X)
#undef X
      MAH_ACTIVATION_COUNT,
  /* The caller's own function: the core stops at z, see learn/stage.h. */
  MAH_CUSTOM = MAH_ACTIVATION_COUNT
};

const char *mah_activation_name(int32_t activation); /* "relu"; NULL when there is none */

#ifndef MAH_CDEF
int mah_activation_keeps_z(int32_t activation);
#endif
#endif
