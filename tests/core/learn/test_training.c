/* The steps of a training in one call: the bits of single steps, and what ends them early. */
#include "learn/drive/without_zeros.h"
#include "learn/steps.h"

#include "base/parallel.h"

/* -- The same bits ----------------------------------------------------------------------------- */

/* Gradient, step, gradient, step; returns what the one call leaves in training->loss. */
static double step_by_step(mah_training *t) {
  double sum = 0;
  for (; t->batch.first < t->rows; t->batch.first += t->batch.count, t->batch.step++) {
    double loss;
    int64_t left = t->rows - t->batch.first;
    t->batch.count = left < t->batch_size ? left : t->batch_size;
    assert_ok(mah_mlp_gradient(t->net, &loss, t->gradient, t->w, &t->batch));
    assert_ok(mah_step(&t->rule, t->w, t->gradient));
    assert_ok(mah_max_norm_apply(t->w, t->max_norms, (int32_t)t->n_max_norms));
    if (t->average.vector_ != NULL) assert_ok(mah_average_add(&t->average, t->w));
    sum += loss * (double)t->batch.count;
  }
  return sum;
}

static void compare(setting s) {
  fixture one, many;
  begin(&one, &s);
  begin(&many, &s);
  assert_ok(mah_training_run(&one.training));
  assert_true(step_by_step(&many.training) == one.training.loss);
  assert_int_equal(one.training.rule.t, (s.rows + s.batch_size - 1) / s.batch_size);
  same_state(&one, &many);
  end(&one);
  end(&many);
}

static void compare_settings(int32_t solver, int32_t dtype) {
  for (int64_t size = 7; size <= MOST_ROWS; size = size * 5 + 1) {
    setting s = {.solver = solver, .dtype = dtype, .rows = 200, .batch_size = size, .percent = 100};
    if (size > 200) s.rows = MOST_ROWS;
    compare(s);
    s.dropout = 0.3;
    s.weighted = 1;
    s.l1 = 0.02;
    s.l2 = 0.03;
    compare(s);
    s.percent = 15;
    compare(s);
    s.compressed = 1;
    compare(s);
  }
}

static void one_call_gives_the_bits_of_single_steps(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int32_t threads = 1; threads <= 3; threads += 2) {
    assert_ok(mah_parallel_use(threads));
    for (int32_t solver = 0; solver < MAH_SOLVER_COUNT; solver++) {
      compare_settings(solver, MAH_FLOAT32);
      compare_settings(solver, MAH_FLOAT64);
    }
  }
  assert_ok(mah_parallel_use(before));
}

static void tools_around_a_step_keep_the_bits(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int32_t threads = 1; threads <= 3; threads++) {
    assert_ok(mah_parallel_use(threads));
    for (int i = 0; i < 4 * MAH_SOLVER_COUNT; i++)
      compare((setting){.solver = i / 4,
                        .dtype = i % 2 ? MAH_FLOAT64 : MAH_FLOAT32,
                        .rows = 200,
                        .batch_size = 37,
                        .percent = i % 3 ? 100 : 15,
                        .l2 = 0.03,
                        .grouped = i % 4 < 3,
                        .averaged = i % 4 > 0 ? 1 + i % 2 : 0,
                        .limited = i % 4 != 1});
  }
  assert_ok(mah_parallel_use(before));
}

/* A frozen range stays as it was, with what the solver keeps for it; its gradient is 0. */
static void a_frozen_range_is_not_touched(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAMW, .rows = 200, .batch_size = 50, .percent = 100, .grouped = 1};
  fixture f, start;
  begin(&f, &s);
  begin(&start, &s);
  assert_ok(mah_training_run(&f.training));
  assert_true(get(f.w.data, s.dtype, 2701) != get(start.w.data, s.dtype, 2701));
  for (int64_t i = 2300; i < 2700; i++) {
    assert_true(get(f.w.data, s.dtype, i) == get(start.w.data, s.dtype, i));
    assert_true(get(f.a.data, s.dtype, i) == 0 && get(f.b.data, s.dtype, i) == 0);
    assert_true(get(f.g.data, s.dtype, i) == 0);
  }
  end(&f);
  end(&start);
}

/* Some batches without their zeros, and some as they are. */
static void batches_of_both_kinds_follow_one_another(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 300, .batch_size = 20, .percent = 15, .l2 = 0.1};
  fixture one, many;
  begin(&one, &s);
  begin(&many, &s);
  for (int64_t i = 0; i < s.rows; i++)
    for (int64_t j = 0; i / 20 % 3 == 1 && j < WIDE; j++)
      set(one.x.data, s.dtype, i * WIDE + j, 1), set(many.x.data, s.dtype, i * WIDE + j, 1);
  assert_ok(mah_training_run(&one.training));
  assert_true(step_by_step(&many.training) == one.training.loss);
  same_state(&one, &many);
  end(&one);
  end(&many);
}

/* -- In tasks ---------------------------------------------------------------------------------- */

