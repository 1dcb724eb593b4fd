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

/* -- What is refused, and how it is said ------------------------------------------------------- */

static mah_status check(const mah_batch *batch) {
  return mah_batch_check(batch, INPUTS, OUTPUTS, MAH_CROSS_ENTROPY);
}

static void inputs_that_do_not_fit_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  mah_tensor turned = new_tensor(MAH_FLOAT64, 2, INPUTS, ROWS), columns = {0};
  assert_ok(check(&batch));
  assert_fails(MAH_ERROR_ARGUMENT, "no batch", check(NULL));
  batch.x = NULL;
  assert_fails(MAH_ERROR_ARGUMENT, "x: a tensor is expected, got none", check(&batch));
  batch.x = &f.w;
  assert_fails(MAH_ERROR_SHAPE, "x: float64 39 does not fit a network of 5 inputs", check(&batch));
  batch.x = &turned;
  assert_fails(MAH_ERROR_SHAPE, "x: float64 5x9 does not fit a network of 5 inputs", check(&batch));
  assert_ok(mah_tensor_transpose(&columns, &turned, 0, 1));
  batch.x = &columns;
  assert_fails(MAH_ERROR_SHAPE, "x: each row must lie contiguous in memory", check(&batch));
  mah_tensor_release(&columns);
  mah_tensor_release(&turned);
  free_fixture(&f);
}

static void targets_that_do_not_fit_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  mah_tensor reals = new_tensor(MAH_FLOAT64, 1, ROWS, 0),
             wide = new_tensor(MAH_FLOAT64, 2, ROWS, 2);
  mah_tensor few = new_tensor(MAH_INT32, 1, ROWS - 1, 0);
  batch.y = &reals;
  assert_fails(MAH_ERROR_DTYPE, "y: int32 is expected", check(&batch));
  batch.y = &wide;
  assert_fails(MAH_ERROR_SHAPE, "y: float64 9x2 does not fit x: float64 9x5 and a network of 3",
               check(&batch));
  batch.y = &few;
  assert_fails(MAH_ERROR_SHAPE, "y: int32 8 does not fit x", check(&batch));
  batch = whole_batch(&f);
  batch.weight_ = &wide;
  assert_fails(MAH_ERROR_SHAPE, "weight: float64 9x2 does not fit x", check(&batch));
  batch.weight_ = &few;
  assert_fails(MAH_ERROR_SHAPE, "weight: int32 8 does not fit x", check(&batch));
  mah_tensor_release(&reals);
  mah_tensor_release(&wide);
  mah_tensor_release(&few);
  free_fixture(&f);
}

static void rows_outside_of_the_data_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  f.order = new_tensor(MAH_INT32, 1, 4, 0);
  batch.count = ROWS + 1;
  assert_fails(MAH_ERROR_ARGUMENT, "a batch of 10 rows from 1 of 9", check(&batch));
  batch.count = 0;
  assert_fails(MAH_ERROR_ARGUMENT, "a batch of 0 rows", check(&batch));
  batch.count = 2;
  batch.first = -1;
  assert_fails(MAH_ERROR_ARGUMENT, "from 0 of 9", check(&batch));
  batch.first = INT64_MAX;
  assert_fails(MAH_ERROR_ARGUMENT, "a batch of 2 rows from 9223372036854775808 of 9",
               check(&batch));
  batch = whole_batch(&f);
  batch.order_ = &f.order;
  assert_fails(MAH_ERROR_ARGUMENT, "a batch of 9 rows from 1 of 4", check(&batch));
  batch.count = 4;
  ((int32_t *)f.order.data)[3] = ROWS;
  assert_fails(MAH_ERROR_ARGUMENT, "row number 10 is outside of 9 rows", check(&batch));
  batch.count = 3; /* the wrong one is not in the batch */
  assert_ok(check(&batch));
  ((int32_t *)f.order.data)[0] = -1;
  assert_fails(MAH_ERROR_ARGUMENT, "row number 0 is outside of 9 rows", check(&batch));
  batch.order_ = &f.x;
  assert_fails(MAH_ERROR_DTYPE, "order: int32 is expected", check(&batch));
  free_fixture(&f);
}

static void compressed_rows_of_other_data_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  mah_compressed *c = NULL;
  mah_tensor few = {0};
  assert_ok(mah_tensor_narrow(&few, &f.x, 0, 0, 4));
  assert_ok(mah_compressed_new(&c, &few, 1, MAH_FLOAT64, 1));
  batch.compressed_ = c;
  assert_fails(MAH_ERROR_SHAPE, "the compressed inputs are 4x5, x is float64 9x5", check(&batch));
  mah_compressed_free(c);
  mah_tensor_release(&few);
  free_fixture(&f);
}

