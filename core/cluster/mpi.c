#include "cluster/mpi.h"

#include <limits.h>
#include <mpi.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TAG = 77, PAUSE = 1000000 /* ns that a waiting rank sleeps between two looks */ };

static char message[2048];
static int ranks; /* 0: it has not begun */

const char *mah_mpi_message(void) { return message; }

/* -- Failures ---------------------------------------------------------------------------------- */

static mah_status fail(mah_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return status;
}

/* MAH_OK, or what MPI says about its own code. */
static mah_status check(const char *what, int code) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (code == MPI_SUCCESS) return MAH_OK;
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) length = 0;
  return fail(MAH_ERROR_FILE, "MPI: %s: %.*s", what, length, text);
}

static mah_status check_begun(void) {
  return ranks > 0 ? MAH_OK : fail(MAH_ERROR_ARGUMENT, "MPI has not begun");
}

static mah_status check_message(int32_t other, int64_t n) {
  MAH_TRY(check_begun());
  if (other < 0 || other >= ranks)
    return fail(MAH_ERROR_ARGUMENT, "MPI: rank %d of %d", other, ranks);
  if (n < 0 || n > INT_MAX)
    return fail(MAH_ERROR_ARGUMENT, "MPI: a message of %lld bytes", (long long)n);
  return MAH_OK;
}

static void rest(void) {
  struct timespec pause = {.tv_nsec = PAUSE};
  nanosleep(&pause, NULL);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Takes no core from the rank that is waited for: looks out for a moment, then lets others go
 * first, then sleeps, the longer the longer it has waited. */
static mah_status wait_for(const char *what, MPI_Request *request) {
  enum { LOOKS = 100 };
  const double awake = 1e-3, share = 0.05, longest = 1e-3;
  double start = now();
  for (int look = 0, done = 0;; look += look < LOOKS) {
    MAH_TRY(check(what, MPI_Test(request, &done, MPI_STATUS_IGNORE)));
    if (done) return MAH_OK;
    if (look < LOOKS) continue;
    double waited = now() - start, pause = share * waited < longest ? share * waited : longest;
    struct timespec time = {.tv_nsec = (long)(1e9 * pause)};
    if (waited < awake)
      sched_yield();
    else
      nanosleep(&time, NULL);
  }
}

/* -- Beginning and ending ---------------------------------------------------------------------- */

/* What the ranks of a node tell one another. */
typedef struct neighbour {
  int32_t rank;
  cpu_set_t cores;
} neighbour;

/* Who works on this node, and with how many processors: all of theirs, where each rank is bound to
 * some of its own. */
static void count_workers(mah_rank *out, const neighbour *all) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  out->worker = -1, out->workers = 0;
  for (int i = 0; i < out->node_size; i++) {
    if (all[i].rank == 0) continue;
    if (i == out->node_rank) out->worker = out->workers;
    CPU_OR(&cores, &cores, &all[i].cores);
    out->workers++;
  }
  out->cores = CPU_COUNT(&cores);
}

static mah_status meet_neighbours(mah_rank *out, MPI_Comm node) {
  neighbour own = {.rank = out->rank};
  MAH_TRY(check("rank of the node", MPI_Comm_rank(node, &out->node_rank)));
  MAH_TRY(check("size of the node", MPI_Comm_size(node, &out->node_size)));
  neighbour *all = calloc((size_t)out->node_size, sizeof *all);
  if (all == NULL) return fail(MAH_ERROR_MEMORY, "MPI: out of memory");
  sched_getaffinity(0, sizeof own.cores, &own.cores); /* fails: then there are none to count */
  int code = MPI_Allgather(&own, sizeof own, MPI_BYTE, all, sizeof own, MPI_BYTE, node);
  if (code == MPI_SUCCESS) count_workers(out, all);
  free(all);
  return check("node", code);
}

static mah_status find_place(mah_rank *out) {
  MPI_Comm node;
  MAH_TRY(check("rank", MPI_Comm_rank(MPI_COMM_WORLD, &out->rank)));
  MAH_TRY(check("size", MPI_Comm_size(MPI_COMM_WORLD, &out->size)));
  MAH_TRY(check("node", MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, out->rank,
                                            MPI_INFO_NULL, &node)));
  MAH_TRY(meet_neighbours(out, node));
  return check("node", MPI_Comm_free(&node));
}

