/* close.h - equal but for a tolerance. */
#ifndef MAH_CLOSE_H
#define MAH_CLOSE_H

#include "tensor/tensor.h"

/* out (bool) = |a - b| <= atol + rtol |b|, or a = b; nan_equal: or both are NaN. The shapes
 * broadcast. float32 is compared as such, everything else in double. */
mah_status mah_isclose(mah_tensor *out, const mah_tensor *a, const mah_tensor *b, double rtol,
                       double atol, int32_t nan_equal);
/* Is all of it close? */
mah_status mah_allclose(int32_t *result, const mah_tensor *a, const mah_tensor *b, double rtol,
                        double atol, int32_t nan_equal);
#endif
