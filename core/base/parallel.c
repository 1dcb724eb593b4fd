/* parallel.c - a pool of threads that take the tasks of one job after another.
 *
 * Jobs are short (tens of microseconds), so threads that have nothing to do look out for the next
 * one for a while before they go to sleep.
 */
#include "base/parallel.h"

#include "base/cores.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { LOOKS = 4000 };           /* looks for a new job before sleep: some 50 microseconds */
enum { MOST_TASKS = INT16_MAX }; /* of a job */

typedef struct pool {
  int32_t threads;  /* besides the one that brings the jobs */
  atomic_int born;  /* of these, numbered from 1 as they come */
  atomic_int limit; /* how many threads, the bringer's included, may work on the job */
  /* The job's number in the upper half: a thread that comes too late for a job cannot take a task
   * of the next one by mistake. Below it 16 bits each: how many tasks have been taken from the
   * front, and from the back. */
  atomic_uint_fast64_t ticket;
  mah_task *_Atomic task;
  void *_Atomic context;
  atomic_int first;       /* task of the job */
  atomic_int tasks, left; /* left: tasks that have not ended */
  atomic_int sleepers;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
} pool;

static atomic_int wanted; /* threads; 0: not chosen yet */
static pool *current;     /* NULL until it is needed, and again in a forked child */
static atomic_flag busy = ATOMIC_FLAG_INIT;
static _Thread_local int inside; /* of a task of the pool's */

/* -- How many? --------------------------------------------------------------------------------- */

/* OpenBLAS has it; with another CBLAS the weak symbol is NULL. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));

int32_t mah_parallel_cores(void) {
  int32_t cores = mah_cores();
  return cores < MAH_MAX_THREADS ? cores : MAH_MAX_THREADS;
}

int32_t mah_parallel_threads(void) {
  if (wanted == 0) wanted = mah_parallel_cores();
  return wanted;
}

int32_t mah_parallel_width(void) { return inside ? 1 : mah_parallel_threads(); }

mah_status mah_parallel_use(int32_t threads) {
  if (threads < 1 || threads > MAH_MAX_THREADS)
    return mah_fail(MAH_ERROR_ARGUMENT, "%d threads; 1 ... %d are possible", threads,
                    MAH_MAX_THREADS);
  wanted = threads;
  if (openblas_set_num_threads != NULL) openblas_set_num_threads(1);
  return MAH_OK;
}

/* -- A thread's life --------------------------------------------------------------------------- */

static uint32_t job_of(uint64_t ticket) { return (uint32_t)(ticket >> 32); }

/* Takes tasks of the job until there are none left. A task that was taken keeps its job from
 * ending, so what was read of the job before is still true. Half of the threads begin at the back:
 * so two threads get about the same tasks of each job, and find what they need in their own
 * caches. */
static void work(pool *p, uint32_t job, int me) {
  int from_back = me % 2;
  for (;;) {
    uint_fast64_t ticket = p->ticket;
    mah_task *task = p->task;
    void *context = p->context;
    int first = p->first, tasks = p->tasks;
    int front = (int)(ticket >> 16 & UINT16_MAX), back = (int)(ticket & UINT16_MAX);
    if (job_of(ticket) != job || front + back >= tasks || me >= p->limit) return;
    uint_fast64_t taken = ticket + (from_back ? 1 : 1 << 16);
    if (!atomic_compare_exchange_weak(&p->ticket, &ticket, taken)) continue;
    inside = 1;
    task(context, first + (from_back ? tasks - 1 - back : front));
    inside = 0;
    p->left--;
  }
}

static void pause_a_little(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static uint32_t wait_for_job_after(pool *p, uint32_t job) {
  for (int look = 0; look < LOOKS; look++, pause_a_little())
    if (job_of(p->ticket) != job) return job_of(p->ticket);
  pthread_mutex_lock(&p->mutex);
  p->sleepers++;
  while (job_of(p->ticket) == job) pthread_cond_wait(&p->wake, &p->mutex);
  p->sleepers--;
  pthread_mutex_unlock(&p->mutex);
  return job_of(p->ticket);
}

static void *live(void *argument) {
  pool *p = argument;
  int me = ++p->born;
  for (uint32_t job = 0;;) work(p, job = wait_for_job_after(p, job), me);
  return NULL;
}

/* -- The pool ---------------------------------------------------------------------------------- */

/* A child has none of its parent's threads, only their memory. */
static void forget_in_child(void) {
  current = NULL;
  atomic_flag_clear(&busy);
}

/* Threads are added, never taken away. */
static void add_threads(pool *p, int32_t threads) {
  sigset_t all, before;
  pthread_attr_t detached;
  pthread_t thread;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  while (p->threads < threads && pthread_create(&thread, &detached, live, p) == 0) p->threads++;
  pthread_attr_destroy(&detached);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Not mah_alloc: it lives as long as its threads, and the tests count what is left. */
static pool *find_pool(int32_t threads) {
  static int watched;
  if (current == NULL) {
    current = calloc(1, sizeof *current);
    if (current == NULL) return NULL;
    pthread_mutex_init(&current->mutex, NULL);
    pthread_cond_init(&current->wake, NULL);
    if (!watched) watched = pthread_atfork(NULL, NULL, forget_in_child) == 0;
  }
  if (current->threads < threads) add_threads(current, threads);
  return current->threads > 0 ? current : NULL;
}

static void run_job(pool *p, int32_t threads, mah_task *task, void *context, int32_t first,
                    int32_t tasks) {
  uint32_t job = job_of(p->ticket) + 1;
  p->ticket = (uint64_t)(job - 1) << 32 | UINT32_MAX; /* nothing to take while we write */
  p->task = task;
  p->context = context;
  p->first = first;
  p->tasks = p->left = tasks;
  p->limit = threads;
  p->ticket = (uint64_t)job << 32;
  if (p->sleepers > 0) {
    pthread_mutex_lock(&p->mutex);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
  }
  work(p, job, 0);
  for (int look = 0; p->left > 0; look++)
    if (look < LOOKS)
      pause_a_little();
    else
      sched_yield();
}

void mah_parallel_run(mah_task *task, void *context, int32_t tasks) {
  int32_t threads = mah_parallel_width();
  if (threads > tasks) threads = tasks;
  if (threads > 1 && !atomic_flag_test_and_set(&busy)) {
    pool *p = find_pool(threads - 1);
    for (int32_t first = 0, count; p != NULL && first < tasks; first += count) {
      count = tasks - first < MOST_TASKS ? tasks - first : MOST_TASKS;
      run_job(p, threads, task, context, first, count);
    }
    atomic_flag_clear(&busy);
    if (p != NULL) return;
  }
  for (int32_t i = 0; i < tasks; i++) task(context, i);
}
