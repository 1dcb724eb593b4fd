/* What a solver's rule makes of its settings, step by step. */
#include "testing.h"

static void numbers_of_a_step(void **state) {
  (void)state;
  mah_rule rule = {.lr = 0.5,
                   .lr_decay = 0.25,
                   .weight_decay = 0.125,
                   .momentum = 0.75,
                   .alpha = 0.5,
                   .beta_1 = 0.5,
                   .beta_2 = 0.75,
                   .epsilon = 1e-8,
                   .momentum_decay = 2,
                   .eta_minus = 0.25,
                   .eta_plus = 1.5,
                   .step_size_min = 0.125,
                   .step_size_max = 8,
                   .nesterov = 1,
                   .t = 1};
  rule.solver = MAH_SGD;
  mah_step_settings s = mah_rule_settings(&rule);
  assert_true(s.lr == 0.5 && s.momentum == 0.75 && s.nesterov == 1);
  rule.solver = MAH_RMSPROP;
  s = mah_rule_settings(&rule);
  assert_true(s.lr == 0.5 && s.momentum == 0.75 && s.alpha == 0.5 && s.epsilon == 1e-8);
  assert_true(s.decay == 0.125);
  rule.solver = MAH_ADAM;
  s = mah_rule_settings(&rule);
  assert_true(s.beta1 == 0.5 && s.beta2 == 0.75 && s.epsilon == 1e-8);
  assert_close(s.lr, 0.5 * sqrt(1 - 0.5625) / (1 - 0.25), 1e-15);
  rule.solver = MAH_ADAMW;
  s = mah_rule_settings(&rule);
  assert_close(s.lr, 0.5 / 0.75, 1e-15);
  assert_close(s.correction, 1 / sqrt(1 - 0.5625), 1e-15);
  assert_true(s.decay == 0.0625);
  rule.solver = MAH_ADAGRAD;
  s = mah_rule_settings(&rule);
  assert_true(s.lr == 0.4 && s.decay == 0.125);
  rule.solver = MAH_LION;
  s = mah_rule_settings(&rule);
  assert_true(s.lr == 0.5 && s.beta1 == 0.5 && s.beta2 == 0.75 && s.decay == 0.0625);
  rule.solver = MAH_RPROP;
  s = mah_rule_settings(&rule);
  assert_true(s.eta_minus == 0.25 && s.eta_plus == 1.5 && s.size_min == 0.125 && s.size_max == 8);
}

/* Against the products and powers written out. */
static void numbers_of_nadam_and_radam(void **state) {
  (void)state;
  mah_rule rule = {
      .solver = MAH_NADAM, .lr = 0.5, .beta_1 = 0.5, .beta_2 = 0.75, .momentum_decay = 2, .t = 1};
  double mu[4], q = 0.96 * 0.96; /* mu_1 ... mu_3 */
  for (int i = 1; i < 4; i++) mu[i] = 0.5 * (1 - pow(q, i) / 2);
  mah_step_settings s = mah_rule_settings(&rule);
  assert_close(s.lr, 0.5 * mu[3] / (1 - mu[1] * mu[2] * mu[3]), 1e-15);
  assert_close(s.ahead, 0.5 * (1 - mu[2]) / (1 - mu[1] * mu[2]), 1e-15);
  assert_close(s.correction, 1 / sqrt(1 - 0.5625), 1e-15);
  rule.t = INT64_C(1) << 40; /* the product is not made of so many factors */
  s = mah_rule_settings(&rule);
  assert_true(s.lr == 0.25 && s.ahead == 0.25);
  rule = (mah_rule){.solver = MAH_RADAM, .lr = 0.5, .beta_1 = 0.5, .beta_2 = 0.9375, .t = 1};
  s = mah_rule_settings(&rule); /* r = 31 - 4 .879 / .121 = 1.98 */
  assert_true(s.lr == 0.5 / 0.75 && !s.is_rectified);
  rule.t = 9;
  s = mah_rule_settings(&rule);
  double power = pow(0.9375, 10), r = 31 - 20 * power / (1 - power);
  assert_true(r > 5 && s.is_rectified);
  assert_close(s.lr,
               0.5 / (1 - pow(0.5, 10)) * sqrt(1 - power) *
                   sqrt((r - 4) * (r - 2) * 31 / ((31 - 4) * (31 - 2) * r)),
               1e-15);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_of_a_step),
                                     cmocka_unit_test(numbers_of_nadam_and_radam)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
