/* gate.h - what lets elements pass, or a part of them: dropout's masks and gated units.
 *
 * All of one dtype, float32 or float64, and row by row without gaps. `out` is there; with `add` it
 * is added to, else its old elements are not read. It shares no memory with the others.
 */
#ifndef MAH_GRAD_GATE_H
#define MAH_GRAD_GATE_H

#include "grad/kernels/gate.h"
#include "tensor/tensor.h"

/* out[i] = 0 with probability `rate` (which is rounded to 2^-32), else x[i] / (1 - rate): inverted
 * dropout (Srivastava et al., JMLR 15, 2014). A function of the key and of the place i alone: word
 * (i / 16) % 4 of Philox4x32-10's block (i / 64) * 16 + i % 16. So the same call makes the
 * gradient of x of that of y. 0 <= rate < 1. */
mah_status mah_drop(mah_tensor *out, const mah_tensor *x, double rate, uint32_t key_high,
                    uint32_t key_low, int32_t add);

/* Gated units a f(b), f one of MAH_GATE_...: y[i,j] = x[i,j] f(x[i,H+j])   x:(M,2H) y:(M,H); more
 * dimensions count as rows, but for the last one */
mah_status mah_glu(mah_tensor *y, const mah_tensor *x, int32_t gate);
/* dx[i,j] = g[i,j] f(x[i,H+j])   dx[i,H+j] = g[i,j] x[i,j] f'(x[i,H+j]) */
mah_status mah_back_glu(mah_tensor *dx, const mah_tensor *g, const mah_tensor *x, int32_t gate,
                        int32_t add);
#endif
