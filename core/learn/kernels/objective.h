/* objective.h - the loss kernels: output activation, loss and its gradient for some rows. */
#ifndef MAH_LEARN_KERNELS_OBJECTIVE_H
#define MAH_LEARN_KERNELS_OBJECTIVE_H

#include "learn/kernels/operands.h"
#include "learn/model/loss.h"
#include "tensor/kernels/real.h"

#define mah_output_activate MAH_VARIANT(mah_output_activate)
#define mah_objective       MAH_VARIANT(mah_objective)

/* Turns the last layer's z into its outputs p, in place     P:(rows,K) */
void mah_output_activate(int32_t loss, void *P, int64_t rows, int64_t K);

/* The summed loss of the pass's rows, from pass->row on, times their weights and the targets'
 * scale, where P (rows, K) begins with these rows; dZ_ (rows, K), unless NULL, takes its gradient
 * with respect to z. Probabilities are clipped to [eps, 1 - eps] for the logarithm, as scikit-learn
 * does. */
double mah_objective(void *dZ_, const void *P, const mah_pass *pass);
#endif
