/* solver.h - the solvers whose step is one pass over the flat vectors. One line of MAH_SOLVERS
 * makes the enum entry and the kernel's place in the table; the formula is in kernels/update.c.
 */
#ifndef MAH_LEARN_MODEL_SOLVER_H
#define MAH_LEARN_MODEL_SOLVER_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/*  enum entry     kernel    vectors that it keeps; "" where it may do without */
#define MAH_SOLVERS(X)                                                                             \
  X(MAH_SGD, sgd, "velocity", NULL)                                                                \
  X(MAH_ADAM, adam, "m", "v")                                                                      \
  X(MAH_ADAMW, adamw, "m", "v")                                                                    \
  X(MAH_RMSPROP, rmsprop, "v", "")                                                                 \
  X(MAH_ADAGRAD, adagrad, "sum", NULL)

enum {
#define X(entry, name, first, second) entry,
  MAH_SOLVERS(X)
#undef X
      MAH_SOLVER_COUNT
};

/* The numbers of a step, under the names that the formulas give them; each solver reads its own. */
typedef struct mah_step_settings {
  double lr;
  double momentum;
  double beta1, beta2;
  double alpha;
  double epsilon;
  double decay;
  double correction;
  int32_t nesterov;
  int32_t unused;
} mah_step_settings;
#endif
