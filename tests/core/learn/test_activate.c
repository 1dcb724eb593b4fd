/* Activations of tensors: forward beside the kernels' tests' plain twins (kernels/test_activate.c)
 * by their slopes, which are compared with central differences; sizes beyond a piece. */
#include "testing.h"

static mah_tensor numbers(mah_rng *rng, int64_t n) {
  mah_tensor t = new_tensor(MAH_FLOAT64, 1, n, 0);
  for (int64_t i = 0; i < n; i++) { /* away from 0, where slopes jump */
    double v = 6 * mah_rng_double(rng) - 3;
    set(t.data, MAH_FLOAT64, i, v < 0 ? v - 0.1 : v + 0.1);
  }
  return t;
}

static void slopes_are_those_of_the_values(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  double h = 1e-5;
  for (int32_t f = 0; f < MAH_ACTIVATION_COUNT; f++)
    for (int add = 0; add < 2; add++) {
      int64_t n = 1100;
      mah_tensor x = numbers(&rng, n), g = numbers(&rng, n), y = numbers(&rng, n);
      mah_tensor above = numbers(&rng, n), below = numbers(&rng, n), dx = numbers(&rng, n);
      mah_tensor before = {0};
      assert_ok(mah_tensor_clone(&before, &dx));
      if (!add) assert_ok(mah_tensor_fill(&dx, NAN));
      assert_ok(mah_activation_forward(&y, f, &x));
      assert_ok(mah_activation_backward(&dx, f, &g, &x, &y, add));
      double *value = x.data;
      for (int64_t i = 0; i < n; i++) value[i] += h;
      assert_ok(mah_activation_forward(&above, f, &x));
      for (int64_t i = 0; i < n; i++) value[i] -= 2 * h;
      assert_ok(mah_activation_forward(&below, f, &x));
      for (int64_t i = 0; i < n; i++) {
        double slope =
            (get(above.data, MAH_FLOAT64, i) - get(below.data, MAH_FLOAT64, i)) / (2 * h);
        assert_close(get(dx.data, MAH_FLOAT64, i),
                     (add ? get(before.data, MAH_FLOAT64, i) : 0) +
                         slope * get(g.data, MAH_FLOAT64, i),
                     1e-8);
      }
      mah_tensor_release(&x), mah_tensor_release(&g), mah_tensor_release(&y);
      mah_tensor_release(&above), mah_tensor_release(&below), mah_tensor_release(&dx);
      mah_tensor_release(&before);
    }
}

static void wrong_operands_are_refused(void **state) {
  (void)state;
  mah_tensor x = new_tensor(MAH_FLOAT32, 1, 3, 0), other = new_tensor(MAH_FLOAT32, 1, 4, 0);
  mah_tensor integers = new_tensor(MAH_INT32, 1, 3, 0);
  assert_fails(MAH_ERROR_ARGUMENT, "no activation 99", mah_activation_forward(&x, 99, &x));
  assert_fails(MAH_ERROR_SHAPE, "float32 4", mah_activation_forward(&other, MAH_TANH, &x));
  assert_fails(MAH_ERROR_DTYPE, "int32 3", mah_activation_forward(&integers, MAH_TANH, &integers));
  assert_fails(MAH_ERROR_SHAPE, "activation: g",
               mah_activation_backward(&x, MAH_TANH, &other, &x, &x, 0));
  mah_tensor_release(&x), mah_tensor_release(&other), mah_tensor_release(&integers);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(slopes_are_those_of_the_values),
      cmocka_unit_test(wrong_operands_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
