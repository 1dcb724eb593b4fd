/* blocks.h - units in blocks of some lanes, whose sums stay in registers: for the products whose
 * other operand is mostly zeros.
 */
#ifndef MAH_LEARN_KERNELS_BLOCKS_H
#define MAH_LEARN_KERNELS_BLOCKS_H

#include "tensor/kernels/lanes.h"

/* Units lane * LANES ...: `width` lanes, of which the last has `tail` units. */
typedef struct block {
  int64_t lane, width, tail;
} block;

MAH_INLINE int64_t lanes_for(int64_t units) { return (units + LANES - 1) / LANES; }

/* Of at most `widest` lanes. */
MAH_INLINE int64_t block_count(int64_t units, int64_t widest) {
  return (lanes_for(units) + widest - 1) / widest;
}

/* The i-th block; all have about the same width. */
MAH_INLINE block block_at(int64_t units, int64_t widest, int64_t i) {
  int64_t wide = lanes_for(units), count = block_count(units, widest), lane = wide * i / count;
  int64_t width = wide * (i + 1) / count - lane;
  return (block){lane, width, i == count - 1 ? (units - 1) % LANES + 1 : LANES};
}

/* What a row of all units has in the block. width is a constant where this is inlined. */
MAH_INLINE void load_block(lanes *to, const real *row, const block *b, int width) {
#pragma GCC unroll 8
  for (int v = 0; v < width; v++)
    to[v] = lanes_keep(lanes_load_column(row + b->lane * LANES, v, width, b->tail));
}
#endif
