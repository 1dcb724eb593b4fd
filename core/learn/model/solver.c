#include "learn/model/solver.h"

#include <math.h>

/* Each finishes the numbers of a solver whose formula depends on the step's number t = 1, 2, ... */

/* The bias corrections in the learning rate (Kingma, Ba: "Adam", ICLR 2015, section 2). */
static void adam(mah_step_settings *s, const mah_rule *rule, double t) {
  s->lr = rule->lr * sqrt(1 - pow(rule->beta_2, t)) / (1 - pow(rule->beta_1, t));
}

/* Here they are apart. */
static void adamw(mah_step_settings *s, const mah_rule *rule, double t) {
  s->lr = rule->lr / (1 - pow(rule->beta_1, t));
  s->correction = 1 / sqrt(1 - pow(rule->beta_2, t));
  s->decay = rule->lr * rule->weight_decay;
}

static void adagrad(mah_step_settings *s, const mah_rule *rule, double t) {
  s->lr = rule->lr / (1 + (t - 1) * rule->lr_decay);
}

/* mu_i = beta_1 (1 - 0.96^(i momentum_decay) / 2), of which the product up to t is made anew: all
 * that is below half a unit of 1 counts for 0, so it soon has no more factors (some sixty, as
 * nadam comes). Dozat, algorithm 2, with the schedule of section 3 as PyTorch has it. */
static void nadam(mah_step_settings *s, const mah_rule *rule, double t) {
  double decay = pow(0.96, rule->momentum_decay), power = 1, product = 1;
  for (double i = 1; i <= t && product > 1e-17; i++) {
    power *= decay;
    product *= rule->beta_1 * (1 - power / 2);
  }
  double mu = rule->beta_1 * (1 - pow(decay, t) / 2),
         next = rule->beta_1 * (1 - pow(decay, t + 1) / 2);
  s->lr = rule->lr * next / (1 - product * next);
  s->ahead = rule->lr * (1 - mu) / (1 - product);
  s->correction = 1 / sqrt(1 - pow(rule->beta_2, t));
}

/* The variance of the second moment is finite, and is made up for, when the average is as long as
 * that of more than 5 gradients (Liu et al., algorithm 2; 5 as in PyTorch, where the paper has 4).
 */
static void radam(mah_step_settings *s, const mah_rule *rule, double t) {
  double power = pow(rule->beta_2, t), most = 2 / (1 - rule->beta_2) - 1;
  double rho = most - 2 * t * power / (1 - power);
  s->lr = rule->lr / (1 - pow(rule->beta_1, t));
  s->is_rectified = rho > 5;
  if (s->is_rectified)
    s->lr *= sqrt(1 - power) * sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
}

mah_step_settings mah_rule_settings(const mah_rule *rule) {
  mah_step_settings s = {.lr = rule->lr,
                         .momentum = rule->momentum,
                         .beta1 = rule->beta_1,
                         .beta2 = rule->beta_2,
                         .alpha = rule->alpha,
                         .epsilon = rule->epsilon,
                         .decay = rule->weight_decay,
                         .eta_minus = rule->eta_minus,
                         .eta_plus = rule->eta_plus,
                         .size_min = rule->step_size_min,
                         .size_max = rule->step_size_max,
                         .nesterov = rule->nesterov};
  double t = (double)rule->t + 1;
  if (rule->solver == MAH_ADAM) adam(&s, rule, t);
  if (rule->solver == MAH_ADAMW) adamw(&s, rule, t);
  if (rule->solver == MAH_ADAGRAD) adagrad(&s, rule, t);
  if (rule->solver == MAH_NADAM) nadam(&s, rule, t);
  if (rule->solver == MAH_RADAM) radam(&s, rule, t);
  if (rule->solver == MAH_LION) s.decay = rule->lr * rule->weight_decay;
  return s;
}

mah_step_settings mah_rule_settings_in(const mah_rule *rule, const mah_range *range) {
  mah_rule own = *rule;
  own.lr *= range->lr_scale;
  if (range->weight_decay >= 0) own.weight_decay = range->weight_decay;
  return mah_rule_settings(&own);
}
