/* convert.h - rows of elements from one dtype to another. */
#ifndef MAH_KERNELS_CONVERT_H
#define MAH_KERNELS_CONVERT_H

#include "tensor/copy.h"

#ifndef MAH_CDEF
typedef struct mah_convert_table {
  mah_convert *row[MAH_DTYPES][MAH_DTYPES]; /* [to][from] */
} mah_convert_table;
#endif
#endif
