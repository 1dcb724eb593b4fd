/* Loss and gradient of a network: by central differences and by hand, for every loss and
 * activation; weights of rows, masks; errors, and every out-of-memory path.
 */
#include "learn/networks.h"

static double loss_at(fixture *f, const mah_batch *batch, int64_t i, double step) {
  double loss, *w = f->w.data, kept = w[i];
  w[i] += step;
  assert_ok(mah_mlp_gradient(f->net, &loss, NULL, &f->w, batch));
  w[i] = kept;
  return loss;
}

/* g[i] = (L(w + h e_i) - L(w - h e_i)) / 2h */
static void check_gradient(fixture *f, const mah_batch *batch) {
  double loss, h = 1e-5;
  assert_ok(mah_mlp_gradient(f->net, &loss, &f->gradient, &f->w, batch));
  for (int64_t i = 0; i < mah_mlp_parameters(f->net); i++) {
    double numeric = (loss_at(f, batch, i, h) - loss_at(f, batch, i, -h)) / (2 * h);
    assert_close(((double *)f->gradient.data)[i], numeric, 1.5e-7);
  }
}

/* Multi-class, multi-label, several targets; with both penalties and a fixed dropout mask. */
static void gradient_is_that_of_central_differences(void **state) {
  (void)state;
  for (int32_t loss = 0; loss < MAH_LOSS_COUNT; loss++)
    for (int32_t activation = 0; activation < MAH_ACTIVATION_COUNT; activation++)
      for (int32_t depth = 1; depth <= 4; depth++)
        for (int dropout = 0; dropout <= 1; dropout++) {
          fixture f = new_fixture(depth, activation, loss, dropout * 0.5);
          mah_batch batch = whole_batch(&f);
          batch.l1 = 0.01;
          batch.l2 = 0.1;
          batch.training = dropout;
          check_gradient(&f, &batch);
          free_fixture(&f);
        }
}

/* Binary classes and one target, given as a vector. */
static void gradient_of_one_output_given_as_a_vector(void **state) {
  (void)state;
  for (int32_t loss = MAH_CROSS_ENTROPY + 1; loss < MAH_LOSS_COUNT; loss++) {
    fixture f = new_fixture_of(1, 2, MAH_GELU, loss, 0);
    mah_tensor y = {0};
    int64_t rows = ROWS;
    assert_ok(mah_tensor_view(&y, &f.y, 1, &rows));
    mah_batch batch = whole_batch(&f);
    batch.y = &y;
    check_gradient(&f, &batch);
    mah_tensor_release(&y);
    free_fixture(&f);
  }
}

/* Targets of cross entropy as shares: the same as the class where they are 0 and 1. */
static void shares_are_targets_as_classes_are(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_CROSS_ENTROPY, 0);
  mah_tensor shares = new_tensor(MAH_FLOAT32, 2, ROWS, OUTPUTS);
  float *share = shares.data;
  for (int i = 0; i < ROWS; i++) share[i * OUTPUTS + i % OUTPUTS] = 1;
  mah_batch batch = whole_batch(&f);
  double of_classes, of_shares;
  assert_ok(mah_mlp_gradient(f.net, &of_classes, NULL, &f.w, &batch));
  batch.y = &shares;
  assert_ok(mah_mlp_gradient(f.net, &of_shares, NULL, &f.w, &batch));
  assert_close(of_shares, of_classes, 1e-15);
  for (int i = 0; i < ROWS; i++) {
    share[i * OUTPUTS] = 0.25f;
    share[i * OUTPUTS + 1] = 0.75f;
    share[i * OUTPUTS + 2] = 0;
  }
  check_gradient(&f, &batch);
  mah_tensor_release(&shares);
  free_fixture(&f);
}

static void rows_count_by_their_weights(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_CROSS_ENTROPY, 0);
  mah_tensor weight = new_tensor(MAH_FLOAT32, 1, ROWS, 0);
  for (int i = 0; i < ROWS; i++) ((float *)weight.data)[i] = (float)(i + 1);
  mah_batch batch = whole_batch(&f);
  batch.weight_ = &weight;
  check_gradient(&f, &batch);
  for (int i = 0; i < ROWS; i++) ((float *)weight.data)[i] = 0;
  double loss;
  assert_fails(MAH_ERROR_ARGUMENT, "weights", mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  mah_tensor_release(&weight);
  free_fixture(&f);
}

