/* networks.h - small networks with random weights and data, for the tests of the learn wing. */
#ifndef NETWORKS_H
#define NETWORKS_H

#include "testing.h"

enum { INPUTS = 5, ROWS = 9, OUTPUTS = 3 };

typedef struct fixture {
  mah_mlp *net;
  int32_t outputs;
  mah_tensor w, x, y, order, gradient;
} fixture;

static inline void fill_random(mah_tensor *t, mah_rng *rng, double scale) {
  for (int64_t i = 0; i < mah_tensor_count(t); i++)
    set(t->data, t->elem, i, scale * (2 * mah_rng_double(rng) - 1));
}

static inline double random_target(mah_rng *rng, int32_t loss) {
  double u = mah_rng_double(rng);
  return loss == MAH_BINARY ? u > 0.5 : loss == MAH_POISSON ? floor(4 * u) : 4 * u - 2;
}

/* A float64 network of `depth` layers with random weights, and random data for its loss. */
static inline fixture new_fixture_of(int32_t outputs, int32_t depth, int32_t activation,
                                     int32_t loss, double dropout) {
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

static inline fixture new_fixture(int32_t depth, int32_t activation, int32_t loss, double dropout) {
  return new_fixture_of(OUTPUTS, depth, activation, loss, dropout);
}

/* The batch holds addresses: it is made where the fixture stays. */
static inline mah_batch whole_batch(fixture *f) {
  return (mah_batch){.x = &f->x, .y = &f->y, .count = ROWS, .seed = 3, .step = 5};
}

static inline void free_fixture(fixture *f) {
  mah_tensor *tensors[] = {&f->w, &f->x, &f->y, &f->order, &f->gradient};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_mlp_free(f->net);
}
#endif
