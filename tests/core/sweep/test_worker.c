/* Workers: what they tell, how they end, and that they do not outlive the one who started them. */
#include "testing.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the other side sends until it is gone. */
static void receive_all(char *text, int64_t size, int32_t channel) {
  int64_t used = 0, got;
  do {
    assert_ok(mah_worker_receive(&got, channel, text + used, size - 1 - used));
    used += got;
  } while (got > 0);
  text[used] = '\0';
}

static void coordinator_and_worker_talk(void **state) {
  (void)state;
  mah_worker worker;
  assert_ok(mah_worker_start(&worker, 0, 1));
  if (worker.pid == 0) {
    char question[8];
    int64_t got;
    mah_worker_receive(&got, worker.channel, question, sizeof question);
    mah_worker_send(worker.channel, "answer to ", 10);
    mah_worker_send(worker.channel, question, got);
    mah_worker_exit(7);
  }
  assert_ok(mah_worker_send(worker.channel, "six", 3));
  uint8_t ready = 0;
  assert_ok(mah_worker_poll(&ready, &worker.channel, 1, -1));
  assert_int_equal(ready, 1);
  char text[64];
  receive_all(text, sizeof text, worker.channel);
  assert_string_equal(text, "answer to six");
  mah_worker_end end;
  assert_ok(mah_worker_wait(&end, worker.pid));
  assert_int_equal(end.code, 7);
  assert_int_equal(end.signal, 0);
  assert_true(end.peak_memory > 0 && end.cpu_seconds >= 0);
  assert_ok(mah_worker_send(worker.channel, "too late", 8)); /* no SIGPIPE */
  mah_worker_close(worker.channel);
  assert_fails(MAH_ERROR_FILE, "wait", mah_worker_wait(&end, worker.pid));
}

static mah_worker_end end_of(mah_worker worker) {
  mah_worker_end end;
  assert_ok(mah_worker_wait(&end, worker.pid));
  mah_worker_close(worker.channel);
  return end;
}

static void a_worker_that_is_asked_to_pause(void **state) {
  (void)state;
  for (int can_pause = 0; can_pause < 2; can_pause++) {
    mah_worker worker;
    assert_ok(mah_worker_start(&worker, 0, 1));
    if (worker.pid == 0) {
      mah_worker_may_pause(can_pause);
      mah_worker_send(worker.channel, "!", 1);
      while (!mah_pause_requested()) usleep(100);
      mah_worker_exit(3);
    }
    uint8_t ready;
    assert_ok(mah_worker_poll(&ready, &worker.channel, 1, -1));
    mah_worker_pause(worker.pid);
    assert_int_equal(end_of(worker).code, can_pause ? 3 : MAH_WORKER_PAUSED);
  }
  assert_false(mah_pause_requested());
}

static void one_that_has_just_begun_hears_it_too(void **state) {
  (void)state;
  for (int i = 0; i < 50; i++) {
    mah_worker worker;
    assert_ok(mah_worker_start(&worker, 0, 1));
    if (worker.pid == 0)
      while (1) pause();
    mah_worker_pause(worker.pid);
    assert_int_equal(end_of(worker).code, MAH_WORKER_PAUSED);
  }
}

static void a_killed_worker_tells_its_signal(void **state) {
  (void)state;
  mah_worker worker;
  assert_ok(mah_worker_start(&worker, 0, 1));
  if (worker.pid == 0)
    while (1) pause();
  uint8_t ready = 1;
  assert_ok(mah_worker_poll(&ready, &worker.channel, 1, 0));
  assert_int_equal(ready, 0);
  mah_worker_kill(worker.pid);
  mah_worker_end end;
  assert_ok(mah_worker_wait(&end, worker.pid));
  assert_int_equal(end.signal, SIGKILL);
  assert_int_equal(end.code, -1);
  mah_worker_close(worker.channel);
}

