#include "learn/drive/inputs.h"

#include "learn/drive/augmented.h"
#include "learn/kernels/kernels.h"

#include <stddef.h>

/* A piece's elements have numbers of 32 bits: 2^21 pairs of columns times some 512 rows. And where
 * there are few inputs, zeros are not worth a look. */
enum { MIN_SPARSE_INPUTS = 8, MAX_SPARSE_INPUTS = 1 << 22 };

mah_status mah_inputs_check(const mah_network *network, const mah_batch *batch) {
  const mah_compressed *c = batch->compressed_;
  if (c != NULL && c->dtype != network->dtype)
    return mah_fail(MAH_ERROR_DTYPE, "the compressed inputs are %s, the network is %s",
                    mah_dtype_name(c->dtype), mah_dtype_name(network->dtype));
  return MAH_OK;
}

/* Up to so many rows go forward through the weights as they are: to pack them would take longer. */
enum { FEW_ROWS = 8 };

int mah_inputs_are_few(const mah_batch *batch) {
  return batch->y == NULL && batch->count <= FEW_ROWS && batch->compressed_ == NULL;
}

/* -- Which way --------------------------------------------------------------------------------- */

static const char *row_at(const mah_tensor *x, int64_t row) {
  return (const char *)x->data + row * x->step[0] * mah_dtype_size(x->elem);
}

/* Elements whose bytes are not all 0: -0 is rare. */
static int64_t count_nonzero(const void *row, int64_t size, int64_t n) {
  const uint32_t *words = row;
  const uint64_t *longs = row;
  const uint8_t *bytes = row;
  int64_t count = 0;
  for (int64_t j = 0; size == 4 && j < n; j++) count += words[j] != 0;
  for (int64_t j = 0; size == 8 && j < n; j++) count += longs[j] != 0;
  for (int64_t j = 0; size == 1 && j < n; j++) count += bytes[j] != 0;
  return count;
}

/* A look at some rows. */
enum { LOOKS = 8 };
typedef struct look {
  const mah_batch *batch;
  int64_t rows;
  int64_t nonzero[LOOKS]; /* elements of these */
} look;

static int keeps_zeros(const mah_batch *batch) {
  return batch->augmenter_ == NULL || mah_augmenter_keeps_zeros(batch->augmenter_);
}

/* Can a look tell? */
static int needs_look(const mah_network *network, const mah_batch *batch) {
  return batch->compressed_ == NULL && keeps_zeros(batch) && network->inputs >= MIN_SPARSE_INPUTS &&
         network->inputs <= MAX_SPARSE_INPUTS && batch->count > 0;
}

static int64_t row_of_look(const look *l, int64_t i) {
  return mah_batch_row(l->batch, l->batch->count * i / l->rows);
}

static look begin_look(const mah_batch *batch) {
  return (look){.batch = batch, .rows = batch->count < LOOKS ? batch->count : LOOKS};
}

static int shows_zeros(const look *l, const mah_network *network) {
  int64_t nonzero = 0;
  for (int64_t i = 0; i < l->rows; i++) nonzero += l->nonzero[i];
  return (double)nonzero <= MAH_SPARSE_PERCENT / 100.0 * (double)l->rows * (double)network->inputs;
}

static void look_at(look *l, const mah_network *network, int64_t i, int64_t row) {
  const mah_tensor *x = l->batch->x;
  l->nonzero[i] = count_nonzero(row_at(x, row), mah_dtype_size(x->elem), network->inputs);
}

static int is_sparse(const mah_network *network, const mah_batch *batch) {
  if (!needs_look(network, batch)) return batch->compressed_ != NULL;
  look l = begin_look(batch);
  for (int64_t i = 0; i < l.rows; i++) look_at(&l, network, i, row_of_look(&l, i));
  return shows_zeros(&l, network);
}

