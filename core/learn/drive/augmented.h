/* augmented.h - inputs that are images, changed anew for each epoch (data/augment.h) on their way
 * to the kernels: by the task that computes with them.
 */
#ifndef MAH_LEARN_DRIVE_AUGMENTED_H
#define MAH_LEARN_DRIVE_AUGMENTED_H

#include "learn/drive/batch.h"
#include "learn/drive/work.h"

/* Makes room for the changes of a batch, if there are any. Errors: MAH_ERROR_SHAPE, where images
 * are not as large as rows; MAH_ERROR_MEMORY. */
mah_status mah_augmented_reserve(mah_work *work, const mah_batch *batch);

/* The targets (count, outputs) of the batch's rows from `first` on become those of mixed rows. */
mah_status mah_augmented_targets(mah_work *work, const mah_batch *batch, int64_t first,
                                 int64_t count);

/* In a task: changes the rows of `pass`, a shard of a piece, in work->x. */
void mah_augmented_change(mah_work *work, const mah_pass *pass, const mah_batch *batch,
                          int32_t shard);
#endif
