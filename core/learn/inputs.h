/* inputs.h - how the inputs of a batch reach the kernels: as they lie, gathered and converted, or
 * without their zeros.
 */
#ifndef MAH_INPUTS_H
#define MAH_INPUTS_H

#include "learn/work.h"

/* Do the compressed inputs of the batch, if it has any, fit the network? */
mah_status mah_inputs_check(const mah_mlp *net, const mah_batch *batch);

/* Once for each batch: are there so many zeros that its rows had better be compressed? */
void mah_inputs_choose(mah_mlp *net, const mah_batch *batch);

/* Points the pass at rows first ... first + count - 1 of the batch; what has to be copied or
 * compressed for that is left to mah_inputs_bring. as_matrix: with its zeros, and x itself is
 * left alone afterwards. */
void mah_inputs_load(mah_mlp *net, mah_pass *pass, const mah_batch *batch, int64_t first,
                     int64_t count, int as_matrix);

/* The rest of it, for the rows pass->row ... pass->row + pass->rows - 1, a shard: part of a task.
 * Returns 0 when it was asked to check a matrix and found NaN or infinity. */
int mah_inputs_bring(mah_mlp *net, const mah_pass *pass, const mah_batch *batch, int32_t shard,
                     int checks);
#endif
