/* Ranks that share the work of a training: forked processes, which tell one another what they have
 * through memory that all of them map. Each must come to the bits of one process alone.
 */
#include "learn/steps.h"

#include "base/parallel.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_RANKS = 4, ROOM = 4 << 20, SECONDS = 60 };

/* -- Ranks ------------------------------------------------------------------------------------- */

typedef struct shared {
  atomic_int here, round, calls;
  char bytes[ROOM];                  /* of the exchange at hand */
  char result[MOST_RANKS][ROOM / 8]; /* what a rank has come to */
} shared;

static void wait_for_all(shared *s, int32_t size) {
  int round = s->round;
  if (atomic_fetch_add(&s->here, 1) == size - 1) {
    s->here = 0;
    s->round++;
  }
  while (s->round == round) sched_yield();
}

typedef struct link {
  mah_exchange exchange;
  shared *shared;
} link_;

static mah_status gather(void *context, void *bytes, const int64_t *at) {
  const link_ *l = context;
  const mah_exchange *e = &l->exchange;
  char *all = l->shared->bytes;
  if (at[e->size] > ROOM) return mah_fail(MAH_ERROR_MEMORY, "too much at a time");
  if (e->rank == 0) l->shared->calls++;
  memcpy(all + at[e->rank], (char *)bytes + at[e->rank], (size_t)(at[e->rank + 1] - at[e->rank]));
  wait_for_all(l->shared, e->size);
  memcpy(bytes, all, (size_t)at[e->size]);
  wait_for_all(l->shared, e->size);
  return MAH_OK;
}

/* What a rank, or a process alone, does: writes to `result`, and returns how many bytes. */
typedef int64_t work(char *result, const setting *s, const mah_exchange *exchange_);

static void run_rank(shared *s, work *does, const setting *of, int32_t rank, int32_t size) {
  link_ l = {{.rank = rank, .size = size, .gather = gather}, s};
  l.exchange.context = &l;
  alarm(SECONDS); /* another one may have failed */
  does(s->result[rank], of, &l.exchange);
  _exit(0);
}

static void run_ranks(shared *s, work *does, const setting *of, int32_t size) {
  pid_t child[MOST_RANKS];
  s->here = s->calls = 0;
  for (int32_t r = 0; r < size; r++) {
    child[r] = fork();
    assert_true(child[r] >= 0);
    if (child[r] == 0) run_rank(s, does, of, r, size);
  }
  for (int32_t r = 0; r < size; r++) {
    int status;
    assert_int_equal(waitpid(child[r], &status, 0), child[r]);
    assert_int_equal(status, 0);
  }
}

/* 1 ... 4 ranks do what one process does. */
static void compare(work *does, const setting *of) {
  static char alone[ROOM / 8];
  shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(s != MAP_FAILED);
  int64_t bytes = does(alone, of, NULL);
  assert_true(bytes > 0 && bytes <= (int64_t)sizeof alone);
  for (int32_t size = 1; size <= MOST_RANKS; size++) {
    run_ranks(s, does, of, size);
    assert_true(s->calls > 0);
    for (int32_t r = 0; r < size; r++) assert_memory_equal(s->result[r], alone, (size_t)bytes);
  }
  munmap(s, sizeof *s);
}

static char *put(char *to, const void *from, size_t bytes) {
  memcpy(to, from, bytes);
  return to + bytes;
}

static char *put_vector(char *to, const mah_tensor *t) {
  return put(to, t->data, (size_t)(mah_tensor_count(t) * mah_dtype_size(t->elem)));
}

/* -- What they do ------------------------------------------------------------------------------ */

#define check(call)                                                                                \
  if ((call) != MAH_OK) fprintf(stderr, "%s\n", mah_error_message()), _exit(1)

/* In two calls. */
static int64_t train_fixture(char *result, const setting *s, fixture *f) {
  char *at = result;
  mah_training *t = &f->training;
  t->rows = s->rows / 2;
  check(mah_training_run(t));
  at = put(at, &t->loss, sizeof t->loss);
  t->rows = s->rows;
  check(mah_training_run(t));
  at = put(at, &t->loss, sizeof t->loss);
  at = put(at, &t->rule.t, sizeof t->rule.t);
  mah_tensor *vectors[] = {&f->w, &f->g, &f->a, &f->b};
  for (int i = 0; i < 4; i++) at = put_vector(at, vectors[i]);
  end(f);
  return at - result;
}

static int64_t train(char *result, const setting *s, const mah_exchange *exchange_) {
  fixture f;
  begin(&f, s);
  f.training.batch.exchange_ = exchange_;
  return train_fixture(result, s, &f);
}

/* With a pause after each step, which the last rank alone wants. */
static int64_t train_with_pauses(char *result, const setting *s, const mah_exchange *exchange_) {
  fixture f;
  int wants = exchange_ == NULL || exchange_->rank == exchange_->size - 1;
  int64_t calls = 0;
  begin(&f, s);
  f.training.batch.exchange_ = exchange_;
  f.training.deadline = wants ? 1e-9 : 1e18;
  for (; f.training.batch.first < s->rows; calls++) check(mah_training_run(&f.training));
  char *at = put(result, &calls, sizeof calls);
  at = put(at, &f.training.loss, sizeof f.training.loss);
  mah_tensor *vectors[] = {&f.w, &f.g, &f.a, &f.b};
  for (int i = 0; i < 4; i++) at = put_vector(at, vectors[i]);
  end(&f);
  return at - result;
}

