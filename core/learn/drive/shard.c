#include "learn/drive/shard.h"

#include "base/parallel.h"
#include "base/subnormals.h"
#include "learn/kernels/kernels.h"

enum { MAX_BLOCKS = MAH_MAX_SHARDS }; /* of a piece */

/* -- Cutting ----------------------------------------------------------------------------------- */

static int32_t blocks_for(int64_t rows) {
  enum { SHORT = 24, LONG = 48 };
  int64_t blocks = rows / (rows < 2 * LONG ? SHORT : LONG);
  return blocks < 1 ? 1 : blocks > MAX_BLOCKS ? MAX_BLOCKS : (int32_t)blocks;
}

/* Where block i begins: as near to equal parts as tiles of 4 rows (gemm.c) allow, which are about
 * as fast as higher ones. Two shards of 96 and 104 rows would let a thread wait for 4 % of its
 * time. */
static int64_t begin(int64_t rows, const mah_shards *s, int32_t i) {
  enum { TILE = 4 };
  return i >= s->blocks ? rows : (rows * i / s->blocks + TILE / 2) / TILE * TILE;
}

/* What the layers hold of a row, there and back. */
static int64_t bytes_of_row(const mah_network *network) {
  int64_t reals = network->inputs;
  for (int32_t i = 0; i < network->n_layers; i++) reals += 2 * (int64_t)network->layers[i].units;
  return reals * mah_dtype_size(network->dtype);
}

/* So many blocks stay in the first-level cache from layer to layer, if any do. Where none does,
 * long shards are faster: more rows for each weight that comes from farther away. */
static int32_t blocks_together(const mah_network *network, int64_t rows, int32_t blocks) {
  enum { MOST = 4, CACHE = 40 << 10 };
  int64_t fit = CACHE / (bytes_of_row(network) * ((rows + blocks - 1) / blocks));
  return fit >= 1 && fit < MOST ? (int32_t)fit : MOST;
}

mah_shards mah_shards_cut(const mah_network *network, int64_t rows, int32_t ranks) {
  int32_t threads = mah_parallel_width() * ranks;
  mah_shards s = {.blocks = blocks_for(rows)};
  int32_t most = blocks_together(network, rows, s.blocks);
  s.together = (s.blocks + threads - 1) / threads;
  if (s.together > most) s.together = most;
  s.count = (s.blocks + s.together - 1) / s.together;
  for (int32_t i = 0; i < s.count; i++) {
    int32_t length =
        (int32_t)(begin(rows, &s, (i + 1) * s.together) - begin(rows, &s, i * s.together));
    if (length > s.longest) s.longest = length;
  }
  return s;
}

/* -- Running ----------------------------------------------------------------------------------- */

typedef struct job {
  const mah_piece *piece;
  const mah_leg *leg;
  const mah_learn_kernels *kernels;
  mah_score score[MAX_BLOCKS]; /* by block */
  int finite[MAX_BLOCKS];      /* by shard */
} job;

/* The piece's pass over the blocks from ... to - 1. */
static mah_pass pass_over(const mah_piece *piece, int32_t from, int32_t to) {
  mah_pass pass = piece->pass;
  pass.row = begin(pass.piece_rows, &piece->shards, from);
  pass.rows = begin(pass.piece_rows, &piece->shards, to) - pass.row;
  return pass;
}

static int is_mine(const mah_piece *piece, int32_t shard) {
  const mah_exchange *e_ = piece->batch.exchange_;
  int32_t rank = mah_exchange_rank(e_), count = piece->shards.count;
  return shard >= mah_exchange_cut(e_, count, rank) &&
         shard < mah_exchange_cut(e_, count, rank + 1);
}

static void measure(job *j, int32_t block) {
  mah_pass pass = pass_over(j->piece, block, block + 1);
  j->score[block].loss = j->kernels->loss(&pass);
  if (j->leg->counts) j->score[block].correct = j->kernels->correct(&pass);
}

/* The inputs of a shard without their zeros; NULL where they are a matrix. */
static const mah_sparse_columns *columns_of(mah_sparse_columns *columns, const mah_piece *piece,
                                            int32_t shard) {
  if (!piece->inputs.is_sparse) return NULL;
  *columns = mah_sparse_inputs_shard(&piece->work->sparse, &piece->batch,
                                     piece->work->network->dtype, shard);
  return columns;
}

