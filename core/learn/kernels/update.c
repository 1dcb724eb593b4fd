#include "learn/kernels/update.h"

/* v = momentum v - lr g;  w += v,  or with Nesterov's look-ahead  w += momentum v - lr g */
void MAH_UPDATE(sgd)(void *w_, void *velocity, void *none_, const void *g_, int64_t n,
                     const mah_step_settings *settings) {
  real *restrict w = w_, *restrict v = velocity;
  const real *restrict g = g_;
  real mu = (real)settings->momentum, lr = (real)settings->lr;
  int32_t nesterov = settings->nesterov;
  (void)none_;
  for (int64_t i = 0; i < n; i++) {
    v[i] = mu * v[i] - lr * g[i];
    w[i] += nesterov ? mu * v[i] - lr * g[i] : v[i];
  }
}

/* m = beta1 m + (1-beta1) g;  v = beta2 v + (1-beta2) g^2;  w -= lr m / (sqrt(v) + epsilon)
 * lr is taken as it is: multiply the bias correction sqrt(1-beta2^t)/(1-beta1^t) in.
 * (Kingma, Ba: "Adam", ICLR 2015, the efficient form of section 2.) */
void MAH_UPDATE(adam)(void *w_, void *m_, void *v_, const void *g_, int64_t n,
                      const mah_step_settings *settings) {
  real *restrict w = w_, *restrict m = m_, *restrict v = v_;
  const real *restrict g = g_;
  real b1 = (real)settings->beta1, c1 = (real)(1 - settings->beta1);
  real b2 = (real)settings->beta2, c2 = (real)(1 - settings->beta2);
  real lr = (real)settings->lr, eps = (real)settings->epsilon;
  for (int64_t i = 0; i < n; i++) {
    m[i] = b1 * m[i] + c1 * g[i];
    v[i] = b2 * v[i] + c2 * g[i] * g[i];
    w[i] -= lr * m[i] / (real_sqrt(v[i]) + eps);
  }
}

/* w -= decay w;  m, v as Adam's;  w -= lr m / (correction sqrt(v) + epsilon)
 * PyTorch's AdamW at step t: decay = lr weight_decay, correction = 1/sqrt(1-beta2^t), and lr
 * divided by 1-beta1^t.
 * (Loshchilov, Hutter: "Decoupled weight decay regularization", ICLR 2019.) */
void MAH_UPDATE(adamw)(void *w_, void *m_, void *v_, const void *g_, int64_t n,
                       const mah_step_settings *settings) {
  real *restrict w = w_, *restrict m = m_, *restrict v = v_;
  const real *restrict g = g_;
  real b1 = (real)settings->beta1, c1 = (real)(1 - settings->beta1);
  real b2 = (real)settings->beta2, c2 = (real)(1 - settings->beta2);
  real lr = (real)settings->lr, eps = (real)settings->epsilon;
  real rest = (real)(1 - settings->decay), correction = (real)settings->correction;
  for (int64_t i = 0; i < n; i++) {
    m[i] = b1 * m[i] + c1 * g[i];
    v[i] = b2 * v[i] + c2 * g[i] * g[i];
    w[i] = rest * w[i] - lr * m[i] / (correction * real_sqrt(v[i]) + eps);
  }
}

/* d = g + decay w;  v = alpha v + (1-alpha) d^2;  b = momentum b + d / (sqrt(v) + epsilon);
 * w -= lr b. Without momentum b_ may be NULL.
 * (Tieleman, Hinton: lecture 6.5 of "Neural networks for machine learning", 2012.) */
void MAH_UPDATE(rmsprop)(void *w_, void *v_, void *b_, const void *g_, int64_t n,
                         const mah_step_settings *settings) {
  real *restrict w = w_, *restrict v = v_, *restrict b = b_;
  const real *restrict g = g_;
  real alpha = (real)settings->alpha, rest = (real)(1 - settings->alpha);
  real mu = (real)settings->momentum, decay = (real)settings->decay;
  real lr = (real)settings->lr, eps = (real)settings->epsilon;
  for (int64_t i = 0; i < n; i++) {
    real d = g[i] + decay * w[i];
    v[i] = alpha * v[i] + rest * d * d;
    d /= real_sqrt(v[i]) + eps;
    if (b) b[i] = d = mu * b[i] + d;
    w[i] -= lr * d;
  }
}

/* d = g + decay w;  s += d^2;  w -= lr d / (sqrt(s) + epsilon)
 * (Duchi, Hazan, Singer, JMLR 12, 2011.) */
void MAH_UPDATE(adagrad)(void *w_, void *sum, void *none_, const void *g_, int64_t n,
                         const mah_step_settings *settings) {
  real *restrict w = w_, *restrict s = sum;
  const real *restrict g = g_;
  real lr = (real)settings->lr, eps = (real)settings->epsilon, decay = (real)settings->decay;
  (void)none_;
  for (int64_t i = 0; i < n; i++) {
    real d = g[i] + decay * w[i];
    s[i] += d * d;
    w[i] -= lr * d / (real_sqrt(s[i]) + eps);
  }
}
