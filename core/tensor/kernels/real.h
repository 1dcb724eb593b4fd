/* real.h - the number type of the kernels of dense products, and of the learn wing's.
 *
 * These files are compiled once for float and once for double, each for every instruction set
 * (CMakeLists.txt). A function that another file calls gets its variant's name by one line beside
 * its prototype:
 *   #define mah_dense_forward MAH_VARIANT(mah_dense_forward)
 * What lies outside is compiled once, and reaches them through the table of affine.h or
 * learn/kernels/kernels.h, where vectors of reals are void pointers.
 */
#ifndef MAH_KERNELS_REAL_H
#define MAH_KERNELS_REAL_H

#include "base/simd.h"
#include "tensor/vector_math.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#ifdef MAH_DOUBLE
typedef double real;
#define REAL_EPSILON 2.220446049250313e-16
#define REAL_TINY    2.2250738585072014e-308
#define real_sqrt    sqrt
#define real_abs     fabs
#define real_exp     vector_exp64
#define real_expm1   vector_expm1_64
#define real_log     vector_log64
#define real_log1p   vector_log1p_64
#define real_tanh    vector_tanh64
#define real_sigmoid vector_sigmoid64
#else
typedef float real;
#define REAL_EPSILON 1.1920929e-07
#define REAL_TINY    1.17549435e-38
#define real_sqrt    sqrtf
#define real_abs     fabsf
#define real_exp     vector_exp32
#define real_expm1   vector_expm1_32
#define real_log     vector_log32
#define real_log1p   vector_log1p_32
#define real_tanh    vector_tanh32
#define real_sigmoid vector_sigmoid32
#endif

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

#endif
