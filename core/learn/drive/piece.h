/* piece.h - a piece of a batch, small enough for the caches: what its tasks have in common. */
#ifndef MAH_LEARN_DRIVE_PIECE_H
#define MAH_LEARN_DRIVE_PIECE_H

#include "learn/drive/batch.h"
#include "learn/drive/inputs.h"
#include "learn/drive/work.h"

enum { MAH_MAX_SHARDS = 8 }; /* of a piece */

/* How the rows are cut: into blocks, each with a loss of its own, and shards of some blocks. */
typedef struct mah_shards {
  int32_t blocks, together; /* of the piece; of a shard, but the last one */
  int32_t count;            /* of shards */
  int32_t longest;          /* rows of the longest shard */
} mah_shards;

typedef struct mah_piece {
  mah_work *work;
  mah_batch batch;
  mah_inputs inputs;
  mah_pass pass; /* over all rows */
  mah_shards shards;
} mah_piece;
#endif
