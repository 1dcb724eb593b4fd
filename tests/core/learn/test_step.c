/* A solver's steps on tensors: sequences computed by hand, and what is refused. */
#include "testing.h"

static mah_tensor vector_over(double *values, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, MAH_FLOAT64, 1, &n));
  return t;
}

/* w = 1, g = 0.5, lr 0.1, momentum 0.9 */
static void check_sgd_sequence(int32_t nesterov, const double *expected) {
  mah_step_settings settings = {.lr = 0.1, .momentum = 0.9, .nesterov = nesterov};
  double w = 1, velocity = 0, g = 0.5;
  mah_tensor tw = vector_over(&w, 1), tv = vector_over(&velocity, 1), tg = vector_over(&g, 1);
  for (int i = 0; i < 4; i++) {
    assert_ok(mah_step(MAH_SGD, &tw, &tv, NULL, &tg, &settings));
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
  mah_step_settings settings = {.beta1 = .9, .beta2 = .999, .epsilon = 1e-8};
  double w = 1, m = 0, v = 0, g;
  mah_tensor tw = vector_over(&w, 1), tm = vector_over(&m, 1), tv = vector_over(&v, 1);
  mah_tensor tg = vector_over(&g, 1);
  for (int t = 1; t <= 4; t++) {
    g = gradients[t - 1];
    settings.lr = 1e-3 * sqrt(1 - pow(.999, t)) / (1 - pow(.9, t));
    assert_ok(mah_step(MAH_ADAM, &tw, &tm, &tv, &tg, &settings));
    assert_close(w, expected[t - 1], 1e-15);
  }
  mah_tensor_release(&tg);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_step(MAH_ADAM, &tw, &tm, &tv, &tg, &settings));
  mah_tensor_release(&tw);
  mah_tensor_release(&tm);
  mah_tensor_release(&tv);
}

/* w = 1 and four gradients; the expected w are those of tests/golden/solvers.py. */
typedef struct {
  double w, a, b, g; /* parameter, the solver's two vectors, gradient */
  mah_tensor tw, ta, tb, tg;
} scalar;

static void check_golden(void (*step)(scalar *, int), double start, const double *expected) {
  const double gradients[] = {.5, -.25, .1, .1};
  scalar s = {.w = 1, .a = start};
  s.tw = vector_over(&s.w, 1);
  s.ta = vector_over(&s.a, 1);
  s.tb = vector_over(&s.b, 1);
  s.tg = vector_over(&s.g, 1);
  for (int t = 1; t <= 4; t++) {
    s.g = gradients[t - 1];
    step(&s, t);
    assert_close(s.w, expected[t - 1], 1e-15);
  }
  mah_tensor *tensors[] = {&s.tw, &s.ta, &s.tb, &s.tg};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
}

static void step_rmsprop(scalar *s, int t) {
  (void)t;
  mah_step_settings settings = {.lr = .01, .alpha = .99, .epsilon = 1e-8};
  assert_ok(mah_step(MAH_RMSPROP, &s->tw, &s->ta, NULL, &s->tg, &settings));
}

static void step_rmsprop_momentum(scalar *s, int t) {
  (void)t;
  mah_step_settings settings = {
      .lr = .01, .alpha = .99, .epsilon = 1e-8, .momentum = .9, .decay = .1};
  assert_ok(mah_step(MAH_RMSPROP, &s->tw, &s->ta, &s->tb, &s->tg, &settings));
}

static void step_adagrad(scalar *s, int t) {
  (void)t;
  mah_step_settings settings = {.lr = .01, .epsilon = 1e-10};
  assert_ok(mah_step(MAH_ADAGRAD, &s->tw, &s->ta, NULL, &s->tg, &settings));
}

static void step_adagrad_decay(scalar *s, int t) {
  mah_step_settings settings = {.lr = .01 / (1 + (t - 1) * .1), .epsilon = 1e-10, .decay = .1};
  assert_ok(mah_step(MAH_ADAGRAD, &s->tw, &s->ta, NULL, &s->tg, &settings));
}

static void step_adamw(scalar *s, int t) {
  mah_step_settings settings = {.lr = .1 / (1 - pow(.9, t)),
                                .correction = 1 / sqrt(1 - pow(.999, t)),
                                .beta1 = .9,
                                .beta2 = .999,
                                .epsilon = 1e-8,
                                .decay = .1 * .5};
  assert_ok(mah_step(MAH_ADAMW, &s->tw, &s->ta, &s->tb, &s->tg, &settings));
}

static void other_solvers_take_the_steps_of_pytorch(void **state) {
  (void)state;
  check_golden(
      step_rmsprop, 0,
      (double[]){0.900000019999996, 0.9449013374421751, 0.9271374176630169, 0.9095619140087285});
  check_golden(
      step_rmsprop_momentum, 0,
      (double[]){0.900000016666664, 0.8358874192942146, 0.7495800192387101, 0.6454786497071581});
  check_golden(
      step_adagrad, 0,
      (double[]){0.990000000002, 0.9944721359561995, 0.9927112341438584, 0.990977014205111});
  check_golden(
      step_adagrad_decay, 0.5,
      (double[]){0.9935300336084913, 0.9949877148936767, 0.9932567943231267, 0.9916937129715668});
  check_golden(
      step_adamw, 0,
      (double[]){0.8500000019999999, 0.7808662986078463, 0.7102986279953237, 0.6392617215390827});
}

static void vectors_that_do_not_fit_are_named(void **state) {
  (void)state;
  double w[2] = {0}, v[3] = {0};
  mah_tensor tw = vector_over(w, 2), tv = vector_over(v, 3);
  mah_step_settings s = {.lr = .1, .epsilon = 1e-8, .momentum = .5};
  assert_fails(MAH_ERROR_SHAPE, "velocity", mah_step(MAH_SGD, &tw, &tv, NULL, &tw, &s));
  assert_fails(MAH_ERROR_SHAPE, "gradient", mah_step(MAH_SGD, &tw, &tw, NULL, &tv, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_step(MAH_SGD, NULL, &tw, NULL, &tw, &s));
  assert_fails(MAH_ERROR_SHAPE, "m:", mah_step(MAH_ADAMW, &tw, &tv, &tw, &tw, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "v: the solver needs",
               mah_step(MAH_ADAM, &tw, &tw, NULL, &tw, &s));
  assert_fails(MAH_ERROR_SHAPE, "sum:", mah_step(MAH_ADAGRAD, &tw, &tv, NULL, &tw, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "momentum of 0.5 needs",
               mah_step(MAH_RMSPROP, &tw, &tw, NULL, &tw, &s));
  assert_fails(MAH_ERROR_ARGUMENT, "no solver has the number 9",
               mah_step(9, &tw, &tw, NULL, &tw, &s));
  mah_tensor_release(&tw);
  mah_tensor_release(&tv);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sgd_takes_the_steps_computed_by_hand),
      cmocka_unit_test(adam_takes_the_steps_computed_by_hand),
      cmocka_unit_test(other_solvers_take_the_steps_of_pytorch),
      cmocka_unit_test(vectors_that_do_not_fit_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
