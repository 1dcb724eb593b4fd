/* What a network says of each row: outputs of every layer, and classes. */
#include "learn/networks.h"

/* Several outputs of logistic units: a label each. Cross entropy: the first largest. */
static void several_logistic_outputs_are_a_label_each(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_BINARY, 0);
  mah_tensor p = {0}, labels = {0};
  mah_tensor again = new_tensor(MAH_INT32, 2, ROWS, OUTPUTS),
             wrong = new_tensor(MAH_INT32, 1, ROWS, 0);
  assert_ok(mah_mlp_forward(f.net, &p, &f.w, &f.x, 1));
  assert_ok(mah_mlp_predict(f.net, &labels, &f.w, &f.x));
  assert_ok(mah_mlp_classify(f.net, &again, &p));
  for (int i = 0; i < ROWS * OUTPUTS; i++) {
    assert_int_equal(((int32_t *)labels.data)[i], ((double *)p.data)[i] > 0.5);
    assert_int_equal(((int32_t *)again.data)[i], ((int32_t *)labels.data)[i]);
  }
  assert_true(labels.ndim == 2 && labels.extent[0] == ROWS && labels.extent[1] == OUTPUTS);
  assert_fails(MAH_ERROR_SHAPE, "9x3 is expected", mah_mlp_classify(f.net, &wrong, &p));
  mah_tensor *tensors[] = {&p, &labels, &again, &wrong};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  free_fixture(&f);
}

/* All layers in one pass are what they are one by one. */
static void all_layers_in_one_pass_are_what_they_are_one_by_one(void **state) {
  (void)state;
  fixture f = new_fixture(3, MAH_SILU, MAH_HUBER, 0.5);
  mah_tensor all[3] = {{0}}, one[3] = {{0}}, *outs[3];
  for (int i = 0; i < 3; i++) {
    int64_t units = mah_mlp_layer(f.net, i)->units;
    all[i] = new_tensor(MAH_FLOAT64, 2, ROWS, units);
    outs[i] = &all[i];
  }
  assert_ok(mah_mlp_forward_all(f.net, outs, &f.w, &f.x));
  for (int i = 0; i < 3; i++) {
    assert_ok(mah_mlp_forward(f.net, &one[i], &f.w, &f.x, i));
    assert_true(one[i].extent[0] == ROWS && one[i].extent[1] == all[i].extent[1]);
    assert_memory_equal(one[i].data, all[i].data, (size_t)mah_tensor_count(&one[i]) * 8);
    mah_tensor_release(&all[i]);
    mah_tensor_release(&one[i]);
  }
  free_fixture(&f);
}

/* The count of mah_mlp_evaluate is that of the predictions. */
static void right_rows_are_those_predicted_right(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  mah_tensor labels = {0};
  double loss, again, correct, expected = 0;
  assert_ok(mah_mlp_predict(f.net, &labels, &f.w, &f.x));
  assert_true(labels.ndim == 1 && labels.extent[0] == ROWS);
  for (int i = 0; i < ROWS; i++)
    expected += ((int32_t *)labels.data)[i] == ((int32_t *)f.y.data)[i];
  assert_ok(mah_mlp_evaluate(f.net, &loss, &correct, &f.w, &batch));
  assert_ok(mah_mlp_gradient(f.net, &again, NULL, &f.w, &batch));
  assert_true(correct == expected && loss == again);
  assert_true(expected > 0 && expected < ROWS);
  mah_tensor_release(&labels);
  free_fixture(&f);
}

static void no_rows_give_no_outputs(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_CROSS_ENTROPY, 0);
  mah_tensor x = new_tensor(MAH_FLOAT64, 2, 0, INPUTS), p = {0};
  assert_ok(mah_mlp_forward(f.net, &p, &f.w, &x, 1));
  assert_true(p.extent[0] == 0 && p.extent[1] == OUTPUTS);
  mah_tensor_release(&x);
  mah_tensor_release(&p);
  free_fixture(&f);
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_CROSS_ENTROPY, 0);
  mah_tensor p = {0}, wrong = new_tensor(MAH_FLOAT64, 2, ROWS, OUTPUTS), *outs[] = {&wrong, NULL};
  assert_fails(MAH_ERROR_ARGUMENT, "layer 3 of a network with 2",
               mah_mlp_forward(f.net, &p, &f.w, &f.x, 2));
  assert_fails(MAH_ERROR_SHAPE, "out: 9x4 is expected",
               mah_mlp_forward_all(f.net, outs, &f.w, &f.x));
  outs[0] = &f.y;
  assert_fails(MAH_ERROR_DTYPE, "out", mah_mlp_forward_all(f.net, outs, &f.w, &f.x));
  assert_fails(MAH_ERROR_ARGUMENT, "no place for the outputs",
               mah_mlp_forward_all(f.net, NULL, &f.w, &f.x));
  set(f.x.data, MAH_FLOAT64, 3 * INPUTS + 1, INFINITY);
  assert_fails(MAH_ERROR_NUMERIC, "x: row 4, column 2 is inf",
               mah_mlp_forward(f.net, &p, &f.w, &f.x, 1));
  assert_fails(MAH_ERROR_NUMERIC, "x: row 4, column 2 is inf",
               mah_mlp_predict(f.net, &p, &f.w, &f.x));
  assert_true(p.store == NULL); /* nothing has been made */
  mah_tensor_release(&wrong);
  free_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(several_logistic_outputs_are_a_label_each),
      cmocka_unit_test(all_layers_in_one_pass_are_what_they_are_one_by_one),
      cmocka_unit_test(right_rows_are_those_predicted_right),
      cmocka_unit_test(no_rows_give_no_outputs),
      cmocka_unit_test(wrong_arguments_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
