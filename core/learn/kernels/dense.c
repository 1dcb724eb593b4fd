#include "learn/kernels/dense.h"

#include "learn/kernels/gemm.h"
#include "learn/kernels/lanes.h"

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
                          .gate_ = a->gate_,
                          .room_ = a->room_});
}

void mah_dense_backward_weights(const mah_affine_weights *a) {
  const real *start = a->start_;
  mah_gemm(&(mah_product){.c = (real *)a->dW + a->first * a->units,
                          .c_row = a->units,
                          .a = (const real *)a->X + a->first,
                          .a_row = 1,
                          .a_step = a->inputs,
                          .b = a->dY,
                          .m = a->count,
                          .n = a->units,
                          .k = a->rows,
                          .start_ = start ? start + a->first * a->units : NULL,
                          .share = (real)a->share,
                          .room_ = a->room_});
}

enum { BIAS_WIDTH = 4 };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* The sums of `width` lanes of units stay in registers while the rows pass by. */
MAH_INLINE void add_rows(real *db, const real *dy, int64_t rows, int64_t units, int width,
                         int64_t tail, int32_t accumulate) {
  lanes sum[BIAS_WIDTH];
#pragma GCC unroll 4
  for (int v = 0; v < width; v++)
    sum[v] = accumulate ? lanes_load_column(db, v, width, tail) : (lanes){0};
  for (int64_t b = 0; b < rows; b++, dy += units)
#pragma GCC unroll 4
    for (int v = 0; v < width; v++) sum[v] += lanes_load_column(dy, v, width, tail);
#pragma GCC unroll 4
  for (int v = 0; v < width; v++) lanes_store_column(db, sum[v], v, width, tail);
}

void mah_dense_backward_bias(void *dbias, const void *dY, int64_t rows, int64_t units,
                             int32_t accumulate) {
  enum { BLOCK = BIAS_WIDTH * LANES };
  real *db = dbias;
  const real *dy = dY;
  int64_t o = 0;
  for (; o + BLOCK <= units; o += BLOCK)
    add_rows(db + o, dy + o, rows, units, BIAS_WIDTH, LANES, accumulate);
  for (; o + LANES < units; o += 2 * LANES)
    add_rows(db + o, dy + o, rows, units, 2, smaller(units - o - LANES, LANES), accumulate);
  if (o < units) add_rows(db + o, dy + o, rows, units, 1, units - o, accumulate);
}
