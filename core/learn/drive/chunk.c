#include "learn/drive/chunk.h"

#include "base/parallel.h"
#include "base/subnormals.h"
#include "learn/drive/limit.h"
#include "learn/kernels/kernels.h"

typedef struct job {
  const mah_piece *piece;
  const mah_learn_kernels *kernels;
  const mah_change *change_;
  int32_t first, chunks, middle; /* see chunk_of */
} job;

/* Where there are so few multiplications, they are over before another thread has begun. */
static void run(mah_task *task, job *j, int32_t chunks, int64_t multiplications) {
  enum { FEW = 1 << 19 };
  if (multiplications > FEW)
    mah_parallel_run(task, j, chunks);
  else
    for (int32_t i = 0; i < chunks; i++) task(j, i);
}

static int is_mine(const job *j, const mah_chunk *chunk) {
  const mah_exchange *e_ = j->piece->batch.exchange_;
  return e_ == NULL || chunk->owner == e_->rank;
}

static int is_sparse(mah_inputs inputs, const mah_chunk *chunk) {
  return chunk->layer == 0 && (inputs.is_sparse || inputs.is_sieved);
}

/* -- Before ------------------------------------------------------------------------------------ */

/* The penalty of the weights, too, while they are near. */
static void prepare(const job *j, mah_chunk *chunk, const mah_pass *pass, mah_inputs inputs) {
  const mah_layer *layer = &pass->network->layers[chunk->layer];
  int64_t first = layer->weight + chunk->first * layer->units;
  if (!is_sparse(inputs, chunk))
    j->kernels->pack_weights(pass, chunk->layer, chunk->first, chunk->count);
  chunk->penalty = 0;
  if (pass->l1 != 0 || pass->l2 != 0)
    chunk->penalty = j->kernels->penalty((const char *)pass->w + first * j->kernels->real_size,
                                         chunk->count * layer->units, pass->l1, pass->l2);
}

static void prepare_task(void *context, int32_t i) {
  const job *j = context;
  mah_subnormals before = mah_subnormals_flush();
  prepare(j, &j->piece->work->chunks[i], &j->piece->pass, j->piece->inputs);
  mah_subnormals_restore(before);
}

mah_status mah_chunks_reserve(mah_work *work, mah_inputs inputs, int32_t has_gradient) {
  if (inputs.is_sparse)
    MAH_TRY(mah_sparse_inputs_reserve_products(&work->sparse, work->network, work->rows));
  return has_gradient ? mah_work_reserve_products(work, inputs.is_sparse) : MAH_OK;
}

void mah_chunks_prepare(mah_piece *piece) {
  job j = {.piece = piece, .kernels = mah_learn(piece->pass.network->dtype)};
  /* to pack a weight takes as long as some rows' products with it */
  run(prepare_task, &j, piece->work->n_chunks, 16 * piece->pass.network->parameters);
}

double mah_chunks_penalty(const mah_work *work) {
  double sum = 0;
  for (int32_t i = 0; i < work->n_chunks; i++) sum += work->chunks[i].penalty;
  return sum;
}

/* -- After ------------------------------------------------------------------------------------- */

static void compute_gradient(const job *j, const mah_chunk *chunk) {
  mah_work *work = j->piece->work;
  mah_pass pass = j->piece->pass;
  mah_sparse_columns columns;
  if (is_sparse(j->piece->inputs, chunk)) {
    columns = mah_sparse_inputs_merge(&work->sparse, &j->piece->batch, pass.network->dtype,
                                      j->piece->shards.count, chunk->first, chunk->count);
    pass.columns_ = &columns;
  }
  j->kernels->weights(&pass, chunk->layer, chunk->first, chunk->count, chunk->room_);
}

/* f of the chunk's parameters; the bias goes with the first inputs'. */
static void over(const job *j, const mah_chunk *chunk,
                 void (*f)(const mah_flat *flat, int64_t first, int64_t n)) {
  const mah_layer *layer = &j->piece->pass.network->layers[chunk->layer];
  int64_t weights = chunk->count * layer->units;
  int is_whole = chunk->count == layer->inputs; /* then the bias follows */
  f(&j->change_->flat, layer->weight + chunk->first * layer->units,
    weights + (is_whole ? layer->units : 0));
  if (chunk->first == 0 && !is_whole) f(&j->change_->flat, layer->bias, layer->units);
}

