/* activate.h - the functions between layers, of tensors.
 *
 * float32 or float64, of one dtype and shape, without gaps; `out` is there. `activation` is one of
 * MAH_ACTIVATIONS (model/activation.h).
 */
#ifndef MAH_LEARN_ACTIVATE_H
#define MAH_LEARN_ACTIVATE_H

#include "learn/model/activation.h"
#include "tensor/tensor.h"

mah_status mah_activation_forward(mah_tensor *out, int32_t activation, const mah_tensor *x);
/* y = f(x): out = g f'(x)   with `add` it is added to, else its old elements are not read; it
 * shares no memory with the others */
mah_status mah_activation_backward(mah_tensor *out, int32_t activation, const mah_tensor *g,
                                   const mah_tensor *x, const mah_tensor *y, int32_t add);
#endif
