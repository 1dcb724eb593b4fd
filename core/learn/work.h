/* work.h - the network's inside: its layers, and the work space that a batch is loaded into. */
#ifndef MAH_WORK_H
#define MAH_WORK_H

#include "learn/kernels.h"
#include "learn/mlp.h"

struct mah_mlp {
  int32_t dtype, inputs, loss, n_layers;
  int64_t parameters;
  mah_layer *layers;
  /* Work space for `rows` rows. */
  int64_t rows;
  void *x, *target, *weight, *delta, *delta_in;
  int32_t *class;
  void **out, **mask, **z; /* per layer */
  /* What the stages of stage.h are in the middle of; its `layers` is NULL when there is nothing. */
  mah_pass stage;
};

int32_t mah_work_outputs(const mah_mlp *net); /* units of the last layer */

/* Makes room for batches of `count` rows; what fits already is left alone, so that an epoch
 * allocates at most once. Larger batches go through in pieces of net->rows. Ends all stages. */
mah_status mah_work_reserve(mah_mlp *net, int64_t count);
void mah_work_free(mah_mlp *net);

mah_status mah_work_check_parameters(const mah_mlp *net, const mah_tensor *w, const char *name);

/* A pass over the work space, with nothing loaded. */
mah_pass mah_work_pass(const mah_mlp *net);

/* Points the pass at rows first ... first + count - 1 of the batch, copied where they are not as
 * the kernels want them, or `always`. */
mah_status mah_work_load_inputs(mah_mlp *net, mah_pass *pass, const mah_batch *batch, int64_t first,
                                int64_t count, int always);
mah_status mah_work_load_targets(mah_mlp *net, mah_pass *pass, const mah_batch *batch,
                                 int64_t first, int64_t count);
#endif