enum { TOGETHER = 5 };

static void train(void *context, int32_t i) {
  fixture *f = context;
  assert_int_equal(mah_parallel_width(), 1);
  assert_ok(mah_training_run(&f[i].training));
}

static void many_trainings_run_side_by_side(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 400, .batch_size = 130, .percent = 100};
  fixture together[TOGETHER], alone;
  int32_t before = mah_parallel_threads();
  assert_ok(mah_parallel_use(3));
  for (int i = 0; i < TOGETHER; i++) begin(&together[i], &s);
  for (int i = 0; i < TOGETHER; i++) together[i].training.rule.lr = 0.01 / (i + 1);
  mah_parallel_run(train, together, TOGETHER);
  for (int i = 0; i < TOGETHER; i++) {
    begin(&alone, &s);
    alone.training.rule.lr = 0.01 / (i + 1);
    assert_ok(mah_training_run(&alone.training));
    assert_true(alone.training.loss == together[i].training.loss);
    same_state(&together[i], &alone);
    end(&alone);
    end(&together[i]);
  }
  assert_ok(mah_parallel_use(before));
}

/* -- Memory ------------------------------------------------------------------------------------ */

/* Batches with more and more elements, in pieces and all at once. */
static void only_the_beginning_asks_for_memory(void **state) {
  (void)state;
  const struct {
    int64_t batch_size;
    int compressed, rows;
  } cases[] = {{20, 0, 0}, {20, 1, 0}, {20, 0, 1}, {550, 0, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    setting s = {
        .rows = 1100, .batch_size = cases[i].batch_size, .compressed = cases[i].compressed};
    mah_status status = MAH_ERROR_MEMORY;
    for (int64_t n = 1; status == MAH_ERROR_MEMORY; n++) {
      fixture f;
      begin(&f, &s);
      for (int64_t k = 0; cases[i].rows && k < s.rows * WIDE; k++)
        set(f.x.data, s.dtype, k, k % WIDE < WIDE - k / WIDE / 60);
      if (cases[i].rows) f.compressed = compress_rows(&f.x, s.dtype, 0);
      f.training.batch.compressed_ = f.compressed;
      mah_memory_fail_at(n);
      status = mah_training_run(&f.training);
      mah_memory_fail_at(0);
      assert_true(status == MAH_OK || (status == MAH_ERROR_MEMORY && f.training.rule.t == 0));
      end(&f);
    }
    assert_ok(status);
  }
}

/* -- Early ends -------------------------------------------------------------------------------- */

/* The step that it shows in is made, as by hand. */
static void ends_after_a_loss_that_is_not_finite(void **state) {
  (void)state;
  setting s = {.solver = MAH_SGD, .rows = 100, .batch_size = 10, .percent = 100};
  fixture f, g;
  begin(&f, &s);
  begin(&g, &s);
  set(f.x.data, s.dtype, (s.rows - 1 - 25) * WIDE, NAN);
  set(g.x.data, s.dtype, (s.rows - 1 - 25) * WIDE, NAN);
  assert_ok(mah_training_run(&f.training));
  assert_true(isnan(f.training.loss));
  g.training.rows = 30;
  assert_true(isnan(step_by_step(&g.training)));
  same_state(&f, &g);
  end(&f);
  end(&g);
}

/* Steps before the one that cannot be made, and nothing of that one. */
static void check_early_end(int64_t bad_row, double bad_class, double bad_weight, int64_t steps,
                            const char *message) {
  setting s = {.solver = MAH_ADAM, .rows = 1300, .batch_size = 600, .percent = 100, .weighted = 1};
  fixture f, g;
  begin(&f, &s);
  begin(&g, &s);
  ((int32_t *)f.y.data)[s.rows - 1 - bad_row] = (int32_t)bad_class;
  for (int64_t i = bad_row / 600 * 600; i < s.rows && bad_weight == 0; i++)
    ((float *)f.weight.data)[s.rows - 1 - i] = 0;
  assert_fails(MAH_ERROR_ARGUMENT, message, mah_training_run(&f.training));
  g.training.rows = 600 * steps;
  step_by_step(&g.training);
  assert_int_equal(f.training.rule.t, steps);
  same_bits(&f.w, &g.w);
  same_bits(&f.a, &g.a);
  same_bits(&f.b, &g.b);
  assert_int_equal(f.training.batch.first, 600 * steps);
  assert_int_equal(f.training.batch.step, 6 + steps);
  end(&f);
  end(&g);
}

static void a_step_that_cannot_be_made_leaves_those_before(void **state) {
  (void)state;
  check_early_end(3, 4, 1, 0, "row 1297: class 4 is outside of 0 ... 3");
  check_early_end(1150, -1, 1, 1, "row 150: class -1"); /* in the second piece */
  check_early_end(1250, 0, 0, 2, "weights add up to 0");
}

static void an_interruption_ends_it(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 100, .batch_size = 10, .percent = 100};
  fixture f;
  begin(&f, &s);
  f.training.rows = 40;
  assert_ok(mah_training_run(&f.training));
  f.training.rows = 100;
  mah_interrupt_request();
  assert_int_equal(mah_training_run(&f.training), MAH_ERROR_INTERRUPTED);
  mah_interrupt_clear();
  assert_int_equal(f.training.batch.first, 40);
  assert_int_equal(f.training.rule.t, 4);
  assert_ok(mah_training_run(&f.training)); /* and on from there */
  assert_int_equal(f.training.rule.t, 10);
  end(&f);
}

