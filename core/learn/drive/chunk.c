#include "learn/drive/chunk.h"

#include "base/parallel.h"
#include "learn/kernels/kernels.h"

typedef struct job {
  const mah_piece *piece;
  const mah_learn_kernels *kernels;
  int32_t first; /* chunk */
} job;

static int is_sparse(const mah_piece *piece, const mah_chunk *chunk) {
  return chunk->layer == 0 && (piece->inputs.is_sparse || piece->inputs.is_sieved);
}

/* -- Before ------------------------------------------------------------------------------------ */

/* The penalty of the weights, too, while they are near. */
static void prepare_task(void *context, int32_t i) {
  const job *j = context;
  const mah_pass *pass = &j->piece->pass;
  mah_chunk *chunk = &j->piece->work->chunks[i];
  const mah_layer *layer = &pass->network->layers[chunk->layer];
  int64_t first = layer->weight + chunk->first * layer->units;
  if (!is_sparse(j->piece, chunk))
    j->kernels->pack_weights(pass, chunk->layer, chunk->first, chunk->count);
  chunk->penalty = 0;
  if (pass->l1 != 0 || pass->l2 != 0)
    chunk->penalty = j->kernels->penalty((const char *)pass->w + first * j->kernels->real_size,
                                         chunk->count * layer->units, pass->l1, pass->l2);
}

mah_status mah_chunks_prepare(mah_piece *piece) {
  mah_work *work = piece->work;
  const mah_pass *pass = &piece->pass;
  if (piece->inputs.is_sparse)
    MAH_TRY(mah_sparse_inputs_reserve_products(&work->sparse, work->network, work->rows));
  if (pass->has_gradient) MAH_TRY(mah_work_reserve_slices(work, piece->inputs.is_sparse));
  job j = {.piece = piece, .kernels = mah_learn(pass->network->dtype)};
  mah_parallel_run(prepare_task, &j, work->n_chunks);
  return MAH_OK;
}

double mah_chunks_penalty(const mah_work *work) {
  double sum = 0;
  for (int32_t i = 0; i < work->n_chunks; i++) sum += work->chunks[i].penalty;
  return sum;
}

/* -- After ------------------------------------------------------------------------------------- */

static void weights_task(void *context, int32_t i) {
  const job *j = context;
  mah_work *work = j->piece->work;
  const mah_chunk *chunk = &work->chunks[j->first + i];
  mah_pass pass = j->piece->pass;
  mah_sparse_columns columns;
  if (is_sparse(j->piece, chunk)) {
    columns = mah_sparse_inputs_merge(&work->sparse, &j->piece->batch, pass.network->dtype,
                                      j->piece->shards.count, chunk->first, chunk->count);
    pass.columns_ = &columns;
  }
  j->kernels->weights(&pass, chunk->layer, chunk->first, chunk->count, chunk->slice_);
}

/* The first chunk of the layer, or of the one behind the last. */
static int32_t first_of(const mah_work *work, int32_t layer) {
  int32_t i = 0;
  while (i < work->n_chunks && work->chunks[i].layer < layer) i++;
  return i;
}

void mah_chunks_weights(mah_piece *piece, int32_t from, int32_t to) {
  job j = {.piece = piece,
           .kernels = mah_learn(piece->pass.network->dtype),
           .first = first_of(piece->work, from)};
  mah_parallel_run(weights_task, &j, first_of(piece->work, to) - j.first);
}
