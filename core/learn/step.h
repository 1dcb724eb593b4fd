/* step.h - one step of a solver, fused over the flat vectors. */
#ifndef MAH_LEARN_STEP_H
#define MAH_LEARN_STEP_H

#include "learn/model/solver.h"
#include "tensor/tensor.h"

/* One step down the gradient g, which is counted in rule->t. All vectors are (P), contiguous, of
 * one dtype, float32 or float64, and no two of them the same memory. The formulas are in
 * kernels/update.c. In frozen ranges of the rule g becomes 0. */
mah_status mah_step(mah_rule *rule, mah_tensor *w, const mah_tensor *g);

#ifndef MAH_CDEF
/* Do the rule, its vectors, w and the gradient fit each other? */
mah_status mah_step_check(const mah_rule *rule, const mah_tensor *w, const mah_tensor *g);
#endif
#endif
