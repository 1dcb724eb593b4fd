/* chunk.h - what is computed weight by weight, cut into chunks of a layer's inputs: tasks for the
 * threads of the core. Chunks depend on the sizes only.
 */
#ifndef MAH_LEARN_DRIVE_CHUNK_H
#define MAH_LEARN_DRIVE_CHUNK_H

#include "learn/drive/piece.h"

/* Once for all pieces of a batch, before the first: brings the weights into the forms that the
 * kernels want, and adds up their penalties. */
mah_status mah_chunks_prepare(mah_piece *piece);

/* After that: the penalties of all weights. */
double mah_chunks_penalty(const mah_work *work);

/* When all rows of a piece have gone back through the layers from ... to - 1: the gradients of
 * these layers' weights. */
void mah_chunks_weights(mah_piece *piece, int32_t from, int32_t to);
#endif
