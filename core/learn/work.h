/* work.h - the network's inside: its layers, and the work space that a batch is loaded into. */
#ifndef MAH_WORK_H
#define MAH_WORK_H

#include "learn/kernels.h"
#include "learn/mlp.h"
#include "learn/sparse_work.h"

/* Some inputs of a layer: what one task computes the gradient of. */
typedef struct mah_chunk {
  int32_t layer;
  int64_t first, count;
  double penalty;
  void *slice_; /* work space of its dense product (dense.h) */
} mah_chunk;

struct mah_mlp {
  int32_t dtype, inputs, loss, n_layers;
  int64_t parameters;
  mah_layer *layers;
  double input_scale; /* of inputs that are bytes or integers */
  int32_t n_chunks;
  mah_chunk *chunks; /* of all layers, in order */
  /* Work space for `rows` rows. */
  int64_t rows;
  void *x, *target, *weight;
  int32_t *class;
  void **out, **mask, **z, **delta, **packed, **turned, **packed_delta; /* per layer */
  mah_sparse_work sparse;
  int is_sparse; /* the batch at hand: its inputs reach the kernels without zeros */
  /* What the stages of stage.h are in the middle of; its `layers` is NULL when there is nothing. */
  mah_pass stage;
};

int32_t mah_work_outputs(const mah_mlp *net); /* units of the last layer */

/* Makes room for batches of `count` rows; what fits already is left alone, so that an epoch
 * allocates at most once. Larger batches go through in pieces of net->rows. Ends all stages. */
mah_status mah_work_reserve(mah_mlp *net, int64_t count);
void mah_work_free(mah_mlp *net);

/* Room for the slices (dense.h) of the batch at hand, which is about to have a gradient. */
mah_status mah_work_reserve_slices(mah_mlp *net);

mah_status mah_work_check_parameters(const mah_mlp *net, const mah_tensor *w, const char *name);

/* A pass over the work space, with nothing loaded. */
mah_pass mah_work_pass(const mah_mlp *net);

mah_status mah_work_load_targets(mah_mlp *net, mah_pass *pass, const mah_batch *batch,
                                 int64_t first, int64_t count);
#endif
