/* What is computed weight by weight: penalties, and the gradients of some layers. */
#include "learn/drive/journey.h"

#include "learn/drive/chunk.h"

static int is_bias(const mah_network *network, int64_t i) {
  for (int32_t l = 0; l < network->n_layers; l++) {
    const mah_layer *layer = &network->layers[l];
    if (i >= layer->bias && i < layer->bias + layer->units) return 1;
  }
  return 0;
}

/* Of weights, and not of biases; divided by the sum of the rows' weights. */
static void penalty_is_that_of_all_weights(void **state) {
  (void)state;
  journey j;
  mah_run run;
  double magnitudes = 0, squares = 0, weights = 0;
  begin_journey(&j, MAH_FLOAT64, 40, 100);
  for (int64_t i = 0; i < j.network.parameters; i++) {
    double w = is_bias(&j.network, i) ? 0 : get(j.w.data, MAH_FLOAT64, i);
    magnitudes += fabs(w);
    squares += w * w;
  }
  for (int i = 0; i < 40; i++) weights += get(j.weight.data, MAH_FLOAT32, i);
  assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, 0));
  assert_close(mah_chunks_penalty(&j.work),
               (j.batch.l1 * magnitudes + 0.5 * j.batch.l2 * squares) / weights, 1e-13);
  j.batch.l1 = j.batch.l2 = 0;
  assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, 0));
  assert_true(mah_chunks_penalty(&j.work) == 0);
  end_journey(&j);
}

/* Once, in however many pieces the batch goes through. */
static void check_slopes(int64_t rows, uint32_t percent) {
  journey j;
  double weights = 0;
  begin_journey(&j, MAH_FLOAT64, rows, percent);
  for (int64_t i = 0; i < rows; i++) weights += get(j.weight.data, MAH_FLOAT32, i);
  send_there_and_back(&j);
  double *with = copy_reals(j.g.data, MAH_FLOAT64, j.network.parameters);
  double l1 = j.batch.l1 / weights, l2 = j.batch.l2 / weights;
  j.batch.l1 = j.batch.l2 = 0;
  send_there_and_back(&j);
  for (int64_t i = 0; i < j.network.parameters; i++) {
    double w = is_bias(&j.network, i) ? 0 : get(j.w.data, MAH_FLOAT64, i);
    assert_close(with[i], get(j.g.data, MAH_FLOAT64, i) + l2 * w + l1 * ((w > 0) - (w < 0)), 1e-14);
  }
  mah_free(with);
  end_journey(&j);
}

static void penalties_have_their_share_of_the_gradient_once(void **state) {
  (void)state;
  check_slopes(20, 100);
  check_slopes(700, 100);
  check_slopes(700, 15);
}

/* Other layers' part of the gradient is left alone. */
static void gradients_of_some_layers_are_theirs_only(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT32, 60, 100);
  send_there_and_back(&j);
  float *whole = copy_reals(j.g.data, MAH_FLOAT32, j.network.parameters), *g = j.g.data;
  const mah_layer *two = &j.network.layers[1], *three = &j.network.layers[2];
  for (int64_t i = 0; i < j.network.parameters; i++) g[i] = -77;
  const mah_leg legs[] = {{.fetches = 1, .to = LAYERS, .measures = 1},
                          {.back_from = 2, .back_to = 3},
                          {.back_from = 1, .back_to = 2}};
  send(&j, legs, 2, MAH_RUN_GRADIENT);
  for (int64_t i = 0; i < j.network.parameters; i++)
    assert_true(g[i] == (i < three->weight ? -77 : whole[i]));
  send(&j, legs, 3, MAH_RUN_GRADIENT);
  for (int64_t i = 0; i < j.network.parameters; i++)
    assert_true(g[i] == (i < two->weight ? -77 : whole[i]));
  mah_free(whole);
  end_journey(&j);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(penalty_is_that_of_all_weights),
      cmocka_unit_test(penalties_have_their_share_of_the_gradient_once),
      cmocka_unit_test(gradients_of_some_layers_are_theirs_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
