/* exchange.h - what ranks, processes that train the same network side by side, tell one another.
 *
 * The work of a step is cut among ranks as it is among threads: blocks of rows, then chunks of
 * weights. In between all get what each has made. No sum is made of parts that ranks have added up
 * for themselves: its bits would depend on their number. (Of 784-512-512-10's gradient for 200
 * rows, 57 % of the elements that are not 0 are others when it is the sum of two halves'.)
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

/* Of inputs that are spread over the ranks, each has the rows start[rank] ... start[rank + 1] - 1,
 * counted from 0. */
typedef struct mah_spread {
  const int64_t *start; /* (size + 1) */
  int32_t is_sparse; /* would all of them be compressed (compressed.h)? They go the same way then;
                           0: a look at each batch decides, as for a matrix */
} mah_spread;

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

/* *flag, 0 or 1, becomes 1 on all ranks where it is on one. */
mah_status mah_exchange_any(int *flag, const mah_exchange *e, mah_parcel *parcel);

/* Of n things in order, rank r takes those from mah_exchange_cut(e, n, r) up to the next rank's;
 * all of them where there is no exchange. */
static inline int32_t mah_exchange_cut(const mah_exchange *e_, int32_t n, int32_t rank) {
  return !e_ ? n * rank : (int32_t)((int64_t)n * rank / e_->size);
}
/* Which of so many ranks has the row? */
int32_t mah_spread_owner(const mah_spread *spread, int32_t size, int64_t row);

static inline int32_t mah_exchange_rank(const mah_exchange *e_) { return e_ ? e_->rank : 0; }
static inline int32_t mah_exchange_size(const mah_exchange *e_) { return e_ ? e_->size : 1; }
#endif
#endif
