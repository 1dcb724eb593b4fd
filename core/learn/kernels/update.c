#include "learn/kernels/update.h"

#include "learn/kernels/roots.h"

/* A step's numbers, lane by lane. */
typedef struct numbers {
  lanes lr, mu, beta1, rest1, beta2, rest2, alpha, rest, eps, decay, kept, correction, ahead;
  lanes eta_minus, eta_plus, size_min, size_max;
  int32_t nesterov, decays, is_rectified;
} numbers;

/* A smaller epsilon is taken for 0 with all subnormals, and 0 / 0 is no step. */
static real epsilon_of(const mah_step_settings *s) {
  return s->epsilon < REAL_TINY ? (real)REAL_TINY : (real)s->epsilon;
}

static numbers numbers_of(const mah_step_settings *s) {
  return (numbers){.lr = lanes_of((real)s->lr),
                   .mu = lanes_of((real)s->momentum),
                   .beta1 = lanes_of((real)s->beta1),
                   .rest1 = lanes_of((real)(1 - s->beta1)),
                   .beta2 = lanes_of((real)s->beta2),
                   .rest2 = lanes_of((real)(1 - s->beta2)),
                   .alpha = lanes_of((real)s->alpha),
                   .rest = lanes_of((real)(1 - s->alpha)),
                   .eps = lanes_of(epsilon_of(s)),
                   .decay = lanes_of((real)s->decay),
                   .kept = lanes_of((real)(1 - s->decay)),
                   .correction = lanes_of((real)s->correction),
                   .ahead = lanes_of((real)s->ahead),
                   .eta_minus = lanes_of((real)s->eta_minus),
                   .eta_plus = lanes_of((real)s->eta_plus),
                   .size_min = lanes_of((real)s->size_min),
                   .size_max = lanes_of((real)s->size_max),
                   .nesterov = s->nesterov,
                   .decays = s->decay != 0,
                   .is_rectified = s->is_rectified};
}

/* -- Elements, some at a time ------------------------------------------------------------------ */

/* The `count` first elements, at most LANES, of each vector. An element's bits do not depend on
 * where it stands: parts are computed as whole lanes are, and where two products are added, one of
 * them is kept for itself, or the compiler might fuse either with the addition. */
typedef struct place {
  real *w, *a, *b; /* the parameters, what the solver keeps */
  const real *g;
  int64_t count;
} place;

typedef void step(const numbers *c, const place *p);

MAH_INLINE void all(step *one, void *w_, void *a_, void *b_, const void *g_, int64_t n,
                    const mah_step_settings *settings) {
  const numbers c = numbers_of(settings);
  real *w = w_, *a = a_, *b = b_;
  const real *g = g_;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    one(&c, &(place){w + i, a + i, b ? b + i : NULL, g + i, LANES});
  if (i < n) one(&c, &(place){w + i, a + i, b ? b + i : NULL, g + i, n - i});
}

/* -- The solvers ------------------------------------------------------------------------------- */

/* g + decay w, for solvers that most often have no decay: that leaves g's bits as they are */
MAH_INLINE lanes slope(const numbers *c, const place *p) {
  lanes g = lanes_load_some(p->g, p->count);
  return c->decays ? g + c->decay * lanes_load_some(p->w, p->count) : g;
}

/* d = g + decay w;  v = momentum v - lr d;  w += v,
 * or with Nesterov's look-ahead  w += momentum v - lr d */
MAH_INLINE void sgd(const numbers *c, const place *p) {
  lanes down = lanes_keep(c->lr * slope(c, p));
  lanes v = c->mu * lanes_load_some(p->a, p->count) - down;
  lanes_store_some(p->a, v, p->count);
  lanes_store_some(p->w, lanes_load_some(p->w, p->count) + (c->nesterov ? c->mu * v - down : v),
                   p->count);
}

/* d = g + decay w;  m = beta1 m + (1-beta1) d;  v = beta2 v + (1-beta2) d^2;
 * w -= lr m / (sqrt(v) + epsilon)
 * lr is taken as it is: multiply the bias correction sqrt(1-beta2^t)/(1-beta1^t) in.
 * (Kingma, Ba: "Adam", ICLR 2015, the efficient form of section 2.) */