/* The hand-computed step of scikit-learn's own tests: x = (.6, .8, .7), y = 0, logistic units. */
static void a_step_is_that_of_scikit_learns_own_tests(void **state) {
  (void)state;
  double w[] = {.1, .2, .3, .1, .5, 0, .1, .1, .1, .2, 1}, x[] = {.6, .8, .7}, y[] = {0}, loss;
  mah_layer layers[] = {{.units = 2, .activation = MAH_LOGISTIC}, {.units = 1}};
  mah_mlp *net;
  mah_tensor tw = {0}, tx = {0}, ty = {0}, g = {0}, velocity = {0};
  int64_t parameters = 11, one = 1;
  assert_ok(mah_mlp_new(&net, MAH_FLOAT64, 3, MAH_BINARY, layers, 2));
  assert_ok(mah_tensor_borrow(&tw, w, MAH_FLOAT64, 1, &parameters));
  assert_ok(mah_tensor_borrow(&tx, x, MAH_FLOAT64, 2, (int64_t[]){1, 3}));
  assert_ok(mah_tensor_borrow(&ty, y, MAH_FLOAT64, 1, &one));
  assert_ok(mah_tensor_zeros(&g, MAH_FLOAT64, 1, &parameters));
  assert_ok(mah_tensor_zeros(&velocity, MAH_FLOAT64, 1, &parameters));
  mah_batch batch = {.x = &tx, .y = &ty, .count = 1, .l2 = .1};
  assert_ok(mah_mlp_gradient(net, &loss, &g, &tw, &batch));
  assert_close(loss, 1.4725951146222291, 1e-14);
  mah_rule rule = {.solver = MAH_SGD, .lr = .1, .first = &velocity};
  assert_ok(mah_step(&rule, &tw, &g));
  const double expected[] = {0.09799927101876635, 0.1957545466925248,  0.29566569469168846,
                             0.0960060622566997,  0.4938324828552274,  -0.0026196955253877667,
                             0.09833211836461057, 0.09625757782087463, 0.04701212914783179,
                             0.15402918140357222, 0.9234547978090479};
  for (int i = 0; i < 11; i++) assert_close(w[i], expected[i], 1e-14);
  mah_tensor tp = {0};
  assert_ok(mah_mlp_forward(net, &tp, &tw, &tx, 1));
  assert_close(*(double *)tp.data, 0.7394919180486681, 1e-14);
  mah_tensor *tensors[] = {&tw, &tx, &ty, &g, &velocity, &tp};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_mlp_free(net);
}

/* Masks depend on seed and step, and about the share asked for is dropped. */
static void masks_depend_on_seed_and_step(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_CROSS_ENTROPY, 0.5);
  mah_batch batch = whole_batch(&f);
  double plain, first, again, other;
  assert_ok(mah_mlp_gradient(f.net, &plain, NULL, &f.w, &batch));
  batch.training = 1;
  assert_ok(mah_mlp_gradient(f.net, &first, NULL, &f.w, &batch));
  assert_ok(mah_mlp_gradient(f.net, &again, NULL, &f.w, &batch));
  batch.step++;
  assert_ok(mah_mlp_gradient(f.net, &other, NULL, &f.w, &batch));
  assert_true(first == again);
  assert_true(first != plain && first != other);
  free_fixture(&f);
}

static void layers_are_found_by_their_number(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  assert_int_equal(mah_mlp_layer(f.net, 1)->weight, 5 * 4 + 4);
  assert_int_equal(mah_mlp_parameters(f.net), 5 * 4 + 4 + 4 * 3 + 3);
  assert_null(mah_mlp_layer(f.net, 2));
  assert_null(mah_mlp_layer(f.net, -1));
  free_fixture(&f);
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  double loss, correct;
  assert_fails(MAH_ERROR_SHAPE, "w: a contiguous vector of 39 parameters",
               mah_mlp_gradient(f.net, &loss, NULL, &f.x, &batch));
  assert_fails(MAH_ERROR_SHAPE, "gradient: a contiguous vector of 39 parameters",
               mah_mlp_gradient(f.net, &loss, &f.x, &f.w, &batch));
  assert_fails(MAH_ERROR_ARGUMENT, "no place for the loss",
               mah_mlp_gradient(f.net, NULL, NULL, &f.w, &batch));
  assert_fails(MAH_ERROR_ARGUMENT, "no place for the count",
               mah_mlp_evaluate(f.net, &loss, NULL, &f.w, &batch));
  assert_fails(MAH_ERROR_ARGUMENT, "the network has been freed",
               mah_mlp_gradient(NULL, &loss, NULL, &f.w, &batch));
  assert_fails(MAH_ERROR_ARGUMENT, "a number other than 0, got 0", mah_mlp_scale_inputs(f.net, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "got inf", mah_mlp_scale_inputs(f.net, INFINITY));
  free_fixture(&f);
  f = new_fixture(1, MAH_RELU, MAH_SQUARED, 0);
  batch = whole_batch(&f);
  assert_fails(MAH_ERROR_ARGUMENT, "with classes only, not with squared_error",
               mah_mlp_evaluate(f.net, &loss, &correct, &f.w, &batch));
  free_fixture(&f);
}

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

/* 1300 rows go through in several pieces; the sum of two halves is the whole. */
static void a_batch_of_several_pieces_is_the_mean_of_its_halves(void **state) {
  (void)state;
  enum { MANY = 1300 };
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0.5);
  mah_rng rng = rng_of(11);
  mah_tensor_release(&f.x);
  mah_tensor_release(&f.y);
  f.x = new_tensor(MAH_FLOAT64, 2, MANY, INPUTS);
  f.y = new_tensor(MAH_INT32, 1, MANY, 0);
  fill_random(&f.x, &rng, 1);
  mah_batch batch = {.x = &f.x, .y = &f.y, .count = MANY};
  double whole, halves[2];
  assert_ok(mah_mlp_gradient(f.net, &whole, NULL, &f.w, &batch));
  for (int h = 0; h < 2; h++) {
    batch.first = h * (MANY / 2);
    batch.count = MANY / 2;
    assert_ok(mah_mlp_gradient(f.net, &halves[h], NULL, &f.w, &batch));
  }
  assert_close(whole, (halves[0] + halves[1]) / 2, 1e-13);
  mah_tensor all = {0}, labels = {0};
  assert_ok(mah_mlp_forward(f.net, &all, &f.w, &f.x, 1));
  assert_ok(mah_mlp_predict(f.net, &labels, &f.w, &f.x));
  for (int64_t i = 0; i < MANY; i++) {
    const double *p = (double *)all.data + i * OUTPUTS;
    int32_t k = ((int32_t *)labels.data)[i];
    assert_close(p[0] + p[1] + p[2], 1, 1e-14);
    assert_true(p[k] >= p[0] && p[k] >= p[1] && p[k] >= p[2]);
  }
  mah_tensor_release(&all);
  mah_tensor_release(&labels);
  free_fixture(&f);
}

