/* Averages of weights: sequences computed by hand, and what is refused. */
#include "testing.h"

static mah_tensor vector_over(double *values, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, MAH_FLOAT64, 1, &n));
  return t;
}

/* Of w = 1, 2, 4; what was in the vector before does not count. */
static void check_sequence(mah_average average, const double *expected) {
  double w, a = NAN;
  mah_tensor tw = vector_over(&w, 1), ta = vector_over(&a, 1);
  average.vector_ = &ta;
  for (int i = 0; i < 3; i++) {
    w = 1 << i;
    assert_ok(mah_average_add(&average, &tw));
    assert_int_equal(average.count, i + 1);
    assert_close(a, expected[i], 1e-15);
  }
  mah_tensor_release(&tw);
  mah_tensor_release(&ta);
}

static void averages_are_those_computed_by_hand(void **state) {
  (void)state;
  check_sequence((mah_average){.is_equal = 1}, (double[]){1, 1.5, 7 / 3.0});
  check_sequence((mah_average){.decay = 0.75}, (double[]){1, 1.25, 1.9375});
  check_sequence((mah_average){.decay = 0}, (double[]){1, 2, 4});
  /* decays 2/11, 3/12 */
  check_sequence((mah_average){.decay = 0.75, .warms = 1},
                 (double[]){1, 1 + 9 / 11.0, 4 - 0.25 * (3 - 9 / 11.0)});
  check_sequence((mah_average){.decay = 0.1, .warms = 1}, (double[]){1, 1.9, 3.79});
}

static void averages_that_cannot_be_are_named(void **state) {
  (void)state;
  double w[2] = {0}, a[3] = {0};
  mah_tensor tw = vector_over(w, 2), ta = vector_over(a, 3), tb = vector_over(a, 2);
  mah_average average = {.vector_ = &ta, .decay = 0.5};
  assert_fails(MAH_ERROR_SHAPE, "average: a contiguous vector like w",
               mah_average_add(&average, &tw));
  average.vector_ = NULL;
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_average_add(&average, &tw));
  average.vector_ = &tb, average.decay = NAN;
  assert_fails(MAH_ERROR_ARGUMENT, "the decay nan", mah_average_add(&average, &tw));
  assert_fails(MAH_ERROR_ARGUMENT, "no average", mah_average_add(NULL, &tw));
  mah_tensor_release(&tw);
  mah_tensor_release(&ta);
  mah_tensor_release(&tb);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(averages_are_those_computed_by_hand),
      cmocka_unit_test(averages_that_cannot_be_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