MAH_INLINE void adam(const numbers *c, const place *p) {
  lanes g = slope(c, p);
  lanes m = c->beta1 * lanes_load_some(p->a, p->count) + lanes_keep(c->rest1 * g);
  lanes v = c->beta2 * lanes_load_some(p->b, p->count) + lanes_keep(c->rest2 * g * g);
  lanes_store_some(p->a, m, p->count);
  lanes_store_some(p->b, v, p->count);
  lanes_store_some(
      p->w, lanes_load_some(p->w, p->count) - lanes_divide(c->lr * m, lanes_sqrt(v) + c->eps),
      p->count);
}

/* w -= decay w;  m, v as Adam's;  w -= lr m / (correction sqrt(v) + epsilon)
 * PyTorch's AdamW at step t: decay = lr weight_decay, correction = 1/sqrt(1-beta2^t), and lr
 * divided by 1-beta1^t.
 * (Loshchilov, Hutter: "Decoupled weight decay regularization", ICLR 2019.) */
MAH_INLINE void adamw(const numbers *c, const place *p) {
  lanes g = lanes_load_some(p->g, p->count);
  lanes m = c->beta1 * lanes_load_some(p->a, p->count) + lanes_keep(c->rest1 * g);
  lanes v = c->beta2 * lanes_load_some(p->b, p->count) + lanes_keep(c->rest2 * g * g);
  lanes down = lanes_divide(c->lr * m, c->correction * lanes_sqrt(v) + c->eps);
  lanes_store_some(p->a, m, p->count);
  lanes_store_some(p->b, v, p->count);
  lanes_store_some(p->w, c->kept * lanes_load_some(p->w, p->count) - down, p->count);
}

/* d = g + decay w;  v = alpha v + (1-alpha) d^2;  b = momentum b + d / (sqrt(v) + epsilon);
 * w -= lr b. Without momentum b may be NULL.
 * (Tieleman, Hinton: lecture 6.5 of "Neural networks for machine learning", 2012.) */
MAH_INLINE void rmsprop(const numbers *c, const place *p) {
  lanes w = lanes_load_some(p->w, p->count), d = lanes_load_some(p->g, p->count) + c->decay * w;
  lanes v = c->alpha * lanes_load_some(p->a, p->count) + lanes_keep(c->rest * d * d);
  lanes_store_some(p->a, v, p->count);
  d = lanes_divide(d, lanes_sqrt(v) + c->eps);
  if (p->b) {
    d = c->mu * lanes_load_some(p->b, p->count) + d;
    lanes_store_some(p->b, d, p->count);
  }
  lanes_store_some(p->w, w - c->lr * d, p->count);
}

/* d = g + decay w;  s += d^2;  w -= lr d / (sqrt(s) + epsilon)
 * (Duchi, Hazan, Singer, JMLR 12, 2011.) */
MAH_INLINE void adagrad(const numbers *c, const place *p) {
  lanes w = lanes_load_some(p->w, p->count), d = lanes_load_some(p->g, p->count) + c->decay * w;
  lanes s = lanes_load_some(p->a, p->count) + d * d;
  lanes_store_some(p->a, s, p->count);
  lanes_store_some(p->w, w - lanes_divide(c->lr * d, lanes_sqrt(s) + c->eps), p->count);
}

/* w = (1 - decay) w - lr sign(beta1 m + (1-beta1) g);  m = beta2 m + (1-beta2) g
 * with decay = lr weight_decay. NaN has no sign, and is not hidden by one.
 * (Chen et al.: "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.) */
MAH_INLINE void lion(const numbers *c, const place *p) {
  lanes g = lanes_load_some(p->g, p->count), m = lanes_load_some(p->a, p->count);
  lanes down = lanes_keep(c->lr * lanes_sign(c->beta1 * m + lanes_keep(c->rest1 * g)));
  lanes_store_some(p->a, c->beta2 * m + lanes_keep(c->rest2 * g), p->count);
  lanes_store_some(p->w, c->kept * lanes_load_some(p->w, p->count) - down, p->count);
}

