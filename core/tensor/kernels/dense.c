#include "tensor/kernels/dense.h"

#include "tensor/kernels/gemm.h"
#include "tensor/kernels/lanes.h"

void mah_dense_forward(const mah_affine *a) {
  mah_gemm(&(mah_product){.c = a->Y,
                          .c_row = a->units,
                          .a = a->X,
                          .a_row = a->inputs,
                          .a_step = 1,
                          .b = a->W,
                          .b_row = a->is_packed ? 0 : a->units,
                          .m = a->rows,
                          .n = a->units,
                          .k = a->inputs,
                          .bias_ = a->bias,
                          .start_ = a->start_,
                          .share = 1,
                          .relu = a->relu,
                          .room_ = a->room_});
}

void mah_dense_backward_inputs(const mah_affine_inputs *a) {
  mah_gemm(&(mah_product){.c = a->dX,
                          .c_row = a->inputs,
                          .a = a->dY,
                          .a_row = a->units,
                          .a_step = 1,
                          .b = a->transposed,
                          .m = a->rows,
                          .n = a->inputs,
                          .k = a->units,
                          .start_ = a->start_,
                          .share = 1,
                          .gate_ = a->gate_,
                          .room_ = a->room_});
}

/* Is dW better computed as dW'? */
static int turns(int64_t inputs, int64_t units) { return units < LANES && units < inputs; }

int mah_dense_packs_delta(int64_t inputs, int64_t units) {
  return !turns(inputs, units) && !mah_gemm_takes_rows(units);
}

/* to[j,i] = from[i,j]      from:(rows,columns) */
static void turn(real *to, const real *from, int64_t rows, int64_t columns) {
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++) to[j * rows + i] = from[i * columns + j];
}

/* Few units leave most lanes empty; sum_b dY[b,o] X[b,i] fills them with some inputs at a time. */
static void backward_few_units(const mah_affine_weights *a) {
  enum { TOGETHER = 2 * LANES };
  const real *start = a->start_;
  real sums[LANES * TOGETHER], *dW = a->dW;
  for (int64_t i = a->first, end = i + a->count, n; i < end; i += n) {
    n = smaller(end - i, TOGETHER);
    if (start) turn(sums, start + i * a->units, n, a->units);
    mah_gemm(&(mah_product){.c = sums,
                            .c_row = n,
                            .a = a->dY,
                            .a_row = 1,
                            .a_step = a->units,
                            .b = (const real *)a->X + i,
                            .b_row = a->inputs,
                            .m = a->units,
                            .n = n,
                            .k = a->rows,
                            .start_ = start ? sums : NULL,
                            .share = (real)a->share});
    turn(dW + i * a->units, sums, a->units, n);
  }
}

void mah_dense_backward_weights(const mah_affine_weights *a) {
  const real *start = a->start_;
  if (!a->is_packed && turns(a->inputs, a->units)) {
    backward_few_units(a);
    return;
  }
  mah_gemm(&(mah_product){.c = (real *)a->dW + a->first * a->units,
                          .c_row = a->units,
                          .a = (const real *)a->X + a->first,
                          .a_row = 1,
                          .a_step = a->inputs,
                          .b = a->dY,
                          .b_row = a->is_packed ? 0 : a->units,
                          .m = a->count,
                          .n = a->units,
                          .k = a->rows,
                          .start_ = start ? start + a->first * a->units : NULL,
                          .share = (real)a->share,
                          .room_ = a->room_});
}

/* Sums of some columns, LANES at most, in four parts: one alone would wait for each addition. */
MAH_INLINE lanes sum_rows(const real *dy, int64_t rows, int64_t units, int64_t columns) {
  enum { PARTS = 4 };
  lanes sum[PARTS] = {{0}};
  int64_t b = 0;
  for (; b + PARTS <= rows; b += PARTS)
    for (int k = 0; k < PARTS; k++) sum[k] += lanes_load_some(dy + (b + k) * units, columns);
  for (; b < rows; b++) sum[b % PARTS] += lanes_load_some(dy + b * units, columns);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void mah_dense_backward_bias(void *dbias, const void *dY, int64_t rows, int64_t units,
                             int32_t accumulate) {
  real *db = dbias;
  const real *dy = dY;
  for (int64_t o = 0; o < units; o += LANES) {
    int64_t columns = units - o < LANES ? units - o : LANES;
    lanes sum = columns == LANES ? sum_rows(dy + o, rows, units, LANES)
                                 : sum_rows(dy + o, rows, units, columns);
    if (accumulate) sum += lanes_load_some(db + o, columns);
    lanes_store_some(db + o, sum, columns);
  }
}

const mah_dense_kernels MAH_VARIANT(mah_dense_kernels) = {
    .real_size = sizeof(real),
    .forward = mah_dense_forward,
    .backward_inputs = mah_dense_backward_inputs,
    .backward_weights = mah_dense_backward_weights,
    .backward_bias = mah_dense_backward_bias,
    .packs_delta = mah_dense_packs_delta,
    .takes_rows = mah_gemm_takes_rows,
    .pack = mah_gemm_pack,
    .pack_transposed = mah_gemm_pack_transposed,
};
