/* Networks: where the layers lie, what is refused, and sizes that fit no machine. */
#include "testing.h"

#include "learn/model/network.h"

static mah_status init(mah_network *network, int32_t inputs, const mah_layer *layers, int32_t n) {
  return mah_network_init(network, MAH_FLOAT32, inputs, MAH_SQUARED, layers, n);
}

static void layers_lie_one_behind_the_other(void **state) {
  (void)state;
  mah_network network;
  mah_layer layers[] = {{.units = 4, .activation = MAH_RELU}, {.units = 3}};
  assert_ok(init(&network, 5, layers, 2));
  const mah_layer *one = &network.layers[0], *two = &network.layers[1];
  assert_true(one->inputs == 5 && two->inputs == 4);
  assert_int_equal(one->weight, 0);
  assert_int_equal(one->bias, 5 * 4);
  assert_int_equal(two->weight, 5 * 4 + 4);
  assert_int_equal(two->bias, 5 * 4 + 4 + 4 * 3);
  assert_int_equal(network.parameters, 5 * 4 + 4 + 4 * 3 + 3);
  assert_int_equal(mah_network_outputs(&network), 3);
  assert_true(network.input_scale == 1);
  mah_network_release(&network);
  mah_network_release(&network); /* does no harm */
}

/* The outputs' activation is the loss's, and they are never dropped. */
static void the_last_layer_is_the_losss(void **state) {
  (void)state;
  mah_network network;
  mah_layer layers[2] = {{.units = 4, .activation = MAH_TANH, .dropout = 0.5},
                         {.units = 3, .activation = MAH_CUSTOM, .dropout = 0.5}};
  assert_ok(init(&network, 5, layers, 2));
  assert_true(network.layers[0].activation == MAH_TANH && network.layers[0].dropout == 0.5);
  assert_true(network.layers[1].activation == MAH_IDENTITY && network.layers[1].dropout == 0);
  mah_network_release(&network);
}

static void wrong_layers_are_named(void **state) {
  (void)state;
  mah_network network;
  mah_layer layers[2] = {{.units = 2}, {.units = 0}};
  assert_fails(MAH_ERROR_ARGUMENT, "layer 2: 0 units; at least 1", init(&network, 2, layers, 2));
  layers[1] = (mah_layer){.units = 1, .dropout = 1};
  assert_fails(MAH_ERROR_ARGUMENT, "layer 2: dropout must be in [0, 1), got 1",
               init(&network, 2, layers, 2));
  layers[1].dropout = NAN;
  assert_fails(MAH_ERROR_ARGUMENT, "dropout must be in [0, 1), got nan",
               init(&network, 2, layers, 2));
  layers[0].activation = MAH_CUSTOM + 1;
  assert_fails(MAH_ERROR_ARGUMENT, "layer 1: unknown activation number",
               init(&network, 2, layers, 2));
}

static void wrong_networks_are_named(void **state) {
  (void)state;
  mah_network network;
  mah_layer layer = {.units = 1};
  assert_fails(MAH_ERROR_DTYPE, "float32 or float64, not int32",
               mah_network_init(&network, MAH_INT32, 2, MAH_SQUARED, &layer, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "0 inputs", init(&network, 0, &layer, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "0 layers", init(&network, 2, &layer, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "and loss number",
               mah_network_init(&network, MAH_FLOAT32, 2, MAH_LOSS_COUNT, &layer, 1));
}

/* Counted in 64 bits, and in bytes. */
static void too_many_parameters_are_refused(void **state) {
  (void)state;
  int64_t live = mah_memory_live();
  mah_network network;
  mah_layer layers[3] = {{.units = INT32_MAX}, {.units = INT32_MAX}, {.units = INT32_MAX}};
  assert_fails(MAH_ERROR_SHAPE, "layer 1: the network has too many parameters",
               init(&network, INT32_MAX, layers, 3));
  assert_fails(MAH_ERROR_SHAPE, "layer 2: the network has too many parameters",
               init(&network, 1, layers, 3));
  assert_int_equal(mah_memory_live(), live);
}

/* Few enough parameters, but so many inputs that their chunks (drive/work.h) cannot be counted. */
static void too_many_inputs_altogether_are_refused(void **state) {
  (void)state;
  enum { MANY = 192 };
  int64_t live = mah_memory_live();
  mah_layer layers[MANY];
  mah_mlp *net = NULL;
  for (int i = 0; i < MANY; i++) layers[i] = (mah_layer){.units = i % 2 ? INT32_MAX : 1};
  assert_fails(MAH_ERROR_SHAPE, "too many inputs altogether",
               mah_mlp_new(&net, MAH_FLOAT32, INT32_MAX, MAH_SQUARED, layers, MANY));
  assert_null(net);
  assert_int_equal(mah_memory_live(), live);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layers_lie_one_behind_the_other),
      cmocka_unit_test(the_last_layer_is_the_losss),
      cmocka_unit_test(wrong_layers_are_named),
      cmocka_unit_test(wrong_networks_are_named),
      cmocka_unit_test(too_many_parameters_are_refused),
      cmocka_unit_test(too_many_inputs_altogether_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