/* d = g + decay w;  m, v as Adam's of d;  w -= (lr m + ahead d) / (correction sqrt(v) + epsilon)
 * At step t, with mu_t and their product up to t: lr mu_t+1 / (1 - product mu_t+1) is taken for lr,
 * ahead = lr (1 - mu_t) / (1 - product), and correction = 1/sqrt(1-beta2^t).
 * (Dozat: "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.) */
MAH_INLINE void nadam(const numbers *c, const place *p) {
  lanes w = lanes_load_some(p->w, p->count), d = lanes_load_some(p->g, p->count) + c->decay * w;
  lanes m = c->beta1 * lanes_load_some(p->a, p->count) + lanes_keep(c->rest1 * d);
  lanes v = c->beta2 * lanes_load_some(p->b, p->count) + lanes_keep(c->rest2 * d * d);
  lanes_store_some(p->a, m, p->count);
  lanes_store_some(p->b, v, p->count);
  lanes down = c->lr * m + lanes_keep(c->ahead * d);
  lanes_store_some(p->w, w - lanes_divide(down, c->correction * lanes_sqrt(v) + c->eps), p->count);
}

/* d = g + decay w;  m, v as Adam's of d;  w -= lr m / (sqrt(v) + epsilon)  where it is rectified,
 * else  w -= lr m. lr is taken as it is: multiply corrections and the rectification in.
 * (Liu et al.: "On the variance of the adaptive learning rate and beyond", ICLR 2020.) */
MAH_INLINE void radam(const numbers *c, const place *p) {
  lanes w = lanes_load_some(p->w, p->count), d = lanes_load_some(p->g, p->count) + c->decay * w;
  lanes m = c->beta1 * lanes_load_some(p->a, p->count) + lanes_keep(c->rest1 * d);
  lanes v = c->beta2 * lanes_load_some(p->b, p->count) + lanes_keep(c->rest2 * d * d);
  lanes_store_some(p->a, m, p->count);
  lanes_store_some(p->b, v, p->count);
  lanes down = lanes_keep(c->lr * m);
  if (c->is_rectified) down = lanes_divide(down, lanes_sqrt(v) + c->eps);
  lanes_store_some(p->w, w - down, p->count);
}

/* g and the one before, p, of one sign: s *= eta_plus; of two: s *= eta_minus, g = 0;
 * s within size_min ... size_max;  w -= s sign(g);  p = g
 * Signs are compared, as a product of two small gradients would be 0.
 * (Riedmiller, Braun: "A direct adaptive method for faster backpropagation learning", ICNN 1993,
 * without its step back: Igel, Huesken's iRprop-, as in PyTorch.) */
MAH_INLINE void rprop(const numbers *c, const place *p) {
  const lanes zero = {0}, one = lanes_of(1);
  lanes g = lanes_load_some(p->g, p->count), before = lanes_load_some(p->a, p->count);
  lane_mask same = ((g > zero) & (before > zero)) | ((g < zero) & (before < zero));
  lane_mask turned = ((g > zero) & (before < zero)) | ((g < zero) & (before > zero));
  lanes eta = lanes_choose(same, c->eta_plus, lanes_choose(turned, c->eta_minus, one));
  lanes s = eta * lanes_load_some(p->b, p->count);
  s = lanes_choose(s < c->size_min, c->size_min, s);
  s = lanes_choose(s > c->size_max, c->size_max, s);
  g = lanes_choose(turned, zero, g);
  lanes_store_some(p->a, g, p->count);
  lanes_store_some(p->b, s, p->count);
  lanes_store_some(p->w, lanes_load_some(p->w, p->count) - s * lanes_sign(g), p->count);
}

#define X(entry, name, first, second)                                                              \
  void MAH_UPDATE(name)(void *w, void *a, void *b_, const void *g, int64_t n,                      \
                        const mah_step_settings *settings) {                                       \
    all(name, w, a, b_, g, n, settings);                                                           \
  }
MAH_SOLVERS(X)
#undef X
