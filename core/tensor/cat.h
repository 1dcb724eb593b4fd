/* cat.h - tensors joined to one. */
#ifndef MAH_CAT_H
#define MAH_CAT_H

#include "tensor/tensor.h"

/* out: the n tensors one after the other along `dim`. Their dtypes are promoted. */
mah_status mah_cat(mah_tensor *out, const mah_tensor *const *tensors, int64_t n, int32_t dim);
#endif
