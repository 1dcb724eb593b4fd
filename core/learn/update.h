/* update.h - one step of a solver over the flat vectors, in one pass. The formulas are in step.h.
 */
#ifndef MAH_UPDATE_H
#define MAH_UPDATE_H

#include "learn/real.h"

#define mah_update_sgd     MAH_VARIANT(mah_update_sgd)
#define mah_update_adam    MAH_VARIANT(mah_update_adam)
#define mah_update_adamw   MAH_VARIANT(mah_update_adamw)
#define mah_update_rmsprop MAH_VARIANT(mah_update_rmsprop)
#define mah_update_adagrad MAH_VARIANT(mah_update_adagrad)

void mah_update_sgd(void *w, void *velocity, const void *g, int64_t n, double lr, double momentum,
                    int32_t nesterov);
void mah_update_adam(void *w, void *m, void *v, const void *g, int64_t n, double lr, double beta1,
                     double beta2, double epsilon);
void mah_update_adamw(void *w, void *m, void *v, const void *g, int64_t n, double lr,
                      double correction, double beta1, double beta2, double epsilon, double decay);
void mah_update_rmsprop(void *w, void *v, void *momentum_, const void *g, int64_t n, double lr,
                        double alpha, double epsilon, double momentum, double decay);
void mah_update_adagrad(void *w, void *sum, const void *g, int64_t n, double lr, double epsilon,
                        double decay);
#endif
