/* real.h - the number type of the learn wing's kernels.
 *
 * The files of this wing that include real.h are compiled once for float and once for double, each
 * for every instruction set (CMakeLists.txt). A function that another file calls gets its variant's
 * name by one line beside its prototype:
 *   #define mah_dense_forward MAH_VARIANT(mah_dense_forward)
 * What is compiled only once (mlp.c, step.c) reaches them through the table of kernels.h, where
 * vectors of reals are void pointers.
 */
#ifndef MAH_REAL_H
#define MAH_REAL_H

#include "base/simd.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#ifdef MAH_DOUBLE
typedef double real;
#define REAL_EPSILON 2.220446049250313e-16
#define CBLAS_GEMM   cblas_dgemm
#define real_exp     exp
#define real_sqrt    sqrt
#define real_tanh    tanh
#else
typedef float real;
#define REAL_EPSILON 1.1920929e-07
#define CBLAS_GEMM   cblas_sgemm
#define real_exp     expf
#define real_sqrt    sqrtf
#define real_tanh    tanhf
#endif

#endif