/* When the chunk's weights are what they will be. */
static void settle(const job *j, mah_chunk *chunk) {
  over(j, chunk, mah_flat_average);
  if (j->change_->prepares) prepare(j, chunk, &j->change_->next, j->change_->inputs);
}

/* No other chunk reads these weights: all rows have gone back. */
static void change(const job *j, mah_chunk *chunk) {
  over(j, chunk, mah_flat_step);
  if (j->change_->n_max_norms == 0) settle(j, chunk);
}

/* About the multiplications for a chunk's gradient, and for the change of its weights. */
static int64_t cost_of(const mah_piece *piece, const mah_chunk *chunk, int64_t rows) {
  enum { CHANGE = 20, NONZERO = 4 }; /* for a weight; one input of so many */
  if (is_sparse(piece->inputs, chunk)) rows /= NONZERO;
  return chunk->count * piece->work->network->layers[chunk->layer].units * (rows + CHANGE);
}

/* So many of the job's chunks cost about half. */
static int32_t middle_of(const job *j) {
  const mah_chunk *chunk = j->piece->work->chunks + j->first;
  int64_t left = 0, half;
  int32_t i = 0;
  int64_t rows = j->piece->pass.piece_rows;
  for (int32_t k = 0; k < j->chunks; k++) left += cost_of(j->piece, &chunk[k], rows);
  for (half = left / 2; i < j->chunks && left > half; i++)
    left -= cost_of(j->piece, &chunk[i], rows);
  return i;
}

/* Threads that take tasks from the front begin with the chunks in the middle, going down, those
 * that take them from the back with the others, going up: so they meet at the first inputs or at
 * the last layer, where chunks are small, and no one waits long for the last one. One thread takes
 * them in order. */
static mah_chunk *chunk_of(const job *j, int32_t i) {
  mah_chunk *chunk = j->piece->work->chunks + j->first;
  if (j->middle < 0) return chunk + i;
  return chunk + (i < j->middle ? j->middle - 1 - i : j->middle + j->chunks - 1 - i);
}

/* All threads have read the weights; before one of them can write a line, the others must give it
 * up. So it is asked for while the gradient is computed. */
static void take_over(const job *j, const mah_chunk *chunk) {
#if defined(__x86_64__)
  enum { LINE = 64, MOST = 1 << 18 };
  const mah_layer *layer = &j->piece->pass.network->layers[chunk->layer];
  int64_t size = j->kernels->real_size, bytes = chunk->count * layer->units * size;
  const char *w =
      (const char *)j->change_->flat.w + (layer->weight + chunk->first * layer->units) * size;
  for (int64_t at = 0; at < bytes && at < MOST; at += LINE)
    __asm__ volatile("prefetchw %0" ::"m"(w[at]));
#else
  (void)j, (void)chunk;
#endif
}

static void weights_task(void *context, int32_t i) {
  const job *j = context;
  mah_chunk *chunk = chunk_of(j, i);
  if (!is_mine(j, chunk)) return;
  if (j->change_ && j->middle >= 0) take_over(j, chunk);
  mah_subnormals before = mah_subnormals_flush();
  compute_gradient(j, chunk);
  if (j->change_) change(j, chunk);
  mah_subnormals_restore(before);
}

/* -- Among ranks ------------------------------------------------------------------------------- */

/* Each chunk to the rank that has least to do so far: the last layers' large ones first. */
mah_status mah_chunks_share(mah_piece *piece) {
  const mah_exchange *e_ = piece->batch.exchange_;
  mah_work *work = piece->work;
  if (e_ == NULL) return MAH_OK;
  MAH_TRY(mah_parcel_reserve(&work->parcel, e_->size));
  int64_t *load = work->parcel.at;
  int64_t rows = piece->batch.count < work->rows ? piece->batch.count : work->rows;
  for (int32_t r = 0; r < e_->size; r++) load[r] = 0;
  for (int32_t i = work->n_chunks - 1; i >= 0; i--) {
    int32_t least = 0;
    for (int32_t r = 1; r < e_->size; r++)
      if (load[r] < load[least]) least = r;
    work->chunks[i].owner = least;
    load[least] += cost_of(piece, &work->chunks[i], rows);
  }
  return MAH_OK;
}