static mah_inputs inputs_for(const mah_network *network, const mah_batch *batch, int zeros,
                             int has_gradient, int copies) {
  const mah_tensor *x = batch->x;
  int lies_ready = x != NULL && batch->order_ == NULL && batch->spread_ == NULL &&
                   batch->augmenter_ == NULL && x->elem == network->dtype &&
                   x->step[0] == network->inputs;
  int sieves = zeros && batch->compressed_ == NULL && !has_gradient;
  return (mah_inputs){
      .is_sparse = zeros && !sieves, .in_place = lies_ready && !copies, .is_sieved = sieves};
}

mah_inputs mah_inputs_choose(const mah_network *network, const mah_batch *batch, int has_gradient,
                             int copies) {
  int one_by_one = mah_inputs_are_few(batch) && batch->count < MAH_TILE_ROWS;
  int zeros = !one_by_one && is_sparse(network, batch);
  return inputs_for(network, batch, zeros, has_gradient, copies);
}

/* -- The same on all ranks --------------------------------------------------------------------- */

static int32_t looker(const look *l, int64_t i) {
  return mah_spread_owner(l->batch->spread_, l->batch->exchange_->size, row_of_look(l, i));
}

static void stretches(mah_parcel *parcel, void *of, int32_t rank) {
  look *l = of;
  for (int64_t i = 0; i < l->rows; i++)
    if (looker(l, i) == rank) mah_parcel_add(parcel, &l->nonzero[i], sizeof *l->nonzero);
}

static mah_status look_together(int *zeros, mah_work *work, const mah_batch *batch) {
  const mah_exchange *e = batch->exchange_;
  look l = begin_look(batch);
  for (int64_t i = 0; i < l.rows; i++)
    if (looker(&l, i) == e->rank)
      look_at(&l, work->network, i, row_of_look(&l, i) - batch->spread_->start[e->rank]);
  MAH_TRY(mah_exchange_all(e, &work->parcel, stretches, &l));
  *zeros = shows_zeros(&l, work->network);
  return MAH_OK;
}

mah_status mah_inputs_choose_together(mah_inputs *out, mah_work *work, const mah_batch *batch,
                                      int has_gradient, int copies) {
  const mah_network *network = work->network;
  int zeros = 0;
  if (batch->spread_ == NULL) {
    *out = mah_inputs_choose(network, batch, has_gradient, copies);
    return MAH_OK;
  }
  if (batch->spread_->is_sparse)
    zeros = 1;
  else if (needs_look(network, batch))
    MAH_TRY(look_together(&zeros, work, batch));
  *out = inputs_for(network, batch, zeros, has_gradient, copies);
  return MAH_OK;
}

/* -- A piece ----------------------------------------------------------------------------------- */

const void *mah_inputs_matrix(mah_inputs inputs, const mah_work *work, const mah_batch *batch,
                              int64_t first) {
  if (batch->compressed_ != NULL) return NULL;
  return inputs.in_place ? row_at(batch->x, batch->first + first) : work->x;
}

/* Copies the pass's rows of the batch to x. */
static void gather(const mah_network *network, void *x, const mah_pass *pass,
                   const mah_batch *batch) {
  int32_t elem = batch->x->elem;
  mah_batch_gather(x, network->dtype, batch->x, batch, pass->first_row + pass->row, pass->rows);
  if (network->input_scale != 1 && mah_dtype_is_integer(elem))
    mah_compressed_scale(x, network->dtype, pass->rows * network->inputs, network->input_scale);
}

int mah_inputs_fetch(mah_inputs inputs, mah_work *work, const mah_pass *pass,
                     const mah_batch *batch, int32_t shard, int checks) {
  const mah_network *network = work->network;
  const mah_learn_kernels *kernels = mah_learn(network->dtype);
  int64_t first = pass->row * network->inputs * kernels->real_size;
  if (batch->compressed_ == NULL && batch->spread_ == NULL && !inputs.in_place)
    gather(network, (char *)work->x + first, pass, batch);
  if (batch->augmenter_ != NULL) mah_augmented_change(work, pass, batch, shard);
  if (inputs.is_sparse) return mah_sparse_inputs_fetch(&work->sparse, batch, pass, shard, checks);
  return !checks || kernels->finite((const char *)pass->x + first, pass->rows * network->inputs);
}
