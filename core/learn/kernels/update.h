/* update.h - one step of a solver over n elements of the flat vectors, in one pass: mah_update_sgd
 * and so on, one for each line of MAH_SOLVERS (learn/model/solver.h). Their formulas stand in
 * update.c; `settings` has the numbers under the names that these give them.
 */
#ifndef MAH_LEARN_KERNELS_UPDATE_H
#define MAH_LEARN_KERNELS_UPDATE_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

/* The name of this variant's kernel. */
#define MAH_UPDATE(solver) MAH_VARIANT(mah_update_##solver)

#define X(entry, name, first, second) mah_update MAH_UPDATE(name);
MAH_SOLVERS(X)
#undef X
#endif
