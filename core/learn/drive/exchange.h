/* exchange.h - what ranks, processes that train the same network side by side, tell one another.
 *
 * The work of a step is cut among ranks as it is among threads: blocks of rows, then chunks of
 * weights. In between all get what each has made. So no sum is made of parts that a rank has added
 * up for itself: its bits would depend on the number of ranks (with float32, two ranks and one give
 * other bits in three of four weights' gradients, and MPI_Reduce others than MPI_Allreduce).
 */
#ifndef MAH_LEARN_DRIVE_EXCHANGE_H
#define MAH_LEARN_DRIVE_EXCHANGE_H

#include "base/status.h"
#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* How this rank, 0 ... size - 1, reaches the others. */
typedef struct mah_exchange {
  int32_t rank, size;
  void *context;
  /* Of bytes[0 ... at[size] - 1], rank r has those from at[r] ... at[r + 1] - 1 when it calls, and
   * all of them afterwards. at[] is the same for all, who call it in the same order. */
  mah_status (*gather)(void *context, void *bytes, const int64_t *at);
  void *room_; /* memory of which it needs no copy, for parcels; or NULL */
  int64_t room_size;
} mah_exchange;

#ifndef MAH_CDEF
/* What all ranks get, from here and there in memory, on its way in one piece. */
typedef struct mah_parcel {
  char *bytes;
  void *own_; /* where the exchange's room was too small */
  int64_t own_size, place;
  int64_t *at; /* (size + 1): where each rank's part begins */
  int32_t size, does;
} mah_parcel;

/* Calls mah_parcel_add for each stretch of memory that is `rank`'s to fill. */
typedef void mah_stretches(mah_parcel *parcel, void *of, int32_t rank);
void mah_parcel_add(mah_parcel *parcel, void *stretch, int64_t bytes);

/* All stretches hold afterwards what their ranks have put there. */
mah_status mah_exchange_all(const mah_exchange *e, mah_parcel *parcel, mah_stretches *stretches,
                            void *of);
/* Room for at[] of so many ranks. */
mah_status mah_parcel_reserve(mah_parcel *parcel, int32_t size);
void mah_parcel_release(mah_parcel *parcel);

/* Of n things in order, rank r takes those from mah_exchange_cut(e, n, r) up to the next rank's; all
 * of them where there is no exchange. */
static inline int32_t mah_exchange_cut(const mah_exchange *e_, int32_t n, int32_t rank) {
  return !e_ ? n * rank : (int32_t)((int64_t)n * rank / e_->size);
}
static inline int32_t mah_exchange_rank(const mah_exchange *e_) { return e_ ? e_->rank : 0; }
static inline int32_t mah_exchange_size(const mah_exchange *e_) { return e_ ? e_->size : 1; }
#endif
#endif
