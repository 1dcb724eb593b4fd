/* activate.h - the activation kernels. */
#ifndef MAH_ACTIVATE_H
#define MAH_ACTIVATE_H

#include "learn/activation.h"
#include "learn/real.h"

#define mah_activate          MAH_VARIANT(mah_activate)
#define mah_activate_backward MAH_VARIANT(mah_activate_backward)

/* Y[b,o] = f(Y[b,o] + bias[o]), in place; Z takes Y + bias where the activation keeps it (else it
 * may be NULL). MAH_CUSTOM: f is left out.      Y, Z:(rows,units) bias:(units) */
void mah_activate(int32_t activation, void *Y, void *Z_, const void *bias, int64_t rows,
                  int64_t units);

/* Y = f(Z). dZ holds dY and becomes dY f'(Z), n elements, in place */
void mah_activate_backward(int32_t activation, void *dZ, const void *Y, const void *Z_, int64_t n);
#endif
