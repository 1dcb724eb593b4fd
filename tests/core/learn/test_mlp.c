/* The network: layout, gradients by central differences, batches in any order and size, errors, and
 * every out-of-memory path.
 */
#include "testing.h"

#include "base/parallel.h"

enum { INPUTS = 5, ROWS = 9, OUTPUTS = 3 };

typedef struct {
  mah_mlp *net;
  int32_t outputs;
  mah_tensor w, x, y, order, gradient;
  mah_batch batch;
} fixture;

static mah_tensor new_tensor(int32_t dtype, int32_t ndim, int64_t rows, int64_t columns) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, dtype, ndim, (int64_t[]){rows, columns}));
  return t;
}

static void fill_random(mah_tensor *t, mah_rng *rng, double scale) {
  for (int64_t i = 0; i < mah_tensor_count(t); i++)
    set(t->data, t->elem, i, scale * (2 * mah_rng_double(rng) - 1));
}

static double random_target(mah_rng *rng, int32_t loss) {
  double u = mah_rng_double(rng);
  return loss == MAH_BINARY ? u > 0.5 : loss == MAH_POISSON ? floor(4 * u) : 4 * u - 2;
}

/* A float64 network of `depth` layers with random weights, and random data for its loss. */
static fixture new_fixture_of(int32_t outputs, int32_t depth, int32_t activation, int32_t loss,
                              double dropout) {
  mah_layer layers[4] = {0};
  mah_rng rng = rng_of(7);
  fixture f = {.outputs = outputs};
  for (int32_t i = 0; i < depth; i++)
    layers[i] = (mah_layer){
        .units = i == depth - 1 ? outputs : 4 + i, .activation = activation, .dropout = dropout};
  assert_ok(mah_mlp_new(&f.net, MAH_FLOAT64, INPUTS, loss, layers, depth));
  f.w = new_tensor(MAH_FLOAT64, 1, mah_mlp_parameters(f.net), 0);
  f.gradient = new_tensor(MAH_FLOAT64, 1, mah_mlp_parameters(f.net), 0);
  f.x = new_tensor(MAH_FLOAT64, 2, ROWS, INPUTS);
  fill_random(&f.w, &rng, 0.6);
  fill_random(&f.x, &rng, 1);
  if (loss == MAH_CROSS_ENTROPY) {
    f.y = new_tensor(MAH_INT32, 1, ROWS, 0);
    for (int i = 0; i < ROWS; i++) ((int32_t *)f.y.data)[i] = i % outputs;
  } else {
    f.y = new_tensor(MAH_FLOAT64, 2, ROWS, outputs);
    for (int i = 0; i < ROWS * outputs; i++) ((double *)f.y.data)[i] = random_target(&rng, loss);
  }
  return f;
}

static fixture new_fixture(int32_t depth, int32_t activation, int32_t loss, double dropout) {
  return new_fixture_of(OUTPUTS, depth, activation, loss, dropout);
}

/* The batch holds addresses: it is made where the fixture stays. */
static mah_batch whole_batch(fixture *f) {
  return (mah_batch){.x = &f->x, .y = &f->y, .count = ROWS, .seed = 3, .step = 5};
}

