#include "sweep/worker.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static mah_status fail_system(const char *what) {
  return mah_fail(MAH_ERROR_FILE, "%s: %s", what, strerror(errno));
}

/* -- Signals of the coordinator ---------------------------------------------------------------- */

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
enum { WATCHED = sizeof watched / sizeof *watched };

static struct sigaction before[WATCHED], before_large;
static volatile sig_atomic_t watching, came;
static int bell[2] = {-1, -1}; /* a pipe that wakes poll, whichever thread gets the signal */

/* Batch systems and launchers send theirs several times, and SIGKILL where they mean it; a user's
 * second Ctrl-C ends the process. */
static int is_repeated(int number) { return number == SIGTERM || number == SIGUSR1; }

static void on_signal(int number) {
  int error = errno;
  came = number;
  mah_interrupt_request();
  for (int i = 0; i < WATCHED; i++) {
    int stays = before[i].sa_handler == SIG_IGN; /* nohup's; and SIGUSR1 in a job of Slurm */
    int is_ignored = is_repeated(number) && is_repeated(watched[i]);
    signal(watched[i], stays || is_ignored ? SIG_IGN : SIG_DFL);
  }
  if (write(bell[1], "", 1) < 0) errno = error; /* full: it rings already */
  errno = error;
}

/* Those that are ignored stay so, as nohup wants; but SIGUSR1, which main() ignores. */
static void listen_for_signals(void) {
  struct sigaction ours = {.sa_handler = on_signal}, now;
  sigemptyset(&ours.sa_mask);
  for (int i = 0; i < WATCHED; i++) sigaddset(&ours.sa_mask, watched[i]);
  for (int i = 0; i < WATCHED; i++) {
    sigaction(watched[i], NULL, &now);
    int is_first = !watching && watched[i] == SIGUSR1;
    if (now.sa_handler != SIG_IGN || is_first) sigaction(watched[i], &ours, NULL);
    if (!watching) before[i] = now;
  }
}

static mah_status watch(void) {
  if (bell[0] < 0 && pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0)
    return fail_system("cannot make a pipe");
  char rest[16];
  while (read(bell[0], rest, sizeof rest) > 0) continue;
  mah_interrupt_clear();
  came = 0;
  listen_for_signals();
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  if (!watching) sigaction(SIGXFSZ, &ignore, &before_large);
  watching = 1;
  return MAH_OK;
}

mah_status mah_interrupt_watch(int32_t on) {
  if (on) return watch();
  if (!watching) return MAH_OK;
  for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &before[i], NULL);
  sigaction(SIGXFSZ, &before_large, NULL);
  watching = 0;
  return MAH_OK;
}

int32_t mah_interrupt_signal(void) { return came; }

void mah_interrupt_heard(void) {
  if (!watching) return;
  signal(SIGTERM, SIG_IGN), signal(SIGUSR1, SIG_IGN);
  if (is_repeated(came)) mah_interrupt_clear();
}

/* -- In the worker ----------------------------------------------------------------------------- */

static void set_number(const char *name, int64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)value);
  setenv(name, text, 1);
}

/* The address space that the process has, in bytes; 0 when /proc does not tell. */
static int64_t address_space(void) {
  long long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%lld", &pages) != 1) pages = 0;
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

/* OpenBLAS has them; with another CBLAS the weak symbols are NULL. */
extern void *blas_memory_alloc(int where) __attribute__((weak));
extern void blas_memory_free(void *buffer) __attribute__((weak));

void mah_worker_warm_up(int32_t threads) {
  enum { MOST = 64 };
  void *buffers[MOST];
  /* One for each thread of ours that multiplies, and one for each that the library starts. */
  int count = threads < 1 ? 1 : threads > MOST / 2 ? MOST : 2 * threads;
  if (blas_memory_alloc == NULL || blas_memory_free == NULL) return;
  for (int i = 0; i < count; i++) buffers[i] = blas_memory_alloc(0);
  for (int i = 0; i < count; i++)
    if (buffers[i] != NULL) blas_memory_free(buffers[i]);
}

static void limit_memory(int64_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  rlim_t wanted = (rlim_t)(address_space() + bytes);
  if (limit.rlim_max != RLIM_INFINITY && wanted > limit.rlim_max) wanted = limit.rlim_max;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_AS, &limit);
}

/* When the system is out of memory, its choice should be a worker and not the coordinator. */
static void be_first_to_go(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, "500", 3) < 0) errno = 0; /* not ours to change: it stays as it is */
  close(file);
}

static void read_nothing(void) {
  int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  dup2(file, STDIN_FILENO);
  if (file != STDIN_FILENO) close(file);
}

static volatile sig_atomic_t may_pause;

/* What is no training has nothing to save: it ends at once. */
static void on_pause(int number) {
  (void)number;
  if (!may_pause) _exit(MAH_WORKER_PAUSED);
  mah_pause_request();
}

/* All processes of a job get SIGTERM at its limit. */
static void on_term(int number) {
  if (may_pause) {
    mah_pause_request();
    return;
  }
  signal(number, SIG_DFL);
  raise(number);
}

/* What waits for the coordinator goes on waiting. To ignore SIGUSR1 for a moment would lose one
 * that has come already. */
