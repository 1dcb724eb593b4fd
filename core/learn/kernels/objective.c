#include "learn/kernels/objective.h"

#include "tensor/kernels/lanes.h"

/* -- Output activations ------------------------------------------------------------------------ */

static void logistic(real *z, int64_t n) {
  for (int64_t i = 0; i < n; i++) z[i] = real_sigmoid(z[i]);
}

static void exponential(real *z, int64_t n) {
  for (int64_t i = 0; i < n; i++) z[i] = real_exp(z[i]);
}

/* z_k -= max_j z_j, in each row */
MAH_INLINE void take_largest_off(real *z, int64_t rows, int64_t K) {
  for (int64_t b = 0; b < rows; b++) {
    real *row = z + b * K, top = row[0];
    for (int64_t k = 1; k < K; k++) top = row[k] > top ? row[k] : top;
    for (int64_t k = 0; k < K; k++) row[k] -= top;
  }
}

/* p_k = p_k / sum_j p_j, in each row */
MAH_INLINE void divide_by_sum(real *p, int64_t rows, int64_t K) {
  for (int64_t b = 0; b < rows; b++) {
    real *row = p + b * K, sum = 0;
    for (int64_t k = 0; k < K; k++) sum += row[k];
    real share = 1 / sum;
    for (int64_t k = 0; k < K; k++) row[k] *= share;
  }
}

MAH_INLINE void softmax_of(real *z, int64_t rows, int64_t K) {
  take_largest_off(z, rows, K);
  exponential(z, rows * K);
  divide_by_sum(z, rows, K);
}

/* p_k = exp(z_k) / sum_j exp(z_j), with the row's largest z taken off first. Rows are short: exp
 * runs over all of them at once, and where their length is known to the compiler, the loops over
 * them unroll. */
static void softmax(real *z, int64_t rows, int64_t K) {
  switch (K) {
  case 2: softmax_of(z, rows, 2); break;
  case 3: softmax_of(z, rows, 3); break;
  case 4: softmax_of(z, rows, 4); break;
  case 5: softmax_of(z, rows, 5); break;
  case 10: softmax_of(z, rows, 10); break;
  default: softmax_of(z, rows, K);
  }
}

enum { CACHED = 2048 }; /* elements that stay in the first-level cache */

void mah_output_activate(int32_t loss, void *P, int64_t rows, int64_t K) {
  int64_t step = K < CACHED ? CACHED / K : 1;
  for (int64_t b = 0; b < rows; b += step) {
    int64_t count = rows - b < step ? rows - b : step;
    real *p = (real *)P + b * K;
    if (loss == MAH_CROSS_ENTROPY) softmax(p, count, K);
    if (loss == MAH_BINARY) logistic(p, count * K);
    if (loss == MAH_POISSON) exponential(p, count * K);
  }
}

/* -- Losses of one output ---------------------------------------------------------------------- */

/* log p, with p no smaller than the number type's epsilon. A float holds a smaller p, but no
 * smaller 1 - p: with one limit for both, a mistake costs the same whichever class it is about. */
static double log_p(double p) { return log(p < REAL_EPSILON ? REAL_EPSILON : p); }

static double binary(double p, double t) {
  double one = t == 0 ? 0 : t * log_p(p);
  double zero = t == 1 ? 0 : (1 - t) * log_p(1 - p);
  return -one - zero;
}

/* t log(t / p) - t + p; a p that underflowed to 0 is taken as the smallest number */
static double poisson(double p, double t) {
  return t > 0 ? t * log(t / (p < REAL_TINY ? REAL_TINY : p)) - t + p : p;
}

static double huber(double d) { return fabs(d) < 1 ? 0.5 * d * d : fabs(d) - 0.5; }
static real huber_slope(real d) { return d < -1 ? -1 : d > 1 ? 1 : d; }

/* -- Losses of one row ------------------------------------------------------------------------- */

/* dz_[k] = scale dloss/dz_k; with `sums`, of the outputs' sum where the loss is their mean. p and t
 * are seen in double by the loss, in the number type by the gradient. */
