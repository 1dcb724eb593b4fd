/* Some rows through a network and back, against plain loops; through ranges of its layers and of
 * its rows, to the same bits.
 */
#include "learn/variants.h"

#include "learn/drive/work.h"

enum { R = 14, INPUTS = 5, LAYERS = 3, MOST = 7, CLASSES = 3 };
static const int32_t units_of[LAYERS] = {MOST, 6, CLASSES};

typedef struct passage {
  mah_network network;
  mah_work work;
  void *w, *x, *dw, *weight;
  int32_t class[R];
  mah_pass pass;
  const mah_learn_kernels *kernels;
} passage;

/* relu, tanh, softmax; with weights of the rows, and with `drops` a mask behind each of the first
 * two. */
static void fill(passage *p, variant *v, int drops) {
  mah_layer layers[LAYERS] = {{0}};
  const int32_t activation[LAYERS] = {MAH_RELU, MAH_TANH, MAH_IDENTITY};
  for (int i = 0; i < LAYERS; i++)
    layers[i] =
        (mah_layer){.units = units_of[i], .activation = activation[i], .dropout = drops ? 0.4 : 0};
  *p = (passage){.kernels = v->kernels};
  assert_ok(mah_network_init(&p->network, v->dtype, INPUTS, MAH_CROSS_ENTROPY, layers, LAYERS));
  assert_ok(mah_work_init(&p->work, &p->network));
  assert_ok(mah_work_reserve(&p->work, R));
  p->w = random_reals(&v->rng, v->dtype, p->network.parameters);
  p->dw = random_reals(&v->rng, v->dtype, p->network.parameters);
  p->x = random_reals(&v->rng, v->dtype, R * INPUTS);
  p->weight = random_reals(&v->rng, v->dtype, R);
  for (int b = 0; b < R; b++) {
    p->class[b] = b % CLASSES;
    set(p->weight, v->dtype, b, 0.25 * (b + 1));
  }
  p->pass = (mah_pass){
      .network = &p->network,
      .work = p->work.layers,
      .rows = R,
      .piece_rows = R,
      .x = p->x,
      .w = p->w,
      .targets = {.class_ = p->class, .weight_ = p->weight, .scale = 0.125},
      .training = drops,
      .seed = 3,
      .step = 4,
      .has_gradient = 1,
      .dw = p->dw,
      .l1 = 0.01,
      .l2 = 0.02,
  };
  for (int32_t i = 0; i < LAYERS; i++)
    v->kernels->pack_weights(&p->pass, i, 0, p->network.layers[i].inputs);
}

static void release(passage *p) {
  FREE(p->w, p->dw, p->x, p->weight);
  mah_work_release(&p->work);
  mah_network_release(&p->network);
}

/* The gradients of all weights, in two parts each. */
static void weights(passage *p) {
  for (int32_t i = 0; i < LAYERS; i++) {
    int64_t inputs = p->network.layers[i].inputs, half = inputs / 2;
    p->kernels->weights(&p->pass, i, 0, half, NULL);
    p->kernels->weights(&p->pass, i, half, inputs - half, NULL);
  }
}

static double run(passage *p) {
  p->kernels->forward(&p->pass, 0, LAYERS);
  double loss = p->kernels->loss(&p->pass);
  p->kernels->backward(&p->pass, 0, LAYERS);
  weights(p);
  return loss;
}

/* -- Plain loops ------------------------------------------------------------------------------- */

typedef struct plain {
  double y[LAYERS][MOST], dropped[LAYERS][MOST]; /* before and after the mask */
  double delta[LAYERS][MOST];
} plain;

static double mask_at(const passage *p, int i, int b, int o) {
  const void *mask = p->work.layers[i].mask_;
  return p->pass.training && mask ? get(mask, p->network.dtype, b * units_of[i] + o) : 1;
}

static double input_at(const passage *p, const plain *s, int i, int b, int k) {
  return i == 0 ? get(p->x, p->network.dtype, b * INPUTS + k) : s->dropped[i - 1][k];
}

