/* Trainings side by side: the bits of each alone, whatever becomes of the others. */
#include "testing.h"

#include "base/parallel.h"

enum { WIDE = 6, CLASSES = 3, MOST_ROWS = 150, MOST = 13 };

/* What they share, and one of them. */
typedef struct data {
  mah_tensor x, y, bad; /* bad: targets with a class that there is not */
} data;

typedef struct one {
  mah_mlp *net;
  mah_tensor order, w, g, a;
  mah_training training;
} one;

static data new_data(void) {
  mah_rng rng = rng_of(3);
  data d = {new_tensor(MAH_FLOAT32, 2, MOST_ROWS, WIDE), new_tensor(MAH_INT32, 1, MOST_ROWS, 0),
            new_tensor(MAH_INT32, 1, MOST_ROWS, 0)};
  for (int64_t i = 0; i < MOST_ROWS * WIDE; i++)
    ((float *)d.x.data)[i] = (float)mah_rng_normal(&rng);
  for (int64_t i = 0; i < MOST_ROWS; i++)
    ((int32_t *)d.y.data)[i] = ((int32_t *)d.bad.data)[i] = (int32_t)mah_rng_below(&rng, CLASSES);
  ((int32_t *)d.bad.data)[20] = CLASSES;
  return d;
}

/* No two are alike. It holds addresses of itself. */
static void begin(one *o, data *d, int32_t i) {
  mah_layer layers[] = {{.units = 5 + i % 4, .activation = MAH_RELU, .dropout = i % 3 * 0.2},
                        {.units = CLASSES}};
  mah_rng rng = rng_of((uint64_t)i);
  *o = (one){.order = new_tensor(MAH_INT32, 1, MOST_ROWS, 0)};
  assert_ok(mah_mlp_new(&o->net, MAH_FLOAT32, WIDE, MAH_CROSS_ENTROPY, layers, 2));
  mah_tensor *vectors[] = {&o->w, &o->g, &o->a};
  for (int k = 0; k < 3; k++)
    *vectors[k] = new_tensor(MAH_FLOAT32, 1, mah_mlp_parameters(o->net), 0);
  for (int64_t k = 0; k < o->w.extent[0]; k++)
    ((float *)o->w.data)[k] = (float)mah_rng_normal(&rng);
  for (int64_t k = 0; k < MOST_ROWS; k++)
    ((int32_t *)o->order.data)[k] = (int32_t)((k * 7 + i) % MOST_ROWS);
  o->training = (mah_training){
      .net = o->net,
      .w = &o->w,
      .gradient = &o->g,
      .rule = {.solver = MAH_SGD, .lr = 0.1 / (i + 1), .momentum = 0.9, .first = &o->a},
      .batch = {.x = &d->x, .y = &d->y, .order_ = &o->order, .training = 1, .seed = (uint32_t)i},
      .batch_size = 8 + i,
      .rows = MOST_ROWS - 5 * i,
  };
}

static void end(one *o) {
  mah_tensor *tensors[] = {&o->order, &o->w, &o->g, &o->a};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) mah_tensor_release(tensors[i]);
  mah_mlp_free(o->net);
}

static void same_as_alone(const one *o, data *d, int32_t i) {
  one alone;
  begin(&alone, d, i);
  assert_ok(mah_training_run(&alone.training));
  assert_true(alone.training.loss == o->training.loss);
  assert_int_equal(alone.training.rule.t, o->training.rule.t);
  assert_memory_equal(alone.w.data, o->w.data, (size_t)o->w.extent[0] * sizeof(float));
  assert_memory_equal(alone.a.data, o->a.data, (size_t)o->w.extent[0] * sizeof(float));
  end(&alone);
}

/* n of them, of which number `bad`, if there is one, cannot be run. */
static void run(data *d, int32_t n, int32_t bad) {
  one o[MOST];
  mah_training *trainings[MOST];
  mah_training_end ends[MOST];
  for (int32_t i = 0; i < n; i++) {
    begin(&o[i], d, i);
    trainings[i] = &o[i].training;
  }
  if (bad >= 0) trainings[bad]->batch.y = &d->bad;
  mah_trainings_run(ends, trainings, n);
  for (int32_t i = 0; i < n; i++) {
    assert_int_equal(ends[i].status, i == bad ? MAH_ERROR_ARGUMENT : MAH_OK);
    assert_true(i == bad ? strstr(ends[i].message, "class 3 is outside of 0 ... 2") != NULL
                         : ends[i].message[0] == '\0');
    if (i != bad) same_as_alone(&o[i], d, i);
  }
  for (int32_t i = 0; i < n; i++) end(&o[i]);
}

static void each_has_the_bits_that_it_has_alone(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  data d = new_data();
  for (int32_t threads = 1; threads <= 3; threads++) {
    assert_ok(mah_parallel_use(threads));
    for (int32_t n = 0; n <= MOST; n++) run(&d, n, -1);
  }
  assert_ok(mah_parallel_use(before));
  mah_tensor_release(&d.x), mah_tensor_release(&d.y), mah_tensor_release(&d.bad);
}

static void one_that_fails_leaves_the_others(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  data d = new_data();
  for (int32_t threads = 1; threads <= 3; threads++) {
    assert_ok(mah_parallel_use(threads));
    for (int32_t bad = 0; bad < MOST; bad += 3) run(&d, MOST, bad);
  }
  assert_ok(mah_parallel_use(before));
  mah_tensor_release(&d.x), mah_tensor_release(&d.y), mah_tensor_release(&d.bad);
}

static void an_interruption_ends_them_all(void **state) {
  (void)state;
  data d = new_data();
  one o[3];
  mah_training *trainings[3];
  mah_training_end ends[3];
  for (int32_t i = 0; i < 3; i++) begin(&o[i], &d, i), trainings[i] = &o[i].training;
  mah_interrupt_request();
  mah_trainings_run(ends, trainings, 3);
  mah_interrupt_clear();
  for (int32_t i = 0; i < 3; i++) {
    assert_int_equal(ends[i].status, MAH_ERROR_INTERRUPTED);
    assert_string_equal(ends[i].message, "interrupted");
    assert_int_equal(o[i].training.rule.t, 0);
    end(&o[i]);
  }
  mah_tensor_release(&d.x), mah_tensor_release(&d.y), mah_tensor_release(&d.bad);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_has_the_bits_that_it_has_alone),
      cmocka_unit_test(one_that_fails_leaves_the_others),
      cmocka_unit_test(an_interruption_ends_them_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
