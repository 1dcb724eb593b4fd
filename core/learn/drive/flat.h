/* flat.h - a step of a solver over the flat vectors, in stretches: what one task changes. Ranges of
 * the rule's may have settings of their own.
 */
#ifndef MAH_LEARN_DRIVE_FLAT_H
#define MAH_LEARN_DRIVE_FLAT_H

#include "learn/kernels/operands.h"
#include "learn/model/average.h"
#include "learn/model/solver.h"

typedef struct mah_flat {
  const mah_rule *rule;
  mah_step_settings settings; /* of the step, where the rule has no ranges */
  mah_update *update;
  int32_t dtype;
  int64_t real_size;
  void *w, *first, *second_, *g; /* (P) */
  void *average_;
  double share; /* of the new weights in the average */
} mah_flat;

/* For the rule's next step. All of them have been checked, and stay while the step is made. */
mah_flat mah_flat_of(const mah_rule *rule, const mah_tensor *w, const mah_tensor *g,
                     const mah_average *average_);

/* The step for the n elements from `first` on; in a frozen range g becomes 0, and nothing else. */
void mah_flat_step(const mah_flat *flat, int64_t first, int64_t n);
/* Their average, if there is one, takes the new weights in. */
void mah_flat_average(const mah_flat *flat, int64_t first, int64_t n);
#endif
