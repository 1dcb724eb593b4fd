/* steps.h - a training of some steps with random weights and data, for the tests that compare ways
 * of making them.
 */
#ifndef STEPS_H
#define STEPS_H

#include "testing.h"

enum { WIDE = 21, CLASSES = 4, MOST_ROWS = 1300 };

typedef struct setting {
  int32_t solver, dtype;
  int64_t rows, batch_size;
  uint32_t percent; /* of the inputs are not 0 */
  int compressed, weighted;
  double dropout, l1, l2;
  int grouped, averaged, limited; /* ranges of the rule; an average; norms of units */
} setting;

typedef struct fixture {
  mah_mlp *net;
  mah_tensor x, y, weight, order, w, g, a, b, average;
  mah_compressed *compressed;
  mah_range ranges[4];
  mah_max_norm max_norms[2];
  mah_training training;
} fixture;

static inline void fill(fixture *f, const setting *s) {
  mah_rng rng = rng_of(9);
  for (int64_t i = 0; i < f->w.extent[0]; i++)
    set(f->w.data, s->dtype, i, mah_rng_double(&rng) - 0.5);
  for (int64_t i = 0; i < s->rows * WIDE; i++)
    if (mah_rng_below(&rng, 100) < s->percent)
      set(f->x.data, s->dtype, i, (1 + mah_rng_below(&rng, 40)) / 16.0);
  for (int64_t i = 0; i < s->rows; i++) {
    ((int32_t *)f->y.data)[i] = (int32_t)mah_rng_below(&rng, CLASSES);
    ((float *)f->weight.data)[i] = (float)mah_rng_double(&rng) + 0.1f;
    ((int32_t *)f->order.data)[i] = (int32_t)(s->rows - 1 - i);
  }
}

/* Ranges that end in the middle of chunks, norms of a layer of one chunk and of one of two. */
static inline void add_tools(fixture *f, const setting *s) {
  int64_t size = f->w.extent[0], ends[] = {500, 2300, 2700, size}, end = 0;
  mah_training *t = &f->training;
  for (int i = 0; i < 4; end = ends[i++])
    f->ranges[i] = (mah_range){.first = end,
                               .count = ends[i] - end,
                               .lr_scale = 0.5 + i,
                               .weight_decay = i == 1 ? -1 : 0.2 * i,
                               .is_frozen = i == 2};
  for (int i = 0; i < 2; i++) {
    const mah_layer *layer = mah_mlp_layer(f->net, i);
    f->max_norms[i] = (mah_max_norm){layer->weight, layer->inputs, layer->units, 1.2 + i};
  }
  if (s->grouped) t->rule.ranges_ = f->ranges, t->rule.n_ranges = 4;
  if (s->limited) t->max_norms = f->max_norms, t->n_max_norms = 2;
  if (s->averaged)
    t->average = (mah_average){.vector_ = &f->average, .decay = 0.7, .warms = s->averaged == 2};
}

/* 21 -> 101 relu -> 9 gelu -> 4. It holds addresses of itself. */
static inline void begin(fixture *f, const setting *s) {
  mah_layer layers[] = {{.units = 101, .activation = MAH_RELU, .dropout = s->dropout},
                        {.units = 9, .activation = MAH_GELU},
                        {.units = CLASSES}};
  *f = (fixture){.x = new_tensor(s->dtype, 2, s->rows, WIDE),
                 .y = new_tensor(MAH_INT32, 1, s->rows, 0),
                 .weight = new_tensor(MAH_FLOAT32, 1, s->rows, 0),
                 .order = new_tensor(MAH_INT32, 1, s->rows, 0)};
  assert_ok(mah_mlp_new(&f->net, s->dtype, WIDE, MAH_CROSS_ENTROPY, layers, 3));
  mah_tensor *vectors[] = {&f->w, &f->g, &f->a, &f->b, &f->average};
  for (int i = 0; i < 5; i++) *vectors[i] = new_tensor(s->dtype, 1, mah_mlp_parameters(f->net), 0);
  fill(f, s);
  if (s->compressed) assert_ok(mah_compressed_new(&f->compressed, &f->x, 1, s->dtype, 1));
  int keeps_two = s->solver != MAH_SGD && s->solver != MAH_ADAGRAD && s->solver != MAH_LION;
  f->training = (mah_training){
      .net = f->net,
      .w = &f->w,
      .gradient = &f->g,
      .rule = {.solver = s->solver,
               .nesterov = 1,
               .lr = 0.01,
               .lr_decay = 0.1,
               .weight_decay = 0.1,
               .momentum = 0.9,
               .alpha = 0.9,
               .beta_1 = 0.9,
               .beta_2 = 0.99,
               .epsilon = 1e-8,
               .momentum_decay = 0.004,
               .eta_minus = 0.5,
               .eta_plus = 1.2,
               .step_size_min = 1e-3,
               .step_size_max = 0.1,
               .first = &f->a,
               .second_ = keeps_two ? &f->b : NULL},
      .batch = {.x = &f->x,
                .y = &f->y,
                .weight_ = s->weighted ? &f->weight : NULL,
                .compressed_ = f->compressed,
                .order_ = &f->order,
                .l1 = s->l1,
                .l2 = s->l2,
                .training = 1,
                .seed = 5,
                .step = 6},
      .batch_size = s->batch_size,
      .rows = s->rows,
  };
  add_tools(f, s);
}

static inline void end(fixture *f) {
  mah_tensor *tensors[] = {&f->x, &f->y, &f->weight, &f->order,  &f->w,
                           &f->g, &f->a, &f->b,      &f->average};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_compressed_free(f->compressed);
  mah_mlp_free(f->net);
}

/* -- The same bits ----------------------------------------------------------------------------- */

static inline void same_bits(const mah_tensor *x, const mah_tensor *y) {
  assert_memory_equal(x->data, y->data, (size_t)(x->extent[0] * mah_dtype_size(x->elem)));
}

static inline void same_state(const fixture *f, const fixture *g) {
  same_bits(&f->w, &g->w);
  same_bits(&f->g, &g->g);
  same_bits(&f->a, &g->a);
  same_bits(&f->b, &g->b);
  same_bits(&f->average, &g->average);
  assert_int_equal(f->training.rule.t, g->training.rule.t);
  assert_int_equal(f->training.batch.first, g->training.batch.first);
  assert_int_equal(f->training.batch.step, g->training.batch.step);
}
#endif
