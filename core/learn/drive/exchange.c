#include "learn/drive/exchange.h"

#include "base/memory.h"

#include <string.h>

enum { COUNT, PACK, UNPACK }; /* what a parcel does with a stretch */

void mah_parcel_add(mah_parcel *parcel, void *stretch, int64_t bytes) {
  if (parcel->does == PACK) memcpy(parcel->bytes + parcel->place, stretch, (size_t)bytes);
  if (parcel->does == UNPACK) memcpy(stretch, parcel->bytes + parcel->place, (size_t)bytes);
  parcel->place += bytes;
}

void mah_parcel_release(mah_parcel *parcel) {
  mah_free(parcel->own_);
  mah_free(parcel->at);
  *parcel = (mah_parcel){0};
}

mah_status mah_parcel_reserve(mah_parcel *parcel, int32_t size) {
  if (parcel->size >= size) return MAH_OK;
  mah_free(parcel->at);
  parcel->at = mah_alloc(size + 1, sizeof *parcel->at);
  parcel->size = parcel->at ? size : 0;
  return parcel->at ? MAH_OK : MAH_ERROR_MEMORY;
}

static mah_status find_room(const mah_exchange *e, mah_parcel *parcel) {
  int64_t size = parcel->place;
  parcel->bytes = e->room_;
  if (e->room_ != NULL && size <= e->room_size) return MAH_OK;
  if (size > parcel->own_size) {
    mah_free(parcel->own_);
    parcel->own_ = mah_alloc(size, 1);
    parcel->own_size = parcel->own_ ? size : 0;
  }
  parcel->bytes = parcel->own_;
  return parcel->bytes ? MAH_OK : MAH_ERROR_MEMORY;
}

/* Where each rank's part begins, and room for all of them. */
static mah_status measure(const mah_exchange *e, mah_parcel *parcel, mah_stretches *stretches,
                          void *of) {
  MAH_TRY(mah_parcel_reserve(parcel, e->size));
  parcel->does = COUNT;
  parcel->place = 0;
  for (int32_t r = 0; r < e->size; r++) {
    parcel->at[r] = parcel->place;
    stretches(parcel, of, r);
  }
  parcel->at[e->size] = parcel->place;
  return find_room(e, parcel);
}

static void carry(mah_parcel *parcel, int does, mah_stretches *stretches, void *of, int32_t rank) {
  parcel->does = does;
  parcel->place = parcel->at[rank];
  stretches(parcel, of, rank);
}

mah_status mah_exchange_all(const mah_exchange *e, mah_parcel *parcel, mah_stretches *stretches,
                            void *of) {
  MAH_TRY(measure(e, parcel, stretches, of));
  carry(parcel, PACK, stretches, of, e->rank);
  MAH_TRY(e->gather(e->context, parcel->bytes, parcel->at));
  for (int32_t r = 0; r < e->size; r++)
    if (r != e->rank) carry(parcel, UNPACK, stretches, of, r);
  return MAH_OK;
}

typedef struct flags {
  int mine, any;
} flags;

/* A byte each. */
static void flag_of(mah_parcel *parcel, void *of, int32_t rank) {
  flags *f = of;
  (void)rank;
  char flag = (char)f->mine;
  mah_parcel_add(parcel, &flag, 1);
  if (parcel->does == UNPACK) f->any |= flag;
}

mah_status mah_exchange_any(int *flag, const mah_exchange *e, mah_parcel *parcel) {
  flags f = {.mine = *flag, .any = *flag};
  MAH_TRY(mah_exchange_all(e, parcel, flag_of, &f));
  *flag = f.any;
  return MAH_OK;
}

int32_t mah_spread_owner(const mah_spread *spread, int32_t size, int64_t row) {
  int32_t low = 0, high = size - 1; /* its owner is one of these */
  while (low < high) {
    int32_t middle = (low + high) / 2;
    if (row < spread->start[middle + 1])
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}
