#include "learn/training.h"

#include "learn/average.h"
#include "learn/max_norm.h"
#include "learn/step.h"

#include <time.h>

static mah_status check(mah_training *t) {
  if (t == NULL || t->batch_size < 1)
    return mah_fail(MAH_ERROR_ARGUMENT, "no training, or one by batches of no rows");
  MAH_TRY(mah_mlp_check_whole(t->net, t->w));
  MAH_TRY(mah_step_check(&t->rule, t->w, t->gradient));
  MAH_TRY(mah_max_norm_check(t->w, t->max_norms, (int32_t)t->n_max_norms));
  if (t->average.vector_ != NULL) MAH_TRY(mah_average_check(&t->average, t->w));
  t->batch.count = t->rows - t->batch.first;
  return mah_mlp_check_batch(t->net, &t->batch);
}

/* The mini-batch from row `first` on. */
static mah_batch batch_from(const mah_training *t, int64_t first) {
  mah_batch batch = t->batch;
  int64_t left = t->rows - first;
  batch.first = first;
  batch.count = left < t->batch_size ? left : t->batch_size;
  return batch;
}

static mah_change change_of(const mah_training *t) {
  return (mah_change){.flat = mah_flat_of(&t->rule, t->w, t->gradient, &t->average),
                      .max_norms = t->max_norms,
                      .n_max_norms = (int32_t)t->n_max_norms};
}

/* All pieces of a batch forward and back; the last one takes the change of the weights along. */
static mah_status step(const mah_training *t, mah_run *run, double *loss, mah_change *change,
                       const mah_batch *next_) {
  int32_t layers = t->net->network.n_layers;
  mah_leg leg = {.fetches = 1, .to = layers, .measures = 1, .back_to = layers};
  double penalty = mah_run_penalty(run);
  for (int64_t first = 0, count; first < run->piece.batch.count; first += count) {
    MAH_TRY(mah_run_load(run, &count, first));
    if (first + count < run->piece.batch.count)
      MAH_TRY(mah_run_go(run, &leg, t->gradient->data));
    else
      MAH_TRY(mah_run_step(run, &leg, t->gradient->data, change, next_));
  }
  *loss = run->score.loss + penalty;
  return MAH_OK;
}

/* What each rank knows of its own weights alone. */
static mah_status gather(const mah_training *t, mah_piece *piece) {
  MAH_TRY(mah_chunks_gather(piece, t->gradient->data));
  MAH_TRY(mah_chunks_gather(piece, t->rule.first->data));
  if (t->average.vector_) MAH_TRY(mah_chunks_gather(piece, t->average.vector_->data));
  return t->rule.second_ ? mah_chunks_gather(piece, t->rule.second_->data) : MAH_OK;
}

static int is_due_here(const mah_training *t) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return mah_pause_requested() || (double)now.tv_sec + 1e-9 * (double)now.tv_nsec >= t->deadline;
}

/* With an exchange: to one is to all. */
static mah_status is_due(int *due, const mah_training *t) {
  *due = t->deadline != 0 && is_due_here(t);
  if (t->deadline == 0 || t->batch.exchange_ == NULL) return MAH_OK;
  return mah_exchange_any(due, t->batch.exchange_, &t->net->work.parcel);
}

mah_status mah_training_run(mah_training *t) {
  MAH_TRY(check(t));
  mah_run *run = &t->net->run;
  mah_batch batch = batch_from(t, t->batch.first);
  t->net->is_open = 0;
  if (t->batch.first == 0) t->loss = 0;
  MAH_TRY(mah_run_begin(run, &t->net->work, t->w->data, &batch, MAH_RUN_GRADIENT));
  MAH_TRY(mah_sparse_inputs_reserve_ahead(&t->net->work.sparse, &batch, t->rows, t->net->work.rows,
                                          t->w->elem));
  for (;;) {
    double loss;
    mah_batch next = batch_from(t, batch.first + batch.count);
    mah_change change = change_of(t);
    next.step++;
    MAH_TRY(step(t, run, &loss, &change, next.count > 0 ? &next : NULL));
    t->rule.t++;
    t->average.count++;
    t->batch.first = next.first;
    t->batch.step = next.step;
    t->loss = loss - loss == 0 ? t->loss + loss * (double)batch.count : loss;
    int due = 0;
    if (next.count > 0 && loss - loss == 0) MAH_TRY(is_due(&due, t));
    if (next.count == 0 || loss - loss != 0 || due) return gather(t, &run->piece);
    MAH_TRY(mah_run_next(run, &change, &next));
    batch = next;
  }
}
