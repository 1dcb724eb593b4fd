/* fused.h - passes over flat vectors that do two things at once: a vector operation, and the sums
 * that are wanted of its result. Sums of products are taken in double, whatever the number type.
 */
#ifndef MAH_LEARN_KERNELS_FUSED_H
#define MAH_LEARN_KERNELS_FUSED_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_fused_combine     MAH_VARIANT(mah_fused_combine)
#define mah_fused_dot_and_max MAH_VARIANT(mah_fused_dot_and_max)
#define mah_fused_advance     MAH_VARIANT(mah_fused_advance)

/* See learn/vector.h, whose functions these are. The vectors have n elements; out may be x or y,
 * no others share memory. */
double mah_fused_combine(void *out, double a, const void *x, double b, const void *y,
                         const void *z_, int64_t n);
void mah_fused_dot_and_max(double *dot, double *largest, const void *x, const void *y, int64_t n);
void mah_fused_advance(double *sy, double *yy, const mah_secant *secant);
#endif