static double weight_at(const passage *p, int i, int k, int o) {
  const mah_layer *layer = &p->network.layers[i];
  return get(p->w, p->network.dtype, layer->weight + k * layer->units + o);
}

static void plain_forward(const passage *p, plain *s, int b) {
  for (int i = 0; i < LAYERS; i++)
    for (int o = 0; o < units_of[i]; o++) {
      double z = get(p->w, p->network.dtype, p->network.layers[i].bias + o);
      for (int k = 0; k < p->network.layers[i].inputs; k++)
        z += input_at(p, s, i, b, k) * weight_at(p, i, k, o);
      s->y[i][o] = i == 0 ? fmax(z, 0) : i == 1 ? tanh(z) : exp(z);
      s->dropped[i][o] = s->y[i][o] * mask_at(p, i, b, o);
    }
  double *out = s->y[LAYERS - 1], sum = out[0] + out[1] + out[2];
  for (int o = 0; o < CLASSES; o++) out[o] /= sum;
}

/* Row b's part of dw, and its loss. */
static double plain_row(const passage *p, double *dw, int b) {
  plain s;
  double scale = get(p->weight, p->network.dtype, b) * p->pass.targets.scale;
  plain_forward(p, &s, b);
  for (int i = LAYERS - 1; i >= 0; i--)
    for (int o = 0; o < units_of[i]; o++) {
      const mah_layer *layer = &p->network.layers[i];
      double d = 0, y = s.y[i][o];
      for (int k = 0; i < LAYERS - 1 && k < units_of[i + 1]; k++)
        d += s.delta[i + 1][k] * weight_at(p, i + 1, o, k);
      d *= mask_at(p, i, b, o) * (i == 0 ? y > 0 : 1 - y * y);
      if (i == LAYERS - 1) d = scale * (y - (o == p->class[b]));
      s.delta[i][o] = d;
      dw[layer->bias + o] += d;
      for (int k = 0; k < layer->inputs; k++)
        dw[layer->weight + k * layer->units + o] += d * input_at(p, &s, i, b, k);
    }
  return -scale * log(s.y[LAYERS - 1][p->class[b]]);
}

static void plain_penalties(const passage *p, double *dw) {
  for (int i = 0; i < LAYERS; i++)
    for (int64_t j = p->network.layers[i].weight; j < p->network.layers[i].bias; j++) {
      double w = get(p->w, p->network.dtype, j);
      dw[j] += p->pass.l2 * w + p->pass.l1 * ((w > 0) - (w < 0));
    }
}

static void check_plain(variant *v, int drops) {
  passage p;
  fill(&p, v, drops);
  double loss = run(&p), expected = 0, *dw = mah_alloc_zero(p.network.parameters, sizeof *dw);
  for (int b = 0; b < R; b++) expected += plain_row(&p, dw, b);
  plain_penalties(&p, dw);
  assert_close(loss, expected, tolerance_of(v->dtype));
  for (int64_t i = 0; i < p.network.parameters; i++)
    assert_close(get(p.dw, v->dtype, i), dw[i], tolerance_of(v->dtype));
  mah_free(dw);
  release(&p);
}

static void check_both(variant *v) {
  check_plain(v, 0);
  check_plain(v, 1);
}

static void gradient_is_that_of_plain_loops(void **state) {
  (void)state;
  for_each_variant(check_both);
}

/* The penalties are the first piece's. */
static void check_accumulate(variant *v) {
  passage p;
  fill(&p, v, 0);
  run(&p);
  void *once = copy_reals(p.dw, v->dtype, p.network.parameters);
  p.pass.accumulate = 1;
  weights(&p);
  p.pass.accumulate = 0;
  p.pass.l1 = p.pass.l2 = 0;
  void *twice = copy_reals(p.dw, v->dtype, p.network.parameters);
  weights(&p);
  for (int64_t i = 0; i < p.network.parameters; i++)
    assert_close(get(twice, v->dtype, i), get(once, v->dtype, i) + get(p.dw, v->dtype, i),
                 tolerance_of(v->dtype));
  FREE(once, twice);
  release(&p);
}

