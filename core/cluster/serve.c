/* serve.c - the envoy: a loop between the socket of the script's process and MPI. It waits for
 * neither: what cannot be passed on yet is kept, so that two that send to one another get through.
 */
#include "cluster/mpi.h"

#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
  TAG = 77,          /* as in mpi.c */
  CHUNK = 65536,     /* bytes read at once */
  SHORTEST = 50000,  /* ns between two looks at MPI; they grow to a twentieth ... */
  LONGEST = 5000000, /* ... of the time in which nothing came, at most to this */
};

typedef struct buffer {
  char *bytes;
  size_t from, to, room; /* bytes[from ... to - 1] are waiting */
} buffer;

typedef struct sending { /* a message on its way to a rank */
  struct sending *next;
  MPI_Request request;
  char bytes[];
} sending;

typedef struct envoy {
  int channel, is_over;
  char *room;
  mah_rank is;
  buffer in, out; /* from and to the script's process */
  sending *sendings;
  int64_t last; /* when something came, in ns */
} envoy;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* -- Buffers ----------------------------------------------------------------------------------- */

/* Room for n more bytes; NULL when memory is out. */
static char *reserve(buffer *b, size_t n) {
  if (b->from == b->to) b->from = b->to = 0;
  if (b->to + n <= b->room) return b->bytes + b->to;
  if (b->from > 0) memmove(b->bytes, b->bytes + b->from, b->to - b->from);
  b->to -= b->from, b->from = 0;
  if (b->to + n > b->room) {
    size_t room = 2 * (b->to + n);
    char *bytes = realloc(b->bytes, room);
    if (bytes == NULL) return NULL;
    b->bytes = bytes, b->room = room;
  }
  return b->bytes + b->to;
}

/* Room for a frame to the script's process, whose bytes the caller writes. */
static char *answer(envoy *e, int32_t kind, int32_t peer, int64_t size) {
  mah_frame frame = {.kind = kind, .peer = peer, .size = size};
  char *at = reserve(&e->out, sizeof frame + (size_t)size);
  if (at == NULL) return NULL;
  memcpy(at, &frame, sizeof frame);
  e->out.to += sizeof frame + (size_t)size;
  return at + sizeof frame;
}

/* -- The script's process ---------------------------------------------------------------------- */

