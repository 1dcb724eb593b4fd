#include "learn/objective.h"

static double log_clipped(double p) {
  return log(p < REAL_EPSILON ? REAL_EPSILON : p > 1 - REAL_EPSILON ? 1 - REAL_EPSILON : p);
}

/* -- Output activations ------------------------------------------------------------------------ */

/* p_k = exp(z_k) / sum_j exp(z_j), with the row's largest z taken off first */
static void softmax(real *z, int64_t K) {
  real top = z[0], sum = 0;
  for (int64_t k = 1; k < K; k++) top = z[k] > top ? z[k] : top;
  for (int64_t k = 0; k < K; k++) sum += z[k] = real_exp(z[k] - top);
  for (int64_t k = 0; k < K; k++) z[k] /= sum;
}

static void logistic(real *z, int64_t K) {
  for (int64_t k = 0; k < K; k++) z[k] = 1 / (1 + real_exp(-z[k]));
}

void mah_output_activate(int32_t loss, real *P, const real *bias, int64_t rows, int64_t K) {
  for (int64_t b = 0; b < rows; b++, P += K) {
    for (int64_t k = 0; k < K; k++) P[k] += bias[k];
    if (loss == MAH_CROSS_ENTROPY) softmax(P, K);
    if (loss == MAH_BINARY) logistic(P, K);
  }
}

/* -- Losses of one row ------------------------------------------------------------------------- */

static double cross_entropy(const real *p, const real *t, int64_t K) {
  double loss = 0;
  for (int64_t k = 0; k < K; k++)
    if (t[k] != 0) loss -= (double)t[k] * log_clipped((double)p[k]);
  return loss;
}

static double binary(const real *p, const real *t, int64_t K) {
  double loss = 0;
  for (int64_t k = 0; k < K; k++)
    loss -= (double)t[k] * log_clipped((double)p[k]) +
            (1 - (double)t[k]) * log_clipped(1 - (double)p[k]);
  return loss;
}

static double squared(const real *p, const real *t, int64_t K) {
  double sum = 0;
  for (int64_t k = 0; k < K; k++)
    sum += ((double)p[k] - (double)t[k]) * ((double)p[k] - (double)t[k]);
  return sum / (2 * (double)K);
}

static double row_loss(int32_t loss, const real *p, const real *t, int64_t K) {
  return loss == MAH_CROSS_ENTROPY ? cross_entropy(p, t, K)
         : loss == MAH_BINARY      ? binary(p, t, K)
                                   : squared(p, t, K);
}

/* -- Rows -------------------------------------------------------------------------------------- */

double mah_objective(real *dZ_, const real *P, const mah_pass *pass, int64_t K) {
  const real *T = pass->target_, *weight = pass->weight_;
  double total = 0, share = pass->loss == MAH_SQUARED ? 1 / (double)K : 1;
  for (int64_t b = 0; b < pass->rows; b++) {
    const real *p = P + b * K, *t = pass->class_ ? NULL : T + b * K;
    int64_t class = pass->class_ ? pass->class_[b] : -1;
    double w = (weight ? (double)weight[b] : 1) * pass->scale;
    total += w * (t ? row_loss(pass->loss, p, t, K) : -log_clipped((double)p[class]));
    if (dZ_ == NULL) continue;
    for (int64_t k = 0; k < K; k++)
      dZ_[b * K + k] = (real)(w * share) * (p[k] - (t ? t[k] : (real)(k == class)));
  }
  return total;
}
