/* training.h - the steps of a training, one mini-batch after the other, as one call.
 *
 * A training is all that its steps need, and all that they change; none of it is anywhere else. So
 * a call may be a task among others (base/parallel.h), each with a network of its own: within a
 * task it is on one thread.
 */
#ifndef MAH_LEARN_TRAINING_H
#define MAH_LEARN_TRAINING_H

#include "learn/mlp.h"
#include "learn/model/average.h"
#include "learn/model/max_norm.h"
#include "learn/model/solver.h"

typedef struct mah_training {
  mah_mlp *net;
  mah_tensor *w, *gradient; /* (P): the parameters; of the last step */
  mah_rule rule;            /* its t counts the steps */
  mah_batch batch; /* from row `first` of the order on; first and step move on; count is not read */
  int64_t batch_size; /* rows of a mini-batch; the last one may be short */
  int64_t rows;       /* of the order: the number of the one to stop before */
  double deadline;    /* 0, or seconds on CLOCK_MONOTONIC at which to return early */
  double loss;        /* the sum over the rows of the steps' losses, with penalties, or the first of
                         these that is not finite; from batch.first = 0 on it begins anew */
  mah_average average;           /* of the weights after each step */
  const mah_max_norm *max_norms; /* that each step ends with */
  int64_t n_max_norms;
} mah_training;

/* Makes a step for each mini-batch, by the rule: the same bits as mah_mlp_gradient, mah_step,
 * mah_max_norm_apply and mah_average_add. Ends after a step whose loss is not finite; where there
 * is a deadline, also after the first step that ends past it, or with mah_pause_requested():
 * batch.first < rows tells, and another call goes on, with the same bits. Where it fails (errors as
 * mah_mlp_gradient's and mah_step's; an interruption), all is as after the last whole step. With an
 * exchange all ranks have a deadline, or none; where one of them fails, the others wait for it. */
mah_status mah_training_run(mah_training *training);
#endif
