/* fold.h - lines of elements folded into a number each: one at a time or side by side, whatever
 * their dtype and steps. What folds there are: kernels/reduce.h.
 */
#ifndef MAH_FOLD_H
#define MAH_FOLD_H

#include "tensor/tensor.h"

#ifndef MAH_CDEF
enum { MAH_LINES_MOST = 1024 };

/* Up to MAH_LINES_MOST lines of `count` elements each; a line is what one result is made of. */
typedef struct mah_lines {
  const char *data;
  int64_t lines, across; /* how many, and bytes from one to the next */
  int64_t count, along;  /* elements of a line, and bytes from one to the next */
  int32_t elem;
  int aside; /* are they folded side by side? */
} mah_lines;

/* Is that the better way for so many lines, `across` bytes apart? */
int mah_lines_go_aside(int64_t how_many, int64_t across, const mah_lines *l);
/* acc[j] = the fold of line j; s_[j] is its s. */
void mah_lines_fold(double *acc, int how, const mah_lines *l, const double *s_);
/* place[j] = where line j has the first of its smallest or largest elements, from 0; NaN where
 * there is none to be found: all are NaN, which are left out. */
void mah_lines_find(double *place, int how, const mah_lines *l);
double mah_fold_start(int fold); /* what it gives of no elements */
/* Where the smallest or the largest int64 of the line at `at` stands; as doubles, neighbours may be
 * equal. */
int64_t mah_place_of_integer(int fold, const mah_lines *l, const char *at);
#endif
#endif
