/* A network driven in stages gives what the single call gives, to the bit where its MAH_CUSTOM
 * layers compute what the core computes; and what the stages refuse.
 */
#include "testing.h"

#include "base/parallel.h"

enum { INPUTS = 5, WIDE = 6, OUTPUTS = 3, LAYERS = 4, ROWS = 1100 };

typedef struct fixture {
  int32_t activation; /* that the MAH_CUSTOM layers of net compute, and twin has */
  mah_mlp *net, *twin;
  mah_tensor w, x, y, weight, order, gradient, expected;
  mah_compressed *compressed;
  mah_batch batch;
} fixture;

static const int is_custom[LAYERS] = {1, 0, 1, 0};

static mah_mlp *new_net(int custom, int32_t dtype, int32_t activation) {
  mah_mlp *net;
  mah_layer layers[LAYERS] = {{0}};
  for (int i = 0; i < LAYERS; i++)
    layers[i] = (mah_layer){.units = i == LAYERS - 1 ? OUTPUTS : WIDE + i,
                            .activation = !is_custom[i] ? MAH_TANH
                                          : custom      ? MAH_CUSTOM
                                                        : activation,
                            .dropout = i == 1 ? 0 : 0.3};
  assert_ok(mah_mlp_new(&net, dtype, INPUTS, MAH_CROSS_ENTROPY, layers, LAYERS));
  return net;
}

