/* A network driven in stages gives what the single call gives: its MAH_CUSTOM layers compute tanh
 * here, and are compared with MAH_TANH.
 */
#include "testing.h"

enum { INPUTS = 5, WIDE = 6, OUTPUTS = 3, LAYERS = 4, ROWS = 1100 };

typedef struct {
  mah_mlp *net, *twin;
  mah_tensor w, x, y, weight, gradient, expected;
  mah_batch batch;
} fixture;

static const int is_custom[LAYERS] = {1, 0, 1, 0};

static mah_tensor new_tensor(int32_t dtype, int32_t ndim, int64_t rows, int64_t columns) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, dtype, ndim, (int64_t[]){rows, columns}));
  return t;
}

static mah_mlp *new_net(int custom, int32_t dtype) {
  mah_mlp *net;
  mah_layer layers[LAYERS] = {{0}};
  for (int i = 0; i < LAYERS; i++)
    layers[i] = (mah_layer){.units = i == LAYERS - 1 ? OUTPUTS : WIDE + i,
                            .activation = custom && is_custom[i] ? MAH_CUSTOM : MAH_TANH,
                            .dropout = i == 1 ? 0 : 0.3};
  assert_ok(mah_mlp_new(&net, dtype, INPUTS, MAH_CROSS_ENTROPY, layers, LAYERS));
  return net;
}

static void fill_fixture(fixture *f, int32_t dtype) {
  mah_rng rng = rng_of(5);
  *f = (fixture){.net = new_net(1, dtype), .twin = new_net(0, dtype)};
  int64_t parameters = mah_mlp_parameters(f->net);
  f->w = new_tensor(dtype, 1, parameters, 0);
  f->gradient = new_tensor(dtype, 1, parameters, 0);
  f->expected = new_tensor(dtype, 1, parameters, 0);
  f->x = new_tensor(dtype, 2, ROWS, INPUTS);
  f->y = new_tensor(MAH_INT32, 1, ROWS, 0);
  f->weight = new_tensor(MAH_FLOAT32, 1, ROWS, 0);
  for (int64_t i = 0; i < parameters; i++) set(f->w.data, dtype, i, mah_rng_double(&rng) - 0.5);
  for (int64_t i = 0; i < ROWS * INPUTS; i++) set(f->x.data, dtype, i, mah_rng_double(&rng) - 0.5);
  for (int64_t i = 0; i < ROWS; i++) {
    ((int32_t *)f->y.data)[i] = (int32_t)mah_rng_below(&rng, OUTPUTS);
    ((float *)f->weight.data)[i] = (float)mah_rng_double(&rng);
  }
  f->batch = (mah_batch){.x = &f->x,
                         .y = &f->y,
                         .weight_ = &f->weight,
                         .count = ROWS,
                         .l1 = 0.1,
                         .l2 = 0.2,
                         .training = 1,
                         .seed = 1,
                         .step = 2};
}

static void free_fixture(fixture *f) {
  mah_tensor *tensors[] = {&f->w, &f->x, &f->y, &f->weight, &f->gradient, &f->expected};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_mlp_free(f->net);
  mah_mlp_free(f->twin);
}

/* part = f(part): y = tanh(z), or dz = dy (1 - y^2) with the y that is kept in `y`. */
static void activate(fixture *f, int32_t layer, int64_t rows, mah_tensor *y) {
  int64_t units = mah_mlp_layer(f->net, layer)->units;
  *y = new_tensor(f->w.elem, 2, rows, units);
  assert_ok(mah_stage_get(f->net, y, MAH_STAGE_Z, layer));
  for (int64_t i = 0; i < rows * units; i++)
    set(y->data, y->elem, i, tanh(get(y->data, y->elem, i)));
  assert_ok(mah_stage_set(f->net, y, MAH_STAGE_Y, layer));
}

static void activate_backward(fixture *f, int32_t layer, const mah_tensor *y) {
  mah_tensor delta = new_tensor(y->elem, 2, y->extent[0], y->extent[1]);
  assert_ok(mah_stage_get(f->net, &delta, MAH_STAGE_DELTA, layer));
  for (int64_t i = 0; i < mah_tensor_count(y); i++) {
    double value = get(y->data, y->elem, i);
    set(delta.data, y->elem, i, get(delta.data, y->elem, i) * (1 - value * value));
  }
  assert_ok(mah_stage_set(f->net, &delta, MAH_STAGE_DELTA, layer));
  mah_tensor_release(&delta);
}

static void run_piece(fixture *f, int64_t rows) {
  mah_tensor y[LAYERS] = {{0}};
  int32_t from = 0, to = LAYERS;
  for (int32_t i = 0; i < LAYERS; i++) {
    if (!is_custom[i]) continue;
    assert_ok(mah_stage_forward(f->net, &f->w, from, i + 1));
    activate(f, i, rows, &y[i]);
    from = i + 1;
  }
  assert_ok(mah_stage_forward(f->net, &f->w, from, LAYERS));
  assert_ok(mah_stage_loss(f->net));
  for (int32_t i = LAYERS - 1; i >= 0; i--) {
    if (!is_custom[i]) continue;
    assert_ok(mah_stage_backward(f->net, &f->gradient, &f->w, i + 1, to));
    activate_backward(f, i, &y[i]);
    to = i + 1;
    mah_tensor_release(&y[i]);
  }
  assert_ok(mah_stage_backward(f->net, &f->gradient, &f->w, 0, to));
}