/* Each rank has some of the rows, and rank 1 none. */
static int64_t train_spread(char *result, const setting *s, const mah_exchange *exchange_) {
  fixture f;
  mah_tensor own = {0};
  int64_t start[MOST_RANKS + 1] = {0};
  begin(&f, s);
  if (exchange_ == NULL) return train_fixture(result, s, &f);
  for (int32_t r = 1; r <= exchange_->size; r++)
    start[r] = r == 2 ? start[1] : s->rows * r / exchange_->size;
  start[exchange_->size] = s->rows;
  int64_t first = start[exchange_->rank], count = start[exchange_->rank + 1] - first;
  check(mah_tensor_narrow(&own, &f.x, 0, first, count));
  mah_spread spread = {start, s->compressed};
  f.training.batch.x = &own;
  f.training.batch.compressed_ = NULL;
  f.training.batch.exchange_ = exchange_;
  f.training.batch.spread_ = &spread;
  int64_t bytes = train_fixture(result, s, &f);
  mah_tensor_release(&own);
  return bytes;
}

/* Loss and gradient of all rows, in pieces; the loss alone, and the rows that are right. */
static int64_t evaluate(char *result, const setting *s, const mah_exchange *exchange_) {
  fixture f;
  char *at = result;
  double loss, correct;
  begin(&f, s);
  mah_batch batch = f.training.batch;
  batch.exchange_ = exchange_;
  batch.count = s->rows;
  check(mah_mlp_gradient(f.net, &loss, &f.g, &f.w, &batch));
  at = put(at, &loss, sizeof loss);
  at = put_vector(at, &f.g);
  check(mah_mlp_evaluate(f.net, &loss, &correct, &f.w, &batch));
  at = put(at, &loss, sizeof loss);
  at = put(at, &correct, sizeof correct);
  end(&f);
  return at - result;
}

/* -- The bits ---------------------------------------------------------------------------------- */

static void compare_inputs(work *does, setting s) {
  s.percent = 100;
  compare(does, &s);
  s.percent = 15;
  compare(does, &s);
  s.compressed = 1;
  compare(does, &s);
}

static void compare_sizes(work *does, int32_t dtype) {
  static const int64_t sizes[] = {1, 9, 23, 101, 200, 601};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    setting s = {.solver = (int32_t)i % MAH_SOLVER_COUNT,
                 .dtype = dtype,
                 .rows = sizes[i] < 20    ? 30
                         : sizes[i] > 512 ? MOST_ROWS
                                          : 250,
                 .batch_size = sizes[i]};
    compare_inputs(does, s);
    s.dropout = 0.3;
    s.weighted = 1;
    s.l1 = 0.02;
    s.l2 = 0.03;
    compare_inputs(does, s);
  }
}

static void trainings_have_the_bits_of_one_process(void **state) {
  (void)state;
  int32_t before = mah_parallel_threads();
  for (int32_t threads = 1; threads <= 2; threads++) {
    assert_ok(mah_parallel_use(threads));
    compare_sizes(train, MAH_FLOAT32);
    compare_sizes(train, MAH_FLOAT64);
  }
  assert_ok(mah_parallel_use(before));
}

static void rows_may_be_spread_over_the_ranks(void **state) {
  (void)state;
  compare_sizes(train_spread, MAH_FLOAT32);
  compare_sizes(train_spread, MAH_FLOAT64);
}

static void all_pause_where_one_wants_to(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 300, .batch_size = 50, .percent = 100};
  compare(train_with_pauses, &s);
}

static void gradients_have_the_bits_of_one_process(void **state) {
  (void)state;
  for (int64_t rows = 5; rows < 2000; rows = 4 * rows + 3)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      setting s = {.dtype = dtype, .rows = rows, .batch_size = 1, .weighted = 1, .l2 = 0.1};
      compare_inputs(evaluate, s);
    }
}

/* All ranks see it in the same step. */
static void a_loss_that_is_not_finite_ends_all(void **state) {
  (void)state;
  setting s = {.solver = MAH_SGD, .rows = 300, .batch_size = 50, .percent = 100, .l2 = 1e300};
  compare(train, &s);
}

/* -- Early ends -------------------------------------------------------------------------------- */

static mah_status fail_to_gather(void *context, void *bytes, const int64_t *at) {
  (void)context, (void)bytes, (void)at;
  return mah_fail(MAH_ERROR_FILE, "the others are gone");
}

static void a_failure_of_the_exchange_is_handed_on(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 100, .batch_size = 50, .percent = 100};
  mah_exchange e = {.rank = 1, .size = 2, .gather = fail_to_gather};
  fixture f;
  begin(&f, &s);
  f.training.batch.exchange_ = &e;
  assert_fails(MAH_ERROR_FILE, "the others are gone", mah_training_run(&f.training));
  assert_int_equal(f.training.rule.t, 0);
  end(&f);
}

static void ranks_that_cannot_be_are_refused(void **state) {
  (void)state;
  setting s = {.solver = MAH_ADAM, .rows = 100, .batch_size = 50, .percent = 100};
  mah_exchange e = {.rank = 2, .size = 2, .gather = fail_to_gather};
  fixture f;
  begin(&f, &s);
  f.training.batch.exchange_ = &e;
  assert_fails(MAH_ERROR_ARGUMENT, "rank 2 of 2", mah_training_run(&f.training));
  e = (mah_exchange){.rank = 0, .size = 1};
  assert_fails(MAH_ERROR_ARGUMENT, "no way to the others", mah_training_run(&f.training));
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trainings_have_the_bits_of_one_process),
      cmocka_unit_test(rows_may_be_spread_over_the_ranks),
      cmocka_unit_test(all_pause_where_one_wants_to),
      cmocka_unit_test(gradients_have_the_bits_of_one_process),
      cmocka_unit_test(a_loss_that_is_not_finite_ends_all),
      cmocka_unit_test(a_failure_of_the_exchange_is_handed_on),
      cmocka_unit_test(ranks_that_cannot_be_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
