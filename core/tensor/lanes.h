/* lanes.h - the vectors along a dimension of a tensor, for what orders them (sort.c, select.c). */
#ifndef MAH_LANES_H
#define MAH_LANES_H

#include "tensor/tensor.h"

#ifndef MAH_CDEF
static inline int64_t mah_lane_count(const mah_tensor *t, int32_t dim) {
  int64_t lanes = 1;
  for (int32_t d = 0; d < t->ndim; d++) lanes *= d == dim ? 1 : t->extent[d];
  return lanes;
}

/* The first element of the n-th lane. */
static inline char *mah_lane(const mah_tensor *t, int32_t dim, int64_t n) {
  int64_t offset = 0;
  for (int32_t d = t->ndim - 1; d >= 0; d--) {
    if (d == dim) continue;
    offset += n % t->extent[d] * t->step[d];
    n /= t->extent[d];
  }
  return (char *)t->data + offset * mah_dtype_size(t->elem);
}

/* Bytes from one element of a lane to the next. */
static inline int64_t mah_lane_step(const mah_tensor *t, int32_t dim) {
  return t->step[dim] * mah_dtype_size(t->elem);
}

/* Is there such a dimension, and do its places fit int32? */
mah_status mah_lane_check(const mah_tensor *x, int32_t dim, const char *function);

/* An element of a lane: its key (kernels/select.h) and its place. */
typedef struct mah_item {
  uint64_t key;
  int64_t place;
} mah_item;

/* Sorts n items by their keys, stably. spare: room for as many. Returns where the sorted ones are.
 */
mah_item *mah_items_sort(mah_item *items, mah_item *spare, int64_t n);
/* The n-th lanes of values_ and place_ become the elements of x's that the first `count` items
 * name. */
void mah_items_store(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                     int64_t n, const mah_item *items, int64_t count, int32_t first);
#endif
#endif
