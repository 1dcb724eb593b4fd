/* shard.h - a piece of a batch, cut into tasks for the threads of the core.
 *
 * What is computed row by row is cut into shards of rows, the gradients of the weights into chunks
 * of a layer's inputs. The number of threads says how many shards there are, but changes no bit of a
 * result: sums over rows, too, are taken over blocks and chunks that depend on the sizes only, and
 * in their order.
 */
#ifndef MAH_SHARD_H
#define MAH_SHARD_H

#include "learn/work.h"

/* What a piece is asked for. */
typedef struct mah_shard_job {
  mah_mlp *net;
  mah_pass *pass;
  const mah_batch *batch;
  int32_t until;   /* forward through so many layers */
  int32_t counts;  /* the rows that are right? */
  int32_t checks;  /* that the inputs are numbers; else it fails with MAH_ERROR_NUMERIC */
  double loss;     /* added to, when the pass has targets */
  int64_t correct; /* added to */
} mah_shard_job;

/* Forward; with targets loss; with dw_ also the gradient, mah_shard_prepare comes before. */
mah_status mah_shard_run(mah_shard_job *job);

/* Once for all pieces of a batch, after mah_inputs_choose: brings the weights into the forms that
 * the kernels want, and adds up their penalties. */
mah_status mah_shard_prepare(mah_mlp *net, mah_pass *pass);

/* After that: the penalties of all weights. */
double mah_shard_penalty(const mah_mlp *net);
#endif
