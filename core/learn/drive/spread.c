#include "learn/drive/spread.h"

#include "learn/drive/rows.h"

typedef struct rows {
  mah_work *work;
  const mah_batch *batch;
  int64_t first, count;
} rows;

static int64_t row_at(const rows *r, int64_t i) { return mah_batch_row(r->batch, r->first + i); }

static int64_t row_bytes(const rows *r) {
  return r->work->network->inputs * mah_dtype_size(r->work->network->dtype);
}

static void stretches(mah_parcel *parcel, void *of, int32_t rank) {
  const rows *r = of;
  for (int64_t i = 0; i < r->count; i++)
    if (mah_spread_owner(r->batch->spread_, r->batch->exchange_->size, row_at(r, i)) == rank)
      mah_parcel_add(parcel, (char *)r->work->x + i * row_bytes(r), row_bytes(r));
}

/* This rank's rows, as the network takes them. */
static mah_status convert(const rows *r) {
  const mah_network *network = r->work->network;
  const mah_batch *batch = r->batch;
  const mah_exchange *e = batch->exchange_;
  int scales = network->input_scale != 1 && mah_dtype_is_integer(batch->x->elem);
  for (int64_t i = 0; i < r->count; i++) {
    char *to = (char *)r->work->x + i * row_bytes(r);
    int64_t row = row_at(r, i);
    if (mah_spread_owner(batch->spread_, e->size, row) != e->rank) continue;
    MAH_TRY(mah_row_convert(to, network->dtype, batch->x, row - batch->spread_->start[e->rank]));
    if (scales) mah_compressed_scale(to, network->dtype, network->inputs, network->input_scale);
  }
  return MAH_OK;
}

mah_status mah_spread_fetch(mah_work *work, const mah_batch *batch, int64_t first, int64_t count) {
  rows r = {work, batch, first, count};
  MAH_TRY(convert(&r));
  return mah_exchange_all(batch->exchange_, &work->parcel, stretches, &r);
}