/* Somebody else may hold its channel open: the end is seen, and what was said is kept. */
static void an_end_is_seen_without_the_channel(void **state) {
  (void)state;
  mah_worker worker;
  assert_ok(mah_worker_start(&worker, 0, 1));
  if (worker.pid == 0) {
    pid_t other = fork();
    if (other == 0) setsid(), sleep(30), _exit(0);
    mah_worker_send(worker.channel, &other, sizeof other);
    mah_worker_exit(other > 0 ? 7 : 1);
  }
  for (int i = 0; i < 30000 && !mah_worker_has_ended(worker.pid); i++) usleep(1000);
  assert_true(mah_worker_has_ended(worker.pid)); /* and once more: nobody has waited for it yet */
  pid_t other = 0;
  int64_t got = 0;
  assert_ok(mah_worker_receive(&got, worker.channel, &other, sizeof other));
  uint8_t ready = 1;
  assert_ok(mah_worker_poll(&ready, &worker.channel, 1, 0));
  assert_int_equal(ready, 0); /* the other side is still there */
  mah_worker_end end;
  assert_ok(mah_worker_wait(&end, worker.pid));
  assert_int_equal(end.code, 7);
  mah_worker_close(worker.channel);
  kill(other, SIGKILL);
}

static void memory_is_limited(void **state) {
  (void)state;
  mah_worker worker;
  assert_ok(mah_worker_start(&worker, 64 << 20, 1));
  if (worker.pid == 0) {
    void *small = malloc(8 << 20), *large = malloc((size_t)256 << 20);
    mah_worker_exit(small != NULL && large == NULL ? 0 : 1);
  }
  mah_worker_end end;
  assert_ok(mah_worker_wait(&end, worker.pid));
#ifndef __SANITIZE_ADDRESS__ /* it has terabytes of addresses in reserve */
  assert_int_equal(end.code, 0);
#endif
  mah_worker_close(worker.channel);
}

/* A coordinator that is killed takes its worker along: the socket that the worker holds closes. */
static void no_worker_outlives_its_coordinator(void **state) {
  (void)state;
  int life[2];
  assert_int_equal(pipe(life), 0);
  pid_t coordinator = fork(), worker_pid = 0;
  if (coordinator == 0) {
    mah_worker worker;
    if (mah_worker_start(&worker, 0, 1) != MAH_OK) _exit(1);
    pid_t self = getpid();
    if (worker.pid == 0 && write(life[1], &self, sizeof self) != sizeof self) _exit(1);
    while (1) pause();
  }
  close(life[1]);
  assert_int_equal(read(life[0], &worker_pid, sizeof worker_pid), sizeof worker_pid);
  kill(coordinator, SIGKILL);
  waitpid(coordinator, NULL, 0);
  struct pollfd closed = {.fd = life[0], .events = POLLIN};
  int gone = poll(&closed, 1, 30000); /* until nobody holds the pipe any more */
  if (gone != 1) kill(worker_pid, SIGKILL);
  assert_int_equal(gone, 1);
  close(life[0]);
}

static void signals_are_noted_while_watched(void **state) {
  (void)state;
  assert_ok(mah_interrupt_watch(1));
  assert_int_equal(mah_interrupt_signal(), 0);
  raise(SIGTERM);
  assert_int_equal(mah_interrupt_signal(), SIGTERM);
  assert_true(mah_interrupt_requested());
  assert_ok(mah_worker_poll(NULL, NULL, 0, -1)); /* does not wait */
  struct sigaction now;
  sigaction(SIGINT, NULL, &now);
  assert_true(now.sa_handler == SIG_DFL); /* the next one ends the process */
  assert_ok(mah_interrupt_watch(0));
  mah_interrupt_clear();
  assert_ok(mah_interrupt_watch(1)); /* and again */
  assert_int_equal(mah_interrupt_signal(), 0);
  assert_ok(mah_interrupt_watch(0));
}

/* Slurm and mpirun both send SIGTERM to the ranks of a job that ends. */
static void signals_of_batch_systems_may_come_again(void **state) {
  (void)state;
  static const int both[] = {SIGTERM, SIGUSR1};
  for (int i = 0; i < 2; i++) {
    mah_interrupt_clear();
    assert_ok(mah_interrupt_watch(1));
    raise(both[i]);
    for (int k = 0; k < 2; k++) raise(SIGTERM), raise(SIGUSR1);
    assert_int_equal(mah_interrupt_signal(), both[i]);
    assert_ok(mah_interrupt_watch(1)); /* what waits for checkpoints hears Ctrl-C ... */
    assert_false(mah_interrupt_requested());
    raise(SIGTERM);
    assert_false(mah_interrupt_requested());
    raise(SIGINT);
    assert_true(mah_interrupt_requested());
    assert_ok(mah_interrupt_watch(0));
    struct sigaction now;
    sigaction(SIGTERM, NULL, &now);
    assert_true(now.sa_handler == SIG_DFL);
  }
}

