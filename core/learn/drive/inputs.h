/* inputs.h - how the inputs of a batch reach the kernels: as they lie, gathered and converted, or
 * without their zeros. Which way is chosen once for a batch, and is a value that goes with it.
 */
#ifndef MAH_LEARN_DRIVE_INPUTS_H
#define MAH_LEARN_DRIVE_INPUTS_H

#include "learn/drive/batch.h"
#include "learn/drive/work.h"

typedef struct mah_inputs {
  int32_t is_sparse; /* the kernels get them without zeros: from the batch's compressed rows, or */
  int32_t in_place;  /* from x as it lies; otherwise its rows are copied into the work space */
  int32_t is_sieved; /* the kernels get x, and go round its zeros */
} mah_inputs;

/* Do the compressed inputs of the batch, if it has any, fit the network? */
mah_status mah_inputs_check(const mah_network *network, const mah_batch *batch);

/* Are there so few rows, forward only, that it does not pay to prepare anything for them? */
int mah_inputs_are_few(const mah_batch *batch);

/* Are there so many zeros that the rows had better go without them? A look at a few rows tells.
 * has_gradient: the elements are wanted again. copies: x is not to be read any more once it has
 * been fetched. */
mah_inputs mah_inputs_choose(const mah_network *network, const mah_batch *batch, int has_gradient,
                             int copies);

/* The same, where the rows may be spread over ranks: all come to the same. */
mah_status mah_inputs_choose_together(mah_inputs *out, mah_work *work, const mah_batch *batch,
                                      int has_gradient, int copies);

/* Where the matrix of the piece that begins with row `first` of the batch lies, or will lie; NULL
 * where there is none. */
const void *mah_inputs_matrix(mah_inputs inputs, const mah_work *work, const mah_batch *batch,
                              int64_t first);

/* In a task: brings the pass's rows, a shard of the piece, to where the kernels find them. Returns
 * 0 when it was asked to check them and found NaN or infinity. */
int mah_inputs_fetch(mah_inputs inputs, mah_work *work, const mah_pass *pass,
                     const mah_batch *batch, int32_t shard, int checks);
#endif
