/* solver.h - the solvers whose step is one pass over the flat vectors. One line of MAH_SOLVERS
 * makes the enum entry and the kernel's place in the table; the formula is in kernels/update.c.
 *
 * A solver of Lua's hands the core its rule: its settings, and what it remembers. So one step
 * (learn/step.h) and all steps of an epoch (learn/training.h) are made by the same numbers.
 */
#ifndef MAH_LEARN_MODEL_SOLVER_H
#define MAH_LEARN_MODEL_SOLVER_H

#include "tensor/tensor.h"

/*  enum entry     kernel    vectors that it keeps; "" where it may do without */
#define MAH_SOLVERS(X)                                                                             \
  X(MAH_SGD, sgd, "velocity", NULL)                                                                \
  X(MAH_ADAM, adam, "m", "v")                                                                      \
  X(MAH_ADAMW, adamw, "m", "v")                                                                    \
  X(MAH_RMSPROP, rmsprop, "v", "")                                                                 \
  X(MAH_ADAGRAD, adagrad, "sum", NULL)                                                             \
  X(MAH_LION, lion, "m", NULL)                                                                     \
  X(MAH_NADAM, nadam, "m", "v")                                                                    \
  X(MAH_RADAM, radam, "m", "v")                                                                    \
  X(MAH_RPROP, rprop, "previous", "step_size")

enum {
#define X(entry, name, first, second) entry,
  MAH_SOLVERS(X)
#undef X
      MAH_SOLVER_COUNT
};

/* Parameters that a rule steps over with settings of their own, as PyTorch's parameter groups. */
typedef struct mah_range {
  int64_t first, count;
  double lr_scale;     /* times the rule's lr */
  double weight_decay; /* in the place of the rule's; < 0: that */
  int32_t is_frozen;   /* 1: neither they, nor what the solver keeps for them, change */
  int32_t unused;
} mah_range;

/* A solver's settings under their names in Lua (bindings/mah/learn/solver/), of which each has its
 * own, and what it remembers from step to step. */
typedef struct mah_rule {
  int32_t solver; /* MAH_SGD ... */
  int32_t nesterov;
  int64_t t; /* steps made so far */
  double lr, lr_decay, weight_decay;
  double momentum, alpha, beta_1, beta_2, epsilon, momentum_decay;
  double eta_minus, eta_plus, step_size_min, step_size_max;
  mah_tensor *first, *second_; /* the vectors that it keeps, (P); second_ NULL where it keeps one,
                                  or where rmsprop goes without momentum */
  const mah_range *ranges_;    /* one behind the other, all of the vector; NULL: the rule is for all
                                  alike */
  int32_t n_ranges, unused;
} mah_rule;

#ifndef MAH_CDEF
/* The numbers of a step, under the names that the formulas of kernels/update.c give them. */
typedef struct mah_step_settings {
  double lr;
  double momentum;
  double beta1, beta2;
  double alpha;
  double epsilon;
  double decay;
  double correction;
  double ahead;
  double eta_minus, eta_plus;
  double size_min, size_max;
  int32_t nesterov;
  int32_t is_rectified;
} mah_step_settings;

/* Those of step rule->t + 1. */
mah_step_settings mah_rule_settings(const mah_rule *rule);
/* The same in a range. */
mah_step_settings mah_rule_settings_in(const mah_rule *rule, const mah_range *range);
#endif
#endif
