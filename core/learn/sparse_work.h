/* sparse_work.h - the inputs of a piece of a batch without their zeros, and what the first layer's
 * sparse products need besides: a part of the work space.
 *
 * Forward, the kernels take pairs of rows. For the gradient of the weights they take pairs of
 * columns, whose elements are the pairs of neighbours in each row, brought in the order of their
 * columns.
 */
#ifndef MAH_SPARSE_WORK_H
#define MAH_SPARSE_WORK_H

#include "learn/batch.h"
#include "learn/kernels.h"

enum { MAH_MAX_SHARDS = 8 }; /* of a piece */

/* A list of elements; the values are not looked at where there are codes. */
typedef struct mah_elements {
  uint32_t *element;
  void *first, *second;
  int64_t room;
} mah_elements;

typedef struct mah_sparse_work {
  mah_sparse_pairs rows, columns; /* what the kernels get */
  mah_sparse_pairs neighbours;    /* per row: the pairs of its neighbours */
  /* With codes: where they come from, and which rows, order_[first] ...; what follows the piece, up
   * to `last`, may be wanted soon. */
  const mah_compressed *source_;
  const int32_t *order_;
  int64_t first, last;
  mah_elements by_row, by_neighbours, by_column;
  uint32_t *row_from, *row_to, *neighbours_from, *neighbours_to, *column_from;
  uint32_t *places; /* (shards, pairs of columns): where a shard's elements go */
  int64_t room_rows, room_columns;
  void *weights, *delta; /* packed: the weights and the piece's delta, or NULL */
} mah_sparse_work;

void mah_sparse_work_free(mah_sparse_work *z);

/* Makes room for the next piece, `rows` rows of the batch from row `first` of it on, which may be
 * compressed; with `columns`, also for those. */
mah_status mah_sparse_work_reserve(mah_sparse_work *z, const mah_batch *batch, int64_t first,
                                   int64_t rows, int32_t dtype, int columns);

/* Finds the elements of rows row ... row + rows - 1; row is even. x_ (piece_rows, inputs) has them
 * where the batch is not compressed. Then those of their neighbours, counted as `shard`'s. */
void mah_sparse_work_find(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x_,
                          int64_t row, int64_t rows, int64_t inputs);
void mah_sparse_work_find_neighbours(mah_sparse_work *z, const mah_learn_kernels *kernels,
                                     const void *x_, int32_t shard, int64_t row, int64_t rows,
                                     int64_t inputs);

/* Then: adds up the shards' counts; each shard brings its elements to the columns. */
void mah_sparse_work_place(mah_sparse_work *z, int32_t shards, int64_t inputs);
void mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, int32_t shard,
                           int64_t row, int64_t rows, int64_t inputs);

/* Room for the packed matrices of a first layer. */
mah_status mah_sparse_work_reserve_packed(mah_sparse_work *z, const mah_layer *layer, int64_t rows,
                                          int32_t dtype);
#endif