static void a_deadline_or_a_pause_ends_it_with_the_same_bits(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 95, .batch_size = 10, .percent = 100, .dropout = 0.5};
  fixture whole, parts;
  begin(&whole, &s);
  begin(&parts, &s);
  assert_ok(mah_training_run(&whole.training));
  for (int steps = 1; steps <= 10; steps++) {
    parts.training.deadline = steps % 2 ? 1e-9 : 1e18;
    if (steps % 2 == 0) mah_pause_request();
    assert_ok(mah_training_run(&parts.training));
    mah_pause_clear();
    assert_int_equal(parts.training.batch.first, 10 * steps < 95 ? 10 * steps : 95);
  }
  same_state(&whole, &parts);
  assert_true(whole.training.loss == parts.training.loss);
  whole.training.batch.first = parts.training.batch.first = 0; /* a second epoch */
  whole.training.deadline = 1e18;
  parts.training.deadline = 0;
  mah_pause_request();
  assert_ok(mah_training_run(&parts.training)); /* who gives no deadline is not paused */
  mah_pause_clear();
  assert_ok(mah_training_run(&whole.training));
  same_state(&whole, &parts);
  assert_true(whole.training.loss == parts.training.loss);
  end(&whole);
  end(&parts);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 30, .batch_size = 10, .percent = 100};
  fixture f;
  begin(&f, &s);
  mah_training t = f.training;
  assert_fails(MAH_ERROR_ARGUMENT, "no training", mah_training_run(NULL));
  t.batch_size = 0;
  assert_fails(MAH_ERROR_ARGUMENT, "batches of no rows", mah_training_run(&t));
  t = f.training, t.net = NULL;
  assert_fails(MAH_ERROR_ARGUMENT, "the network has been freed", mah_training_run(&t));
  t = f.training, t.rows = 31;
  assert_fails(MAH_ERROR_ARGUMENT, "a batch of 31 rows", mah_training_run(&t));
  t = f.training, t.rows = 0;
  assert_fails(MAH_ERROR_ARGUMENT, "a batch of 0 rows", mah_training_run(&t));
  t = f.training, t.rule.second_ = NULL;
  assert_fails(MAH_ERROR_ARGUMENT, "v: the solver needs", mah_training_run(&t));
  t = f.training, t.gradient = &f.x;
  assert_fails(MAH_ERROR_SHAPE, "gradient", mah_training_run(&t));
  t = f.training, t.average = (mah_average){.vector_ = &f.x, .decay = 0.9};
  assert_fails(MAH_ERROR_SHAPE, "average", mah_training_run(&t));
  t = f.training, t.average = (mah_average){.vector_ = &f.average, .decay = 1};
  assert_fails(MAH_ERROR_ARGUMENT, "an average over 0 weights with the decay 1",
               mah_training_run(&t));
  t = f.training, t.max_norms = f.max_norms, t.n_max_norms = 1;
  f.max_norms[0].inputs = 1000;
  assert_fails(MAH_ERROR_ARGUMENT, "max_norm: 1000 x 101 weights", mah_training_run(&t));
  t = f.training, t.rule.ranges_ = f.ranges, t.rule.n_ranges = 3;
  assert_fails(MAH_ERROR_ARGUMENT, "the ranges of the rule end at 2700", mah_training_run(&t));
  t = f.training, t.batch.y = NULL;
  assert_fails(MAH_ERROR_ARGUMENT, "y: a tensor is expected", mah_training_run(&t));
  ((int32_t *)f.order.data)[29] = 30;
  assert_fails(MAH_ERROR_ARGUMENT, "row number 31", mah_training_run(&f.training));
  assert_int_equal(f.training.rule.t, 0);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_call_gives_the_bits_of_single_steps),
      cmocka_unit_test(tools_around_a_step_keep_the_bits),
      cmocka_unit_test(a_frozen_range_is_not_touched),
      cmocka_unit_test(batches_of_both_kinds_follow_one_another),
      cmocka_unit_test(many_trainings_run_side_by_side),
      cmocka_unit_test(only_the_beginning_asks_for_memory),
      cmocka_unit_test(ends_after_a_loss_that_is_not_finite),
      cmocka_unit_test(a_step_that_cannot_be_made_leaves_those_before),
      cmocka_unit_test(an_interruption_ends_it),
      cmocka_unit_test(a_deadline_or_a_pause_ends_it_with_the_same_bits),
      cmocka_unit_test(what_does_not_fit_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
