#include "learn/shard.h"

#include "base/parallel.h"
#include "learn/inputs.h"

#include <stddef.h>

/* -- Shards of rows ---------------------------------------------------------------------------- */

enum { MAX_SHARDS = 8 }; /* of a piece */

/* Long enough for the products, and enough of them for a few threads. */
static int32_t shards_for(int64_t rows) {
  enum { SHORT = 24, LONG = 48 };
  int64_t shards = rows / (rows < 2 * LONG ? SHORT : LONG);
  return shards < 1 ? 1 : shards > MAX_SHARDS ? MAX_SHARDS : (int32_t)shards;
}

typedef struct shards {
  const mah_shard_job *job;
  const mah_learn_kernels *kernels;
  int32_t count;
  double loss[MAX_SHARDS];
  int64_t correct[MAX_SHARDS];
  int finite[MAX_SHARDS];
} shards;

/* Where shard i begins: AVX2's tiles (gemm.c) are 6 rows high. */
static int64_t cut(int64_t rows, int32_t i, int32_t count) {
  return i == count ? rows : rows * i / count / 6 * 6;
}

/* Rows of the longest one. */
static int64_t longest(int64_t rows, int32_t count) {
  int64_t most = 0;
  for (int32_t i = 0; i < count; i++) {
    int64_t here = cut(rows, i + 1, count) - cut(rows, i, count);
    if (here > most) most = here;
  }
  return most;
}

static mah_pass pass_of(const shards *s, int32_t i) {
  mah_pass pass = *s->job->pass;
  int64_t rows = pass.rows;
  pass.row = cut(rows, i, s->count);
  pass.rows = cut(rows, i + 1, s->count) - pass.row;
  return pass;
}

static void rows_task(void *context, int32_t i) {
  shards *s = context;
  const mah_shard_job *job = s->job;
  mah_mlp *net = job->net;
  mah_pass pass = pass_of(s, i);
  mah_sparse_columns columns;
  s->finite[i] = mah_inputs_bring(net, &pass, job->batch, i, job->checks);
  if (net->is_sparse) {
    columns = mah_sparse_work_shard(&net->sparse, s->kernels, i);
    pass.sparse_ = &columns;
  }
  s->kernels->forward(&pass, 0, job->until);
  if (pass.class_ == NULL && pass.target_ == NULL) return;
  s->loss[i] = s->kernels->loss(&pass);
  if (job->counts) s->correct[i] = s->kernels->correct(&pass);
  if (pass.dw_ != NULL) s->kernels->backward(&pass, 0, net->n_layers);
}

/* -- Chunks of inputs -------------------------------------------------------------------------- */

typedef struct chunks {
  mah_mlp *net;
  const mah_pass *pass;
  const mah_learn_kernels *kernels;
  int32_t shards; /* of the piece */
} chunks;

static void weights_task(void *context, int32_t i) {
  const chunks *c = context;
  const mah_chunk *chunk = &c->net->chunks[i];
  mah_pass pass = *c->pass;
  mah_sparse_columns columns;
  if (chunk->layer == 0 && c->net->is_sparse) {
    mah_sparse_work_merge(&c->net->sparse, c->kernels, c->shards, chunk->first, chunk->count);
    columns = mah_sparse_work_merged(&c->net->sparse);
    pass.sparse_ = &columns;
  }
  c->kernels->weights(&pass, chunk->layer, chunk->first, chunk->count, chunk->slice_);
}

/* The penalty of the weights, too, while they are near. */
static void prepare_task(void *context, int32_t i) {
  const chunks *c = context;
  const mah_pass *pass = c->pass;
  mah_chunk *chunk = &c->net->chunks[i];
  const mah_layer *layer = &c->net->layers[chunk->layer];
  int64_t first = layer->weight + chunk->first * layer->units;
  if (chunk->layer > 0 || !c->net->is_sparse)
    c->kernels->prepare(pass, chunk->layer, chunk->first, chunk->count);
  chunk->penalty = 0;
  if (pass->l1 != 0 || pass->l2 != 0)
    chunk->penalty = c->kernels->penalty((const char *)pass->w + first * c->kernels->real_size,
                                         chunk->count * layer->units, pass->l1, pass->l2);
}

static void run_chunks(mah_task *task, mah_mlp *net, const mah_pass *pass) {
  chunks c = {net, pass, mah_learn(net->dtype), shards_for(pass->rows)};
  mah_parallel_run(task, &c, net->n_chunks);
}

mah_status mah_shard_prepare(mah_mlp *net, mah_pass *pass) {
  if (net->is_sparse) {
    MAH_TRY(mah_sparse_work_reserve_products(&net->sparse, &net->layers[0], net->rows, net->dtype));
    pass->sums = net->sparse.sums;
    pass->sparse_delta = net->sparse.delta;
  }
  run_chunks(prepare_task, net, pass);
  return MAH_OK;
}

double mah_shard_penalty(const mah_mlp *net) {
  double sum = 0;
  for (int32_t i = 0; i < net->n_chunks; i++) sum += net->chunks[i].penalty;
  return sum;
}

/* -- A piece ----------------------------------------------------------------------------------- */

mah_status mah_shard_run(mah_shard_job *job) {
  mah_mlp *net = job->net;
  mah_pass *pass = job->pass;
  shards s = {.job = job, .kernels = mah_learn(net->dtype), .count = shards_for(pass->rows)};
  pass->piece_rows = pass->rows;
  if (net->is_sparse)
    MAH_TRY(mah_sparse_work_reserve(&net->sparse, job->batch, pass->first_row, pass->rows, s.count,
                                    longest(pass->rows, s.count), net->dtype, pass->dw_ != NULL));
  mah_parallel_run(rows_task, &s, s.count);
  for (int32_t i = 0; i < s.count; i++) {
    job->loss += s.loss[i];
    job->correct += s.correct[i];
    if (!s.finite[i]) MAH_TRY(mah_batch_check_finite(job->batch->x, "x"));
  }
  if (pass->dw_ == NULL) return MAH_OK;
  run_chunks(weights_task, net, pass);
  pass->adds = 1;
  return MAH_OK;
}