static void free_fixture(fixture *f) {
  mah_tensor *tensors[] = {&f->w, &f->x, &f->y, &f->order, &f->gradient};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_mlp_free(f->net);
}

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
static void test_gradients(void **state) {
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
static void test_gradients_of_one_output(void **state) {
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
static void test_shares(void **state) {
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

static void test_weighted_gradient(void **state) {
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

static void test_layout(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  const mah_layer *one = mah_mlp_layer(f.net, 0), *two = mah_mlp_layer(f.net, 1);
  assert_int_equal(one->weight, 0);
  assert_int_equal(one->bias, 5 * 4);
  assert_int_equal(two->weight, 5 * 4 + 4);
  assert_int_equal(two->bias, 5 * 4 + 4 + 4 * 3);
  assert_int_equal(mah_mlp_parameters(f.net), 5 * 4 + 4 + 4 * 3 + 3);
  assert_null(mah_mlp_layer(f.net, 2));
  free_fixture(&f);
}

/* The hand-computed step of scikit-learn's own tests: x = (.6, .8, .7), y = 0, logistic units. */
static void test_hand_computed(void **state) {
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
  assert_ok(mah_step(MAH_SGD, &tw, &velocity, NULL, &g, &(mah_step_settings){.lr = .1}));
  const double expected[] = {0.09799927101876635, 0.1957545466925248,  0.29566569469168846,
                             0.0960060622566997,  0.4938324828552274,  -0.0026196955253877667,
                             0.09833211836461057, 0.09625757782087463, 0.04701212914783179,
                             0.15402918140357222, 0.9234547978090479};
  for (int i = 0; i < 11; i++) assert_close(w[i], expected[i], 1e-14);
  double p;
  mah_tensor tp = {0};
  assert_ok(mah_tensor_borrow(&tp, &p, MAH_FLOAT64, 1, &one));
  assert_ok(mah_mlp_forward(net, &tp, &tw, &tx, 1));
  assert_close(p, 0.7394919180486681, 1e-14);
  mah_tensor *tensors[] = {&tw, &tx, &ty, &g, &velocity, &tp};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_mlp_free(net);
}

/* A batch picked in reverse order from a uint8 copy sees the same rows. */
static void test_order_and_dtype(void **state) {
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
static void test_large_batch(void **state) {
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
  mah_tensor all = new_tensor(MAH_FLOAT64, 2, MANY, OUTPUTS),
             labels = new_tensor(MAH_INT32, 1, MANY, 0);
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

/* Masks depend on seed and step, and about the share asked for is dropped. */
static void test_dropout(void **state) {
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

static void test_errors(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_RELU, MAH_CROSS_ENTROPY, 0);
  mah_batch batch = whole_batch(&f);
  mah_mlp *net;
  mah_layer layer = {.units = 0};
  double loss;
  assert_fails(MAH_ERROR_ARGUMENT, "0 units", mah_mlp_new(&net, MAH_FLOAT32, 2, 0, &layer, 1));
  layer = (mah_layer){.units = 1, .dropout = 1};
  assert_fails(MAH_ERROR_ARGUMENT, "dropout", mah_mlp_new(&net, MAH_FLOAT32, 2, 0, &layer, 1));
  assert_fails(MAH_ERROR_DTYPE, "int32", mah_mlp_new(&net, MAH_INT32, 2, 0, &layer, 1));
  ((int32_t *)f.y.data)[3] = OUTPUTS;
  assert_fails(MAH_ERROR_ARGUMENT, "class 3", mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  batch.count = ROWS + 1;
  assert_fails(MAH_ERROR_ARGUMENT, "10 rows", mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  batch = whole_batch(&f);
  batch.x = &f.gradient;
  assert_fails(MAH_ERROR_SHAPE, "5 inputs", mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  batch = whole_batch(&f);
  batch.y = &f.x;
  assert_fails(MAH_ERROR_SHAPE, "y:", mah_mlp_gradient(f.net, &loss, NULL, &f.w, &batch));
  assert_fails(MAH_ERROR_SHAPE, "parameters", mah_mlp_gradient(f.net, &loss, NULL, &f.x, &batch));
  ((double *)f.x.data)[7] = NAN;
  assert_fails(MAH_ERROR_NUMERIC, "row 2, column 3", mah_batch_check_finite(&f.x, "x"));
  free_fixture(&f);
}

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

static void test_targets(void **state) {
  (void)state;
  check_target(MAH_POISSON, -2, "y: row 7: -2; poisson takes targets in [0, inf)");
  check_target(MAH_BINARY, 1.5, "y: row 7: 1.5; binary_cross_entropy takes targets in [0, 1]");
  check_target(MAH_BINARY, NAN, "nan");
  check_target(MAH_CROSS_ENTROPY, -1, "y: row 7: -1; cross_entropy takes targets in [0, 1]");
  check_target(MAH_CROSS_ENTROPY, 0.5, "y: row 7 adds up to 1.5");
}

/* Several outputs of logistic units: a label each. Cross entropy: the first largest. */
static void test_predict(void **state) {
  (void)state;
  fixture f = new_fixture(2, MAH_TANH, MAH_BINARY, 0);
  mah_tensor p = new_tensor(MAH_FLOAT64, 2, ROWS, OUTPUTS);
  mah_tensor labels = new_tensor(MAH_INT32, 2, ROWS, OUTPUTS);
  mah_tensor again = new_tensor(MAH_INT32, 2, ROWS, OUTPUTS),
             wrong = new_tensor(MAH_INT32, 1, ROWS, 0);
  assert_ok(mah_mlp_forward(f.net, &p, &f.w, &f.x, 1));
  assert_ok(mah_mlp_predict(f.net, &labels, &f.w, &f.x));
  assert_ok(mah_mlp_classify(f.net, &again, &p));
  for (int i = 0; i < ROWS * OUTPUTS; i++) {
    assert_int_equal(((int32_t *)labels.data)[i], ((double *)p.data)[i] > 0.5);
    assert_int_equal(((int32_t *)again.data)[i], ((int32_t *)labels.data)[i]);
  }
  assert_fails(MAH_ERROR_SHAPE, "9x3 is expected", mah_mlp_predict(f.net, &wrong, &f.w, &f.x));
  assert_fails(MAH_ERROR_SHAPE, "9x3 is expected", mah_mlp_classify(f.net, &wrong, &p));
  mah_tensor *tensors[] = {&p, &labels, &again, &wrong};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  free_fixture(&f);
}

/* All layers in one pass are what they are one by one. */
static void test_forward_all(void **state) {
  (void)state;
  fixture f = new_fixture(3, MAH_SILU, MAH_HUBER, 0.5);
  mah_tensor all[3] = {{0}}, one[3] = {{0}}, *outs[3];
  for (int i = 0; i < 3; i++) {
    int64_t units = mah_mlp_layer(f.net, i)->units;
    all[i] = new_tensor(MAH_FLOAT64, 2, ROWS, units);
    one[i] = new_tensor(MAH_FLOAT64, 2, ROWS, units);
    outs[i] = &all[i];
  }
  assert_ok(mah_mlp_forward_all(f.net, outs, &f.w, &f.x));
  for (int i = 0; i < 3; i++) {
    assert_ok(mah_mlp_forward(f.net, &one[i], &f.w, &f.x, i));
    assert_memory_equal(one[i].data, all[i].data, (size_t)mah_tensor_count(&one[i]) * 8);
    mah_tensor_release(&all[i]);
    mah_tensor_release(&one[i]);
  }
  free_fixture(&f);
}

static void test_interrupt(void **state) {
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

/* -- Inputs that are mostly zeros --------------------------------------------------------------
 *
 * However they reach the kernels, the results are those of plain loops over a matrix.
 */
enum { MANY = 701, WIDE = 33, HIDDEN = 19, CLASSES = 3 }; /* more than a piece, neither even */

typedef struct {
  mah_mlp *net;
  mah_tensor x, y, w, g, dense, order;
  mah_compressed *c;
} zeros;

/* One of five elements is not 0; the last column has nothing else. */
static zeros new_zeros(void) {
  mah_layer layers[] = {{.units = HIDDEN, .activation = MAH_TANH}, {.units = CLASSES}};
  mah_rng rng = rng_of(5);
  zeros z = {0};
  assert_ok(mah_mlp_new(&z.net, MAH_FLOAT32, WIDE, MAH_CROSS_ENTROPY, layers, 2));
  int64_t shape[] = {MANY, WIDE}, n = mah_mlp_parameters(z.net);
  assert_ok(mah_tensor_zeros(&z.x, MAH_FLOAT32, 2, shape));
  assert_ok(mah_tensor_zeros(&z.y, MAH_INT32, 1, shape));
  assert_ok(mah_tensor_zeros(&z.order, MAH_INT32, 1, shape));
  mah_tensor *vectors[] = {&z.w, &z.g, &z.dense};
  for (int i = 0; i < 3; i++) assert_ok(mah_tensor_zeros(vectors[i], MAH_FLOAT32, 1, &n));
  for (int64_t i = 0; i < n; i++) ((float *)z.w.data)[i] = (float)mah_rng_double(&rng) - 0.5f;
  for (int64_t i = 0; i < MANY * WIDE; i++)
    if (i % WIDE == WIDE - 1 || mah_rng_below(&rng, 5) == 0)
      ((float *)z.x.data)[i] = (float)mah_rng_below(&rng, 49) + 1;
  for (int64_t i = 0; i < MANY; i++) {
    ((int32_t *)z.y.data)[i] = (int32_t)mah_rng_below(&rng, 3);
    ((int32_t *)z.order.data)[i] = (int32_t)((i * 300) % MANY);
  }
  assert_ok(mah_compressed_new(&z.c, &z.x, 1, MAH_FLOAT32, 0.33));
  assert_non_null(z.c);
  return z;
}

static void free_zeros(zeros *z) {
  mah_tensor *all[] = {&z->x, &z->y, &z->w, &z->g, &z->dense, &z->order};
  for (int i = 0; i < 6; i++) mah_tensor_release(all[i]);
  mah_compressed_free(z->c);
  mah_mlp_free(z->net);
}

/* Some of the rows, in another order. */
static mah_batch some_rows(zeros *z, int64_t first, int64_t count, int coded) {
  return (mah_batch){.x = &z->x,
                     .y = &z->y,
                     .order_ = &z->order,
                     .compressed_ = coded ? z->c : NULL,
                     .first = first,
                     .count = count};
}

/* Row r forward, and back into z->dense with that share; returns its loss. */
static double plain_row(zeros *z, int64_t r, double share) {
  const float *x = (float *)z->x.data + r * WIDE, *W = z->w.data, *bias = W + WIDE * HIDDEN;
  const float *W2 = bias + HIDDEN, *bias2 = W2 + HIDDEN * CLASSES;
  float *dW = z->dense.data, *dbias = dW + WIDE * HIDDEN;
  float *dW2 = dbias + HIDDEN, *dbias2 = dW2 + HIDDEN * CLASSES;
  double h[HIDDEN], p[CLASSES], sum = 0;
  int32_t class = ((int32_t *)z->y.data)[r];
  for (int u = 0; u < HIDDEN; u++) {
    h[u] = (double)bias[u];
    for (int i = 0; i < WIDE; i++) h[u] += (double)x[i] * (double)W[i * HIDDEN + u];
    h[u] = tanh(h[u]);
  }
  for (int k = 0; k < CLASSES; k++) {
    p[k] = (double)bias2[k];
    for (int u = 0; u < HIDDEN; u++) p[k] += h[u] * (double)W2[u * CLASSES + k];
    sum += p[k] = exp(p[k]);
  }
  for (int k = 0; k < CLASSES; k++) {
    double dz = share * (p[k] / sum - (k == class));
    dbias2[k] += (float)dz;
    for (int u = 0; u < HIDDEN; u++) dW2[u * CLASSES + k] += (float)(h[u] * dz);
  }
  for (int u = 0; u < HIDDEN; u++) {
    double dz = 0;
    for (int k = 0; k < CLASSES; k++)
      dz += (double)W2[u * CLASSES + k] * share * (p[k] / sum - (k == class));
    dz *= 1 - h[u] * h[u];
    dbias[u] += (float)dz;
    for (int i = 0; i < WIDE; i++) dW[i * HIDDEN + u] += (float)((double)x[i] * dz);
  }
  return -share * log(p[class] / sum);
}

static double plain_loss(zeros *z, const mah_batch *batch) {
  double loss = 0;
  memset(z->dense.data, 0, (size_t)z->dense.extent[0] * sizeof(float));
  for (int64_t i = 0; i < batch->count; i++)
    loss += plain_row(z, ((int32_t *)z->order.data)[batch->first + i], 1 / (double)batch->count);
  return loss;
}

static void check_zeros(zeros *z, int64_t first, int64_t count, int coded) {
  mah_batch batch = some_rows(z, first, count, coded);
  double loss;
  assert_ok(mah_mlp_gradient(z->net, &loss, &z->g, &z->w, &batch));
  assert_close(loss, plain_loss(z, &batch), 1e-5);
  for (int64_t i = 0; i < z->g.extent[0]; i++)
    assert_close(get(z->g.data, MAH_FLOAT32, i), get(z->dense.data, MAH_FLOAT32, i), 1e-4);
}

/* With codes and without, one after the other on the same network, as the number of threads and so
 * of shards changes. */
static void test_sparse(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int order = 0; order < 2; order++) {
    zeros z = new_zeros();
    for (int32_t threads = 1; threads <= 5; threads += 2) {
      assert_ok(mah_parallel_use(threads));
      check_zeros(&z, 0, MANY, order);
      check_zeros(&z, 0, MANY, !order);
      check_zeros(&z, 400, 301, 1);
      check_zeros(&z, 3, 9, threads % 2);
    }
    free_zeros(&z);
  }
  assert_ok(mah_parallel_use(before));
}

/* Larger batches after smaller ones, and the other way to bring them in. */
static void test_sparse_grows(void **state) {
  (void)state;
  zeros z = new_zeros();
  check_zeros(&z, 0, 20, 0);
  check_zeros(&z, 0, 300, 1);
  check_zeros(&z, 0, 100, 0);
  free_zeros(&z);
}

/* One to some rows through the network, and the whole of x, give the same. */
static void test_sparse_forward(void **state) {
  (void)state;
  zeros z = new_zeros();
  mah_tensor all = {0}, some = {0}, x = {0};
  int64_t shape[] = {MANY, 3};
  assert_ok(mah_tensor_zeros(&all, MAH_FLOAT32, 2, shape));
  assert_ok(mah_mlp_forward(z.net, &all, &z.w, &z.x, 1));
  for (int64_t rows = 1; rows <= 17; rows += 4) {
    assert_ok(mah_tensor_narrow(&x, &z.x, 0, 0, rows));
    shape[0] = rows;
    assert_ok(mah_tensor_zeros(&some, MAH_FLOAT32, 2, shape));
    assert_ok(mah_mlp_forward(z.net, &some, &z.w, &x, 1));
    for (int64_t i = 0; i < 3 * rows; i++)
      assert_close(get(some.data, MAH_FLOAT32, i), get(all.data, MAH_FLOAT32, i), 1e-5);
    mah_tensor_release(&x);
    mah_tensor_release(&some);
  }
  set(z.x.data, MAH_FLOAT32, MANY * WIDE - 2, NAN); /* every place of the last pairs is looked at */
  assert_fails(MAH_ERROR_NUMERIC, "row 701", mah_mlp_forward(z.net, &all, &z.w, &z.x, 1));
  set(z.x.data, MAH_FLOAT32, MANY * WIDE - 2, 0);
  set(z.x.data, MAH_FLOAT32, MANY * WIDE - 1, INFINITY);
  assert_fails(MAH_ERROR_NUMERIC, "column 33", mah_mlp_forward(z.net, &all, &z.w, &z.x, 1));
  mah_tensor_release(&all);
  free_zeros(&z);
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

static void test_out_of_memory(void **state) {
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
      cmocka_unit_test(test_gradients),       cmocka_unit_test(test_gradients_of_one_output),
      cmocka_unit_test(test_shares),          cmocka_unit_test(test_weighted_gradient),
      cmocka_unit_test(test_layout),          cmocka_unit_test(test_hand_computed),
      cmocka_unit_test(test_order_and_dtype), cmocka_unit_test(test_large_batch),
      cmocka_unit_test(test_dropout),         cmocka_unit_test(test_errors),
      cmocka_unit_test(test_targets),         cmocka_unit_test(test_predict),
      cmocka_unit_test(test_forward_all),     cmocka_unit_test(test_interrupt),
      cmocka_unit_test(test_sparse),          cmocka_unit_test(test_sparse_grows),
      cmocka_unit_test(test_sparse_forward),  cmocka_unit_test(test_out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
