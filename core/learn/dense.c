#include "learn/dense.h"

#include "learn/gemm.h"
#include "learn/kernels.h"

#include <string.h>

void mah_dense_forward(void *Y, const void *X, const void *W, const void *bias, int32_t relu,
                       int32_t packed, int64_t rows, int64_t inputs, int64_t units) {
  mah_gemm(&(mah_product){.c = Y,
                          .c_row = units,
                          .a = X,
                          .a_row = inputs,
                          .a_step = 1,
                          .b = W,
                          .b_row = packed ? 0 : units,
                          .m = rows,
                          .n = units,
                          .k = inputs,
                          .bias_ = bias,
                          .relu = relu});
}

void mah_dense_backward_inputs(void *dX, const void *dY, const void *T, const void *gate_,
                               int64_t rows, int64_t inputs, int64_t units) {
  mah_gemm(&(mah_product){.c = dX,
                          .c_row = inputs,
                          .a = dY,
                          .a_row = units,
                          .a_step = 1,
                          .b = T,
                          .m = rows,
                          .n = inputs,
                          .k = units,
                          .gate_ = gate_});
}

void mah_dense_backward_weights(void *dW, const void *start_, double share, const void *X,
                                const void *dY, int64_t rows, int64_t inputs, int64_t units,
                                int64_t first, int64_t count, void *slice_) {
  const real *start = start_, *x = (const real *)X + first;
  if (slice_) {
    int64_t row = mah_odd_lines(count, sizeof(real));
    for (int64_t b = 0; b < rows; b++)
      memcpy((real *)slice_ + b * row, x + b * inputs, (size_t)count * sizeof(real));
    x = slice_;
    inputs = row;
  }
  mah_gemm(&(mah_product){.c = (real *)dW + first * units,
                          .c_row = units,
                          .a = x,
                          .a_row = 1,
                          .a_step = inputs,
                          .b = dY,
                          .m = count,
                          .n = units,
                          .k = rows,
                          .start_ = start ? start + first * units : NULL,
                          .share = (real)share});
}

void mah_dense_backward_bias(void *dbias, const void *dY, int64_t rows, int64_t units,
                             int32_t adds) {
  real *restrict db = dbias;
  const real *restrict dy = dY;
  for (int64_t o = 0; !adds && o < units; o++) db[o] = 0;
  for (int64_t b = 0; b < rows; b++, dy += units)
    for (int64_t o = 0; o < units; o++) db[o] += dy[o];
}
