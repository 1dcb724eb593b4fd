#include "learn/dense.h"

#include <cblas.h>

void mah_dense_forward(void *Y, const void *X, const void *W, int64_t rows, int64_t inputs,
                       int64_t units) {
  CBLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)units, (int)inputs, 1, X,
             (int)inputs, W, (int)units, 0, Y, (int)units);
}

void mah_dense_backward(void *dX_, void *dW, void *dbias, const void *dY, const void *X,
                        const void *W, int64_t rows, int64_t inputs, int64_t units) {
  CBLAS_GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, (int)inputs, (int)units, (int)rows, 1, X,
             (int)inputs, dY, (int)units, 1, dW, (int)units);
  const real *dy = dY;
  real *db = dbias;
  for (int64_t b = 0; b < rows; b++)
    for (int64_t o = 0; o < units; o++) db[o] += dy[b * units + o];
  if (dX_ != NULL)
    CBLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)inputs, (int)units, 1, dY,
               (int)units, W, (int)units, 0, dX_, (int)inputs);
}
