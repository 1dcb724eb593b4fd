#include "learn/drive/augmented.h"

#include "base/memory.h"
#include "data/augmenter.h"
#include "learn/drive/rows.h"

#include <inttypes.h>

/* What a task needs: two images, of which one may be of doubles, and the work space of changes. */
typedef struct desk {
  float *image;
  void *other;
  float *room;
} desk;

static int64_t desk_size(const mah_work *work, const mah_batch *batch) {
  return 3 * mah_whole_lines(work->network->inputs) + mah_augmenter_room(batch->augmenter_);
}

static desk desk_of(const mah_work *work, const mah_batch *batch, int32_t shard) {
  float *image = work->augment_ + shard * desk_size(work, batch);
  int64_t inputs = mah_whole_lines(work->network->inputs);
  return (desk){image, image + inputs, image + 3 * inputs};
}

static mah_status check(const mah_work *work, const mah_batch *batch) {
  int64_t elements = mah_augmenter_elements(batch->augmenter_);
  if (batch->compressed_ != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: sparse inputs are no images");
  if (elements != work->network->inputs)
    return mah_fail(MAH_ERROR_SHAPE,
                    "augment: images of %" PRId64 " elements, and the network has %d inputs",
                    elements, work->network->inputs);
  if (!mah_augmenter_mixes(batch->augmenter_)) return MAH_OK;
  if (batch->spread_ != NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: mixup wants all rows, and a shard has its own");
  if (batch->y == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "augment: mixup wants y");
  if (mah_batch_has_classes(batch->y, work->network->loss))
    return mah_fail(MAH_ERROR_ARGUMENT, "augment: mixup wants y as probabilities (N, %d), got %s",
                    mah_network_outputs(work->network), mah_tensor_describe(batch->y));
  return MAH_OK;
}

mah_status mah_augmented_reserve(mah_work *work, const mah_batch *batch) {
  if (batch->augmenter_ == NULL) return MAH_OK;
  MAH_TRY(check(work, batch));
  int64_t room = MAH_MAX_SHARDS * desk_size(work, batch),
          outputs = mah_network_outputs(work->network);
  if (work->augment_target_ == NULL)
    work->augment_target_ = mah_alloc(outputs, (size_t)mah_dtype_size(work->network->dtype));
  if (work->augment_target_ == NULL) return MAH_ERROR_MEMORY;
  if (room <= work->augment_room) return MAH_OK;
  mah_free(work->augment_);
  work->augment_room = 0;
  work->augment_ = mah_alloc(room, sizeof *work->augment_);
  if (work->augment_ == NULL) return MAH_ERROR_MEMORY;
  work->augment_room = room;
  return MAH_OK;
}

/* The number in x of the row that a batch's row is mixed with, one of all of the order, and the
 * share of itself. */
static int64_t partner_of(double *share, const mah_batch *batch, int64_t row) {
  int64_t n = batch->order_ ? batch->order_->extent[0] : mah_batch_rows(batch);
  int64_t place =
      mah_augmenter_partner(share, batch->augmenter_, batch->seed, batch->epoch, (uint64_t)row, n);
  return batch->order_ ? ((const int32_t *)batch->order_->data)[place] : place;
}

/* -- Targets ----------------------------------------------------------------------------------- */

mah_status mah_augmented_targets(mah_work *work, const mah_batch *batch, int64_t first,
                                 int64_t count) {
  const mah_network *network = work->network;
  int64_t outputs = mah_network_outputs(network);
  int64_t size = outputs * mah_dtype_size(network->dtype);
  char *target = work->target, *other = work->augment_target_;
  if (batch->augmenter_ == NULL || !mah_augmenter_mixes(batch->augmenter_)) return MAH_OK;
  for (int64_t i = 0; i < count; i++) {
    double share;
    int64_t partner = partner_of(&share, batch, mah_batch_row(batch, first + i));
    if (partner < 0 || partner >= batch->y->extent[0])
      return mah_fail(MAH_ERROR_ARGUMENT, "row number %" PRId64 " is outside of %" PRId64 " rows",
                      partner + 1, batch->y->extent[0]);
    MAH_TRY(mah_row_convert(other, network->dtype, batch->y, partner));
    mah_augmenter_blend(target + i * size, other, network->dtype, outputs, share);
  }
  return MAH_OK;
}

/* -- Inputs ------------------------------------------------------------------------------------ */

/* x: an image as the network has it, by way of desk.image where that is in doubles */
static void change(void *x, const desk *d, const mah_work *work, const mah_batch *batch,
                   int64_t row) {
  int64_t inputs = work->network->inputs;
  int is_double = work->network->dtype == MAH_FLOAT64;
  if (!mah_augmenter_changes(batch->augmenter_)) return;
  float *image = is_double ? d->image : x;
  double *doubles = x;
  for (int64_t i = 0; is_double && i < inputs; i++) image[i] = (float)doubles[i];
  mah_augmenter_change(batch->augmenter_, image, d->room, batch->seed, batch->epoch, (uint64_t)row);
  for (int64_t i = 0; is_double && i < inputs; i++) doubles[i] = image[i];
}

/* The row was looked at with its targets: it can be converted. */
static void fetch(void *x, const mah_work *work, const mah_batch *batch, int64_t row) {
  const mah_network *network = work->network;
  (void)mah_row_convert(x, network->dtype, batch->x, row);
  if (network->input_scale != 1 && mah_dtype_is_integer(batch->x->elem))
    mah_compressed_scale(x, network->dtype, network->inputs, network->input_scale);
}

void mah_augmented_change(mah_work *work, const mah_pass *pass, const mah_batch *batch,
                          int32_t shard) {
  const mah_network *network = work->network;
  int64_t size = network->inputs * mah_dtype_size(network->dtype);
  desk d = desk_of(work, batch, shard);
  for (int64_t r = pass->row; r < pass->row + pass->rows; r++) {
    char *x = (char *)work->x + r * size;
    int64_t row = mah_batch_row(batch, pass->first_row + r);
    change(x, &d, work, batch, row);
    if (!mah_augmenter_mixes(batch->augmenter_)) continue;
    double share;
    int64_t partner = partner_of(&share, batch, row);
    fetch(d.other, work, batch, partner);
    change(d.other, &d, work, batch, partner);
    mah_augmenter_blend(x, d.other, network->dtype, network->inputs, share);
  }
}
