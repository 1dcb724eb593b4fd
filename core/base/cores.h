/* cores.h - the processors that a process may run on. */
#ifndef MAH_CORES_H
#define MAH_CORES_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

typedef struct mah_cores {
  uint64_t set[16]; /* a bit for each processor of the machine */
} mah_cores;

mah_status mah_cores_get(mah_cores *out); /* of the calling thread, which its children inherit */
int32_t mah_cores_count(const mah_cores *cores);
void mah_cores_add(mah_cores *to, const mah_cores *cores);

/* From now on all threads of this process may run on these. Fails where the machine, or who gave
 * the process its place, has none of them for it. */
mah_status mah_cores_use(const mah_cores *cores);
#endif
