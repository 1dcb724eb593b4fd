/* Batches that are not right, and what is said of them; rows in order. */
#include "learn/networks.h"

#include "learn/drive/batch.h"

/* The row that is named is the one in y, however the batch was picked. */
static void check_target(int32_t loss, double value, const char *words) {
  fixture f = new_fixture(2, MAH_TANH, loss, 0);
  mah_batch batch = whole_batch(&f);
  double shown;
  if (loss == MAH_CROSS_ENTROPY) {
    mah_tensor_release(&f.y);
    f.y = new_tensor(MAH_FLOAT64, 2, ROWS, OUTPUTS);
    for (int i = 0; i < ROWS; i++) ((double *)f.y.data)[i * OUTPUTS] = 1;
  }
  f.order = new_tensor(MAH_INT32, 1, ROWS, 0);
  for (int i = 0; i < ROWS; i++) ((int32_t *)f.order.data)[i] = ROWS - 1 - i;
  batch.order_ = &f.order;
  assert_ok(mah_mlp_gradient(f.net, &shown, NULL, &f.w, &batch));
  ((double *)f.y.data)[6 * OUTPUTS + 1] = value;
  assert_fails(MAH_ERROR_ARGUMENT, words, mah_mlp_gradient(f.net, &shown, NULL, &f.w, &batch));
  free_fixture(&f);
}

static void targets_that_the_loss_does_not_take_are_named(void **state) {
  (void)state;
  check_target(MAH_POISSON, -2, "y: row 7: -2; poisson takes targets in [0, inf)");
  check_target(MAH_BINARY, 1.5, "y: row 7: 1.5; binary_cross_entropy takes targets in [0, 1]");
  check_target(MAH_BINARY, NAN, "nan");
  check_target(MAH_CROSS_ENTROPY, -1, "y: row 7: -1; cross_entropy takes targets in [0, 1]");
  check_target(MAH_CROSS_ENTROPY, 0.5, "y: row 7 adds up to 1.5");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(targets_that_the_loss_does_not_take_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
