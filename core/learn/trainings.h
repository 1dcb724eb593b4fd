/* trainings.h - many trainings side by side, each as it would go alone. */
#ifndef MAH_LEARN_TRAININGS_H
#define MAH_LEARN_TRAININGS_H

#include "learn/training.h"

/* How one of them ended. */
typedef struct mah_training_end {
  mah_status status;
  char message[508]; /* of a failure, cut where it is longer */
} mah_training_end;

/* mah_training_run of each of the n trainings, whatever becomes of the others: ends[i] tells. Each
 * has a network, parameters, a gradient and a solver's vectors of its own; data may be shared. */
void mah_trainings_run(mah_training_end *ends, mah_training *const *trainings, int32_t n);
#endif
