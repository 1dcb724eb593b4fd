#include "learn/kernels/objective.h"

/* -- Output activations ------------------------------------------------------------------------ */

static void logistic(real *z, int64_t n) {
  for (int64_t i = 0; i < n; i++) z[i] = real_sigmoid(z[i]);
}

static void exponential(real *z, int64_t n) {
  for (int64_t i = 0; i < n; i++) z[i] = real_exp(z[i]);
}

/* p_k = exp(z_k) / sum_j exp(z_j), with the row's largest z taken off first. Rows are short: exp
 * runs over all of them at once. */
static void softmax(real *z, int64_t rows, int64_t K) {
  for (int64_t b = 0; b < rows; b++) {
    real *row = z + b * K, top = row[0];
    for (int64_t k = 1; k < K; k++) top = row[k] > top ? row[k] : top;
    for (int64_t k = 0; k < K; k++) row[k] -= top;
  }
  exponential(z, rows * K);
  for (int64_t b = 0; b < rows; b++) {
    real *row = z + b * K, sum = 0;
    for (int64_t k = 0; k < K; k++) sum += row[k];
    real share = 1 / sum;
    for (int64_t k = 0; k < K; k++) row[k] *= share;
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

/* The same for a row whose target is class k: t_k = 1, all others 0. */
static void class_slopes(real *restrict dz, const real *restrict p, int64_t k, int64_t K,
                         double scale) {
  real s = (real)scale;
  for (int64_t j = 0; j < K; j++) dz[j] = s * p[j];
  dz[k] = s * (p[k] - 1);
}

/* -- Rows -------------------------------------------------------------------------------------- */

double mah_objective(void *dZ_, const void *P, const mah_pass *pass) {
  const mah_targets *t = &pass->targets;
  int64_t K = mah_network_outputs(pass->network);
  int32_t loss = pass->network->loss;
  const real *T = t->target_ ? (const real *)t->target_ + pass->row * K : NULL, *p = P;
  const real *weight = t->weight_ ? (const real *)t->weight_ + pass->row : NULL;
  const int32_t *class = t->class_ ? t->class_ + pass->row : NULL;
  real *dz = dZ_;
  double total = 0;
  for (int64_t b = 0; b < pass->rows; b++, p += K) {
    double scale = (weight ? (double)weight[b] : 1) * t->scale;
    if (class) {
      total -= scale * log_p((double)p[class[b]]);
      if (dz) class_slopes(dz + b * K, p, class[b], K, scale);
    } else {
      total += scale * rows_of[loss].loss(p, T + b * K, K);
      if (dz) rows_of[loss].slopes(dz + b * K, p, T + b * K, K, scale, t->sums_outputs);
    }
  }
  return total;
}
