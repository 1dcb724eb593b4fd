#include "base/simd.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[MAH_SIMD_COUNT] = {"portable", "avx2", "avx512"};
static atomic_int current = -1; /* not chosen yet */

mah_simd mah_simd_best(void) {
#ifdef MAH_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return MAH_SIMD_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return MAH_SIMD_AVX2;
#endif
  return MAH_SIMD_PORTABLE;
}

/* $MAH_SIMD can only narrow the choice: a name that is unknown or not to be had is ignored. */
static mah_simd choose(void) {
  mah_simd best = mah_simd_best();
  const char *wish = getenv("MAH_SIMD");
  for (int simd = 0; wish != NULL && simd <= (int)best; simd++)
    if (strcmp(wish, names[simd]) == 0) return (mah_simd)simd;
  return best;
}

mah_simd mah_simd_current(void) {
  int simd = current;
  if (simd < 0) current = simd = (int)choose();
  return (mah_simd)simd;
}

mah_status mah_simd_use(mah_simd simd) {
  if ((int)simd < 0 || simd > mah_simd_best())
    return mah_fail(MAH_ERROR_ARGUMENT, "instruction set %d is not to be had here (0 ... %d)",
                    (int)simd, (int)mah_simd_best());
  current = (int)simd;
  return MAH_OK;
}

const char *mah_simd_name(mah_simd simd) {
  return (unsigned)simd < MAH_SIMD_COUNT ? names[simd] : "unknown";
}
