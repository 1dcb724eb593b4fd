/* A solver's steps on tensors: sequences computed by hand, and what is refused. */
#include "testing.h"

static mah_tensor vector_over(double *values, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, MAH_FLOAT64, 1, &n));
  return t;
}

/* w = 1, g = 0.5, lr 0.1, momentum 0.9 */
static void check_sgd_sequence(int32_t nesterov, const double *expected) {
  double w = 1, velocity = 0, g = 0.5;
  mah_tensor tw = vector_over(&w, 1), tv = vector_over(&velocity, 1), tg = vector_over(&g, 1);
  mah_rule rule = {
      .solver = MAH_SGD, .lr = 0.1, .momentum = 0.9, .nesterov = nesterov, .first = &tv};
  for (int i = 0; i < 4; i++) {
    assert_ok(mah_step(&rule, &tw, &tg));
    assert_int_equal(rule.t, i + 1);
    assert_close(w, expected[i], 1e-15);
  }
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
  mah_tensor_release(&tg);
}

static void sgd_takes_the_steps_computed_by_hand(void **state) {
  (void)state;
  check_sgd_sequence(0, (double[]){.95, .855, .7195, .54755});
  check_sgd_sequence(1, (double[]){.905, .7695, .59755, .392795});
}

static void adam_takes_the_steps_computed_by_hand(void **state) {
  (void)state;
  const double gradients[] = {.5, -.25, .1, .1};
  const double expected[] = {0.9990000006324551, 0.9987336637435179, 0.9984184203527734,
                             0.9980632007849458};
  double w = 1, m = 0, v = 0, g;
  mah_tensor tw = vector_over(&w, 1), tm = vector_over(&m, 1), tv = vector_over(&v, 1);
  mah_tensor tg = vector_over(&g, 1);
  mah_rule rule = {.solver = MAH_ADAM,
                   .lr = 1e-3,
                   .beta_1 = .9,
                   .beta_2 = .999,
                   .epsilon = 1e-8,
                   .first = &tm,
                   .second_ = &tv};
  for (int t = 1; t <= 4; t++) {
    g = gradients[t - 1];
    assert_ok(mah_step(&rule, &tw, &tg));
    assert_close(w, expected[t - 1], 1e-15);
  }
  mah_tensor_release(&tg);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_step(&rule, &tw, &tg));
  assert_int_equal(rule.t, 4); /* the steps that were made */
  mah_tensor_release(&tw);
  mah_tensor_release(&tm);
  mah_tensor_release(&tv);
}

/* w = 1 and four gradients; the expected w are those of tests/golden/solvers.py. `start` is what
 * the solver's first vector holds; `seconds`: does it keep a second one? */
static void check_golden(mah_rule rule, double start, int seconds, const double *expected) {
  const double gradients[] = {.5, -.25, .1, .1};
  double w = 1, a = start, b = 0, g;
  mah_tensor tw = vector_over(&w, 1), ta = vector_over(&a, 1), tb = vector_over(&b, 1);
  mah_tensor tg = vector_over(&g, 1), *tensors[] = {&tw, &ta, &tb, &tg};
  rule.first = &ta;
  rule.second_ = seconds ? &tb : NULL;
  for (int t = 1; t <= 4; t++) {
    g = gradients[t - 1];
    assert_ok(mah_step(&rule, &tw, &tg));
    assert_close(w, expected[t - 1], 1e-15);
  }
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
}

static void other_solvers_take_the_steps_of_pytorch(void **state) {
  (void)state;
  mah_rule rmsprop = {.solver = MAH_RMSPROP, .lr = .01, .alpha = .99, .epsilon = 1e-8};
  check_golden(
      rmsprop, 0, 0,
      (double[]){0.900000019999996, 0.9449013374421751, 0.9271374176630169, 0.9095619140087285});
  rmsprop.momentum = .9;
  rmsprop.weight_decay = .1;
  check_golden(
      rmsprop, 0, 1,
      (double[]){0.900000016666664, 0.8358874192942146, 0.7495800192387101, 0.6454786497071581});
  mah_rule adagrad = {.solver = MAH_ADAGRAD, .lr = .01, .epsilon = 1e-10};
  check_golden(
      adagrad, 0, 0,
      (double[]){0.990000000002, 0.9944721359561995, 0.9927112341438584, 0.990977014205111});
  adagrad.lr_decay = adagrad.weight_decay = .1;
  check_golden(
      adagrad, 0.5, 0,
      (double[]){0.9935300336084913, 0.9949877148936767, 0.9932567943231267, 0.9916937129715668});
  check_golden(
      (mah_rule){.solver = MAH_ADAMW,
                 .lr = .1,
                 .beta_1 = .9,
                 .beta_2 = .999,
                 .epsilon = 1e-8,
                 .weight_decay = .5},
      0, 1,
      (double[]){0.8500000019999999, 0.7808662986078463, 0.7102986279953237, 0.6392617215390827});
}

