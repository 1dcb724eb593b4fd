#include "learn/shard.h"

#include "base/parallel.h"
#include "learn/inputs.h"

#include <stddef.h>

/* -- Shards of rows ---------------------------------------------------------------------------- */

/* Long enough for the products, and enough of them for a few threads. */
int32_t mah_shards(int64_t rows) {
  enum { SHORT = 24, LONG = 48 };
  int64_t shards = rows / (rows < 2 * LONG ? SHORT : LONG);
  return shards < 1 ? 1 : shards > MAH_MAX_SHARDS ? MAH_MAX_SHARDS : (int32_t)shards;
}

typedef struct shards {
  const mah_shard_job *job;
  const mah_learn_kernels *kernels;
  int32_t count;
  double loss[MAH_MAX_SHARDS];
  int64_t correct[MAH_MAX_SHARDS];
  int finite[MAH_MAX_SHARDS];
} shards;

static mah_pass pass_of(const shards *s, int32_t i) {
  mah_pass pass = *s->job->pass;
  int64_t rows = pass.rows;
  pass.row = rows * i / s->count;
  pass.rows = rows * (i + 1) / s->count - pass.row;
  pass.shard = i;
  return pass;
}

static void rows_task(void *context, int32_t i) {
  shards *s = context;
  const mah_shard_job *job = s->job;
  mah_mlp *net = job->net;
  mah_pass pass = pass_of(s, i);
  s->finite[i] = mah_inputs_bring(net, &pass, job->batch, job->checks);
  s->kernels->forward(&pass, 0, job->until);
  if (pass.class_ == NULL && pass.target_ == NULL) return;
  s->loss[i] = s->kernels->loss(&pass);
  if (job->counts) s->correct[i] = s->kernels->correct(&pass);
  if (pass.dw_ == NULL) return;
  s->kernels->backward(&pass, 0, net->n_layers);
  if (pass.columns_) mah_sparse_work_count(&net->sparse, i, pass.row, pass.rows, net->inputs);
}

static void columns_task(void *context, int32_t i) {
  shards *s = context;
  mah_mlp *net = s->job->net;
  mah_pass pass = pass_of(s, i);
  mah_sparse_work_bring(&net->sparse, s->kernels, i, pass.row, pass.rows, net->inputs);
}

/* -- Chunks of inputs -------------------------------------------------------------------------- */

typedef struct chunks {
  mah_mlp *net;
  const mah_pass *pass;
  const mah_learn_kernels *kernels;
} chunks;

static void weights_task(void *context, int32_t i) {
  const chunks *c = context;
  const mah_chunk *chunk = &c->net->chunks[i];
  c->kernels->weights(c->pass, chunk->layer, chunk->first, chunk->count);
}

static void prepare_task(void *context, int32_t i) {
  const chunks *c = context;
  const mah_chunk *chunk = &c->net->chunks[i];
  c->kernels->prepare(c->pass, chunk->layer, chunk->first, chunk->count);
}

static void penalty_task(void *context, int32_t i) {
  const chunks *c = context;
  mah_chunk *chunk = &c->net->chunks[i];
  const mah_layer *layer = &c->net->layers[chunk->layer];
  int64_t first = layer->weight + chunk->first * layer->units;
  chunk->penalty = c->kernels->penalty((const char *)c->pass->w + first * c->kernels->real_size,
                                       chunk->count * layer->units, c->pass->l1, c->pass->l2);
}

static void run_chunks(mah_task *task, mah_mlp *net, const mah_pass *pass) {
  chunks c = {net, pass, mah_learn(net->dtype)};
  mah_parallel_run(task, &c, net->n_chunks);
}

/* Up to so many units the gradient of the first layer is added up element by element. */
enum { NARROW = 64 };

static int is_narrow(const mah_mlp *net) { return net->layers[0].units <= NARROW; }

mah_status mah_shard_prepare(mah_mlp *net, mah_pass *pass) {
  if (net->is_sparse) {
    int32_t sums = pass->dw_ && is_narrow(net) ? mah_shards(net->rows) : 0;
    MAH_TRY(mah_sparse_work_reserve_packed(&net->sparse, mah_learn(net->dtype), &net->layers[0],
                                           net->rows, sums));
    pass->packed = net->sparse.weights;
    pass->packed_delta = net->sparse.delta;
    pass->sums = net->sparse.sums;
  }
  if (net->is_sparse || (pass->dw_ && net->n_layers > 1)) run_chunks(prepare_task, net, pass);
  return MAH_OK;
}

double mah_shard_penalty(mah_mlp *net, const mah_pass *pass) {
  double sum = 0;
  if (pass->l1 == 0 && pass->l2 == 0) return 0;
  run_chunks(penalty_task, net, pass);
  for (int32_t i = 0; i < net->n_chunks; i++) sum += net->chunks[i].penalty;
  return sum;
}

/* -- A piece ----------------------------------------------------------------------------------- */

/* Will the elements be brought in the order of their columns? Then there is room for them. */
static mah_status reserve_columns(mah_mlp *net, mah_pass *pass, int32_t count) {
  pass->columns_ = NULL;
  if (pass->sparse_ == NULL || pass->dw_ == NULL || is_narrow(net)) return MAH_OK;
  pass->columns_ = &net->sparse.columns;
  return mah_sparse_work_reserve_columns(&net->sparse, net->dtype, pass->rows, net->inputs, count);
}

mah_status mah_shard_run(mah_shard_job *job) {
  mah_mlp *net = job->net;
  mah_pass *pass = job->pass;
  shards s = {.job = job, .kernels = mah_learn(net->dtype), .count = mah_shards(pass->rows)};
  pass->shards = s.count;
  pass->piece_rows = pass->rows;
  MAH_TRY(reserve_columns(net, pass, s.count));
  mah_parallel_run(rows_task, &s, s.count);
  for (int32_t i = 0; i < s.count; i++) {
    job->loss += s.loss[i];
    job->correct += s.correct[i];
    if (!s.finite[i]) MAH_TRY(mah_batch_check_finite(job->batch->x, "x"));
  }
  if (pass->dw_ == NULL) return MAH_OK;
  if (pass->columns_ != NULL) {
    mah_sparse_work_place(&net->sparse, s.count, net->inputs);
    mah_parallel_run(columns_task, &s, s.count);
  }
  run_chunks(weights_task, net, pass);
  pass->adds = 1;
  return MAH_OK;
}
