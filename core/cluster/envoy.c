#include "cluster/envoy.h"

#include "base/memory.h"
#include "sweep/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

enum { ROOM = 1 << 28 }; /* bytes of addresses; memory is taken as it is used */

static mah_envoy current;
static pid_t owner;      /* the process that it speaks for */
static int32_t expected; /* another good exit status */
static int mpirun_ends_all;

/* -- Ending ------------------------------------------------------------------------------------ */

void mah_envoy_expect(int32_t status) { expected = status; }

static void send_frame(int32_t kind, int32_t peer, const char *text) {
  mah_frame frame = {.kind = kind, .peer = peer, .size = (int64_t)strlen(text)};
  mah_worker_send(current.channel, &frame, sizeof frame);
  mah_worker_send(current.channel, text, frame.size);
}

/* The first rank is gone for all others, and they for it. */
static void say_gone(void) {
  const mah_rank *is = &current.is;
  if (is->rank > 0) send_frame(MAH_FRAME_MESSAGE, 0, "gone");
  for (int32_t r = 1; is->rank == 0 && r < is->size; r++) send_frame(MAH_FRAME_MESSAGE, r, "gone");
}

/* At the exit of the script's process; not of trials, which are forked from it. */
static void part(int status, void *unused) {
  (void)unused;
  if (getpid() != owner) return;
  mah_worker_end ended;
  int is_good = status == 0 || status == expected;
  if (!is_good && mpirun_ends_all) return;
  if (is_good) say_gone();
  send_frame(MAH_FRAME_END, is_good ? 0 : status, "");
  mah_worker_wait(&ended, current.pid);
}

/* -- Starting ---------------------------------------------------------------------------------- */

static int is_of_launcher(const char *variable) {
  static const char *const starts[] = {"OMPI_",           "PMIX_",          "PMI_",  "ORTE_",
                                       "OPAL_",           "PRTE_",          "HYDI_", "HYDRA_",
                                       "MPI_LOCALRANKID", "MPI_LOCALNRANKS"};
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (strncmp(variable, starts[i], strlen(starts[i])) == 0) return 1;
  return 0;
}

static void forget_launcher(void) {
  char name[256];
  for (char **at = environ; *at != NULL;) {
    size_t size = strcspn(*at, "=");
    if (!is_of_launcher(*at) || size >= sizeof name) {
      at++;
      continue;
    }
    memcpy(name, *at, size);
    name[size] = '\0';
    unsetenv(name); /* what came after it moves up */
  }
}

mah_status mah_envoy_start(mah_envoy **out) {
  mah_worker process;
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "mah_envoy_start: out is NULL");
  if (owner == getpid()) return mah_fail(MAH_ERROR_ARGUMENT, "there is an envoy already");
  void *room =
      mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED)
    return mah_fail(MAH_ERROR_MEMORY, "no shared memory for MPI: %s", strerror(errno));
  mah_status status = mah_worker_start(&process, 0, 1);
  if (status != MAH_OK) {
    munmap(room, ROOM);
    return status;
  }
  current =
      (mah_envoy){.pid = process.pid, .channel = process.channel, .room = room, .room_size = ROOM};
  *out = &current;
  if (process.pid == 0) { /* it is needed until the script has ended */
    signal(SIGTERM, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    return MAH_OK;
  }
  mpirun_ends_all = getenv("OMPI_COMM_WORLD_RANK") != NULL;
  forget_launcher();
  if (owner == 0 && on_exit(part, NULL) != 0) return mah_fail(MAH_ERROR_MEMORY, "out of memory");
  owner = getpid();
  return MAH_OK;
}

/* -- Exchanging -------------------------------------------------------------------------------- */

static mah_status read_all(int32_t channel, void *bytes, int64_t n) {
  int64_t got = 0;
  for (char *at = bytes; n > 0; at += got, n -= got) {
    mah_status status = mah_worker_receive(&got, channel, at, n);
    if (status == MAH_ERROR_INTERRUPTED) { /* the other ranks wait for us: first the exchange */
      got = 0;
      continue;
    }
    if (status != MAH_OK) return status;
    if (got == 0) return mah_fail(MAH_ERROR_FILE, "the process that speaks MPI has ended");
  }
  return MAH_OK;
}

