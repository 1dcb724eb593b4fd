/* max_norm.h - units whose incoming weights have grown too large, apart from a training's one call.
 */
#ifndef MAH_LEARN_MAX_NORM_H
#define MAH_LEARN_MAX_NORM_H

#include "learn/model/max_norm.h"
#include "tensor/tensor.h"

/* Each unit's weights W[:,u] whose Euclidean norm is larger than the limit, > 0, are scaled back to
 * it; n such limits of w, a contiguous vector of reals. The formula is in kernels/max_norm.h. */
mah_status mah_max_norm_apply(mah_tensor *w, const mah_max_norm *norms, int32_t n);

#ifndef MAH_CDEF
mah_status mah_max_norm_check(const mah_tensor *w, const mah_max_norm *norms, int32_t n);
#endif
#endif
