#include "learn/shard.h"

#include "base/parallel.h"
#include "learn/inputs.h"

#include <stddef.h>

/* -- Shards of rows ----------------------------------------------------------------------------
 *
 * A piece consists of blocks of rows, each with a loss of its own, and a shard of some blocks.
 */
enum { MAX_BLOCKS = 8 };    /* of a piece */
enum { MOST_TOGETHER = 4 }; /* blocks of a shard: its rows stay in the caches */

static int32_t blocks_for(int64_t rows) {
  enum { SHORT = 24, LONG = 48 };
  int64_t blocks = rows / (rows < 2 * LONG ? SHORT : LONG);
  return blocks < 1 ? 1 : blocks > MAX_BLOCKS ? MAX_BLOCKS : (int32_t)blocks;
}

typedef struct shards {
  const mah_shard_job *job;
  const mah_learn_kernels *kernels;
  int32_t blocks, together, count; /* of the piece; of a shard, but the last one; shards */
  double loss[MAX_BLOCKS];
  int64_t correct[MAX_BLOCKS];
  int finite[MAX_BLOCKS]; /* by shard */
} shards;

/* As few shards as there is work for all threads: long ones are faster. */
static shards cut(const mah_shard_job *job) {
  int32_t threads = mah_parallel_threads();
  shards s = {.job = job, .kernels = mah_learn(job->net->dtype)};
  s.blocks = blocks_for(job->pass->rows);
  s.together = (s.blocks + threads - 1) / threads;
  if (s.together > MOST_TOGETHER) s.together = MOST_TOGETHER;
  s.count = (s.blocks + s.together - 1) / s.together;
  return s;
}

/* Where block i begins: AVX2's tiles (gemm.c) are 6 rows high. */
static int64_t begin(const shards *s, int32_t i) {
  int64_t rows = s->job->pass->rows;
  return i >= s->blocks ? rows : rows * i / s->blocks / 6 * 6;
}

/* Over the blocks from ... to - 1. */
static mah_pass pass_over(const shards *s, int32_t from, int32_t to) {
  mah_pass pass = *s->job->pass;
  pass.row = begin(s, from);
  pass.rows = begin(s, to) - pass.row;
  return pass;
}

/* Rows of the longest shard. */
static int64_t longest(const shards *s) {
  int64_t most = 0;
  for (int32_t i = 0; i < s->count; i++) {
    int64_t rows = begin(s, (i + 1) * s->together) - begin(s, i * s->together);
    if (rows > most) most = rows;
  }
  return most;
}

static void measure_block(shards *s, int32_t i) {
  mah_pass pass = pass_over(s, i, i + 1);
  s->loss[i] = s->kernels->loss(&pass);
  if (s->job->counts) s->correct[i] = s->kernels->correct(&pass);
}

static void rows_task(void *context, int32_t i) {
  shards *s = context;
  const mah_shard_job *job = s->job;
  mah_mlp *net = job->net;
  int32_t from = i * s->together, to = from + s->together;
  mah_pass pass = pass_over(s, from, to);
  mah_sparse_columns columns;
  s->finite[i] = mah_inputs_bring(net, &pass, job->batch, i, job->checks);
  if (net->is_sparse) {
    columns = mah_sparse_work_shard(&net->sparse, s->kernels, i);
    pass.sparse_ = &columns;
  }
  s->kernels->forward(&pass, 0, job->until);
  if (pass.class_ == NULL && pass.target_ == NULL) return;
  for (int32_t k = from; k < to && k < s->blocks; k++) measure_block(s, k);
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
    columns =
        mah_sparse_work_merge(&c->net->sparse, c->kernels, c->shards, chunk->first, chunk->count);
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

static void run_chunks(mah_task *task, mah_mlp *net, const mah_pass *pass, int32_t n_shards) {
  chunks c = {net, pass, mah_learn(net->dtype), n_shards};
  mah_parallel_run(task, &c, net->n_chunks);
}

mah_status mah_shard_prepare(mah_mlp *net, mah_pass *pass) {
  if (net->is_sparse) {
    MAH_TRY(mah_sparse_work_reserve_products(&net->sparse, &net->layers[0], net->rows, net->dtype));
    pass->sums = net->sparse.sums;
    pass->sparse_delta = net->sparse.delta;
  }
  if (pass->dw_ != NULL) MAH_TRY(mah_work_reserve_slices(net));
  run_chunks(prepare_task, net, pass, 0);
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
  shards s = cut(job);
  pass->piece_rows = pass->rows;
  if (net->is_sparse)
    MAH_TRY(mah_sparse_work_reserve(&net->sparse, job->batch, pass->first_row, pass->rows, s.count,
                                    longest(&s), net->dtype, pass->dw_ != NULL));
  mah_parallel_run(rows_task, &s, s.count);
  for (int32_t i = 0; i < s.count; i++)
    if (!s.finite[i]) MAH_TRY(mah_batch_check_finite(job->batch->x, "x"));
  for (int32_t i = 0; i < s.blocks; i++) {
    job->loss += s.loss[i];
    job->correct += s.correct[i];
  }
  if (pass->dw_ == NULL) return MAH_OK;
  run_chunks(weights_task, net, pass, s.count);
  pass->adds = 1;
  return MAH_OK;
}
