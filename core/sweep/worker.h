/* worker.h - trials in processes of their own.
 *
 * The coordinator forks one worker per trial: it sees the data without a copy, starts from the same
 * state whatever ran before it, and can only harm itself. The two talk through a socket.
 *
 *   mah_worker worker;
 *   MAH_TRY(mah_worker_start(&worker, memory, threads));
 *   if (worker.pid == 0) { ...; mah_worker_exit(0); }            // in the worker
 *   MAH_TRY(mah_worker_poll(&ready, &worker.channel, 1, -1));    // in the coordinator
 *
 * A worker is killed when the coordinator ends, in whatever way (Linux: PR_SET_PDEATHSIG). It leads
 * a process group, so that what it started is killed with it; it does not see Ctrl-C, reads nothing
 * from standard input, leaves no core dump, and is the first to go when the system's memory is out.
 */
#ifndef MAH_WORKER_H
#define MAH_WORKER_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

typedef struct mah_worker {
  int32_t pid;     /* 0 in the worker itself */
  int32_t channel; /* this side's end of the socket; not inherited by programs that are started */
} mah_worker;

typedef struct mah_worker_end {
  int32_t code;        /* exit status, or -1 */
  int32_t signal;      /* that ended it, or 0 */
  double cpu_seconds;  /* of all its threads */
  int64_t peak_memory; /* bytes resident at the highest point, the data that it shares included */
} mah_worker_end;

enum { MAH_WORKER_PAUSED = 75 }; /* exit status (EX_TEMPFAIL): to be gone on with later */

/* Makes the buffers that the BLAS library keeps for so many threads, at most 32, so that workers
 * need not make them: OpenBLAS tries for ever where a memory limit does not let it. */
void mah_worker_warm_up(int32_t threads);

/* Forks. memory: bytes that the worker may take beyond what the process has now; 0: no limit.
 * threads: of the core, and as a wish for programs that the worker starts. */
mah_status mah_worker_start(mah_worker *out, int64_t memory, int32_t threads);

/* ready[i] = 1 when channel i has bytes or its other side is gone, else 0. Waits at most so many
 * seconds (< 0: for ever), or until a signal comes that mah_interrupt_watch() watches. */
mah_status mah_worker_poll(uint8_t *ready, const int32_t *channels, int64_t n, double seconds);

/* All n bytes. A side that is gone is no failure: poll tells it, and what it left. */
mah_status mah_worker_send(int32_t channel, const void *bytes, int64_t n);
/* *got = bytes read, at most n: 0 when the other side is gone. Waits until there is something. */
mah_status mah_worker_receive(int64_t *got, int32_t channel, void *bytes, int64_t n);

/* Asks a worker to save where it stands and to end: sends it SIGUSR1, which sets
 * mah_pause_requested() there; or, unless it has said that it can, ends it with MAH_WORKER_PAUSED.
 * SIGTERM sets it, too, or ends the worker as usual. */
void mah_worker_pause(int32_t pid);
void mah_worker_may_pause(int32_t yes); /* in the worker */

void mah_worker_kill(int32_t pid);                            /* and what it started */
int32_t mah_worker_has_ended(int32_t pid);                    /* though others hold its channel */
mah_status mah_worker_wait(mah_worker_end *out, int32_t pid); /* until it has ended */
void mah_worker_close(int32_t channel);
void mah_worker_flush(void); /* writes buffered output: after its last word it may be killed */
void mah_worker_exit(int32_t code); /* writes buffered output, runs no exit handlers */

/* While on, the first SIGINT, SIGTERM, SIGHUP or SIGUSR1 sets mah_interrupt_requested() and ends
 * mah_worker_poll(); the second one ends the process, but SIGTERM and SIGUSR1 after one of these
 * are ignored. On again: the next one (of those that are not ignored) does so once more. A file
 * that grows too large for a limit is an error instead of a signal. Off puts back what was. */
mah_status mah_interrupt_watch(int32_t on);
/* Another process has said what SIGTERM and SIGUSR1 are to say: they are ignored until off, and one
 * that has come is forgotten. */
void mah_interrupt_heard(void);
int32_t mah_interrupt_signal(void); /* the number of the signal that came while on, or 0 */
#endif
