#include "tensor/loop.h"

#include <inttypes.h>
#include <string.h>

static int64_t extent_from_end(const mah_tensor *t, int32_t back) {
  return back < t->ndim ? t->extent[t->ndim - 1 - back] : 1;
}

mah_status mah_broadcast(int32_t *ndim, int64_t *extent, const mah_tensor *a, const mah_tensor *b) {
  MAH_TRY(mah_tensor_check(a, "first tensor"));
  MAH_TRY(mah_tensor_check(b, "second tensor"));
  *ndim = a->ndim > b->ndim ? a->ndim : b->ndim;
  for (int32_t back = 0; back < *ndim; back++) {
    int64_t x = extent_from_end(a, back), y = extent_from_end(b, back);
    if (x != y && x != 1 && y != 1)
      return mah_fail(MAH_ERROR_SHAPE, "shapes do not broadcast: %s and %s", mah_tensor_describe(a),
                      mah_tensor_describe(b));
    extent[*ndim - 1 - back] = x == 1 ? y : x;
  }
  return MAH_OK;
}

/* Does `outer` lie directly around `inner` in every operand, so that the two are one? */
static int mergeable(const mah_loop *loop, int32_t outer, int32_t inner) {
  for (int32_t o = 0; o < loop->operands; o++)
    if (loop->outer[o][outer] != loop->outer[o][inner] * loop->extent[inner]) return 0;
  return 1;
}

/* Drops dimensions of extent 1 and merges neighbours; what is left stands in front. */
static void merge(mah_loop *loop) {
  int32_t kept = 0;
  for (int32_t d = 0; d < loop->ndim; d++) {
    if (loop->extent[d] == 1) continue;
    if (kept > 0 && mergeable(loop, kept - 1, d)) {
      loop->extent[kept - 1] *= loop->extent[d];
      for (int32_t o = 0; o < loop->operands; o++) loop->outer[o][kept - 1] = loop->outer[o][d];
      continue;
    }
    loop->extent[kept] = loop->extent[d];
    for (int32_t o = 0; o < loop->operands; o++) loop->outer[o][kept] = loop->outer[o][d];
    kept++;
  }
  loop->ndim = kept;
}

/* Steps in bytes of operand o, 0 where it is broadcast. */
static mah_status spread(mah_loop *loop, int32_t o, const mah_tensor *t, const mah_tensor *shape) {
  int64_t size = mah_dtype_size(t->elem);
  if (t->ndim > shape->ndim)
    return mah_fail(MAH_ERROR_SHAPE, "%s does not broadcast to %s", mah_tensor_describe(t),
                    mah_tensor_describe(shape));
  for (int32_t back = 0; back < shape->ndim; back++) {
    int32_t d = shape->ndim - 1 - back, mine = t->ndim - 1 - back;
    int64_t extent = mine >= 0 ? t->extent[mine] : 1;
    if (extent != 1 && extent != shape->extent[d])
      return mah_fail(MAH_ERROR_SHAPE, "%s does not broadcast to %s", mah_tensor_describe(t),
                      mah_tensor_describe(shape));
    loop->outer[o][d] = extent == 1 ? 0 : t->step[mine] * size;
  }
  return MAH_OK;
}

/* Would dimension d be better inside of the next one? No operand disagrees, and one gains. */
static int belongs_inside(const mah_loop *loop, int32_t d) {
  int gains = 0;
  for (int32_t o = 0; o < loop->operands; o++) {
    int64_t here = loop->outer[o][d], next = loop->outer[o][d + 1];
    if (here > next) return 0;
    gains |= here < next;
  }
  return gains && loop->extent[d] > 1;
}

static void swap_dimensions(mah_loop *loop, int32_t d) {
  int64_t extent = loop->extent[d];
  loop->extent[d] = loop->extent[d + 1];
  loop->extent[d + 1] = extent;
  for (int32_t o = 0; o < loop->operands; o++) {
    int64_t step = loop->outer[o][d];
    loop->outer[o][d] = loop->outer[o][d + 1];
    loop->outer[o][d + 1] = step;
  }
}

/* Insertion sort: the smallest steps come last. */
static void sort_dimensions(mah_loop *loop) {
  for (int32_t end = 1; end < loop->ndim; end++)
    for (int32_t d = end - 1; d >= 0 && belongs_inside(loop, d); d--) swap_dimensions(loop, d);
}

/* The common case, without ado: one shape and no gaps, hence a single row. Else returns 0. */
static int plan_row(mah_loop *loop, const mah_tensor *const *operand) {
  const mah_tensor *shape = operand[0];
  size_t extents = sizeof shape->extent[0] * (size_t)shape->ndim;
  for (int32_t o = 0; o < loop->operands; o++) {
    const mah_tensor *t = operand[o];
    if (t->ndim != shape->ndim || memcmp(t->extent, shape->extent, extents) != 0 ||
        !mah_tensor_is_contiguous(t))
      return 0;
    loop->data[o] = t->data;
    loop->step[o] = mah_dtype_size(t->elem);
  }
  loop->ndim = 0;
  loop->count = mah_tensor_count(shape);
  loop->rows = loop->count > 0;
  return 1;
}

static mah_status plan(mah_loop *loop, int32_t operands, const mah_tensor *const *operand,
                       int any_order) {
  loop->operands = operands;
  for (int32_t o = 0; o < operands; o++) MAH_TRY(mah_tensor_check(operand[o], "tensor"));
  if (plan_row(loop, operand)) return MAH_OK;
  memset(loop, 0, sizeof *loop);
  loop->operands = operands;
  loop->ndim = operand[0]->ndim;
  memcpy(loop->extent, operand[0]->extent, sizeof loop->extent);
  for (int32_t o = 0; o < operands; o++) {
    MAH_TRY(spread(loop, o, operand[o], operand[0]));
    loop->data[o] = operand[o]->data;
  }
  if (any_order) sort_dimensions(loop);
  merge(loop);
  loop->count = 1;
  if (loop->ndim > 0) { /* the last dimension is the row */
    int32_t last = --loop->ndim;
    loop->count = loop->extent[last];
    for (int32_t o = 0; o < operands; o++) loop->step[o] = loop->outer[o][last];
  }
  loop->rows = loop->count > 0;
  for (int32_t d = 0; d < loop->ndim; d++) loop->rows *= loop->extent[d];
  return MAH_OK;
}

mah_status mah_loop_plan(mah_loop *loop, int32_t operands, const mah_tensor *const *operand) {
  return plan(loop, operands, operand, 0);
}

mah_status mah_loop_plan_any_order(mah_loop *loop, int32_t operands,
                                   const mah_tensor *const *operand) {
  return plan(loop, operands, operand, 1);
}

int mah_loop_next(mah_loop *loop) {
  for (int32_t d = loop->ndim - 1; d >= 0; d--) {
    for (int32_t o = 0; o < loop->operands; o++) loop->data[o] += loop->outer[o][d];
    if (++loop->index[d] < loop->extent[d]) return 1;
    for (int32_t o = 0; o < loop->operands; o++)
      loop->data[o] -= loop->outer[o][d] * loop->extent[d];
    loop->index[d] = 0;
  }
  return 0;
}