static void vectors_that_do_not_fit_are_named(void **state) {
  (void)state;
  double w[2] = {0}, v[3] = {0};
  mah_tensor tw = vector_over(w, 2), tv = vector_over(v, 3);
  struct {
    mah_status status;
    const char *message;
    mah_tensor *w, *g;
    mah_rule rule;
  } cases[] = {
      {MAH_ERROR_SHAPE, "velocity", &tw, &tw, {.solver = MAH_SGD, .first = &tv}},
      {MAH_ERROR_SHAPE, "gradient", &tw, &tv, {.solver = MAH_SGD, .first = &tw}},
      {MAH_ERROR_ARGUMENT, "none", NULL, &tw, {.solver = MAH_SGD, .first = &tw}},
      {MAH_ERROR_SHAPE, "m:", &tw, &tw, {.solver = MAH_ADAMW, .first = &tv, .second_ = &tw}},
      {MAH_ERROR_ARGUMENT, "v: the solver needs", &tw, &tw, {.solver = MAH_ADAM, .first = &tw}},
      {MAH_ERROR_SHAPE, "sum:", &tw, &tw, {.solver = MAH_ADAGRAD, .first = &tv}},
      {MAH_ERROR_ARGUMENT,
       "momentum of 0.5 needs",
       &tw,
       &tw,
       {.solver = MAH_RMSPROP, .first = &tw, .momentum = .5}},
      {MAH_ERROR_SHAPE, "m:", &tw, &tw, {.solver = MAH_LION, .first = &tv}},
      {MAH_ERROR_ARGUMENT, "step_size: the solver", &tw, &tw, {.solver = MAH_RPROP, .first = &tw}},
      {MAH_ERROR_ARGUMENT, "no solver has the number 9", &tw, &tw, {.solver = 9, .first = &tw}},
      {MAH_ERROR_ARGUMENT, "no step the number -1", &tw, &tw, {.t = -2, .first = &tw}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_fails(cases[i].status, cases[i].message,
                 mah_step(&cases[i].rule, cases[i].w, cases[i].g));
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
}

/* A unit that has died leaves subnormal numbers behind, which are slow: they end in 0. */
static void what_is_remembered_does_not_become_subnormal(void **state) {
  (void)state;
#if defined(__SSE2__) || defined(__aarch64__)
  double w = 1, velocity = 0x1p-1022, g = 0;
  mah_tensor tw = vector_over(&w, 1), tv = vector_over(&velocity, 1), tg = vector_over(&g, 1);
  mah_rule rule = {.solver = MAH_SGD, .lr = 0.1, .momentum = 0.5, .first = &tv};
  assert_ok(mah_step(&rule, &tw, &tg));
  assert_true(velocity == 0);
  volatile double smallest = 0x1p-1022;
  assert_true(smallest / 2 > 0); /* the caller's arithmetic is as it was */
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
  mah_tensor_release(&tg);
#endif
}

/* Where all gradients were 0, each solver divides by epsilon alone. */
static void weights_without_a_gradient_stay_with_any_epsilon(void **state) {
  (void)state;
  for (int32_t solver = 0; solver < MAH_SOLVER_COUNT; solver++) {
    double w = 1, first = 0, second = 0, g = 0;
    mah_tensor tw = vector_over(&w, 1), tf = vector_over(&first, 1), ts = vector_over(&second, 1);
    mah_tensor tg = vector_over(&g, 1);
    mah_rule rule = {.solver = solver,
                     .lr = 0.1,
                     .beta_1 = .9,
                     .beta_2 = .999,
                     .alpha = .9,
                     .epsilon = 1e-310,
                     .first = &tf,
                     .second_ = &ts};
    assert_ok(mah_step(&rule, &tw, &tg));
    assert_true(w == 1);
    mah_tensor_release(&tw);
    mah_tensor_release(&tf);
    mah_tensor_release(&ts);
    mah_tensor_release(&tg);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sgd_takes_the_steps_computed_by_hand),
      cmocka_unit_test(adam_takes_the_steps_computed_by_hand),
      cmocka_unit_test(other_solvers_take_the_steps_of_pytorch),
      cmocka_unit_test(vectors_that_do_not_fit_are_named),
      cmocka_unit_test(what_is_remembered_does_not_become_subnormal),
      cmocka_unit_test(weights_without_a_gradient_stay_with_any_epsilon),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
