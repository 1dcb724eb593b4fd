/* update.h - one step of a solver over the flat vectors, in one pass. */
#ifndef MAH_UPDATE_H
#define MAH_UPDATE_H

#include "learn/real.h"

#define mah_update_sgd  MAH_VARIANT(mah_update_sgd)
#define mah_update_adam MAH_VARIANT(mah_update_adam)

void mah_update_sgd(void *w, void *velocity, const void *g, int64_t n, double lr, double momentum,
                    int32_t nesterov);
void mah_update_adam(void *w, void *m, void *v, const void *g, int64_t n, double lr, double beta1,
                     double beta2, double epsilon);
#endif
