/* How the inputs of a batch reach the kernels. */
#include "learn/networks.h"

#include "learn/drive/inputs.h"

/* A batch picked in reverse order from a uint8 copy sees the same rows. */
static void bytes_in_another_order_are_the_same_rows(void **state) {
  (void)state;
  fixture f = new_fixture(3, MAH_TANH, MAH_CROSS_ENTROPY, 0);
  mah_tensor bytes = new_tensor(MAH_UINT8, 2, ROWS, INPUTS);
  for (int i = 0; i < ROWS * INPUTS; i++) {
    ((uint8_t *)bytes.data)[i] = (uint8_t)(i * 7);
    ((double *)f.x.data)[i] = (uint8_t)(i * 7);
  }
  f.order = new_tensor(MAH_INT32, 1, ROWS, 0);
  for (int i = 0; i < ROWS; i++) ((int32_t *)f.order.data)[i] = ROWS - 1 - i;
  mah_batch batch = whole_batch(&f);
  double straight, turned;
  assert_ok(mah_mlp_gradient(f.net, &straight, NULL, &f.w, &batch));
  batch.order_ = &f.order;
  batch.x = &bytes;
  assert_ok(mah_mlp_gradient(f.net, &turned, NULL, &f.w, &batch));
  assert_close(turned, straight, 1e-14);
  ((int32_t *)f.order.data)[4] = ROWS;
  assert_fails(MAH_ERROR_ARGUMENT, "row number 10",
               mah_mlp_gradient(f.net, &turned, NULL, &f.w, &batch));
  mah_tensor_release(&bytes);
  free_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_in_another_order_are_the_same_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
