/* run.h - a batch on its way through a network, in pieces that fit the caches.
 *
 *   MAH_TRY(mah_run_begin(&run, &work, w, &batch, MAH_RUN_GRADIENT));
 *   for (int64_t first = 0, count; first < batch.count; first += count) {
 *     MAH_TRY(mah_run_load(&run, &count, first));
 *     MAH_TRY(mah_run_go(&run, &(mah_leg){...}, dw));    // any number of legs, see shard.h
 *   }
 *   loss = run.score.loss + mah_run_penalty(&run);
 *
 * One leg takes the rows all the way; more of them let the caller do something in between. The
 * caller has checked the batch, and w.
 */
#ifndef MAH_LEARN_DRIVE_RUN_H
#define MAH_LEARN_DRIVE_RUN_H

#include "learn/drive/shard.h"

typedef struct mah_run {
  mah_piece piece;
  mah_score score; /* of all pieces so far, divided by the sum of the batch's weights */
} mah_run;

enum {
  MAH_RUN_GRADIENT = 1, /* legs may go back */
  MAH_RUN_COPY = 2,     /* x is not read any more once it has been fetched */
};

/* batch->y may be NULL: forward only. `work`, and what the batch names, stay until the run ends. */
mah_status mah_run_begin(mah_run *run, mah_work *work, const void *w, const mah_batch *batch,
                         int options);

/* The piece that begins with row `first` of the batch, of *count rows: brings the targets, which
 * must be what the loss takes. The next leg fetches the inputs. Fails when the user interrupts. */
mah_status mah_run_load(mah_run *run, int64_t *count, int64_t first);

/* Sends the piece along the leg; where that goes back, the gradients of its layers are put into dw_
 * (flat; by the first piece of a batch overwritten, with the penalties' share). */
mah_status mah_run_go(mah_run *run, const mah_leg *leg, void *dw_);

double mah_run_penalty(const mah_run *run);
#endif