/* Waits for the answer. Messages that come before it are of a study that was left, and nobody's. */
static mah_status await(const mah_envoy *envoy) {
  mah_frame frame;
  do {
    char text[1024] = "";
    MAH_TRY(read_all(envoy->channel, &frame, sizeof frame));
    for (int64_t left = frame.size, n; left > 0; left -= n) {
      n = left < (int64_t)sizeof text - 1 ? left : (int64_t)sizeof text - 1;
      MAH_TRY(read_all(envoy->channel, text, n));
      text[n] = '\0';
    }
    if (frame.kind == MAH_FRAME_FAILED) return mah_fail(MAH_ERROR_FILE, "%s", text);
  } while (frame.kind != MAH_FRAME_GATHER);
  return MAH_OK;
}

/* What lies at `place` of the room. */
static mah_status gather(const mah_envoy *envoy, int64_t place, const int64_t *starts) {
  int64_t bytes = (envoy->is.size + 1) * (int64_t)sizeof *starts;
  mah_frame frame = {.kind = MAH_FRAME_GATHER, .size = bytes + (int64_t)sizeof place};
  char message[sizeof frame + sizeof place];
  memcpy(message, &frame, sizeof frame);
  memcpy(message + sizeof frame, &place, sizeof place);
  MAH_TRY(mah_worker_send(envoy->channel, message, sizeof message));
  MAH_TRY(mah_worker_send(envoy->channel, starts, bytes));
  return await(envoy);
}

/* The k-th of `rounds` slices of every rank's piece goes through the room. */
static mah_status gather_slice(const mah_envoy *envoy, char *bytes, const int64_t *starts,
                               int64_t *slice, int64_t k, int64_t rounds) {
  int32_t size = envoy->is.size, rank = envoy->is.rank;
  int64_t *from = slice + size + 1;
  slice[0] = 0;
  for (int32_t r = 0; r < size; r++) {
    int64_t length = starts[r + 1] - starts[r], begin = length / rounds * k;
    int64_t end = k + 1 == rounds ? length : length / rounds * (k + 1);
    from[r] = starts[r] + begin;
    slice[r + 1] = slice[r] + end - begin;
  }
  memcpy(envoy->room + slice[rank], bytes + from[rank], (size_t)(slice[rank + 1] - slice[rank]));
  MAH_TRY(gather(envoy, 0, slice));
  for (int32_t r = 0; r < size; r++)
    if (r != rank)
      memcpy(bytes + from[r], envoy->room + slice[r], (size_t)(slice[r + 1] - slice[r]));
  return MAH_OK;
}

mah_status mah_envoy_allgather(void *with, void *bytes, const int64_t *starts) {
  const mah_envoy *envoy = with;
  int32_t size = envoy->is.size;
  for (int32_t r = 0; r < size; r++)
    if (starts[r] < 0 || starts[r + 1] < starts[r])
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "mah_envoy_allgather: starts[%d] is %lld, starts[%d] %lld", r,
                      (long long)starts[r], r + 1, (long long)starts[r + 1]);
  char *at = bytes;
  if (at >= envoy->room && at + starts[size] <= envoy->room + envoy->room_size)
    return gather(envoy, at - envoy->room, starts);
  /* A slice's length is rounded up by less than `rounds` bytes a rank. */
  int64_t rounds = (starts[size] - starts[0]) / (envoy->room_size / 2) + 1;
  int64_t *slice = mah_alloc_zero(2 * (int64_t)size + 1, sizeof *slice);
  if (slice == NULL) return MAH_ERROR_MEMORY;
  mah_status status = MAH_OK;
  for (int64_t k = 0; k < rounds && status == MAH_OK; k++)
    status = gather_slice(envoy, bytes, starts, slice, k, rounds);
  mah_free(slice);
  return status;
}