/* The row of y, counted from 1, wherever it is in the batch. */
static void classes_outside_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  double loss;
  ((int32_t *)f.y.data)[3] = OUTPUTS;
  assert_fails(MAH_ERROR_ARGUMENT, "y: row 4: class 3 is outside of 0 ... 2",
               mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  ((int32_t *)f.y.data)[3] = -1;
  batch.first = 2;
  batch.count = 5;
  assert_fails(MAH_ERROR_ARGUMENT, "y: row 4: class -1",
               mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  free_fixture(&f);
}

static void weights_must_add_up_to_something(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  mah_tensor weight = new_tensor(MAH_UINT8, 1, ROWS, 0);
  double sum;
  assert_ok(mah_batch_sum_of_weights(&sum, &batch));
  assert_true(sum == ROWS);
  batch.weight_ = &weight;
  assert_fails(MAH_ERROR_ARGUMENT, "the batch's weights add up to 0",
               mah_batch_sum_of_weights(&sum, &batch));
  ((uint8_t *)weight.data)[2] = 3;
  ((uint8_t *)weight.data)[8] = 4;
  assert_ok(mah_batch_sum_of_weights(&sum, &batch));
  assert_true(sum == 7);
  batch.count = 8;
  assert_ok(mah_batch_sum_of_weights(&sum, &batch));
  assert_true(sum == 3);
  mah_tensor_release(&weight);
  free_fixture(&f);
}

static void the_first_that_is_no_number_is_named(void **state) {
  (void)state;
  mah_tensor x = new_tensor(MAH_FLOAT32, 2, 4, 5), turned = {0},
             bytes = new_tensor(MAH_UINT8, 1, 3, 0);
  assert_ok(mah_batch_check_finite(&x, "x"));
  assert_ok(mah_batch_check_finite(&bytes, "x"));
  set(x.data, MAH_FLOAT32, 7, NAN);
  set(x.data, MAH_FLOAT32, 18, -INFINITY);
  assert_fails(MAH_ERROR_NUMERIC, "x: row 2, column 3 is nan", mah_batch_check_finite(&x, "x"));
  assert_ok(mah_tensor_transpose(&turned, &x, 0, 1));
  assert_fails(MAH_ERROR_NUMERIC, "data: row 3, column 2", mah_batch_check_finite(&turned, "data"));
  set(x.data, MAH_FLOAT32, 7, 0);
  assert_fails(MAH_ERROR_NUMERIC, "row 4, column 4 is -inf", mah_batch_check_finite(&x, "x"));
  mah_tensor_release(&turned);
  mah_tensor_release(&x);
  mah_tensor_release(&bytes);
}

/* -- Gathering --------------------------------------------------------------------------------- */

static void rows_are_gathered_in_their_order(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  double same[3 * INPUTS];
  float other[3 * INPUTS];
  const int32_t order[] = {8, 0, 3, 3, 5};
  f.order = new_tensor(MAH_INT32, 1, 5, 0);
  memcpy(f.order.data, order, sizeof order);
  batch.order_ = &f.order;
  batch.first = 1;
  assert_ok(mah_batch_gather(same, MAH_FLOAT64, &f.x, &batch, 1, 3)); /* order[2 ... 4] */
  assert_ok(mah_batch_gather(other, MAH_FLOAT32, &f.x, &batch, 1, 3));
  for (int i = 0; i < 3 * INPUTS; i++) {
    double x = ((double *)f.x.data)[order[2 + i / INPUTS] * INPUTS + i % INPUTS];
    assert_true(same[i] == x && other[i] == (float)x);
  }
  free_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(targets_that_the_loss_does_not_take_are_named),
      cmocka_unit_test(inputs_that_do_not_fit_are_named),
      cmocka_unit_test(targets_that_do_not_fit_are_named),
      cmocka_unit_test(rows_outside_of_the_data_are_named),
      cmocka_unit_test(compressed_rows_of_other_data_are_named),
      cmocka_unit_test(classes_outside_are_named),
      cmocka_unit_test(weights_must_add_up_to_something),
      cmocka_unit_test(the_first_that_is_no_number_is_named),
      cmocka_unit_test(rows_are_gathered_in_their_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
