/* average.h - weights that a moving average takes in, apart from a training's one call. */
#ifndef MAH_LEARN_AVERAGE_H
#define MAH_LEARN_AVERAGE_H

#include "learn/model/average.h"

/* vector += share (w - vector), with the share 1 - decay, or 1 / (count + 1); the first weights are
 * copied. w is a contiguous vector like vector_, and not the same memory. */
mah_status mah_average_add(mah_average *average, const mah_tensor *w);

#ifndef MAH_CDEF
mah_status mah_average_check(const mah_average *average, const mah_tensor *w);
#endif
#endif
