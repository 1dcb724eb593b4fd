/* copy.h - rows of elements converted from one dtype to another (see mah_tensor_copy). */
#ifndef MAH_COPY_H
#define MAH_COPY_H

#include "tensor/kernels/convert.h"

#ifndef MAH_CDEF
mah_convert *mah_convert_row(int32_t to, int32_t from);
#endif
#endif
