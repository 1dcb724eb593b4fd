/* loop.h - walks several strided tensors of one (broadcast) shape together.
 *
 *   mah_loop loop;
 *   MAH_TRY(mah_loop_plan(&loop, 3, (const mah_tensor *[]){out, a, b}));
 *   for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
 *     kernel(loop.data, loop.step, loop.count);      // one innermost row: count elements
 *
 * Neighbouring dimensions that lie together in every operand are merged, so contiguous tensors are
 * one single row. Steps are in bytes.
 */
#ifndef MAH_LOOP_H
#define MAH_LOOP_H

#include "tensor/tensor.h"

enum { MAH_LOOP_OPERANDS = 4 };

typedef struct mah_loop {
  char *data[MAH_LOOP_OPERANDS];   /* the first element of the current row, per operand */
  int64_t step[MAH_LOOP_OPERANDS]; /* bytes from one element of the row to the next */
  int64_t count;                   /* elements in a row */
  int64_t rows;                    /* rows in all; 0 when there is no element */
  int32_t operands, ndim;          /* ndim: the outer dimensions */
  int64_t extent[MAH_MAX_DIMS], index[MAH_MAX_DIMS];
  int64_t outer[MAH_LOOP_OPERANDS][MAH_MAX_DIMS];
} mah_loop;

/* operand 0 gives the shape, and the others are broadcast. Rows run along the last dimension. */
mah_status mah_loop_plan(mah_loop *loop, int32_t operands, const mah_tensor *const *operand);
/* The same elements together, in the order in which they lie in memory where all operands agree. */
mah_status mah_loop_plan_any_order(mah_loop *loop, int32_t operands,
                                   const mah_tensor *const *operand);
int mah_loop_next(mah_loop *loop); /* moves to the next row; 0 when there is none */

/* The shape that a and b broadcast to (NumPy's rules). extent: MAH_MAX_DIMS entries. */
mah_status mah_broadcast(int32_t *ndim, int64_t *extent, const mah_tensor *a, const mah_tensor *b);
#endif
