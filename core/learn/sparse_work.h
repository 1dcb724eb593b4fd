/* sparse_work.h - the inputs of a piece of a batch without their zeros, and what the first layer's
 * sparse products need besides: a part of the work space.
 *
 * The rows' elements are found, or taken from the compressed rows, and counted; then they are
 * brought in the order of their columns. A column's elements lie in the order of the rows, so those
 * of a shard of rows are one stretch of them.
 */
#ifndef MAH_SPARSE_WORK_H
#define MAH_SPARSE_WORK_H

#include "learn/batch.h"
#include "learn/kernels.h"

enum { MAH_MAX_SHARDS = 8 }; /* of a piece */

/* A list of elements; the values are not looked at where there are codes. */
typedef struct mah_elements {
  uint32_t *element;
  void *value;
  int64_t room;
} mah_elements;

typedef struct mah_sparse_work {
  int64_t pairs;        /* of columns */
  mah_sparse_row *rows; /* of the piece */
  /* With codes: where they come from, and which rows, order_[first] ...; what follows the piece, up
   * to `last`, may be wanted soon. */
  const mah_compressed *source_;
  const int32_t *order_;
  int64_t first, last;
  mah_elements by_row, by_column; /* by_row: where they do not come from elsewhere */
  uint32_t *begin;                /* (pairs): where a pair's elements begin in by_column */
  uint32_t *places;               /* (shards, pairs): counts; then where a shard's elements go; then
                                     where they end */
  int64_t room_rows, room_pairs;
  void *sums, *delta; /* see mah_pass; or NULL */
} mah_sparse_work;

void mah_sparse_work_free(mah_sparse_work *z);

/* Makes room for the next piece, `rows` rows of the batch from row `first` of it on, which may be
 * compressed. */
mah_status mah_sparse_work_reserve(mah_sparse_work *z, const mah_batch *batch, int64_t first,
                                   int64_t rows, int32_t dtype);

/* Room for what else the products of a first layer need, for pieces of up to `rows` rows. */
mah_status mah_sparse_work_reserve_products(mah_sparse_work *z, const mah_layer *layer,
                                            int64_t rows, int32_t dtype);

/* Finds the elements of rows row ... row + rows - 1, which are those of a shard, and counts them. x_
 * (piece_rows, inputs) has them where the batch is not compressed. */
void mah_sparse_work_find(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x_,
                          int32_t shard, int64_t row, int64_t rows, int64_t inputs);

/* Then: adds up the shards' counts; each shard brings its elements to the columns. */
void mah_sparse_work_place(mah_sparse_work *z, int32_t shards);
void mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, int32_t shard,
                           int64_t row, int64_t rows);

/* Then: the elements of the shards first ... last. */
mah_sparse_columns mah_sparse_work_columns(const mah_sparse_work *z, int32_t first, int32_t last);
#endif
