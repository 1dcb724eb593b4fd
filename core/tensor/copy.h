/* copy.h - rows of elements converted from one dtype to another (see mah_tensor_copy). */
#ifndef MAH_COPY_H
#define MAH_COPY_H

#include "tensor/tensor.h"

#ifndef MAH_CDEF
/* out[i] = in[i], i < n. Steps in bytes; in_step may be 0. */
typedef void mah_convert(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t n);

mah_convert *mah_convert_row(int32_t to, int32_t from);
#endif
#endif