/* The gradients want the inputs of all ranks' rows. */
static void shard_task(void *context, int32_t i) {
  job *j = context;
  const mah_piece *piece = j->piece;
  const mah_leg *leg = j->leg;
  int32_t from = i * piece->shards.together, to = from + piece->shards.together;
  mah_pass pass = pass_over(piece, from, to);
  mah_sparse_columns columns;
  int sieves = pass.is_sieved && leg->from < 1 && leg->to > 0; /* the first layer checks its x */
  int checks = leg->checks && !sieves;
  j->finite[i] = !leg->fetches ||
                 mah_inputs_fetch(piece->inputs, piece->work, &pass, &piece->batch, i, checks);
  if (sieves && leg->checks) pass.finite_ = &j->finite[i];
  if (!is_mine(piece, i)) return;
  pass.columns_ = columns_of(&columns, piece, i);
  mah_subnormals before = mah_subnormals_flush();
  j->kernels->forward(&pass, leg->from, leg->to);
  for (int32_t k = from; leg->measures && k < to && k < piece->shards.blocks; k++) measure(j, k);
  j->kernels->backward(&pass, leg->back_from, leg->back_to);
  mah_subnormals_restore(before);
}

/* -- Other ranks' rows ------------------------------------------------------------------------- */

/* The first row of rank's, and the first block, which may be one behind the last. */
static int64_t first_row(const mah_piece *piece, int32_t rank, int32_t *block) {
  const mah_shards *s = &piece->shards;
  *block = mah_exchange_cut(piece->batch.exchange_, s->count, rank) * s->together;
  if (*block > s->blocks) *block = s->blocks;
  return begin(piece->pass.piece_rows, s, *block);
}

/* What the rank's rows have come to: y and delta for the gradients, losses. */
static void stretches(mah_parcel *parcel, void *of, int32_t rank) {
  job *j = of;
  const mah_network *network = j->piece->work->network;
  int32_t block, end;
  int64_t row = first_row(j->piece, rank, &block);
  int64_t rows = first_row(j->piece, rank + 1, &end) - row;
  for (int32_t i = j->leg->back_from; i < j->leg->back_to; i++) {
    const mah_layer_work *layer = &j->piece->work->layers[i];
    int64_t row_size = network->layers[i].units * j->kernels->real_size;
    mah_parcel_add(parcel, (char *)layer->delta + row * row_size, rows * row_size);
    if (i < network->n_layers - 1)
      mah_parcel_add(parcel, (char *)layer->out + row * row_size, rows * row_size);
  }
  mah_parcel_add(parcel, &j->score[block], (end - block) * (int64_t)sizeof *j->score);
}

static void pack_task(void *context, int32_t i) {
  job *j = context;
  const mah_piece *piece = j->piece;
  int32_t from = i * piece->shards.together;
  mah_sparse_columns columns;
  if (is_mine(piece, i)) return;
  mah_pass pass = pass_over(piece, from, from + piece->shards.together);
  pass.columns_ = columns_of(&columns, piece, i);
  for (int32_t layer = j->leg->back_from; layer < j->leg->back_to; layer++)
    j->kernels->pack_delta(&pass, layer);
}

static mah_status exchange(job *j) {
  const mah_exchange *e_ = j->piece->batch.exchange_;
  if (e_ == NULL || !j->leg->measures) return MAH_OK;
  MAH_TRY(mah_exchange_all(e_, &j->piece->work->parcel, stretches, j));
  if (j->leg->back_from < j->leg->back_to) mah_parallel_run(pack_task, j, j->piece->shards.count);
  return MAH_OK;
}

/* -- All rows ---------------------------------------------------------------------------------- */

mah_status mah_shards_run(mah_piece *piece, const mah_leg *leg, mah_score *score) {
  job j = {.piece = piece, .leg = leg, .kernels = mah_learn(piece->pass.network->dtype)};
  mah_parallel_run(shard_task, &j, piece->shards.count);
  for (int32_t i = 0; i < piece->shards.count; i++)
    if (!j.finite[i]) MAH_TRY(mah_batch_check_finite(piece->batch.x, "x"));
  MAH_TRY(exchange(&j));
  for (int32_t i = 0; leg->measures && i < piece->shards.blocks; i++) {
    score->loss += j.score[i].loss;
    score->correct += j.score[i].correct;
  }
  return MAH_OK;
}
