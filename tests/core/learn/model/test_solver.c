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
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_of_a_step)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
