/* sparse_work.h - the inputs of a piece of a batch without their zeros, and what the first layer's
 * sparse products need besides: a part of the work space.
 *
 * The gradient of a narrow first layer is added up element by element, by each shard of rows in a
 * place of its own. For a wide one the elements are brought in the order of their columns first.
 */
#ifndef MAH_SPARSE_WORK_H
#define MAH_SPARSE_WORK_H

#include "learn/compressed.h"
#include "learn/kernels.h"

enum { MAH_MAX_SHARDS = 8 }; /* of a piece */

typedef struct mah_sparse_work {
  mah_sparse_rows rows, columns; /* what the kernels get */
  /* By rows. Compressed inputs come as pairs. */
  const mah_compressed *source_;
  const uint16_t **pairs;
  uint32_t *from, *to;
  uint32_t *element;
  void *value;
  int64_t room_rows, room_element, room_value;
  /* By columns. A shard brings the elements of its rows to its places. */
  uint32_t *places; /* (shards, inputs) */
  uint32_t *start;  /* (inputs + 1) */
  uint32_t *turned;
  void *turned_value;
  int64_t room_places, room_start, room_turned;
  /* Packed: the weights, the piece's delta, and per shard a part of the gradient, or NULL. */
  void *weights, *delta, **sums;
  int32_t n_sums;
} mah_sparse_work;

void mah_sparse_work_free(mah_sparse_work *z);

/* The rows order_[first] ... of compressed inputs, or first ...; what unpacking is left to do, tasks
 * do, each for some rows. */
mah_status mah_sparse_work_take(mah_sparse_work *z, const mah_compressed *c, const int32_t *order_,
                                int64_t first, int64_t count);
void mah_sparse_work_unpack(mah_sparse_work *z, int64_t row, int64_t rows);

/* Or: room for so many rows of a matrix, in which tasks then find the elements. */
mah_status mah_sparse_work_reserve(mah_sparse_work *z, int32_t dtype, int64_t rows, int64_t inputs);
void mah_sparse_work_find(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x,
                          int64_t row, int64_t rows, int64_t inputs);

/* Room for the packed matrices of a first layer; sums for `shards` of them, or none. */
mah_status mah_sparse_work_reserve_packed(mah_sparse_work *z, const mah_learn_kernels *kernels,
                                          const mah_layer *layer, int64_t rows, int32_t shards);

/* By columns, in three steps: room; then each shard counts its rows; then place() adds up; then
 * each shard brings its elements. */
mah_status mah_sparse_work_reserve_columns(mah_sparse_work *z, int32_t dtype, int64_t rows,
                                           int64_t inputs, int32_t shards);
void mah_sparse_work_count(mah_sparse_work *z, int32_t shard, int64_t row, int64_t rows,
                           int64_t inputs);
void mah_sparse_work_place(mah_sparse_work *z, int32_t shards, int64_t inputs);
void mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, int32_t shard,
                           int64_t row, int64_t rows, int64_t inputs);
#endif
