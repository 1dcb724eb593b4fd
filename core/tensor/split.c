#include "tensor/split.h"

#include "tensor/loop.h"

#include <string.h>

enum { PARTS_EACH = 16 }; /* of a thread, at most: long ones are read faster */

typedef struct job {
  mah_part_task *task;
  void *context;
  const mah_tensor *const *operand;
  int32_t operands, dim; /* the dimension of the first operand that is cut; -1: they lie in a row */
  int64_t length, extent;
} job;

/* -- Parts ------------------------------------------------------------------------------------- */

/* Elements [from, from + count) of a tensor without gaps. */
static void cut_row(mah_tensor *part, const mah_tensor *t, int64_t from, int64_t count) {
  part->data = (char *)t->data + from * mah_dtype_size(t->elem);
  part->ndim = 1;
  part->extent[0] = count;
  part->step[0] = 1;
}

/* The part along the dimension that is `back` from the last, if it is there and not broadcast. */
static void cut_dim(mah_tensor *part, const mah_tensor *t, int32_t back, int64_t from,
                    int64_t count) {
  int32_t dim = t->ndim - 1 - back;
  if (dim < 0 || t->extent[dim] == 1) return;
  part->data = (char *)t->data + from * t->step[dim] * mah_dtype_size(t->elem);
  part->extent[dim] = count;
}

static void run_part(void *context, int32_t i) {
  const job *j = context;
  mah_tensor part[MAH_SPLIT_OPERANDS], *at[MAH_SPLIT_OPERANDS] = {NULL};
  int64_t from = i * j->length, count = j->extent - from;
  if (count > j->length) count = j->length;
  for (int32_t o = 0; o < j->operands; o++) {
    const mah_tensor *t = j->operand[o];
    if (t == NULL) continue;
    part[o] = *t;
    at[o] = &part[o];
    if (j->dim < 0)
      cut_row(at[o], t, from, count);
    else
      cut_dim(at[o], t, j->operand[0]->ndim - 1 - j->dim, from, count);
  }
  j->task(j->context, at);
}

/* -- Where to cut ------------------------------------------------------------------------------ */

static int in_a_row(int32_t operands, const mah_tensor *const *operand) {
  const mah_tensor *shape = operand[0];
  for (int32_t o = 0; o < operands; o++) {
    const mah_tensor *t = operand[o];
    if (t == NULL) continue;
    if (t->ndim != shape->ndim || !mah_tensor_is_contiguous(t) ||
        memcmp(t->extent, shape->extent, sizeof *t->extent * (size_t)t->ndim) != 0)
      return 0;
  }
  return 1;
}

/* The first dimension that gives enough parts, or else the longest. */
static int32_t dim_to_cut(const mah_tensor *shape) {
  enum { ENOUGH = 32 };
  int32_t longest = 0;
  for (int32_t d = 0; d < shape->ndim; d++) {
    if (shape->extent[d] >= ENOUGH) return d;
    if (shape->extent[d] > shape->extent[longest]) longest = d;
  }
  return longest;
}

static mah_status check(int32_t operands, const mah_tensor *const *operand) {
  mah_loop loop;
  const mah_tensor *there[MAH_SPLIT_OPERANDS];
  int32_t n = 0;
  for (int32_t o = 0; o < operands; o++)
    if (operand[o]) there[n++] = operand[o];
  return mah_loop_plan_any_order(&loop, n, there);
}

mah_status mah_split_heavy(mah_part_task *task, void *context, int32_t operands,
                           const mah_tensor *const *operand, int64_t weight, int64_t least) {
  job j = {.task = task, .context = context, .operand = operand, .operands = operands, .dim = -1};
  MAH_TRY(check(operands, operand));
  int64_t elements = mah_tensor_count(operand[0]), inner = 1;
  if (elements == 0) return MAH_OK;
  j.extent = elements;
  if (!in_a_row(operands, operand) && operand[0]->ndim > 0) {
    j.dim = dim_to_cut(operand[0]);
    j.extent = operand[0]->extent[j.dim];
    inner = elements / j.extent;
  }
  if (least < MAH_SPLIT_PART / weight) least = MAH_SPLIT_PART / weight;
  int64_t most = (int64_t)PARTS_EACH * mah_parallel_threads();
  if (least < elements / most) least = elements / most;
  j.length = (least + inner - 1) / inner;
  if (j.length < 1) j.length = 1;
  mah_parallel_run(run_part, &j, (int32_t)((j.extent + j.length - 1) / j.length));
  return MAH_OK;
}

/* Tiles of transposed copies, and lines of caches, want some rows together. */
mah_status mah_split(mah_part_task *task, void *context, int32_t operands,
                     const mah_tensor *const *operand) {
  const mah_tensor *shape = operand[0];
  int64_t extent = shape->ndim > 0 ? shape->extent[dim_to_cut(shape)] : 1;
  int64_t rows = extent / 8 < 32 ? extent / 8 : 32;
  int64_t least =
      in_a_row(operands, operand) || extent == 0 ? 1 : rows * (mah_tensor_count(shape) / extent);
  return mah_split_heavy(task, context, operands, operand, 1, least);
}
