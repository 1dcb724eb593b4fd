/* sparse_work.h - the inputs of a piece of a batch without their zeros, and what the first layer's
 * sparse products need besides: a part of the work space.
 *
 * Each shard of rows brings its elements into the order of their columns, in lists of its own: no
 * shard waits for another one. For the gradient, each chunk of columns puts the shards' lists one
 * after the other.
 */
#ifndef MAH_SPARSE_WORK_H
#define MAH_SPARSE_WORK_H

#include "learn/batch.h"
#include "learn/kernels.h"

/* A list of elements; there are no values where there are codes. */
typedef struct mah_elements {
  uint32_t *element;
  void *value;
  int64_t room;
} mah_elements;

typedef struct mah_sparse_work {
  int64_t pairs; /* of columns */
  /* Where compressed rows come from, and which ones: order_[first] ... */
  const mah_compressed *source_;
  const int32_t *order_;
  int64_t first;
  mah_elements found;  /* (shards, a row): the elements of a row that is not compressed */
  mah_elements shards; /* (shards, pairs, list) */
  mah_elements merged; /* (pairs, rows of the piece) */
  int64_t list, rows;  /* room for a pair's elements in a shard; rows of the piece */
  uint32_t *list_from, *shards_to;   /* (pairs), the same for all shards; (shards, pairs) */
  uint32_t *merged_from, *merged_to; /* (pairs) */
  int64_t room_pairs, room_shards;
  void *sums, *delta; /* see mah_pass; or NULL */
} mah_sparse_work;

void mah_sparse_work_free(mah_sparse_work *z);

/* Makes room for the next piece, `rows` rows of the batch from row `first` of it on, in so many shards
 * of up to `shard_rows`; with `merges` also for mah_sparse_work_merge. */
mah_status mah_sparse_work_reserve(mah_sparse_work *z, const mah_batch *batch, int64_t first,
                                   int64_t rows, int32_t shards, int64_t shard_rows, int32_t dtype,
                                   int merges);

/* Room for what else the products of a first layer need, for pieces of up to `rows` rows. */
mah_status mah_sparse_work_reserve_products(mah_sparse_work *z, const mah_layer *layer,
                                            int64_t rows, int32_t dtype);

/* Fills the lists of a shard, rows row ... row + rows - 1. x_ (piece_rows, inputs) has them where
 * the batch is not compressed; returns 0 when it was asked to check these and found NaN or infinity.
 */
int mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x_,
                          int32_t shard, int64_t row, int64_t rows, int64_t inputs, int checks);
mah_sparse_columns mah_sparse_work_shard(const mah_sparse_work *z, const mah_learn_kernels *kernels,
                                         int32_t shard);

/* When all shards have: the lists of columns first ... first + count - 1, of all shards. */
mah_sparse_columns mah_sparse_work_merge(mah_sparse_work *z, const mah_learn_kernels *kernels,
                                         int32_t shards, int64_t first, int64_t count);
#endif
