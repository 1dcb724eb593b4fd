/* mpi.h - MPI, as little of it as ranks that work together need.
 *
 * A library of its own, libmah_mpi.so, built where CMake finds MPI and opened under a launcher only
 * (mah.cluster.mpi): neither mah nor libmah.so is linked with MPI. It needs no symbol of the core;
 * its failures leave their message in mah_mpi_message().
 *
 *   mah_rank is;
 *   MAH_TRY(mah_mpi_begin(&is));        // in one process of each rank, by all ranks or none
 *   MAH_TRY(mah_mpi_allgather(bytes, starts));
 *   MAH_TRY(mah_mpi_end());
 *
 * All calls come from the thread that began. Between ranks of different byte order or C types bytes
 * would not mean the same: one build on one kind of machine is meant.
 */
#ifndef MAH_MPI_H
#define MAH_MPI_H

#include "base/status.h"
#include "cluster/envoy.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* MPI_Init_thread, where it has not been called. A launcher that does not know this MPI gives a
 * world of one, or ends the process. */
mah_status mah_mpi_begin(mah_rank *out);
/* MPI_Finalize, when all ranks have come here; those that wait take no processor. */
mah_status mah_mpi_end(void);
/* Ends all ranks at once. */
void mah_mpi_abort(int32_t code);

const char *mah_mpi_message(void); /* of the last failure; "" if there was none */

/* -- Messages: at most 2^31 - 1 bytes each; those from one rank to another arrive in order -- */

mah_status mah_mpi_send(int32_t to, const void *bytes, int64_t n); /* until `bytes` may change */
/* *from = a rank whose message waits, and *n = its bytes; or -1 when none came within so many
 * seconds (< 0: for ever). Sleeps in between: who waits takes no core. */
mah_status mah_mpi_poll(int32_t *from, int64_t *n, double seconds);
mah_status mah_mpi_receive(void *bytes, int64_t n, int32_t from); /* the one that poll told of */

/* -- By all ranks together -- */

mah_status mah_mpi_barrier(void);
mah_status mah_mpi_broadcast(void *bytes, int64_t n, int32_t from);
/* Rank r has bytes[starts[r]] up to bytes[starts[r + 1] - 1]; afterwards every rank has all.
 * starts: size + 1 places, the same on all ranks, from 0 upwards. */
mah_status mah_mpi_allgather(void *bytes, const int64_t *starts);

/* -- The envoy's life (cluster/envoy.h): begins, passes on what comes through the channel and from
 * other ranks, and ends with its other side. Failures are told there, too. -- */

mah_status mah_mpi_serve(int32_t channel, char *room);

#endif
