#include "learn/drive/augmented.h"

#include "base/memory.h"
#include "learn/drive/piece.h"

#include <inttypes.h>

static int64_t whole_lines(int64_t floats) { return (floats + 15) / 16 * 16; }

/* Of a shard, in floats: an image, where the network has other numbers, and the work space. */
static int64_t room_of(const mah_work *work, const mah_batch *batch) {
  return whole_lines(work->network->inputs) + whole_lines(mah_augmenter_room(batch->augmenter_));
}

mah_status mah_augmented_reserve(mah_work *work, const mah_batch *batch) {
  if (batch->augmenter_ == NULL) return MAH_OK;
  if (batch->compressed_ != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: sparse inputs are no images");
  int64_t elements = mah_augmenter_elements(batch->augmenter_);
  if (elements != work->network->inputs)
    return mah_fail(MAH_ERROR_SHAPE,
                    "augment: images of %" PRId64 " elements, and the network has %d inputs",
                    elements, work->network->inputs);
  int64_t room = MAH_MAX_SHARDS * room_of(work, batch);
  if (room <= work->augment_room) return MAH_OK;
  mah_free(work->augment_);
  work->augment_room = 0;
  work->augment_ = mah_alloc(room, sizeof *work->augment_);
  if (work->augment_ == NULL) return MAH_ERROR_MEMORY;
  work->augment_room = room;
  return MAH_OK;
}

/* By way of `image`. */
static void change_doubles(double *x, float *image, const mah_batch *batch, float *room,
                           int64_t inputs, uint64_t row) {
  for (int64_t i = 0; i < inputs; i++) image[i] = (float)x[i];
  mah_augmenter_change(batch->augmenter_, image, room, batch->seed, batch->epoch, row);
  for (int64_t i = 0; i < inputs; i++) x[i] = image[i];
}

void mah_augmented_change(mah_work *work, const mah_pass *pass, const mah_batch *batch,
                          int32_t shard) {
  int64_t inputs = work->network->inputs;
  float *image = work->augment_ + shard * room_of(work, batch), *room = image + whole_lines(inputs);
  for (int64_t r = pass->row; r < pass->row + pass->rows; r++) {
    uint64_t row = (uint64_t)mah_batch_row(batch, pass->first_row + r);
    if (work->network->dtype == MAH_FLOAT64)
      change_doubles((double *)work->x + r * inputs, image, batch, room, inputs, row);
    else
      mah_augmenter_change(batch->augmenter_, (float *)work->x + r * inputs, room, batch->seed,
                           batch->epoch, row);
  }
}