static void gradients_of_pieces_are_added_up(void **state) {
  (void)state;
  for_each_variant(check_accumulate);
}

/* -- Ranges ------------------------------------------------------------------------------------ */

/* Layer by layer, and rows of unequal parts, for a batch begun anew each time. */
static void check_ranges(variant *v) {
  passage p;
  fill(&p, v, 1);
  run(&p);
  void *expected = copy_reals(p.dw, v->dtype, p.network.parameters);
  const int64_t cuts[] = {0, 1, 6, 13, R};
  for (int part = 0; part < 4; part++) {
    mah_pass some = p.pass;
    some.row = cuts[part];
    some.rows = cuts[part + 1] - cuts[part];
    for (int32_t i = 0; i < LAYERS; i++) v->kernels->forward(&some, i, i + 1);
    v->kernels->loss(&some);
    v->kernels->backward(&some, 2, 3);
    v->kernels->backward(&some, 0, 2);
  }
  weights(&p);
  assert_memory_equal(p.dw, expected, (size_t)(p.network.parameters * v->kernels->real_size));
  mah_free(expected);
  release(&p);
}

static void ranges_of_layers_and_rows_give_the_same_bits(void **state) {
  (void)state;
  for_each_variant(check_ranges);
}

static void check_unpacked(variant *v) {
  passage p;
  fill(&p, v, 0);
  p.kernels->forward(&p.pass, 0, LAYERS);
  void *packed = copy_reals(p.work.layers[LAYERS - 1].out, v->dtype, R * CLASSES);
  p.pass.is_unpacked = 1;
  p.kernels->forward(&p.pass, 0, LAYERS);
  for (int i = 0; i < R * CLASSES; i++)
    assert_close(get(p.work.layers[LAYERS - 1].out, v->dtype, i), get(packed, v->dtype, i),
                 tolerance_of(v->dtype));
  mah_free(packed);
  release(&p);
}

static void weights_as_they_are_give_what_packed_ones_give(void **state) {
  (void)state;
  for_each_variant(check_unpacked);
}

/* -- Classes ----------------------------------------------------------------------------------- */

static void check_argmax(variant *v) {
  const double P[] = {1, 3, 2, /**/ 2, 2, 1, /**/ -1, -3, -1}; /* the first of equals */
  double p[9];
  int32_t class[3];
  for (int i = 0; i < 9; i++) set(p, v->dtype, i, P[i]);
  v->kernels->argmax(class, p, 3, 3);
  assert_true(class[0] == 1 && class[1] == 0 && class[2] == 0);
}

static void the_class_is_the_first_largest(void **state) {
  (void)state;
  for_each_variant(check_argmax);
}

static void check_correct(variant *v) {
  passage p;
  fill(&p, v, 0);
  int32_t class[R];
  int64_t expected = 0;
  p.kernels->forward(&p.pass, 0, LAYERS);
  v->kernels->argmax(class, p.work.layers[LAYERS - 1].out, R, CLASSES);
  for (int b = 4; b < R; b++) expected += class[b] == p.class[b];
  p.pass.row = 4;
  p.pass.rows = R - 4;
  assert_int_equal(v->kernels->correct(&p.pass), expected);
  release(&p);
}

static void rows_are_right_where_the_class_is(void **state) {
  (void)state;
  for_each_variant(check_correct);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradient_is_that_of_plain_loops),
      cmocka_unit_test(gradients_of_pieces_are_added_up),
      cmocka_unit_test(ranges_of_layers_and_rows_give_the_same_bits),
      cmocka_unit_test(weights_as_they_are_give_what_packed_ones_give),
      cmocka_unit_test(the_class_is_the_first_largest),
      cmocka_unit_test(rows_are_right_where_the_class_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
