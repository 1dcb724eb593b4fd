/* sparse_inputs.h - the inputs of a piece of a batch without their zeros, and what the first
 * layer's sparse products need besides: a part of the work space.
 *
 * Each shard of rows brings its elements into the order of their columns, in lists of its own: no
 * shard waits for another one. For the gradient, each chunk of columns puts the shards' lists one
 * after the other.
 *
 * Lists have the same room for each pair, so that they begin at the same places in all shards. Rows
 * that came without their zeros may have many columns with next to nothing in them: their lists lie
 * close together, where a count of the elements tells.
 */
#ifndef MAH_LEARN_DRIVE_SPARSE_INPUTS_H
#define MAH_LEARN_DRIVE_SPARSE_INPUTS_H

#include "learn/drive/batch.h"
#include "learn/kernels/kernels.h"

/* A list of elements (kernels/operands.h); there are no values where there are codes. */
typedef struct mah_element_list {
  uint32_t *element;
  void *value;
  int64_t room;
} mah_element_list;

typedef struct mah_sparse_inputs {
  int64_t pairs;           /* of columns */
  mah_element_list found;  /* (shards, a row): the elements of a row that is not compressed */
  mah_element_list shards; /* (shards, pairs, list) */
  mah_element_list merged; /* (pairs, rows of the piece) */
  int64_t list, rows;      /* room for a pair's elements in a shard; rows of the piece */
  int32_t is_close;        /* do the lists lie close together? */
  uint32_t *list_from, *shards_to;   /* (pairs), or (shards, pairs) if is_close; (shards, pairs) */
  uint32_t *shards_cut;              /* (shards, cuts, pairs): see mah_sparse_columns */
  int64_t cuts;                      /* of a shard; 0 where it, or the lists, are short */
  int64_t *shard_at;                 /* (shards): is_close: its lists' first element in `shards` */
  uint32_t *merged_from, *merged_to; /* (pairs) */
  int64_t room_pairs, room_shards, room_cuts;
  void *sums, *packed_delta; /* see mah_sparse_columns; or NULL */
} mah_sparse_inputs;

void mah_sparse_inputs_free(mah_sparse_inputs *s);

/* Room for what the products of a first layer need, for pieces of up to `rows` rows. */
mah_status mah_sparse_inputs_reserve_products(mah_sparse_inputs *s, const mah_network *network,
                                              int64_t rows);

/* Makes room for the next piece, all rows of `piece`, in so many shards of up to `shard_rows`; for
 * merging only where there is a gradient. */
mah_status mah_sparse_inputs_reserve(mah_sparse_inputs *s, const mah_batch *batch,
                                     const mah_pass *piece, int32_t shards, int64_t shard_rows);

/* Makes room for the lists of all pieces of up to `rows` rows, with a gradient: those of `batch`
 * and of the batches of as many rows that follow it, up to the order's row `end`. Their lengths are
 * known here where there are no codes; else they are the same for all pieces. */
mah_status mah_sparse_inputs_reserve_ahead(mah_sparse_inputs *s, const mah_batch *batch,
                                           int64_t end, int64_t rows, int32_t dtype);

/* Fills the lists of a shard, the rows of `pass`, from the batch's compressed rows, or else from
 * the matrix pass->x; returns 0 when it was asked to check that and found NaN or infinity. */
int mah_sparse_inputs_fetch(mah_sparse_inputs *s, const mah_batch *batch, const mah_pass *pass,
                            int32_t shard, int checks);
mah_sparse_columns mah_sparse_inputs_shard(const mah_sparse_inputs *s, const mah_batch *batch,
                                           int32_t dtype, int32_t shard);

/* When all shards have: the lists of columns first ... first + count - 1, of all shards. */
mah_sparse_columns mah_sparse_inputs_merge(mah_sparse_inputs *s, const mah_batch *batch,
                                           int32_t dtype, int32_t shards, int64_t first,
                                           int64_t count);
#endif
