#include "learn/drive/run.h"

#include "learn/drive/augmented.h"
#include "learn/drive/spread.h"

static mah_status set_targets(mah_pass *pass, const mah_batch *batch) {
  double weights;
  MAH_TRY(mah_batch_sum_of_weights(&weights, batch));
  pass->targets.scale = 1 / weights;
  pass->targets.sums_outputs = batch->sums_outputs;
  pass->l1 = batch->l1 * pass->targets.scale;
  pass->l2 = batch->l2 * pass->targets.scale;
  pass->training = batch->training;
  pass->seed = batch->seed;
  pass->step = batch->step;
  return MAH_OK;
}

mah_status mah_run_begin(mah_run *run, mah_work *work, const void *w, const mah_batch *batch,
                         int options) {
  mah_piece *piece = &run->piece;
  mah_pass *pass = &piece->pass;
  *run = (mah_run){.piece = {.work = work, .batch = *batch}};
  *pass = (mah_pass){.network = work->network, .work = work->layers, .w = w};
  pass->has_gradient = (options & MAH_RUN_GRADIENT) != 0;
  pass->is_unpacked = mah_inputs_are_few(batch);
  if (batch->y != NULL) MAH_TRY(set_targets(pass, batch));
  MAH_TRY(mah_work_reserve(work, batch->count));
  pass->room_ = work->room_;
  if (batch->compressed_ == NULL) MAH_TRY(mah_work_reserve_matrix(work));
  MAH_TRY(mah_augmented_reserve(work, batch));
  MAH_TRY(mah_inputs_choose_together(&piece->inputs, work, batch, pass->has_gradient,
                                     (options & MAH_RUN_COPY) != 0));
  pass->is_sieved = piece->inputs.is_sieved;
  if (pass->is_unpacked) return MAH_OK;
  MAH_TRY(mah_chunks_reserve(work, piece->inputs, pass->has_gradient));
  MAH_TRY(mah_chunks_share(piece));
  mah_chunks_prepare(piece);
  return MAH_OK;
}

/* -- A piece ----------------------------------------------------------------------------------- */

static mah_status load_targets(mah_piece *piece) {
  const mah_batch *batch = &piece->batch;
  const mah_network *network = piece->work->network;
  mah_work *work = piece->work;
  mah_targets *t = &piece->pass.targets;
  int64_t first = piece->pass.first_row, count = piece->pass.piece_rows;
  int32_t outputs = mah_network_outputs(network);
  if (batch->weight_ != NULL) {
    t->weight_ = work->weight;
    MAH_TRY(mah_batch_gather(work->weight, network->dtype, batch->weight_, batch, first, count));
  }
  if (mah_batch_has_classes(batch->y, network->loss)) {
    t->class_ = work->class;
    MAH_TRY(mah_batch_gather(work->class, MAH_INT32, batch->y, batch, first, count));
    return mah_batch_check_classes(work->class, batch, first, count, outputs);
  }
  t->target_ = work->target;
  MAH_TRY(mah_batch_gather(work->target, network->dtype, batch->y, batch, first, count));
  MAH_TRY(mah_augmented_targets(work, batch, first, count));
  return mah_batch_check_targets(work->target, network->dtype, batch, first, count, outputs,
                                 network->loss);
}

mah_status mah_run_load(mah_run *run, int64_t *count, int64_t first) {
  mah_piece *piece = &run->piece;
  mah_pass *pass = &piece->pass;
  int64_t left = piece->batch.count - first, room = piece->work->rows;
  if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
  *count = left < room ? left : room;
  pass->first_row = first;
  pass->rows = pass->piece_rows = *count;
  pass->accumulate = first > 0;
  pass->x = mah_inputs_matrix(piece->inputs, piece->work, &piece->batch, first);
  piece->shards =
      mah_shards_cut(piece->work->network, *count, mah_exchange_size(piece->batch.exchange_));
  if (piece->inputs.is_sparse)
    MAH_TRY(mah_sparse_inputs_reserve(&piece->work->sparse, &piece->batch, pass,
                                      piece->shards.count, piece->shards.longest));
  if (piece->batch.y != NULL) MAH_TRY(load_targets(piece));
  if (piece->batch.spread_ == NULL) return MAH_OK;
  return mah_spread_fetch(piece->work, &piece->batch, first, *count);
}

mah_status mah_run_go(mah_run *run, const mah_leg *leg, void *dw_) {
  run->piece.pass.dw = dw_;
  MAH_TRY(mah_shards_run(&run->piece, leg, &run->score));
  if (leg->back_from == leg->back_to) return MAH_OK;
  return mah_chunks_weights(&run->piece, leg->back_from, leg->back_to, NULL);
}

double mah_run_penalty(const mah_run *run) { return mah_chunks_penalty(run->piece.work); }

/* -- From batch to batch ----------------------------------------------------------------------- */

/* What the chunks must know of the batch to come. A failure shows when that begins. */
static mah_status look_ahead(mah_run *run, mah_change *change, const mah_batch *next) {
  mah_piece *piece = &run->piece;
  change->next = piece->pass;
  MAH_TRY(mah_inputs_choose_together(&change->inputs, piece->work, next, 1, 0));
  change->prepares = set_targets(&change->next, next) == MAH_OK;
  if (change->inputs.is_sparse == piece->inputs.is_sparse) return MAH_OK;
  return mah_chunks_reserve(piece->work, change->inputs, 1);
}

mah_status mah_run_step(mah_run *run, const mah_leg *leg, void *dw, mah_change *change,
                        const mah_batch *next_) {
  mah_piece *piece = &run->piece;
  piece->pass.dw = dw;
  change->prepares = 0;
  MAH_TRY(mah_shards_run(piece, leg, &run->score));
  if (next_ != NULL) MAH_TRY(look_ahead(run, change, next_));
  return mah_chunks_weights(piece, 0, piece->work->network->n_layers, change);
}

mah_status mah_run_next(mah_run *run, const mah_change *change, const mah_batch *next) {
  mah_piece *piece = &run->piece;
  if (!change->prepares) return set_targets(&piece->pass, next); /* once more, for its message */
  piece->batch = *next;
  piece->inputs = change->inputs;
  piece->pass = change->next;
  run->score = (mah_score){0};
  return MAH_OK;
}
