/* max_norm.h - the incoming weights of each unit are held within a ball. */
#ifndef MAH_LEARN_MODEL_MAX_NORM_H
#define MAH_LEARN_MODEL_MAX_NORM_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* For the weights W (inputs x units, row major) that begin with this element of a flat vector. */
typedef struct mah_max_norm {
  int64_t first, inputs, units;
  double limit;
} mah_max_norm;
#endif
