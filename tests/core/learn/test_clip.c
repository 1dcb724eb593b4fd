/* Clipping of tensors: ends of the number line, and what is refused. */
#include "testing.h"

/* Squares that overflow float do no harm, and a norm that is not finite changes nothing. */
static void ends_of_the_number_line_do_no_harm(void **state) {
  (void)state;
  float values[] = {3e30f, 4e30f};
  int64_t n = 2;
  double norm;
  mah_tensor g = {0};
  assert_ok(mah_tensor_borrow(&g, values, MAH_FLOAT32, 1, &n));
  assert_ok(mah_clip_norm(&norm, &g, 5));
  assert_close(norm / 5e30, 1, 1e-6);
  assert_close((double)values[0], 3, 1e-6);
  values[1] = NAN;
  assert_ok(mah_clip_norm(&norm, &g, 1));
  assert_true(isnan(norm));
  assert_close((double)values[0], 3, 1e-6);
  assert_ok(mah_clip_value(&g, 1));
  assert_true(values[0] == 1 && isnan(values[1]));
  values[1] = INFINITY;
  assert_ok(mah_clip_norm(&norm, &g, 1));
  assert_true(values[0] == 1);
  mah_tensor_release(&g);
}

static void wrong_limits_and_gradients_are_named(void **state) {
  (void)state;
  double values[4] = {1, 2, 3, 4}, norm;
  int64_t shape[] = {2, 2};
  mah_tensor g = {0}, matrix = {0};
  assert_ok(mah_tensor_borrow(&g, values, MAH_FLOAT64, 1, (int64_t[]){4}));
  assert_ok(mah_tensor_borrow(&matrix, values, MAH_FLOAT64, 2, shape));
  assert_fails(MAH_ERROR_ARGUMENT, "must be > 0, got 0", mah_clip_norm(&norm, &g, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "must be > 0, got nan", mah_clip_value(&g, NAN));
  assert_fails(MAH_ERROR_ARGUMENT, "no place for the norm", mah_clip_norm(NULL, &g, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_clip_value(NULL, 1));
  assert_fails(MAH_ERROR_SHAPE, "gradient: a contiguous vector", mah_clip_norm(&norm, &matrix, 1));
  mah_tensor_release(&g);
  mah_tensor_release(&matrix);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ends_of_the_number_line_do_no_harm),
      cmocka_unit_test(wrong_limits_and_gradients_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
