/* step.h - one step of a solver, fused over the flat vectors: all (P), contiguous, of one dtype,
 * float32 or float64, and no two of them the same memory. g is the gradient.
 */
#ifndef MAH_STEP_H
#define MAH_STEP_H

#include "tensor/tensor.h"

/* v = momentum v - lr g;  w += v, with nesterov  w += momentum v - lr g */
mah_status mah_step_sgd(mah_tensor *w, mah_tensor *velocity, const mah_tensor *g, double lr,
                        double momentum, int32_t nesterov);

/* m = beta1 m + (1-beta1) g;  v = beta2 v + (1-beta2) g^2;  w -= lr m / (sqrt(v) + epsilon)
 * lr is taken as it is: multiply the bias correction sqrt(1-beta2^t)/(1-beta1^t) in. */
mah_status mah_step_adam(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                         double lr, double beta1, double beta2, double epsilon);

/* w -= decay w;  m, v as Adam's;  w -= lr m / (correction sqrt(v) + epsilon)
 * PyTorch's AdamW at step t: decay = lr weight_decay, correction = 1/sqrt(1-beta2^t), and lr
 * divided by 1-beta1^t. */
mah_status mah_step_adamw(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                          double lr, double correction, double beta1, double beta2, double epsilon,
                          double decay);

/* d = g + decay w;  v = alpha v + (1-alpha) d^2;  b = momentum b + d / (sqrt(v) + epsilon);
 * w -= lr b. Without momentum b_ may be NULL. */
mah_status mah_step_rmsprop(mah_tensor *w, mah_tensor *v, mah_tensor *b_, const mah_tensor *g,
                            double lr, double alpha, double epsilon, double momentum, double decay);

/* d = g + decay w;  sum += d^2;  w -= lr d / (sqrt(sum) + epsilon) */
mah_status mah_step_adagrad(mah_tensor *w, mah_tensor *sum, const mah_tensor *g, double lr,
                            double epsilon, double decay);

/* -- Before a step: gradients that are too large are cut back. --------------------------------- */

/* *norm = sqrt(sum g^2);  g *= max_norm / norm where norm > max_norm. A norm that is NaN or
 * infinite changes nothing. max_norm > 0 */
mah_status mah_clip_norm(double *norm, mah_tensor *g, double max_norm);

/* Each g[i] is moved into [-limit, limit]; NaN stays. limit > 0 */
mah_status mah_clip_value(mah_tensor *g, double limit);
#endif
