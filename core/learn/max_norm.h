/* max_norm.h - the incoming weights of each unit are held within a ball. */
#ifndef MAH_LEARN_MAX_NORM_H
#define MAH_LEARN_MAX_NORM_H

#include "tensor/tensor.h"

/* For the weights W (inputs x units, row major) that begin with this element of a flat vector. */
typedef struct mah_max_norm {
  int64_t first, inputs, units;
  double limit;
} mah_max_norm;

/* Each unit's weights W[:,u] whose Euclidean norm is larger than the limit, > 0, are scaled back to
 * it; n such limits of w, a contiguous vector of reals. The formula is in kernels/max_norm.h. */
mah_status mah_max_norm_apply(mah_tensor *w, const mah_max_norm *norms, int32_t n);

#ifndef MAH_CDEF
mah_status mah_max_norm_check(const mah_tensor *w, const mah_max_norm *norms, int32_t n);
/* The same, of what has been checked. */
void mah_max_norm_run(void *w, int32_t dtype, const mah_max_norm *norms, int32_t n);
#endif
#endif
