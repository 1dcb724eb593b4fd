/* affine.h - what the dense products of a layer are called with, and the table of their kernels for
 * one number type and one instruction set. Vectors of reals are void pointers here: the float
 * kernels take them for float, the double ones for double.
 */
#ifndef MAH_KERNELS_AFFINE_H
#define MAH_KERNELS_AFFINE_H

#include "base/simd.h"

#include <stdint.h>

/* A packed matrix of so many columns has at most so many reals in each row, with any instruction
 * set: a network outlives a change of it. */
static inline int64_t mah_packed_width(int64_t columns) { return (columns + 31) / 32 * 32; }

enum { MAH_DEPTH = 384 }; /* terms of a dense product that are added up at a time, at most */

/* -- The products of a layer --------------------------------------------------------------------
 *
 * X:(rows,inputs)  W, dW:(inputs,units)  bias:(units)  Y, dY:(rows,units)
 */

/* Y[b,o] = sum_i X[b,i] W[i,o] + bias[o], and with relu max(0, Y). In dense.h bias may be NULL;
 * then start_[b,o] is where the sum begins. */
typedef struct mah_affine {
  void *Y;
  const void *X;                             /* dense.h, and learn's row.h, sieve.h */
  const struct mah_sparse_columns *columns_; /* learn's sparse.h: X, and */
  int64_t row;                               /* the number that they give to Y's first row */
  const void *W, *bias;
  const void *start_; /* (rows,units): Y itself, or NULL for 0; for dense.h only */
  int32_t is_packed;  /* W (gemm.h); for dense.h only */
  int32_t relu;
  void *room_; /* dense.h: work space of rows * MAH_DEPTH reals, which large products want */
  int64_t rows, inputs, units;
} mah_affine;

/* dX[b,i] = start_[b,i] + sum_o dY[b,o] W[i,o], and 0 where gate_[b,i] <= 0 */
typedef struct mah_affine_inputs {
  void *dX;
  const void *start_; /* (rows,inputs): dX itself, or NULL for 0 */
  const void *dY;
  const void *transposed; /* W transposed, packed (gemm.h) */
  const void *gate_;      /* (rows,inputs) */
  void *room_;            /* as forward */
  int64_t rows, inputs, units;
} mah_affine_inputs;

/* dW[i,o] = share start_[i,o] + sum_b X[b,i] dY[b,o], for i = first ... first + count - 1 */
typedef struct mah_affine_weights {
  void *dW;
  const void *start_; /* (inputs,units): dW itself, or NULL for 0 */
  double share;
  const void *X;                             /* dense.h */
  const struct mah_sparse_columns *columns_; /* learn's sparse.h */
  const void *dY;
  int32_t is_packed; /* dY (gemm.h), for dense.h; for sparse.h it is always, by sparse_pack */
  int64_t first, count;
  void *room_; /* dense.h: count * min(rows, MAH_DEPTH) reals, as forward */
  int64_t rows, inputs, units;
} mah_affine_weights;

/* -- Their kernels: dense.h, gemm.h ------------------------------------------------------------ */

typedef struct mah_dense_kernels {
  int64_t real_size; /* bytes */
  void (*forward)(const mah_affine *a);
  void (*backward_inputs)(const mah_affine_inputs *a);
  void (*backward_weights)(const mah_affine_weights *a);
  void (*backward_bias)(void *dbias, const void *dY, int64_t rows, int64_t units,
                        int32_t accumulate);
  int (*packs_delta)(int64_t inputs, int64_t units);
  int (*takes_rows)(int64_t units);
  void (*pack)(void *packed, const void *B, int64_t k, int64_t n, int64_t first, int64_t count);
  void (*pack_transposed)(void *packed, const void *W, int64_t k, int64_t n, int64_t first,
                          int64_t count);
} mah_dense_kernels;

MAH_DECLARE_VARIANTS(mah_dense_kernels, mah_dense_kernels_f32);
MAH_DECLARE_VARIANTS(mah_dense_kernels, mah_dense_kernels_f64);
#endif
