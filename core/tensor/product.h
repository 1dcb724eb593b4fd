/* product.h - matrix products through CBLAS, for float32 and float64 tensors of any strides. When
 * the two operands differ in dtype the result is float64. Integer tensors are refused.
 */
#ifndef MAH_PRODUCT_H
#define MAH_PRODUCT_H

#ifndef MAH_CDEF
#include "tensor/tensor.h"
#endif

/* NumPy's matmul. Two matrices: out[i,j] = sum_k a[i,k] b[k,j]. A vector on the left is a row, on
 * the right a column, and its dimension is dropped from the result. More dimensions are batches of
 * matrices, which broadcast. */
mah_status mah_tensor_matmul(mah_tensor *out, const mah_tensor *a, const mah_tensor *b);

/* c = alpha a b + beta c   c:(m,n) a:(m,k) b:(k,n), all of one dtype. c exists and may have any
 * strides; it may share memory with a and b. With beta = 0 its old values, NaN too, have no effect.
 */
mah_status mah_tensor_mm(mah_tensor *c, const mah_tensor *a, const mah_tensor *b, double alpha,
                         double beta);

/* *out = sum_i a[i] b[i]   a:(n) b:(n), of one dtype and summed in it */
mah_status mah_tensor_dot(double *out, const mah_tensor *a, const mah_tensor *b);

#ifndef MAH_CDEF
/* Fails unless `t` is there and float32 or float64; the message names the function. */
mah_status mah_tensor_check_float(const mah_tensor *t, const char *function);
/* out = t as it is, or a row-major copy in `dtype` when it has another dtype or other strides. */
mah_status mah_tensor_row_major(mah_tensor *out, const mah_tensor *t, int32_t dtype);
/* Says that the shapes of a and b do not fit. */
mah_status mah_product_fail_shapes(const char *function, const mah_tensor *a, const mah_tensor *b);
/* BLAS counts with int: fails when t is too large for that. */
mah_status mah_product_check_extent(const mah_tensor *t);
#endif
#endif
