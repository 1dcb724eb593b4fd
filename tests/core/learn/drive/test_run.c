/* A batch on its way through a network: legs, pieces, few rows. */
#include "learn/drive/journey.h"

/* -- Legs -------------------------------------------------------------------------------------- */

/* The way of one leg, in many: forward and back layer by layer. */
static const mah_leg stages[] = {
    {.fetches = 1},
    {.from = 0, .to = 1},
    {.from = 1, .to = LAYERS},
    {.measures = 1},
    {.back_from = 2, .back_to = LAYERS},
    {.back_from = 1, .back_to = 2},
    {.back_from = 0, .back_to = 1},
};
enum { STAGES = sizeof stages / sizeof *stages };

static void check_legs(int32_t dtype, int64_t rows, uint32_t percent, int compressed) {
  journey j;
  begin_journey(&j, dtype, rows, percent);
  if (compressed) compress_journey(&j);
  double loss = send_there_and_back(&j);
  void *expected = copy_reals(j.g.data, dtype, j.network.parameters);
  memset(j.g.data, 255, bytes_of(&j.g));
  assert_true(send(&j, stages, STAGES, MAH_RUN_GRADIENT | MAH_RUN_COPY) == loss);
  assert_memory_equal(j.g.data, expected, bytes_of(&j.g));
  mah_free(expected);
  end_journey(&j);
}

static void many_legs_give_the_bits_of_one(void **state) {
  (void)state;
  const int64_t rows[] = {1, 50, 1100};
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
    for (int i = 0; i < 3; i++) {
      check_legs(dtype, rows[i], 100, 0);
      check_legs(dtype, rows[i], 15, 0);
      check_legs(dtype, rows[i], 15, 1);
    }
}

/* A second user of the work space, with a smaller batch, leaves nothing behind. */
static void batches_of_any_size_follow_one_another(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT32, 600, 15);
  double loss = send_there_and_back(&j);
  void *expected = copy_reals(j.g.data, MAH_FLOAT32, j.network.parameters);
  for (int64_t rows = 1; rows < 600; rows *= 5) {
    j.batch.count = rows;
    send_there_and_back(&j);
    j.batch.count = 600;
    assert_true(send_there_and_back(&j) == loss);
    assert_memory_equal(j.g.data, expected, bytes_of(&j.g));
  }
  mah_free(expected);
  end_journey(&j);
}

/* -- Pieces ------------------------------------------------------------------------------------ */

static void pieces_take_all_rows_once(void **state) {
  (void)state;
  journey j;
  mah_run run;
  int64_t pieces = 0, next = 0;
  begin_journey(&j, MAH_FLOAT32, 1100, 100);
  assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, 0));
  for (int64_t first = 0, rows; first < j.batch.count; first += rows, pieces++) {
    assert_ok(mah_run_load(&run, &rows, first));
    assert_int_equal(run.piece.pass.first_row, next);
    assert_int_equal(run.piece.pass.piece_rows, rows);
    for (int64_t b = 0; b < rows; b++) /* turned round, by the order */
      assert_int_equal(j.work.class[b], ((int32_t *)j.y.data)[1099 - first - b]);
    next += rows;
  }
  assert_true(next == 1100 && pieces == 3);
  end_journey(&j);
}

/* Of a mean over all rows: each part counts by its rows. */
static void gradients_of_pieces_add_up(void **state) {
  (void)state;
  enum { MANY = 1100, PART = 275 };
  journey j;
  begin_journey(&j, MAH_FLOAT64, MANY, 100);
  j.batch.weight_ = NULL;
  j.batch.l1 = j.batch.l2 = 0;
  j.batch.training = 0;
  double *sum = mah_alloc_zero(j.network.parameters, sizeof *sum), *g = j.g.data;
  j.batch.count = PART;
  for (j.batch.first = 0; j.batch.first < MANY; j.batch.first += PART) {
    send_there_and_back(&j);
    for (int64_t i = 0; i < j.network.parameters; i++) sum[i] += g[i] * PART / MANY;
  }
  j.batch.first = 0;
  j.batch.count = MANY;
  send_there_and_back(&j);
  for (int64_t i = 0; i < j.network.parameters; i++) assert_close(g[i], sum[i], 1e-13);
  mah_free(sum);
  end_journey(&j);
}

static void x_is_not_read_again_once_it_is_copied(void **state) {
  (void)state;
  const mah_leg forward = {.to = LAYERS, .measures = 1};
  for (int change = 0; change <= 1; change++) {
    static double loss[2];
    journey j;
    mah_run run;
    int64_t rows;
    begin_journey(&j, MAH_FLOAT64, 50, 100);
    j.batch.order_ = NULL; /* so that it could be taken as it lies */
    assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, MAH_RUN_COPY));
    assert_ok(mah_run_load(&run, &rows, 0));
    assert_ok(mah_run_go(&run, &stages[0], NULL));
    if (change) memset(j.x.data, 255, bytes_of(&j.x));
    assert_ok(mah_run_go(&run, &forward, NULL));
    loss[change] = run.score.loss;
    assert_true(loss[change] == loss[0]);
    end_journey(&j);
  }
}

/* Up to eight rows take the weights as they are. */
static void few_rows_come_out_as_among_many(void **state) {
  (void)state;
  journey j;
  begin_journey(&j, MAH_FLOAT64, 40, 100);
  j.batch.y = NULL;
  j.batch.training = 0;
  const mah_leg forward = {.fetches = 1, .to = LAYERS};
  send(&j, &forward, 1, 0);
  double *all = copy_reals(j.work.layers[LAYERS - 1].out, MAH_FLOAT64, 40 * CLASSES);
  for (int64_t rows = 1; rows <= 12; rows++) {
    j.batch.count = rows;
    send(&j, &forward, 1, 0);
    const double *some = j.work.layers[LAYERS - 1].out;
    for (int64_t i = 0; i < rows * CLASSES; i++) assert_close(some[i], all[i], 1e-14);
  }
  mah_free(all);
  end_journey(&j);
}

static void the_user_may_interrupt_and_go_on(void **state) {
  (void)state;
  journey j;
  mah_run run;
  int64_t rows;
  begin_journey(&j, MAH_FLOAT32, 20, 100);
  assert_ok(mah_run_begin(&run, &j.work, j.w.data, &j.batch, 0));
  mah_interrupt_request();
  assert_fails(MAH_ERROR_INTERRUPTED, "interrupted", mah_run_load(&run, &rows, 0));
  mah_interrupt_clear();
  assert_ok(mah_run_load(&run, &rows, 0));
  end_journey(&j);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(many_legs_give_the_bits_of_one),
      cmocka_unit_test(batches_of_any_size_follow_one_another),
      cmocka_unit_test(pieces_take_all_rows_once),
      cmocka_unit_test(gradients_of_pieces_add_up),
      cmocka_unit_test(x_is_not_read_again_once_it_is_copied),
      cmocka_unit_test(few_rows_come_out_as_among_many),
      cmocka_unit_test(the_user_may_interrupt_and_go_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