static void fill_fixture(fixture *f, int32_t dtype, int32_t activation) {
  mah_rng rng = rng_of(5);
  *f = (fixture){.activation = activation,
                 .net = new_net(1, dtype, activation),
                 .twin = new_net(0, dtype, activation)};
  int64_t parameters = mah_mlp_parameters(f->net);
  f->w = new_tensor(dtype, 1, parameters, 0);
  f->gradient = new_tensor(dtype, 1, parameters, 0);
  f->expected = new_tensor(dtype, 1, parameters, 0);
  f->x = new_tensor(dtype, 2, ROWS, INPUTS);
  f->y = new_tensor(MAH_INT32, 1, ROWS, 0);
  f->weight = new_tensor(MAH_FLOAT32, 1, ROWS, 0);
  f->order = new_tensor(MAH_INT32, 1, ROWS, 0);
  for (int64_t i = 0; i < parameters; i++) set(f->w.data, dtype, i, mah_rng_double(&rng) - 0.5);
  for (int64_t i = 0; i < ROWS * INPUTS; i++) set(f->x.data, dtype, i, mah_rng_double(&rng) - 0.5);
  for (int64_t i = 0; i < ROWS; i++) {
    ((int32_t *)f->y.data)[i] = (int32_t)mah_rng_below(&rng, OUTPUTS);
    ((float *)f->weight.data)[i] = (float)mah_rng_double(&rng);
    ((int32_t *)f->order.data)[i] = (int32_t)(i * 7 % ROWS);
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
  mah_tensor *tensors[] = {&f->w, &f->x, &f->y, &f->weight, &f->order, &f->gradient, &f->expected};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_compressed_free(f->compressed);
  mah_mlp_free(f->net);
  mah_mlp_free(f->twin);
}

static double forward_of(int32_t activation, double z) {
  return activation == MAH_TANH ? tanh(z) : activation == MAH_RELU && z < 0 ? 0 : z;
}

/* f'(z), with y = f(z) */
static double slope_of(int32_t activation, double y) {
  return activation == MAH_TANH ? 1 - y * y : activation == MAH_RELU ? y > 0 : 1;
}

/* y = f(z) */
static void activate(fixture *f, int32_t layer, int64_t rows, mah_tensor *y) {
  int64_t units = mah_mlp_layer(f->net, layer)->units;
  *y = new_tensor(f->w.elem, 2, rows, units);
  assert_ok(mah_stage_get(f->net, y, MAH_STAGE_Z, layer));
  for (int64_t i = 0; i < rows * units; i++)
    set(y->data, y->elem, i, forward_of(f->activation, get(y->data, y->elem, i)));
  assert_ok(mah_stage_set(f->net, y, MAH_STAGE_Y, layer));
}

/* dz = dy f'(z) */
static void activate_backward(fixture *f, int32_t layer, const mah_tensor *y) {
  mah_tensor delta = new_tensor(y->elem, 2, y->extent[0], y->extent[1]);
  assert_ok(mah_stage_get(f->net, &delta, MAH_STAGE_DELTA, layer));
  for (int64_t i = 0; i < mah_tensor_count(y); i++) {
    double slope = slope_of(f->activation, get(y->data, y->elem, i));
    set(delta.data, y->elem, i, get(delta.data, y->elem, i) * slope);
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

/* The whole batch through the stages; its loss. */
static double run_stages(fixture *f) {
  double loss = 0;
  int64_t pieces = 0;
  assert_ok(mah_stage_begin(f->net, &f->w, &f->batch, 1));
  for (int64_t first = 0, rows; first < f->batch.count; first += rows, pieces++) {
    assert_ok(mah_stage_load(f->net, &rows, first));
    run_piece(f, rows);
  }
  assert_int_equal(pieces, (f->batch.count + 511) / 512);
  assert_ok(mah_stage_end(f->net, &loss));
  return loss;
}

static void check_tanh(int32_t dtype) {
  fixture f;
  double expected;
  fill_fixture(&f, dtype, MAH_TANH);
  assert_ok(mah_mlp_gradient(f.twin, &expected, &f.expected, &f.w, &f.batch));
  assert_close(run_stages(&f), expected, tolerance_of(dtype));
  for (int64_t i = 0; i < mah_mlp_parameters(f.net); i++)
    assert_close(get(f.gradient.data, dtype, i), get(f.expected.data, dtype, i),
                 tolerance_of(dtype));
  free_fixture(&f);
}

static void tanh_of_the_callers_gives_what_the_cores_gives(void **state) {
  (void)state;
  check_tanh(MAH_FLOAT32);
  check_tanh(MAH_FLOAT64);
}

/* -- The same bits ----------------------------------------------------------------------------- */

/* For 1 ... 4 threads, against the single call on one. */
static void check_bits(fixture *f) {
  double expected;
  size_t bytes = (size_t)(mah_mlp_parameters(f->net) * mah_dtype_size(f->w.elem));
  assert_ok(mah_parallel_use(1));
  assert_ok(mah_mlp_gradient(f->twin, &expected, &f->expected, &f->w, &f->batch));
  for (int32_t threads = 1; threads <= 4; threads++) {
    assert_ok(mah_parallel_use(threads));
    memset(f->gradient.data, 255, bytes);
    assert_true(run_stages(f) == expected);
    assert_memory_equal(f->gradient.data, f->expected.data, bytes);
  }
}

/* Zeros in four of five places, and few values, so that the rows can be compressed. */
static void make_sparse(fixture *f) {
  for (int64_t i = 0; i < ROWS * INPUTS; i++)
    set(f->x.data, f->x.elem, i, i % 5 == i / 5 % 5 ? (double)(i % 13 - 6) / 4 : 0);
}

static void check_all_inputs(int32_t dtype, int32_t activation) {
  fixture f;
  fill_fixture(&f, dtype, activation);
  check_bits(&f);
  f.batch.order_ = &f.order;
  check_bits(&f);
  make_sparse(&f);
  check_bits(&f);
  assert_ok(mah_compressed_new(&f.compressed, &f.x, 1, dtype, 1));
  assert_non_null(f.compressed);
  f.batch.compressed_ = f.compressed;
  check_bits(&f);
  f.batch.order_ = NULL;
  check_bits(&f);
  f.batch.training = 0;
  f.batch.weight_ = NULL;
  f.batch.l1 = f.batch.l2 = 0;
  f.batch.first = 13;
  f.batch.count = 600;
  check_bits(&f);
  free_fixture(&f);
}

/* In pieces, with weights of the rows, masks and penalties; dense, sparse and compressed inputs. */
static void stages_give_the_bits_of_the_single_call(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    check_all_inputs(dtype, MAH_IDENTITY);
    check_all_inputs(dtype, MAH_RELU);
  }
  assert_ok(mah_parallel_use(before));
}

/* Between any two stages, and then they go on with the piece as it was cut. */
static void threads_may_change_between_stages(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  fixture f;
  double expected, loss;
  int64_t rows;
  fill_fixture(&f, MAH_FLOAT32, MAH_IDENTITY);
  make_sparse(&f);
  f.batch.count = 500;
  assert_ok(mah_mlp_gradient(f.twin, &expected, &f.expected, &f.w, &f.batch));
  assert_ok(mah_parallel_use(4));
  assert_ok(mah_stage_begin(f.net, &f.w, &f.batch, 1));
  assert_ok(mah_parallel_use(1));
  assert_ok(mah_stage_load(f.net, &rows, 0));
  assert_ok(mah_parallel_use(5));
  run_piece(&f, rows);
  assert_ok(mah_parallel_use(2));
  assert_ok(mah_stage_end(f.net, &loss));
  assert_true(loss == expected);
  assert_memory_equal(f.gradient.data, f.expected.data,
                      (size_t)mah_mlp_parameters(f.net) * sizeof(float));
  assert_ok(mah_parallel_use(before));
  free_fixture(&f);
}

/* -- Refusals ---------------------------------------------------------------------------------- */

/* What the batch names may be gone when the next piece, or stage, is asked for. */
static void what_was_freed_meanwhile_is_named(void **state) {
  (void)state;
  fixture f;
  int64_t rows;
  double loss;
  fill_fixture(&f, MAH_FLOAT32, MAH_IDENTITY);
  f.batch.order_ = &f.order;
  assert_ok(mah_stage_begin(f.net, &f.w, &f.batch, 1));
  assert_ok(mah_stage_load(f.net, &rows, 0));
  mah_tensor_release(&f.x);
  run_piece(&f, rows); /* this piece has been copied */
  assert_fails(MAH_ERROR_ARGUMENT, "x", mah_stage_load(f.net, &rows, 512));
  f.x = new_tensor(MAH_FLOAT32, 2, ROWS, INPUTS);
  mah_tensor_release(&f.weight);
  assert_fails(MAH_ERROR_ARGUMENT, "weight", mah_stage_load(f.net, &rows, 512));
  f.weight = new_tensor(MAH_FLOAT32, 1, ROWS, 0);
  mah_tensor_release(&f.y);
  assert_fails(MAH_ERROR_ARGUMENT, "y", mah_stage_load(f.net, &rows, 512));
  f.y = new_tensor(MAH_INT32, 1, ROWS, 0);
  ((int32_t *)f.order.data)[600] = ROWS;
  assert_fails(MAH_ERROR_ARGUMENT, "row number 1101", mah_stage_load(f.net, &rows, 512));
  mah_tensor_release(&f.w);
  assert_fails(MAH_ERROR_ARGUMENT, "w", mah_stage_forward(f.net, &f.w, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "w", mah_stage_backward(f.net, &f.gradient, &f.w, 0, 1));
  assert_ok(mah_stage_end(f.net, &loss));
  assert_fails(MAH_ERROR_ARGUMENT, "no batch in the network", mah_stage_end(f.net, &loss));
  free_fixture(&f);
}

static void stages_out_of_turn_are_refused(void **state) {
  (void)state;
  fixture f;
  fill_fixture(&f, MAH_FLOAT32, MAH_TANH);
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
  assert_fails(MAH_ERROR_ARGUMENT, "row 9223372036854775808 of a batch of 1100",
               mah_stage_load(f.net, &rows, INT64_MAX));
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

static void layers_and_shapes_that_do_not_fit_are_named(void **state) {
  (void)state;
  fixture f;
  fill_fixture(&f, MAH_FLOAT32, MAH_TANH);
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
  fill_fixture(&f, MAH_FLOAT32, MAH_TANH);
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
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tanh_of_the_callers_gives_what_the_cores_gives),
      cmocka_unit_test(stages_give_the_bits_of_the_single_call),
      cmocka_unit_test(threads_may_change_between_stages),
      cmocka_unit_test(what_was_freed_meanwhile_is_named),
      cmocka_unit_test(stages_out_of_turn_are_refused),
      cmocka_unit_test(layers_and_shapes_that_do_not_fit_are_named),
      cmocka_unit_test(a_piece_that_failed_is_not_loaded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
