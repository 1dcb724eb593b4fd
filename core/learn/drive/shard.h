/* shard.h - what is computed row by row, cut into shards of rows: tasks for the threads of the
 * core, and for ranks (exchange.h).
 *
 * The number of threads says how many shards there are, but changes no bit of a result: sums over
 * rows are taken over blocks that depend on the sizes only, and in their order.
 */
#ifndef MAH_LEARN_DRIVE_SHARD_H
#define MAH_LEARN_DRIVE_SHARD_H

#include "learn/drive/piece.h"

/* A part of the way through the network, that rows go without a stop. */
typedef struct mah_leg {
  int32_t fetches;            /* first bring the inputs, */
  int32_t checks;             /* and see that they are numbers; */
  int32_t from, to;           /* forward through the layers from ... to - 1; */
  int32_t measures;           /* then the loss, and with has_gradient its gradient at the last z, */
  int32_t counts;             /* and the rows that are right; */
  int32_t back_from, back_to; /* then back through the layers back_to - 1 ... back_from */
} mah_leg;

typedef struct mah_score {
  double loss;
  int64_t correct; /* rows */
} mah_score;

/* Cuts the piece's rows into as few shards as there is work for all threads of all ranks. */
mah_shards mah_shards_cut(const mah_network *network, int64_t rows, int32_t ranks);

/* Sends all rows along the leg; what it measures is added to *score. With an exchange that is a leg
 * there and back, or all the way there, and the work space holds what the gradients want of all
 * ranks' rows. Fails with MAH_ERROR_NUMERIC,
 * naming row and column, where it checks and finds NaN or infinity. */
mah_status mah_shards_run(mah_piece *piece, const mah_leg *leg, mah_score *score);
#endif
