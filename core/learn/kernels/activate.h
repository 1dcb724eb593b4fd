/* activate.h - the activation kernels. */
#ifndef MAH_LEARN_KERNELS_ACTIVATE_H
#define MAH_LEARN_KERNELS_ACTIVATE_H

#include "learn/model/activation.h"
#include "tensor/kernels/real.h"

#define mah_activate          MAH_VARIANT(mah_activate)
#define mah_activate_backward MAH_VARIANT(mah_activate_backward)

/* Y = f(Y), n elements, in place; Z takes the old Y where the activation keeps it (else it may be
 * NULL). MAH_CUSTOM: f is left out. */
void mah_activate(int32_t activation, void *Y, void *Z_, int64_t n);

/* Y = f(Z). dZ holds dY and becomes dY f'(Z), n elements, in place */
void mah_activate_backward(int32_t activation, void *dZ, const void *Y, const void *Z_, int64_t n);
#endif
