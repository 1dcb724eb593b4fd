/* The pool of threads: every task once, for any number of threads, in forked children, inside of
 * tasks, and with signals left to the main thread.
 */
#include "testing.h"

#include "base/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 1000 };

typedef struct {
  atomic_int runs[MOST];
  atomic_int elsewhere; /* tasks that ran on another thread */
  pthread_t main;
} record;

static void note(void *context, int32_t i) {
  record *r = context;
  r->runs[i]++;
  if (!pthread_equal(pthread_self(), r->main)) r->elsewhere++;
}

static int ran_once(record *r, int32_t tasks) {
  for (int32_t i = 0; i < MOST; i++)
    if (r->runs[i] != (i < tasks)) return 0;
  return 1;
}

static void every_task_runs_once(void **state) {
  (void)state;
  for (int32_t threads = 1; threads <= 4; threads++) {
    assert_ok(mah_parallel_use(threads));
    assert_int_equal(mah_parallel_threads(), threads);
    for (int32_t tasks = 0; tasks < MOST; tasks = tasks * 3 / 2 + 1) {
      record r = {.main = pthread_self()};
      mah_parallel_run(note, &r, tasks);
      assert_true(ran_once(&r, tasks));
      if (threads == 1) assert_int_equal(r.elsewhere, 0);
    }
  }
}

static void add_up(void *context, int32_t i) { *(_Atomic int64_t *)context += i; }

/* More than a job of the pool takes. */
static void more_tasks_than_a_job_takes_all_run(void **state) {
  (void)state;
  enum { MANY = 200001 };
  _Atomic int64_t sum = 0;
  assert_ok(mah_parallel_use(3));
  mah_parallel_run(add_up, &sum, MANY);
  assert_int_equal(sum, (int64_t)MANY * (MANY - 1) / 2);
}

static void many_jobs_follow_each_other(void **state) {
  (void)state;
  assert_ok(mah_parallel_use(3));
  for (int job = 0; job < 20000; job++) {
    record r = {.main = pthread_self()};
    mah_parallel_run(note, &r, 4);
    assert_true(ran_once(&r, 4));
  }
}

/* Two tasks that wait for each other end only when two threads work on them. */
static void meet(void *context, int32_t i) {
  (void)i;
  atomic_int *there = context;
  ++*there;
  for (long look = 0; *there < 2 && look < 4000000000; look++) {
  }
}

static void tasks_run_at_the_same_time(void **state) {
  (void)state;
  atomic_int there = 0;
  assert_ok(mah_parallel_use(2));
  mah_parallel_run(meet, &there, 2);
  assert_int_equal(there, 2);
}

static void run_inside(void *context, int32_t i) {
  record *inner = (record *)context + i;
  mah_parallel_run(note, inner, 10);
}

static void a_job_inside_of_a_task_runs(void **state) {
  (void)state;
  static record inner[4];
  assert_ok(mah_parallel_use(2));
  mah_parallel_run(run_inside, inner, 4);
  for (int i = 0; i < 4; i++) assert_true(ran_once(&inner[i], 10));
}

static void a_forked_child_has_threads_of_its_own(void **state) {
  (void)state;
  record before = {.main = pthread_self()};
  assert_ok(mah_parallel_use(2));
  mah_parallel_run(note, &before, 10);
  pid_t child = fork();
  if (child == 0) {
    static record r;
    atomic_int there = 0;
    r.main = pthread_self();
    mah_parallel_run(note, &r, 100);
    mah_parallel_run(meet, &there, 2);
    _exit(ran_once(&r, 100) && there == 2 ? 0 : 1);
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  record after = {.main = pthread_self()};
  mah_parallel_run(note, &after, 10);
  assert_true(ran_once(&after, 10));
}

static pthread_t caught_by;
static volatile sig_atomic_t caught;
static void catch (int number) {
  (void)number;
  caught_by = pthread_self();
  caught = 1;
}

static void signals_reach_the_main_thread(void **state) {
  (void)state;
  record r = {.main = pthread_self()};
  assert_ok(mah_parallel_use(4));
  mah_parallel_run(note, &r, 100);
  signal(SIGINT, catch);
  for (int i = 0; i < 20; i++) {
    caught = 0;
    kill(getpid(), SIGINT);
    for (int wait = 0; !caught && wait < 1000; wait++) usleep(1000);
    assert_true(caught);
    assert_true(pthread_equal(caught_by, pthread_self()));
  }
  signal(SIGINT, SIG_DFL);
}

static void impossible_numbers_of_threads_are_refused(void **state) {
  (void)state;
  assert_fails(MAH_ERROR_ARGUMENT, "0 threads", mah_parallel_use(0));
  assert_fails(MAH_ERROR_ARGUMENT, "1000 threads", mah_parallel_use(1000));
  assert_true(mah_parallel_cores() >= 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_task_runs_once),
                                     cmocka_unit_test(more_tasks_than_a_job_takes_all_run),
                                     cmocka_unit_test(many_jobs_follow_each_other),
                                     cmocka_unit_test(tasks_run_at_the_same_time),
                                     cmocka_unit_test(a_job_inside_of_a_task_runs),
                                     cmocka_unit_test(a_forked_child_has_threads_of_its_own),
                                     cmocka_unit_test(signals_reach_the_main_thread),
                                     cmocka_unit_test(impossible_numbers_of_threads_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