/* 0: it has gone. */
static int read_some(envoy *e) {
  char *at = reserve(&e->in, CHUNK);
  if (at == NULL) return 0;
  ssize_t got = recv(e->channel, at, CHUNK, MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  e->in.to += (size_t)got;
  e->last = now();
  return got > 0;
}

static int write_some(envoy *e) {
  while (e->out.from < e->out.to) {
    size_t n = e->out.to - e->out.from;
    ssize_t sent = send(e->channel, e->out.bytes + e->out.from, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return errno == EAGAIN;
    if (sent > 0) e->out.from += (size_t)sent;
  }
  return 1;
}

/* Waits for it, or until it is time to look at MPI. */
static int talk(envoy *e) {
  int64_t pause = (now() - e->last) / 20;
  pause = pause < SHORTEST ? SHORTEST : pause > LONGEST ? LONGEST : pause;
  struct timespec wait = {.tv_nsec = pause};
  if (!write_some(e)) return 0;
  int is_full = e->out.from < e->out.to;
  struct pollfd side = {.fd = e->channel, .events = (short)(is_full ? POLLIN | POLLOUT : POLLIN)};
  if (ppoll(&side, 1, &wait, NULL) <= 0 || !(side.revents & ~POLLOUT)) return 1;
  return read_some(e);
}

/* -- Other ranks ------------------------------------------------------------------------------- */

static mah_status begin_sending(envoy *e, int32_t to, const char *bytes, int64_t n) {
  sending *s = malloc(sizeof *s + (size_t)n);
  if (s == NULL || n > INT_MAX || to < 0 || to >= e->is.size) {
    free(s);
    return MAH_ERROR_ARGUMENT;
  }
  memcpy(s->bytes, bytes, (size_t)n);
  s->next = e->sendings, e->sendings = s;
  int code = MPI_Isend(s->bytes, (int)n, MPI_BYTE, to, TAG, MPI_COMM_WORLD, &s->request);
  return code == MPI_SUCCESS ? MAH_OK : MAH_ERROR_FILE;
}

static mah_status end_sendings(envoy *e) {
  for (sending **at = &e->sendings; *at != NULL;) {
    sending *s = *at;
    int done = 0;
    if (MPI_Test(&s->request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return MAH_ERROR_FILE;
    if (!done) {
      at = &s->next;
      continue;
    }
    *at = s->next;
    free(s);
  }
  return MAH_OK;
}

static mah_status receive_messages(envoy *e) {
  for (;;) {
    int32_t from;
    int64_t n;
    MAH_TRY(mah_mpi_poll(&from, &n, 0));
    if (from < 0) return MAH_OK;
    char *at = answer(e, MAH_FRAME_MESSAGE, from, n);
    if (at == NULL) return MAH_ERROR_MEMORY;
    MAH_TRY(mah_mpi_receive(at, n, from));
    e->last = now();
  }
}

/* -- Frames ------------------------------------------------------------------------------------ */

static mah_status gather(envoy *e, const char *bytes) {
  int64_t place;
  size_t count = (size_t)e->is.size + 1;
  int64_t *starts = malloc(count * sizeof *starts);
  if (starts == NULL) return MAH_ERROR_MEMORY;
  memcpy(&place, bytes, sizeof place);
  memcpy(starts, bytes + sizeof place, count * sizeof *starts);
  mah_status status = mah_mpi_allgather(e->room + place, starts);
  free(starts);
  if (status != MAH_OK) return status;
  return answer(e, MAH_FRAME_GATHER, 0, 0) != NULL ? MAH_OK : MAH_ERROR_MEMORY;
}

static mah_status take(envoy *e, const mah_frame *frame, const char *bytes) {
  switch (frame->kind) {
  case MAH_FRAME_MESSAGE: return begin_sending(e, frame->peer, bytes, frame->size);
  case MAH_FRAME_GATHER: return gather(e, bytes);
  case MAH_FRAME_END:
    if (frame->peer != 0) mah_mpi_abort(frame->peer);
    e->is_over = 1;
    return MAH_OK;
  default: return MAH_ERROR_ARGUMENT;
  }
}

static mah_status take_frames(envoy *e) {
  for (;;) {
    mah_frame frame;
    size_t n = e->in.to - e->in.from;
    if (n < sizeof frame) return MAH_OK;
    memcpy(&frame, e->in.bytes + e->in.from, sizeof frame);
    if (n - sizeof frame < (size_t)frame.size) return MAH_OK;
    MAH_TRY(take(e, &frame, e->in.bytes + e->in.from + sizeof frame));
    e->in.from += sizeof frame + (size_t)frame.size;
  }
}

/* -- Its life ---------------------------------------------------------------------------------- */

static mah_status begin(envoy *e) {
  MAH_TRY(mah_mpi_begin(&e->is));
  char *at = answer(e, MAH_FRAME_HELLO, 0, sizeof e->is);
  if (at == NULL) return MAH_ERROR_MEMORY;
  memcpy(at, &e->is, sizeof e->is);
  return MAH_OK;
}

static mah_status step(envoy *e) {
  MAH_TRY(take_frames(e));
  MAH_TRY(receive_messages(e));
  return end_sendings(e);
}

static mah_status finish(envoy *e) {
  while (e->sendings != NULL) MAH_TRY(end_sendings(e));
  return mah_mpi_end();
}

static void tell_failure(envoy *e) {
  const char *text = *mah_mpi_message() ? mah_mpi_message() : "MPI: out of memory";
  size_t n = strlen(text);
  char *at = answer(e, MAH_FRAME_FAILED, 0, (int64_t)n);
  if (at != NULL) memcpy(at, text, n);
  write_some(e);
}

mah_status mah_mpi_serve(int32_t channel, char *room) {
  envoy e = {.channel = channel, .room = room, .last = now()};
  mah_status status = begin(&e);
  while (status == MAH_OK && !e.is_over) {
    if (!talk(&e)) return MAH_ERROR_FILE; /* nobody is there to be told */
    status = step(&e);
  }
  if (status == MAH_OK) status = finish(&e);
  if (status != MAH_OK) tell_failure(&e);
  return status;
}