#define X(entry, name, output, mean, loss, slope)                                                  \
  static double name##_row(const real *P, const real *T, int64_t K) {                              \
    double sum = 0;                                                                                \
    for (int64_t k = 0; k < K; k++) {                                                              \
      double p = (double)P[k], t = (double)T[k], d = p - t;                                        \
      (void)d;                                                                                     \
      sum += loss;                                                                                 \
    }                                                                                              \
    return (mean) ? sum / (double)K : sum;                                                         \
  }                                                                                                \
  static void name##_slopes(real *restrict dz, const real *restrict P, const real *restrict T,     \
                            int64_t K, double scale, int32_t sums) {                               \
    real s = (real)((mean) && !sums ? scale / (double)K : scale);                                  \
    for (int64_t k = 0; k < K; k++) {                                                              \
      real d = P[k] - T[k];                                                                        \
      dz[k] = s * (slope);                                                                         \
    }                                                                                              \
  }
MAH_LOSSES(X)
#undef X

static const struct {
  double (*loss)(const real *P, const real *T, int64_t K);
  void (*slopes)(real *dz, const real *P, const real *T, int64_t K, double scale, int32_t sums);
} rows_of[] = {
#define X(entry, name, output, mean, loss, slope) {name##_row, name##_slopes},
    MAH_LOSSES(X)
#undef X
};

/* -- Classes ----------------------------------------------------------------------------------- */

/* The same for rows whose targets are classes k: t_k = 1, all others 0. */
static void class_slopes(real *restrict dz, const real *restrict p, const int32_t *class,
                         const real *restrict weight_, int64_t rows, int64_t K, double scale) {
  real s = (real)scale;
  if (weight_ == NULL)
    for (int64_t i = 0; i < rows * K; i++) dz[i] = s * p[i];
  for (int64_t b = 0; b < rows; b++) {
    if (weight_ != NULL) {
      s = (real)((double)weight_[b] * scale);
      for (int64_t k = 0; k < K; k++) dz[b * K + k] = s * p[b * K + k];
    }
    int64_t i = b * K + class[b];
    dz[i] = s * (p[i] - 1);
  }
}

/* sum_b scale weight[b] -log p[b, class[b]] */
static double class_losses(const real *p, const int32_t *class, const real *weight_, int64_t rows,
                           int64_t K, double scale) {
  enum { TOGETHER = 64 };
  real chosen[TOGETHER];
  double total = 0;
  for (int64_t first = 0; first < rows; first += TOGETHER) {
    int n = (int)(rows - first < TOGETHER ? rows - first : TOGETHER);
    for (int b = 0; b < n; b++) chosen[b] = p[(first + b) * K + class[first + b]];
    for (int b = 0; b < n; b++)
      chosen[b] = real_log(chosen[b] < (real)REAL_EPSILON ? (real)REAL_EPSILON : chosen[b]);
    for (int b = 0; b < n; b++)
      total -= (weight_ ? (double)weight_[first + b] * scale : scale) * (double)chosen[b];
  }
  return total;
}

/* -- Rows -------------------------------------------------------------------------------------- */

static double target_objective(real *dz_, const real *p, const real *t, const real *weight_,
                               const mah_pass *pass, int64_t K) {
  int32_t loss = pass->network->loss;
  double total = 0;
  for (int64_t b = 0; b < pass->rows; b++, p += K, t += K) {
    double scale = (weight_ ? (double)weight_[b] : 1) * pass->targets.scale;
    total += scale * rows_of[loss].loss(p, t, K);
    if (dz_) rows_of[loss].slopes(dz_ + b * K, p, t, K, scale, pass->targets.sums_outputs);
  }
  return total;
}

double mah_objective(void *dZ_, const void *P, const mah_pass *pass) {
  const mah_targets *t = &pass->targets;
  int64_t K = mah_network_outputs(pass->network);
  const real *weight = t->weight_ ? (const real *)t->weight_ + pass->row : NULL;
  if (t->class_ == NULL)
    return target_objective(dZ_, P, (const real *)t->target_ + pass->row * K, weight, pass, K);
  const int32_t *class = t->class_ + pass->row;
  if (dZ_) class_slopes(dZ_, P, class, weight, pass->rows, K, t->scale);
  return class_losses(P, class, weight, pass->rows, K, t->scale);
}