typedef struct vector {
  const mah_work *work;
  char *data;
  int64_t real_size;
} vector;

/* The rank's weights; the bias goes with the first inputs'. */
static void stretches(mah_parcel *parcel, void *of, int32_t rank) {
  const vector *v = of;
  for (int32_t i = 0; i < v->work->n_chunks; i++) {
    const mah_chunk *chunk = &v->work->chunks[i];
    const mah_layer *layer = &v->work->network->layers[chunk->layer];
    if (chunk->owner != rank) continue;
    mah_parcel_add(parcel, v->data + (layer->weight + chunk->first * layer->units) * v->real_size,
                   chunk->count * layer->units * v->real_size);
    if (chunk->first == 0)
      mah_parcel_add(parcel, v->data + layer->bias * v->real_size, layer->units * v->real_size);
  }
}

mah_status mah_chunks_gather(mah_piece *piece, void *data) {
  mah_work *work = piece->work;
  vector v = {work, data, mah_dtype_size(work->network->dtype)};
  if (piece->batch.exchange_ == NULL) return MAH_OK;
  return mah_exchange_all(piece->batch.exchange_, &work->parcel, stretches, &v);
}

/* For the next batch, what other ranks have changed. */
static void prepare_others_task(void *context, int32_t i) {
  const job *j = context;
  mah_chunk *chunk = &j->piece->work->chunks[i];
  if (is_mine(j, chunk)) return;
  mah_subnormals before = mah_subnormals_flush();
  prepare(j, chunk, &j->change_->next, j->change_->inputs);
  mah_subnormals_restore(before);
}

static mah_status exchange(job *j, mah_piece *piece) {
  const mah_pass *pass = &piece->pass;
  int is_last = pass->first_row + pass->piece_rows == piece->batch.count;
  if (piece->batch.exchange_ == NULL || !is_last) return MAH_OK;
  MAH_TRY(mah_chunks_gather(piece, j->change_ ? j->change_->flat.w : pass->dw));
  if (j->change_ && j->change_->prepares && j->change_->n_max_norms == 0)
    run(prepare_others_task, j, piece->work->n_chunks, 16 * pass->network->parameters);
  return MAH_OK;
}

/* -- Norms of units, whose weights may be in several chunks ------------------------------------ */

static void settle_task(void *context, int32_t i) {
  const job *j = context;
  mah_subnormals before = mah_subnormals_flush();
  settle(j, &j->piece->work->chunks[i]);
  mah_subnormals_restore(before);
}

/* On all ranks, which have all weights by now. */
static void limit(job *j, mah_piece *piece) {
  const mah_change *c = j->change_;
  mah_limit_norms(c->flat.w, c->flat.dtype, c->max_norms, c->n_max_norms);
  run(settle_task, j, piece->work->n_chunks, 16 * piece->pass.network->parameters);
}

/* -- All chunks -------------------------------------------------------------------------------- */

/* The first chunk of the layer, or of the one behind the last. */
static int32_t first_of(const mah_work *work, int32_t layer) {
  int32_t i = layer < work->network->n_layers ? 0 : work->n_chunks;
  while (i < work->n_chunks && work->chunks[i].layer < layer) i++;
  return i;
}

mah_status mah_chunks_weights(mah_piece *piece, int32_t from, int32_t to,
                              const mah_change *change_) {
  job j = {.piece = piece,
           .kernels = mah_learn(piece->pass.network->dtype),
           .change_ = change_,
           .first = first_of(piece->work, from)};
  j.chunks = first_of(piece->work, to) - j.first;
  j.middle = mah_parallel_width() > 1 ? middle_of(&j) : -1;
  run(weights_task, &j, j.chunks, piece->pass.network->parameters * piece->pass.piece_rows);
  MAH_TRY(exchange(&j, piece));
  if (change_ != NULL && change_->n_max_norms > 0) limit(&j, piece);
  return MAH_OK;
}
