/* split.h - what is done to each element of large tensors, done to parts of them by the core's
 * threads.
 *
 *   static void add_part(void *context, mah_tensor *const *part) { add(part[0], part[1]); }
 *   ...
 *   if (mah_splits(mah_tensor_count(out)))
 *     return mah_split(add_part, NULL, 2, (const mah_tensor *[]){out, a});
 *   return add(out, a);
 *
 * How tensors are cut depends on the number of threads: no bit may depend on it.
 */
#ifndef MAH_SPLIT_H
#define MAH_SPLIT_H

#include "base/parallel.h"
#include "tensor/tensor.h"

#ifndef MAH_CDEF
enum {
  MAH_SPLIT_OPERANDS = 4,
  MAH_SPLIT_LEAST = 1 << 17, /* elements from which on threads help */
  MAH_SPLIT_PART = 1 << 14,  /* so many are a part, or more */
};

/* part[0] is a part of the first operand, the others what belongs to it of theirs, NULL where they
 * are. Views that hold no reference. Must not fail. */
typedef void mah_part_task(void *context, mah_tensor *const *part);

static inline int mah_splits(int64_t elements) {
  return elements >= MAH_SPLIT_LEAST && mah_parallel_threads() > 1;
}

/* operand[0] gives the shape, and the others are broadcast or NULL; fails where that cannot be. */
mah_status mah_split(mah_part_task *task, void *context, int32_t operands,
                     const mah_tensor *const *operand);
/* The same when each element stands for `weight` ones; a part has `least` elements or more. */
mah_status mah_split_heavy(mah_part_task *task, void *context, int32_t operands,
                           const mah_tensor *const *operand, int64_t weight, int64_t least);
#endif
#endif
