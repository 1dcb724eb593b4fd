/* pass.h - some rows through the whole network: forward, loss, backward. */
#ifndef MAH_PASS_H
#define MAH_PASS_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_pass_forward  MAH_VARIANT(mah_pass_forward)
#define mah_pass_gradient MAH_VARIANT(mah_pass_gradient)
#define mah_pass_penalty  MAH_VARIANT(mah_pass_penalty)
#define mah_pass_argmax   MAH_VARIANT(mah_pass_argmax)

void mah_pass_forward(const mah_pass *pass);
double mah_pass_gradient(const mah_pass *pass);

/* l1 sum |W| + l2/2 sum W^2 over all weights (not biases); dw_ += its gradient */
double mah_pass_penalty(const mah_layer *layers, int32_t n_layers, const void *w, void *dw_,
                        double l1, double l2);

/* out[b] = the first k with the largest P[b,k]      P:(rows,columns) */
void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns);
#endif
