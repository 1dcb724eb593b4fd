/* backward.h - gradients of the operations that networks are made of, in one pass each.
 *
 * All of one dtype, float32 or float64, and row by row without gaps unless it is said. `out` is
 * there, in the shape of the operand; with `add` it is added to, else its old elements are not
 * read. It shares no memory with the others.
 */
#ifndef MAH_GRAD_BACKWARD_H
#define MAH_GRAD_BACKWARD_H

#include "tensor/tensor.h"

/* y = f(x): name, what stands in the derivative (x or y), f'. */
#define MAH_BACK_MAPS(X)                                                                           \
  X(tanh, y, 1 - y * y)                                                                            \
  X(sigmoid, y, y *(1 - y))                                                                        \
  X(relu, y, y > 0 ? 1 : 0)                                                                        \
  X(exp, y, y)                                                                                     \
  X(sqrt, y, 1 / (y + y))                                                                          \
  X(square, x, x + x)                                                                              \
  X(log, x, 1 / x)

#define MAH_BACK_ENTRY(name, of, slope) MAH_BACK_##name,
enum { MAH_BACK_MAPS(MAH_BACK_ENTRY) MAH_BACK_COUNT };
#undef MAH_BACK_ENTRY

const char *mah_back_name(int32_t op); /* "tanh" ...; NULL when there is no such op */
int32_t mah_back_is_of_y(int32_t op);  /* is f' written with y? else with x */

/* y = f(x): out = g f'   `of` is y or x */
mah_status mah_back_map(mah_tensor *out, int32_t op, const mah_tensor *g, const mah_tensor *of,
                        int32_t add);
/* y = a b: out = g b */
mah_status mah_back_product(mah_tensor *out, const mah_tensor *g, const mah_tensor *b, int32_t add);
/* Y[i,j] = X[i,j] + b[j]: out[j] = sum_i g[i,j]   g:(M,N) out:(N), summed in double */
mah_status mah_back_rows(mah_tensor *out, const mah_tensor *g, int32_t add);
/* y[i] = log sum_j exp(x[i,j]): out[i,j] = g[i] exp(x[i,j] - y[i])   x:(M,N) g:(M) y:(M); g and y
 * may have any step */
mah_status mah_back_logsumexp(mah_tensor *out, const mah_tensor *g, const mah_tensor *x,
                              const mah_tensor *y, int32_t add);
/* Y[k,j] = W[code[k],j]: out[code[k],j] = sum_k g[k,j], k in order   g:(N,D) out:(V,D) code:(N),
 * int32 or int64, 0 ... V-1 (others fail) */
mah_status mah_back_embedding(mah_tensor *out, const mah_tensor *g, const mah_tensor *code,
                              int32_t add);
/* out = a b; `turned`: 1: a^T b, 2: a b^T   any strides */
mah_status mah_back_matmul(mah_tensor *out, const mah_tensor *a, const mah_tensor *b,
                           int32_t turned, int32_t add);
#endif
