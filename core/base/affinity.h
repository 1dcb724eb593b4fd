/* affinity.h - the processors that a process may run on. */
#ifndef MAH_AFFINITY_H
#define MAH_AFFINITY_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

typedef struct mah_affinity {
  uint64_t set[16]; /* a bit for each processor of the machine */
} mah_affinity;

mah_status
mah_affinity_get(mah_affinity *out); /* of the calling thread, which its children inherit */
int32_t mah_affinity_count(const mah_affinity *cores);
void mah_affinity_add(mah_affinity *to, const mah_affinity *cores);

/* From now on all threads of this process may run on these. Fails where the machine, or who gave
 * the process its place, has none of them for it. */
mah_status mah_affinity_use(const mah_affinity *cores);
#endif
