/* step.h - one step of a solver, fused over the flat vectors. */
#ifndef MAH_LEARN_STEP_H
#define MAH_LEARN_STEP_H

#include "learn/model/solver.h"
#include "tensor/tensor.h"

/* One step of `solver`, MAH_SGD ..., down the gradient g. All vectors are (P), contiguous, of one
 * dtype, float32 or float64, and no two of them the same memory; first and second_ are those that
 * the solver keeps (MAH_SOLVERS), second_ NULL where it keeps one, or where rmsprop goes without
 * momentum. The formulas are in kernels/update.c. */
mah_status mah_step(int32_t solver, mah_tensor *w, mah_tensor *first, mah_tensor *second_,
                    const mah_tensor *g, const mah_step_settings *settings);
#endif
