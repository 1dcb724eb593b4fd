#include "base/parallel.h"

#include <stddef.h>

/* OpenBLAS has it; with another CBLAS the weak symbol is NULL. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));

mah_status mah_parallel_use(int32_t threads) {
  if (threads < 1) return mah_fail(MAH_ERROR_ARGUMENT, "%d threads; at least 1 is needed", threads);
  if (openblas_set_num_threads != NULL) openblas_set_num_threads(threads);
  return MAH_OK;
}