static void listen_for_pause(void) {
  struct sigaction pause = {.sa_handler = on_pause, .sa_flags = SA_RESTART};
  struct sigaction term = {.sa_handler = on_term, .sa_flags = SA_RESTART};
  sigemptyset(&pause.sa_mask);
  sigemptyset(&term.sa_mask);
  may_pause = 0;
  mah_pause_clear();
  sigaction(SIGUSR1, &pause, NULL);
  sigaction(SIGTERM, &term, NULL);
}

void mah_worker_may_pause(int32_t yes) { may_pause = yes != 0; }

void mah_worker_pause(int32_t pid) {
  if (pid > 1) kill(pid, SIGUSR1);
}

static void become_worker(pid_t parent, int64_t memory, int32_t threads) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1); /* it ended before we asked */
  setpgid(0, 0);
  listen_for_pause();
  signal(SIGINT, SIG_IGN), signal(SIGHUP, SIG_IGN);
  signal(SIGTTOU, SIG_IGN); /* not the terminal's foreground group, but it may print */
  signal(SIGXFSZ, SIG_IGN);
  watching = 0;
  mah_interrupt_clear();
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  be_first_to_go();
  read_nothing();
  set_number("OMP_NUM_THREADS", threads);
  set_number("OPENBLAS_NUM_THREADS", threads);
  mah_parallel_use(threads);
  if (memory > 0) limit_memory(memory);
}

void mah_worker_flush(void) { fflush(NULL); }

void mah_worker_exit(int32_t code) {
  fflush(NULL);
  _exit(code);
}

/* -- Starting and ending ----------------------------------------------------------------------- */

/* Signals wait until both sides know who they are. */
static pid_t fork_quietly(int64_t memory, int32_t threads) {
  sigset_t all, old;
  sigfillset(&all);
  pid_t parent = getpid();
  fflush(NULL); /* else what waits in the buffers is written twice */
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pid_t pid = fork();
  int error = errno;
  if (pid == 0) become_worker(parent, memory, threads);
  if (pid > 0) setpgid(pid, pid); /* so that a kill reaches the group from now on */
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  errno = error;
  return pid;
}

mah_status mah_worker_start(mah_worker *out, int64_t memory, int32_t threads) {
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "mah_worker_start: out is NULL");
  if (memory < 0 || threads < 1)
    return mah_fail(MAH_ERROR_ARGUMENT, "mah_worker_start: memory is %lld, threads %d",
                    (long long)memory, threads);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail_system("cannot make a socket for a worker");
  pid_t pid = fork_quietly(memory, threads);
  if (pid < 0) {
    mah_status status = fail_system("cannot start a worker");
    close(ends[0]), close(ends[1]);
    return status;
  }
  close(ends[pid == 0 ? 0 : 1]);
  *out = (mah_worker){.pid = pid, .channel = ends[pid == 0 ? 1 : 0]};
  return MAH_OK;
}

void mah_worker_kill(int32_t pid) {
  if (pid <= 1) return;
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL);
}

int32_t mah_worker_has_ended(int32_t pid) {
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

mah_status mah_worker_wait(mah_worker_end *out, int32_t pid) {
  int status;
  struct rusage usage;
  pid_t ended;
  do ended = wait4(pid, &status, 0, &usage);
  while (ended < 0 && errno == EINTR);
  if (ended < 0) return fail_system("cannot wait for a worker");
  out->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  out->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  out->peak_memory = (int64_t)usage.ru_maxrss * 1024;
  return MAH_OK;
}

void mah_worker_close(int32_t channel) { close(channel); }

/* -- Talking ----------------------------------------------------------------------------------- */

mah_status mah_worker_poll(uint8_t *ready, const int32_t *channels, int64_t n, double seconds) {
  if (n < 0 || (n > 0 && (ready == NULL || channels == NULL)))
    return mah_fail(MAH_ERROR_ARGUMENT, "mah_worker_poll: %lld channels", (long long)n);
  struct pollfd *list = mah_alloc_zero(n + 1, sizeof *list);
  if (list == NULL) return MAH_ERROR_MEMORY;
  for (int64_t i = 0; i < n; i++) list[i] = (struct pollfd){.fd = channels[i], .events = POLLIN};
  list[n] = (struct pollfd){.fd = bell[0], .events = POLLIN};
  int wait = seconds < 0 ? -1 : seconds > 1e6 ? 1000000000 : (int)ceil(seconds * 1000);
  int count = poll(list, (nfds_t)n + 1, wait);
  int error = errno;
  for (int64_t i = 0; i < n; i++) ready[i] = count > 0 && list[i].revents != 0;
  mah_free(list);
  errno = error;
  return count < 0 && error != EINTR ? fail_system("cannot wait for workers") : MAH_OK;
}

mah_status mah_worker_send(int32_t channel, const void *bytes, int64_t n) {
  for (const char *at = bytes; n > 0;) {
    ssize_t sent = send(channel, at, (size_t)n, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return MAH_OK;
    if (sent < 0 && errno != EINTR) return fail_system("cannot write to the other process");
    if (sent > 0) at += sent, n -= sent;
  }
  return MAH_OK;
}

mah_status mah_worker_receive(int64_t *got, int32_t channel, void *bytes, int64_t n) {
  ssize_t count;
  do count = recv(channel, bytes, (size_t)n, 0);
  while (count < 0 && errno == EINTR && !mah_interrupt_requested());
  *got = 0;
  if (count < 0 && errno == EINTR) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
  if (count < 0 && errno != ECONNRESET) return fail_system("cannot read from the other process");
  if (count > 0) *got = count;
  return MAH_OK;
}
