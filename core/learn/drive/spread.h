/* spread.h - inputs that are spread over the ranks of an exchange (exchange.h): the rows of a piece
 * of a batch go to all, as the network takes them, before it is sent on its way.
 */
#ifndef MAH_LEARN_DRIVE_SPREAD_H
#define MAH_LEARN_DRIVE_SPREAD_H

#include "learn/drive/batch.h"
#include "learn/drive/work.h"

/* Fills work->x, which there is room for, with rows first ... first + count - 1 of the batch. */
mah_status mah_spread_fetch(mah_work *work, const mah_batch *batch, int64_t first, int64_t count);
#endif
