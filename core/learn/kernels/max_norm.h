/* max_norm.h - units whose incoming weights have grown too large. Kernel; on tensors:
 * learn/max_norm.h.
 */
#ifndef MAH_LEARN_KERNELS_MAX_NORM_H
#define MAH_LEARN_KERNELS_MAX_NORM_H

#include "tensor/kernels/real.h"

#define mah_max_norm_of MAH_VARIANT(mah_max_norm_of)

/* norm[u] = sqrt(sum_i W[i,u]^2);  W[i,u] *= limit / norm[u] where norm[u] > limit
 * W:(inputs, units); for the units first ... first + count - 1. A norm that is NaN or infinite
 * changes nothing. (Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: "Dropout", JMLR 15,
 * 2014, section 5.1.) */
void mah_max_norm_of(void *W, int64_t inputs, int64_t units, int64_t first, int64_t count,
                     double limit);
#endif