mah_status mah_mpi_begin(mah_rank *out) {
  int is_there = 0, level;
  if (out == NULL) return fail(MAH_ERROR_ARGUMENT, "mah_mpi_begin: out is NULL");
  MAH_TRY(check("start", MPI_Initialized(&is_there)));
  if (!is_there) MAH_TRY(check("start", MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level)));
  MAH_TRY(check("start", MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN)));
  MAH_TRY(find_place(out));
  ranks = out->size;
  return MAH_OK;
}

/* MPI_Finalize waits with a whole core; MPI_Ibarrier lets us sleep. */
mah_status mah_mpi_end(void) {
  MPI_Request all;
  if (ranks == 0) return MAH_OK;
  MAH_TRY(check("end", MPI_Ibarrier(MPI_COMM_WORLD, &all)));
  MAH_TRY(wait_for("end", &all));
  ranks = 0;
  return check("end", MPI_Finalize());
}

void mah_mpi_abort(int32_t code) {
  if (ranks > 0) MPI_Abort(MPI_COMM_WORLD, code);
}

/* -- Messages ---------------------------------------------------------------------------------- */

mah_status mah_mpi_send(int32_t to, const void *bytes, int64_t n) {
  MAH_TRY(check_message(to, n));
  return check("send", MPI_Send(bytes, (int)n, MPI_BYTE, to, TAG, MPI_COMM_WORLD));
}

mah_status mah_mpi_poll(int32_t *from, int64_t *n, double seconds) {
  MPI_Status status;
  int is_there = 0, count = 0;
  double end = now() + seconds;
  MAH_TRY(check_begun());
  for (;;) {
    MAH_TRY(check("wait", MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &is_there, &status)));
    if (is_there || (seconds >= 0 && now() >= end)) break;
    rest();
  }
  *from = -1, *n = 0;
  if (!is_there) return MAH_OK;
  MAH_TRY(check("wait", MPI_Get_count(&status, MPI_BYTE, &count)));
  *from = status.MPI_SOURCE, *n = count;
  return MAH_OK;
}

mah_status mah_mpi_receive(void *bytes, int64_t n, int32_t from) {
  MAH_TRY(check_message(from, n));
  return check("receive",
               MPI_Recv(bytes, (int)n, MPI_BYTE, from, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
}

/* -- Together ---------------------------------------------------------------------------------- */

mah_status mah_mpi_barrier(void) {
  MAH_TRY(check_begun());
  return check("barrier", MPI_Barrier(MPI_COMM_WORLD));
}

mah_status mah_mpi_broadcast(void *bytes, int64_t n, int32_t from) {
  MAH_TRY(check_message(from, 0));
  for (char *at = bytes; n > 0;) {
    int count = n > INT_MAX ? INT_MAX : (int)n;
    MAH_TRY(check("broadcast", MPI_Bcast(at, count, MPI_BYTE, from, MPI_COMM_WORLD)));
    at += count, n -= count;
  }
  return MAH_OK;
}

/* MPI_Allgatherv counts in int. */
static mah_status gather_small(void *bytes, const int64_t *starts) {
  int *counts = malloc(2 * (size_t)ranks * sizeof *counts);
  if (counts == NULL) return fail(MAH_ERROR_MEMORY, "MPI: out of memory");
  int *places = counts + ranks;
  for (int r = 0; r < ranks; r++) {
    places[r] = (int)starts[r];
    counts[r] = (int)(starts[r + 1] - starts[r]);
  }
  MPI_Request all;
  mah_status status =
      check("gather", MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, counts, places,
                                      MPI_BYTE, MPI_COMM_WORLD, &all));
  if (status == MAH_OK) status = wait_for("gather", &all);
  free(counts);
  return status;
}

mah_status mah_mpi_allgather(void *bytes, const int64_t *starts) {
  MAH_TRY(check_begun());
  for (int r = 0; r < ranks; r++)
    if (starts[r] < 0 || starts[r + 1] < starts[r])
      return fail(MAH_ERROR_ARGUMENT, "mah_mpi_allgather: starts[%d] is %lld, starts[%d] %lld", r,
                  (long long)starts[r], r + 1, (long long)starts[r + 1]);
  if (starts[ranks] <= INT_MAX) return gather_small(bytes, starts);
  for (int r = 0; r < ranks; r++)
    MAH_TRY(mah_mpi_broadcast((char *)bytes + starts[r], starts[r + 1] - starts[r], r));
  return MAH_OK;
}
