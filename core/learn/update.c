#include "learn/update.h"

/* v = momentum v - lr g;  w += v,  or with Nesterov's look-ahead  w += momentum v - lr g */
void mah_update_sgd(void *w_, void *velocity, const void *g_, int64_t n, double lr_,
                    double momentum, int32_t nesterov) {
  real *restrict w = w_, *restrict v = velocity;
  const real *restrict g = g_;
  real mu = (real)momentum, lr = (real)lr_;
  for (int64_t i = 0; i < n; i++) {
    v[i] = mu * v[i] - lr * g[i];
    w[i] += nesterov ? mu * v[i] - lr * g[i] : v[i];
  }
}

/* m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;  w -= lr m / (sqrt(v) + eps)
 * (Kingma, Ba: "Adam", ICLR 2015, the efficient form of section 2: lr holds the bias correction.)
 */
void mah_update_adam(void *w_, void *m_, void *v_, const void *g_, int64_t n, double lr_,
                     double beta1, double beta2, double epsilon) {
  real *restrict w = w_, *restrict m = m_, *restrict v = v_;
  const real *restrict g = g_;
  real b1 = (real)beta1, b2 = (real)beta2, c1 = (real)(1 - beta1), c2 = (real)(1 - beta2);
  real lr = (real)lr_, eps = (real)epsilon;
  for (int64_t i = 0; i < n; i++) {
    m[i] = b1 * m[i] + c1 * g[i];
    v[i] = b2 * v[i] + c2 * g[i] * g[i];
    w[i] -= lr * m[i] / (real_sqrt(v[i]) + eps);
  }
}

/* w -= decay w;  m, v as Adam's;  w -= lr m / (correction sqrt(v) + eps)
 * (Loshchilov, Hutter: "Decoupled weight decay regularization", ICLR 2019.) */
void mah_update_adamw(void *w_, void *m_, void *v_, const void *g_, int64_t n, double lr_,
                      double correction, double beta1, double beta2, double epsilon, double decay) {
  real *restrict w = w_, *restrict m = m_, *restrict v = v_;
  const real *restrict g = g_;
  real b1 = (real)beta1, b2 = (real)beta2, c1 = (real)(1 - beta1), c2 = (real)(1 - beta2);
  real lr = (real)lr_, eps = (real)epsilon, rest = (real)(1 - decay), scale = (real)correction;
  for (int64_t i = 0; i < n; i++) {
    m[i] = b1 * m[i] + c1 * g[i];
    v[i] = b2 * v[i] + c2 * g[i] * g[i];
    w[i] = rest * w[i] - lr * m[i] / (scale * real_sqrt(v[i]) + eps);
  }
}

/* d = g + decay w;  v = alpha v + (1-alpha) d^2;  b = momentum b + d / (sqrt(v) + eps);  w -= lr b
 * (Tieleman, Hinton: lecture 6.5 of "Neural networks for machine learning", 2012.) */
void mah_update_rmsprop(void *w_, void *v_, void *momentum_, const void *g_, int64_t n, double lr_,
                        double alpha, double epsilon, double momentum, double decay_) {
  real *restrict w = w_, *restrict v = v_, *restrict b = momentum_;
  const real *restrict g = g_;
  real a = (real)alpha, c = (real)(1 - alpha), mu = (real)momentum, decay = (real)decay_;
  real lr = (real)lr_, eps = (real)epsilon;
  for (int64_t i = 0; i < n; i++) {
    real d = g[i] + decay * w[i];
    v[i] = a * v[i] + c * d * d;
    d /= real_sqrt(v[i]) + eps;
    if (b) b[i] = d = mu * b[i] + d;
    w[i] -= lr * d;
  }
}

/* d = g + decay w;  s += d^2;  w -= lr d / (sqrt(s) + eps)
 * (Duchi, Hazan, Singer, JMLR 12, 2011.) */
void mah_update_adagrad(void *w_, void *sum, const void *g_, int64_t n, double lr_, double epsilon,
                        double decay_) {
  real *restrict w = w_, *restrict s = sum;
  const real *restrict g = g_;
  real lr = (real)lr_, eps = (real)epsilon, decay = (real)decay_;
  for (int64_t i = 0; i < n; i++) {
    real d = g[i] + decay * w[i];
    s[i] += d * d;
    w[i] -= lr * d / (real_sqrt(s[i]) + eps);
  }
}