static void check_gradient(int32_t dtype) {
  fixture f;
  fill_fixture(&f, dtype);
  double expected, loss = 0;
  assert_ok(mah_mlp_gradient(f.twin, &expected, &f.expected, &f.w, &f.batch));
  assert_ok(mah_stage_begin(f.net, &f.w, &f.batch, 1));
  int64_t pieces = 0;
  for (int64_t first = 0, rows; first < ROWS; first += rows, pieces++) {
    assert_ok(mah_stage_load(f.net, &rows, first));
    run_piece(&f, rows);
  }
  assert_true(pieces > 1);
  assert_ok(mah_stage_end(f.net, &loss));
  assert_close(loss, expected, tolerance_of(dtype));
  for (int64_t i = 0; i < mah_mlp_parameters(f.net); i++)
    assert_close(get(f.gradient.data, dtype, i), get(f.expected.data, dtype, i),
                 tolerance_of(dtype));
  free_fixture(&f);
}

static void test_gradient(void **state) {
  (void)state;
  check_gradient(MAH_FLOAT64);
  check_gradient(MAH_FLOAT32);
}

static void test_refusals(void **state) {
  (void)state;
  fixture f;
  fill_fixture(&f, MAH_FLOAT32);
  double loss = 0;
  int64_t rows;
  mah_tensor t = new_tensor(MAH_FLOAT32, 2, 7, 7);
  assert_fails(MAH_ERROR_ARGUMENT, "layer 1 has an activation of the caller's",
               mah_mlp_gradient(f.net, &loss, NULL, &f.w, &f.batch));
  assert_fails(MAH_ERROR_ARGUMENT, "run in stages", mah_mlp_forward(f.net, &t, &f.w, &f.x, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "no batch in the network", mah_stage_forward(f.net, &f.w, 0, 1));
  assert_ok(mah_stage_begin(f.net, &f.w, &f.batch, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "no piece", mah_stage_forward(f.net, &f.w, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "row 1101 of a batch of 1100",
               mah_stage_load(f.net, &rows, ROWS));
  assert_ok(mah_stage_load(f.net, &rows, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "begun without a gradient",
               mah_stage_backward(f.net, &f.gradient, &f.w, 0, LAYERS));
  assert_ok(mah_stage_begin(f.twin, &f.w, &f.batch, 1));
  assert_ok(mah_stage_load(f.twin, &rows, 0));
  assert_ok(mah_stage_forward(f.twin, &f.w, 0, LAYERS));
  assert_ok(mah_mlp_gradient(f.twin, &loss, NULL, &f.w, &f.batch));
  assert_fails(MAH_ERROR_ARGUMENT, "used for something else", mah_stage_loss(f.twin));
  mah_interrupt_request();
  assert_fails(MAH_ERROR_INTERRUPTED, "interrupted", mah_stage_load(f.net, &rows, 0));
  mah_interrupt_clear();
  mah_tensor_release(&t);
  free_fixture(&f);
}

static void test_bounds(void **state) {
  (void)state;
  fixture f;
  fill_fixture(&f, MAH_FLOAT32);
  int64_t rows;
  mah_tensor t = new_tensor(MAH_FLOAT32, 2, 7, 7);
  mah_batch inputs = {.x = &f.x};
  assert_ok(mah_stage_begin(f.net, &f.w, &inputs, 0));
  assert_ok(mah_stage_load(f.net, &rows, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "layers 1 ... 5", mah_stage_forward(f.net, &f.w, 0, LAYERS + 1));
  assert_fails(MAH_ERROR_ARGUMENT, "layers 3 ... 1", mah_stage_forward(f.net, &f.w, 2, 1));
  assert_fails(MAH_ERROR_SHAPE, "parameters", mah_stage_forward(f.net, &f.x, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "no targets", mah_stage_loss(f.net));
  assert_fails(MAH_ERROR_SHAPE, "a contiguous 512x6 is expected",
               mah_stage_get(f.net, &t, MAH_STAGE_Z, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "layer 2 keeps nothing",
               mah_stage_get(f.net, &t, MAH_STAGE_Z, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "keeps nothing under the number 9",
               mah_stage_set(f.net, &t, 9, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "layers 5 ... 5", mah_stage_get(f.net, &t, MAH_STAGE_Y, 4));
  mah_tensor_release(&t);
  free_fixture(&f);
}

/* Its classes, or its lists of elements, would lead out of bounds. */
static void a_piece_that_failed_is_not_loaded(void **state) {
  (void)state;
  fixture f;
  fill_fixture(&f, MAH_FLOAT32);
  int64_t rows;
  ((int32_t *)f.y.data)[600] = OUTPUTS;
  assert_ok(mah_stage_begin(f.net, &f.w, &f.batch, 1));
  assert_ok(mah_stage_load(f.net, &rows, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "y: row 601: class 3", mah_stage_load(f.net, &rows, 512));
  assert_fails(MAH_ERROR_ARGUMENT, "no piece", mah_stage_forward(f.net, &f.w, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "no piece", mah_stage_loss(f.net));
  assert_ok(mah_stage_load(f.net, &rows, 0));
  assert_ok(mah_stage_forward(f.net, &f.w, 0, 1));
  free_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradient),
                                     cmocka_unit_test(test_refusals), cmocka_unit_test(test_bounds),
                                     cmocka_unit_test(a_piece_that_failed_is_not_loaded)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
