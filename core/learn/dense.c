#include "learn/dense.h"

#include <cblas.h>

void mah_dense_forward(void *Y, const void *X, const void *W, int64_t rows, int64_t inputs,
                       int64_t units) {
  CBLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)units, (int)inputs, 1, X,
             (int)inputs, W, (int)units, 0, Y, (int)units);
}

void mah_dense_bias(void *Y, const void *bias, int64_t rows, int64_t units) {
  const real *restrict c = bias;
  for (int64_t b = 0; b < rows; b++) {
    real *restrict y = (real *)Y + b * units;
    for (int64_t o = 0; o < units; o++) y[o] += c[o];
  }
}

/* sum[o] += sum_b Y[b,o] */
static void add_columns(real *restrict sum, const real *restrict Y, int64_t rows, int64_t units) {
  for (int64_t b = 0; b < rows; b++, Y += units)
    for (int64_t o = 0; o < units; o++) sum[o] += Y[o];
}

void mah_dense_backward(void *dX_, void *dW, void *dbias, const void *dY, const void *X,
                        const void *W, int64_t rows, int64_t inputs, int64_t units) {
  CBLAS_GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, (int)inputs, (int)units, (int)rows, 1, X,
             (int)inputs, dY, (int)units, 1, dW, (int)units);
  add_columns(dbias, dY, rows, units);
  if (dX_ != NULL)
    CBLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)inputs, (int)units, 1, dY,
               (int)units, W, (int)units, 0, dX_, (int)inputs);
}
