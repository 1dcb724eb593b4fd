/* augmenter.h - an augmenter from inside: augmenter.c has what becomes of one image, augment_rows.c
 * of many. */
#ifndef MAH_AUGMENTER_H
#define MAH_AUGMENTER_H

#include "data/augment.h"
#include "data/kernels/augment.h"

struct mah_augmenter {
  mah_augment settings;
  int height, width, channels;
  int moves, bends, grows; /* is there anything to do? */
  mah_waves down, across;
};

/* Floats in whole cache lines. */
static inline int64_t mah_whole_lines(int64_t floats) { return (floats + 15) / 16 * 16; }
#endif