static void the_user_may_interrupt_and_go_on(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  double loss;
  mah_interrupt_request();
  assert_fails(MAH_ERROR_INTERRUPTED, "interrupted",
               mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  mah_interrupt_clear();
  assert_ok(mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  free_fixture(&f);
}

/* The gradient of a sparse batch, without and with codes. */
static mah_status make_and_run(void) {
  mah_layer layers[] = {{.units = 4, .activation = MAH_GELU, .dropout = 0.5}, {.units = OUTPUTS}};
  double x[INPUTS] = {0, 1}, loss;
  int32_t y[1] = {0};
  int64_t shape[] = {1, INPUTS};
  mah_mlp *net = NULL;
  mah_compressed *c = NULL;
  mah_tensor w = {0}, g = {0}, tx = {0}, ty = {0};
  mah_status status = mah_mlp_new(&net, MAH_FLOAT64, INPUTS, MAH_CROSS_ENTROPY, layers, 2);
  int64_t parameters = status == MAH_OK ? mah_mlp_parameters(net) : 0;
  if (status == MAH_OK) status = mah_tensor_zeros(&w, MAH_FLOAT64, 1, &parameters);
  if (status == MAH_OK) status = mah_tensor_zeros(&g, MAH_FLOAT64, 1, &parameters);
  if (status == MAH_OK) status = mah_tensor_borrow(&tx, x, MAH_FLOAT64, 2, shape);
  if (status == MAH_OK) status = mah_tensor_borrow(&ty, y, MAH_INT32, 1, shape);
  mah_batch batch = {.x = &tx, .y = &ty, .count = 1};
  if (status == MAH_OK) status = mah_mlp_gradient(net, &loss, &g, &w, &batch);
  if (status == MAH_OK) status = mah_compressed_new(&c, &tx, 1, MAH_FLOAT64, 1);
  batch.compressed_ = c;
  if (status == MAH_OK) status = mah_mlp_gradient(net, &loss, &g, &w, &batch);
  mah_compressed_free(c);
  mah_tensor_release(&w);
  mah_tensor_release(&g);
  mah_tensor_release(&tx);
  mah_tensor_release(&ty);
  mah_mlp_free(net);
  return status;
}

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  int64_t live = mah_memory_live();
  int n = 1;
  for (;; n++) {
    mah_memory_fail_at(n);
    mah_status status = make_and_run();
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), live);
    if (status == MAH_OK) break;
    assert_int_equal(status, MAH_ERROR_MEMORY);
  }
  assert_true(n > 10); /* it did fail on the way */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradient_is_that_of_central_differences),
      cmocka_unit_test(gradient_of_one_output_given_as_a_vector),
      cmocka_unit_test(shares_are_targets_as_classes_are),
      cmocka_unit_test(rows_count_by_their_weights),
      cmocka_unit_test(a_step_is_that_of_scikit_learns_own_tests),
      cmocka_unit_test(masks_depend_on_seed_and_step),
      cmocka_unit_test(layers_are_found_by_their_number),
      cmocka_unit_test(wrong_arguments_are_named),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(a_batch_of_several_pieces_is_the_mean_of_its_halves),
      cmocka_unit_test(the_user_may_interrupt_and_go_on),
      cmocka_unit_test(bytes_in_another_order_are_the_same_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
