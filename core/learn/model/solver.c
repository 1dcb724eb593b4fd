#include "learn/model/solver.h"

#include <math.h>

/* What depends on the step's number t = 1, 2, ...: the bias corrections of adam, in its learning
 * rate (Kingma, Ba: "Adam", ICLR 2015, section 2), and of adamw, apart; adagrad's learning rate. */
mah_step_settings mah_rule_settings(const mah_rule *rule) {
  mah_step_settings s = {.lr = rule->lr,
                         .momentum = rule->momentum,
                         .beta1 = rule->beta_1,
                         .beta2 = rule->beta_2,
                         .alpha = rule->alpha,
                         .epsilon = rule->epsilon,
                         .decay = rule->weight_decay,
                         .nesterov = rule->nesterov};
  double t = (double)rule->t + 1;
  if (rule->solver == MAH_ADAM)
    s.lr = rule->lr * sqrt(1 - pow(rule->beta_2, t)) / (1 - pow(rule->beta_1, t));
  if (rule->solver == MAH_ADAMW) {
    s.lr = rule->lr / (1 - pow(rule->beta_1, t));
    s.correction = 1 / sqrt(1 - pow(rule->beta_2, t));
    s.decay = rule->lr * rule->weight_decay;
  }
  if (rule->solver == MAH_ADAGRAD) s.lr = rule->lr / (1 + (t - 1) * rule->lr_decay);
  return s;
}

mah_step_settings mah_rule_settings_in(const mah_rule *rule, const mah_range *range) {
  mah_rule own = *rule;
  own.lr *= range->lr_scale;
  if (range->weight_decay >= 0) own.weight_decay = range->weight_decay;
  return mah_rule_settings(&own);
}
