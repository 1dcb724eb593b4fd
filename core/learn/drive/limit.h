/* limit.h - norms of units, cut into tasks for the threads. */
#ifndef MAH_LEARN_DRIVE_LIMIT_H
#define MAH_LEARN_DRIVE_LIMIT_H

#include "learn/model/max_norm.h"

/* All n of the flat vector w; they have been checked (learn/max_norm.h). */
void mah_limit_norms(void *w, int32_t dtype, const mah_max_norm *norms, int32_t n);
#endif
