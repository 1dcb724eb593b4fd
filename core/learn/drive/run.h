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
 *
 * Training goes on from batch to batch: the last piece's mah_run_step is a solver's step, too, and
 * leaves the new weights ready for the batch that mah_run_next begins.
 */
#ifndef MAH_LEARN_DRIVE_RUN_H
#define MAH_LEARN_DRIVE_RUN_H

#include "learn/drive/chunk.h"
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

/* As go, for the last piece of a batch, with a leg all the way back; and the change of the weights
 * that belongs to it, for which update, settings and vectors are given. next_: the batch after it,
 * which differs in first, count and step only; NULL when the run ends. Ask for the penalty before:
 * afterwards it is that of the new weights. */
mah_status mah_run_step(mah_run *run, const mah_leg *leg, void *dw, mah_change *change,
                        const mah_batch *next_);
mah_status mah_run_next(mah_run *run, const mah_change *change, const mah_batch *next);
#endif