/* A rank hears from the first one that its job's time is over, before Slurm says so or after. */
static void what_another_has_said_is_ignored(void **state) {
  (void)state;
  assert_ok(mah_interrupt_watch(1));
  raise(SIGUSR1);
  mah_interrupt_heard();
  assert_false(mah_interrupt_requested());
  assert_ok(mah_interrupt_watch(0));
  assert_ok(mah_interrupt_watch(1));
  mah_interrupt_heard();
  raise(SIGUSR1), raise(SIGTERM);
  assert_false(mah_interrupt_requested());
  raise(SIGINT);
  mah_interrupt_heard();
  assert_true(mah_interrupt_requested());
  assert_ok(mah_interrupt_watch(0));
}

static void what_is_ignored_stays_so(void **state) {
  (void)state;
  struct sigaction now;
  signal(SIGHUP, SIG_IGN);  /* by nohup */
  signal(SIGUSR1, SIG_IGN); /* by main(), in a job of Slurm */
  assert_ok(mah_interrupt_watch(1));
  raise(SIGHUP);
  assert_false(mah_interrupt_requested());
  raise(SIGUSR1);
  assert_true(mah_interrupt_requested());
  raise(SIGHUP);
  assert_ok(mah_interrupt_watch(0));
  sigaction(SIGUSR1, NULL, &now);
  assert_true(now.sa_handler == SIG_IGN);
  signal(SIGHUP, SIG_DFL), signal(SIGUSR1, SIG_DFL);
}

/* All processes of a job get SIGTERM at its limit. A worker in a training saves; another ends. */
static void a_worker_that_can_pause_bears_sigterm(void **state) {
  (void)state;
  for (int can = 0; can < 2; can++) {
    mah_worker worker;
    mah_worker_end end;
    char ready = 0;
    int64_t got;
    assert_ok(mah_worker_start(&worker, 0, 1));
    if (worker.pid == 0) {
      mah_worker_may_pause(can);
      mah_worker_send(worker.channel, "r", 1);
      while (!mah_pause_requested()) usleep(1000);
      mah_worker_exit(5);
    }
    assert_ok(mah_worker_receive(&got, worker.channel, &ready, 1));
    kill(worker.pid, SIGTERM);
    assert_ok(mah_worker_wait(&end, worker.pid));
    assert_int_equal(end.code, can ? 5 : -1);
    assert_int_equal(end.signal, can ? 0 : SIGTERM);
    mah_worker_close(worker.channel);
  }
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  mah_worker worker;
  assert_fails(MAH_ERROR_ARGUMENT, "NULL", mah_worker_start(NULL, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "threads 0", mah_worker_start(&worker, 0, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "-1", mah_worker_start(&worker, -1, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "1 channels", mah_worker_poll(NULL, NULL, 1, 0));
  mah_worker_kill(0); /* not everybody */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(coordinator_and_worker_talk),
      cmocka_unit_test(a_killed_worker_tells_its_signal),
      cmocka_unit_test(a_worker_that_is_asked_to_pause),
      cmocka_unit_test(one_that_has_just_begun_hears_it_too),
      cmocka_unit_test(an_end_is_seen_without_the_channel),
      cmocka_unit_test(memory_is_limited),
      cmocka_unit_test(no_worker_outlives_its_coordinator),
      cmocka_unit_test(signals_are_noted_while_watched),
      cmocka_unit_test(signals_of_batch_systems_may_come_again),
      cmocka_unit_test(what_another_has_said_is_ignored),
      cmocka_unit_test(what_is_ignored_stays_so),
      cmocka_unit_test(a_worker_that_can_pause_bears_sigterm),
      cmocka_unit_test(wrong_arguments_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
