/* envoy.h - a process that speaks MPI for the one that runs the script.
 *
 * The script's process never calls MPI_Init. It forks its envoy, which does, and takes the rank's
 * place; the two talk through a socket, and share memory for what ranks exchange. So trials are
 * forked by a process without MPI whenever it is their turn, in a second study and after a training
 * over all ranks too; and while a rank only waits, nobody spins. A round trip is some 10 us.
 *
 *   mah_envoy *envoy;
 *   MAH_TRY(mah_envoy_start(&envoy));
 *   if (envoy->pid == 0) { mah_mpi_serve(...); mah_worker_exit(0); }    // in the envoy
 *
 * The launcher's variables go with the envoy: the script's process, and what it starts, has none.
 * The envoy is killed when the script's process dies. Where that exits with 0, or as
 * mah_envoy_expect() says, it sends the ranks that may wait for it the message "gone", and waits
 * for them to come as far, so that MPI ends as it should. Another status ends all ranks: Open MPI's
 * mpirun sees to it, elsewhere MPI_Abort.
 */
#ifndef MAH_ENVOY_H
#define MAH_ENVOY_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* What the envoy says first. Rank 0 coordinates, and runs no trials: workers are the others. */
typedef struct mah_rank {
  int32_t rank, size;           /* among all; ranks count from 0 */
  int32_t node_rank, node_size; /* among those of the same node */
  int32_t worker, workers;      /* which worker of its node, from 0, or -1; and how many */
  int32_t cores;                /* processors that the workers of this node are bound to */
} mah_rank;

/* In front of everything that goes through the socket; `size` bytes follow. */
typedef struct mah_frame {
  int32_t kind;
  int32_t peer; /* the other rank */
  int64_t size;
} mah_frame;

enum {
  MAH_FRAME_HELLO = 1, /* from the envoy: a mah_rank */
  MAH_FRAME_FAILED,    /* from the envoy: a text; it ends */
  MAH_FRAME_MESSAGE,   /* to or from a rank */
  MAH_FRAME_GATHER,    /* int64_t: where in the shared memory, then starts; back: 0 bytes */
  MAH_FRAME_END,       /* to the envoy: MPI ends here; peer: 0, or a status for all ranks */
};

typedef struct mah_envoy {
  int32_t pid; /* 0 in the envoy itself */
  int32_t channel;
  char *room; /* shared memory; what lies in it is exchanged without a copy */
  int64_t room_size;
  mah_rank is; /* once it has said hello */
} mah_envoy;

mah_status mah_envoy_start(mah_envoy **out); /* once in a process; *out is there until its end */
void mah_envoy_expect(int32_t status);       /* an exit status that is a good end, too */

/* Rank r has bytes[starts[r]] up to bytes[starts[r + 1] - 1]; afterwards every rank has all. All
 * ranks call it together. envoy: a mah_envoy; starts: size + 1 places, the same on all ranks,
 * from 0 upwards. */
mah_status mah_envoy_allgather(void *envoy, void *bytes, const int64_t *starts);

#endif
