/* work.h - the work space of a network: what a piece of a batch is loaded into, and what the layers
 * make of it. Made once for the largest batch, so that an epoch allocates nothing.
 */
#ifndef MAH_LEARN_DRIVE_WORK_H
#define MAH_LEARN_DRIVE_WORK_H

#include "learn/drive/exchange.h"
#include "learn/drive/sparse_inputs.h"
#include "learn/kernels/operands.h"

/* Some inputs of a layer: what one task computes the gradient of. */
typedef struct mah_chunk {
  int32_t layer;
  int32_t owner; /* the rank that computes it, where there is an exchange */
  int64_t first, count;
  double penalty;
  void *room_; /* work space of its dense product (kernels/operands.h) */
} mah_chunk;

typedef struct mah_work {
  const mah_network *network;
  int64_t rows; /* that there is room for */
  void *x;      /* (rows, inputs); NULL until it is wanted */
  void *target; /* (rows, outputs) */
  void *weight; /* (rows) */
  int32_t *class;
  void *room_; /* (rows, MAH_DEPTH): work space of dense products; NULL where all are small */
  mah_layer_work *layers;
  int32_t n_chunks;
  mah_chunk *chunks; /* of all layers, in order */
  mah_sparse_inputs sparse;
  float *augment_; /* of the changes of augmented.h, for all shards */
  int64_t augment_room;
  void *augment_target_; /* a row's targets */
  mah_parcel parcel;     /* of an exchange */
} mah_work;

/* Without room for rows. The network stays where it is, and as it is. */
mah_status mah_work_init(mah_work *work, const mah_network *network);
void mah_work_release(mah_work *work);

/* Makes room for batches of `count` rows; what fits already is left alone. Larger batches go
 * through in pieces of work->rows. */
mah_status mah_work_reserve(mah_work *work, int64_t count);

/* Room for a matrix of so many rows, which compressed inputs do not want. */
mah_status mah_work_reserve_matrix(mah_work *work);

/* Room for the chunks' products, which gradients want; not for a first layer with sparse inputs. */
mah_status mah_work_reserve_products(mah_work *work, int is_sparse);
#endif
