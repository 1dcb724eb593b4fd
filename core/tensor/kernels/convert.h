/* convert.h - rows of elements from one dtype to another. */
#ifndef MAH_KERNELS_CONVERT_H
#define MAH_KERNELS_CONVERT_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
/* out[i] = in[i], i < n. Steps in bytes; in_step may be 0. */
typedef void mah_convert(char *out, int64_t out_step, const char *in, int64_t in_step, int64_t n);

typedef struct mah_convert_table {
  mah_convert *row[MAH_DTYPES][MAH_DTYPES]; /* [to][from] */
} mah_convert_table;
#endif
#endif
