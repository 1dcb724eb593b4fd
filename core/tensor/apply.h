/* apply.h - runs a kernel for contiguous rows over operands of any shape, step and dtype.
 *
 * The kernel sees rows of the element type it asked for. An operand that is not such a row in
 * memory is converted piece by piece through a buffer that stays in the first-level cache.
 */
#ifndef MAH_APPLY_H
#define MAH_APPLY_H

#include "tensor/tensor.h"

#ifndef MAH_CDEF
enum { MAH_APPLY_INPUTS = 3 };

/* out[i] = f(a[i], b[i], c[i]), i < n. Rows are disjoint or begin at the same address. */
typedef void mah_row(void *out, const void *a, const void *b, const void *c, const double *scalar,
                     int64_t n);

typedef struct mah_apply_plan {
  mah_row *row;
  mah_row *row_of_one[2]; /* NULL, or the same where input 0 (1) of two is one element */
  const mah_tensor *in_[MAH_APPLY_INPUTS]; /* NULL: not there, or the number beside it */
  double number[MAH_APPLY_INPUTS];
  int32_t in_dtype[MAH_APPLY_INPUTS]; /* what the kernel wants to read */
  int32_t out_dtype;                  /* what it writes */
  int32_t made_; /* the dtype of a new tensor where it is another one (float16, bfloat16) */
  int32_t inputs;
  double scalar[2]; /* handed to the kernel */
} mah_apply_plan;

/* out: a tensor to write, or none yet: then a new one of the broadcast shape and plan->out_dtype.
 * Operands that overlap out without being it are copied first. */
mah_status mah_apply(mah_tensor *out, const mah_apply_plan *plan);
#endif
#endif
