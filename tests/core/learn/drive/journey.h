/* journey.h - a network, its work space and a data set with many rows: what the tests of drive/
 * send on its way.
 */
#ifndef JOURNEY_H
#define JOURNEY_H

#include "testing.h"

#include "base/parallel.h"
#include "learn/drive/run.h"

enum { WIDE = 21, UNITS = 11, HIDDEN = 9, CLASSES = 4, LAYERS = 3 };

typedef struct journey {
  mah_network network;
  mah_work work;
  mah_tensor x, y, weight, order, w, g;
  mah_compressed *compressed;
  mah_batch batch;
} journey;

/* Of x, `percent` of the elements are not 0; they have few values. Rows come in another order, with
 * weights, masks and penalties. It holds addresses of itself. */
static inline void begin_journey(journey *j, int32_t dtype, int64_t rows, uint32_t percent) {
  mah_layer layers[LAYERS] = {{.units = UNITS, .activation = MAH_RELU, .dropout = 0.25},
                              {.units = HIDDEN, .activation = MAH_GELU},
                              {.units = CLASSES}};
  mah_rng rng = rng_of(9);
  *j = (journey){.x = new_tensor(dtype, 2, rows, WIDE),
                 .y = new_tensor(MAH_INT32, 1, rows, 0),
                 .weight = new_tensor(MAH_FLOAT32, 1, rows, 0),
                 .order = new_tensor(MAH_INT32, 1, rows, 0)};
  assert_ok(mah_network_init(&j->network, dtype, WIDE, MAH_CROSS_ENTROPY, layers, LAYERS));
  assert_ok(mah_work_init(&j->work, &j->network));
  j->w = new_tensor(dtype, 1, j->network.parameters, 0);
  j->g = new_tensor(dtype, 1, j->network.parameters, 0);
  for (int64_t i = 0; i < j->network.parameters; i++)
    set(j->w.data, dtype, i, mah_rng_double(&rng) - 0.5);
  for (int64_t i = 0; i < rows * WIDE; i++)
    if (mah_rng_below(&rng, 100) < percent)
      set(j->x.data, dtype, i, (1 + mah_rng_below(&rng, 40)) / 16.0);
  for (int64_t i = 0; i < rows; i++) {
    ((int32_t *)j->y.data)[i] = (int32_t)mah_rng_below(&rng, CLASSES);
    ((float *)j->weight.data)[i] = (float)mah_rng_double(&rng) + 0.1f;
    ((int32_t *)j->order.data)[i] = (int32_t)(rows - 1 - i);
  }
  j->batch = (mah_batch){.x = &j->x,
                         .y = &j->y,
                         .weight_ = &j->weight,
                         .order_ = &j->order,
                         .count = rows,
                         .l1 = 0.02,
                         .l2 = 0.03,
                         .training = 1,
                         .seed = 5,
                         .step = 6};
}

static inline void compress_journey(journey *j) {
  assert_ok(mah_compressed_new(&j->compressed, &j->x, 1, j->network.dtype, 1));
  assert_non_null(j->compressed);
  j->batch.compressed_ = j->compressed;
}

static inline void end_journey(journey *j) {
  mah_tensor *tensors[] = {&j->x, &j->y, &j->weight, &j->order, &j->w, &j->g};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_compressed_free(j->compressed);
  mah_work_release(&j->work);
  mah_network_release(&j->network);
}

/* Each piece of the batch along these legs; returns the loss, and leaves the gradient in g. */
static inline double send(journey *j, const mah_leg *legs, int count, int options) {
  mah_run run;
  assert_ok(mah_run_begin(&run, &j->work, j->w.data, &j->batch, options));
  for (int64_t first = 0, rows; first < j->batch.count; first += rows) {
    assert_ok(mah_run_load(&run, &rows, first));
    for (int i = 0; i < count; i++) assert_ok(mah_run_go(&run, &legs[i], j->g.data));
  }
  return run.score.loss + mah_run_penalty(&run);
}

static const mah_leg there_and_back = {
    .fetches = 1, .to = LAYERS, .measures = 1, .back_to = LAYERS};

static inline double send_there_and_back(journey *j) {
  return send(j, &there_and_back, 1, MAH_RUN_GRADIENT);
}

static inline size_t bytes_of(const mah_tensor *t) {
  return (size_t)(mah_tensor_count(t) * mah_dtype_size(t->elem));
}
#endif
