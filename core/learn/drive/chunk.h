/* chunk.h - what is computed weight by weight, cut into chunks of a layer's inputs: tasks for the
 * threads of the core, and for ranks (exchange.h). Chunks depend on the sizes only.
 */
#ifndef MAH_LEARN_DRIVE_CHUNK_H
#define MAH_LEARN_DRIVE_CHUNK_H

#include "learn/drive/flat.h"
#include "learn/drive/piece.h"
#include "learn/model/max_norm.h"

/* What a solver makes of the weights, chunk by chunk, as soon as their gradient is known. */
typedef struct mah_change {
  mah_flat flat;
  const mah_max_norm *max_norms; /* of the new weights; all chunks wait for one another then */
  int32_t n_max_norms;
  int32_t prepares; /* the new weights, too, for the batch of */
  mah_pass next;
  mah_inputs inputs; /* of that */
} mah_change;

/* Room for what chunks with such inputs need. */
mah_status mah_chunks_reserve(mah_work *work, mah_inputs inputs, int32_t has_gradient);

/* With an exchange: shares the chunks out among the ranks, until this is asked for again. */
mah_status mah_chunks_share(mah_piece *piece);

/* Once for all pieces of a batch, before the first: brings the weights into the forms that the
 * kernels want, and adds up their penalties. */
void mah_chunks_prepare(mah_piece *piece);

/* After that: the penalties of all weights. */
double mah_chunks_penalty(const mah_work *work);

/* When all rows of a piece have gone back through the layers from ... to - 1: the gradients of
 * these layers' weights, which all ranks have once the last piece is done. With a change, of the
 * batch's last piece, the weights become new ones, and are what all ranks have instead. */
mah_status mah_chunks_weights(mah_piece *piece, int32_t from, int32_t to,
                              const mah_change *change_);

/* With an exchange: all get of a flat vector what each rank has at its chunks. */
mah_status mah_chunks_gather(mah_piece *piece, void *vector);
#endif
