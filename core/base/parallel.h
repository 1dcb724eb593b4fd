/* parallel.h - how many threads the core may use. */
#ifndef MAH_PARALLEL_H
#define MAH_PARALLEL_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* Threads of the BLAS library, where it can be told (OpenBLAS). One is best for the small products
 * of an MLP. Fails for threads < 1. */
mah_status mah_parallel_use(int32_t threads);
#endif
