/* distribution_sample.c - samples of the distributions.
 *
 * Sources: Marsaglia and Tsang: "A simple method for generating gamma variables", ACM TOMS 26, 2000;
 * Hormann: "The transformed rejection method for generating Poisson random variables", Insurance:
 * Mathematics and Economics 12, 1993 (PTRS), and "The generation of binomial random variates", J.
 * Stat. Comput. Simul. 46, 1993 (BTRS).
 */
#include "tensor/beta.h"
#include "tensor/distribution.h"
#include "tensor/gamma.h"

#include <math.h>

/* uniform in (0, 1) */
static double uniform(mah_rng *rng) {
  double u;
  do u = mah_rng_double(rng);
  while (u == 0);
  return u;
}

/* log of a gamma variate: small shapes give numbers below the least double */
static double log_gamma_variate(mah_rng *rng, double shape) {
  if (shape < 1) return log_gamma_variate(rng, shape + 1) + log(uniform(rng)) / shape;
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double z = mah_rng_normal(rng), v = 1 + c * z;
    if (v <= 0) continue;
    v = v * v * v;
    if (log(uniform(rng)) < 0.5 * z * z + d - d * v + d * log(v)) return log(d * v);
  }
}

static double gamma_variate(mah_rng *rng, double shape) {
  return exp(log_gamma_variate(rng, shape));
}

static double beta_variate(mah_rng *rng, double a, double b) {
  double x = log_gamma_variate(rng, a), y = log_gamma_variate(rng, b);
  return 1 / (1 + exp(y - x));
}

static double small_poisson(mah_rng *rng, double rate) {
  double limit = exp(-rate), product = 1;
  for (int k = 0;; k++) {
    product *= uniform(rng);
    if (product <= limit) return k;
  }
}

static double poisson_variate(mah_rng *rng, double rate) {
  if (rate < 10) return rate == 0 ? 0 : small_poisson(rng, rate);
  double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
  double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), quick = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    double u = uniform(rng) - 0.5, v = uniform(rng), s = 0.5 - fabs(u);
    double k = floor((2 * a / s + b) * u + rate + 0.43);
    if (s >= 0.07 && v <= quick) return k;
    if (k < 0 || (s < 0.013 && v > s)) continue;
    if (log(v * inverse_alpha / (a / (s * s) + b)) <= mah_log_poisson(k, rate)) return k;
  }
}

/* One probability after the other, until they exceed a uniform number; n p < 10. */
static double small_binomial(mah_rng *rng, double n, double p) {
  double ratio = p / (1 - p), probability = exp(n * log1p(-p)), u = uniform(rng), k = 0;
  while (u > probability && k < n) {
    u -= probability;
    k++;
    probability *= ratio * (n - k + 1) / k;
  }
  return k;
}

static double binomial_variate(mah_rng *rng, double n, double p) {
  if (p > 0.5) return n - binomial_variate(rng, n, 1 - p);
  if (n == 0 || p == 0) return 0;
  if (n * p < 10) return small_binomial(rng, n, p);
  double spread = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread;
  double a = -0.0873 + 0.0248 * b + 0.01 * p, quick = 0.92 - 4.2 / b;
  double alpha = (2.83 + 5.1 / b) * spread, mode = floor((n + 1) * p);
  double top = mah_log_binomial(mode, n - mode, p, 1 - p);
  for (;;) {
    double u = uniform(rng) - 0.5, v = uniform(rng), s = 0.5 - fabs(u);
    double k = floor((2 * a / s + b) * u + n * p + 0.5);
    if (k < 0 || k > n) continue;
    if (s >= 0.07 && v <= quick) return k;
    v = log(v * alpha / (a / (s * s) + b));
    if (v <= mah_log_binomial(k, n - k, p, 1 - p) - top) return k;
  }
}

static double variate(mah_rng *rng, int32_t distribution, double p, double q) {
  switch (distribution) {
  case MAH_DISTRIBUTION_normal: return p + q * mah_rng_normal(rng);
  case MAH_DISTRIBUTION_lognormal: return exp(p + q * mah_rng_normal(rng));
  case MAH_DISTRIBUTION_uniform: return p + (q - p) * mah_rng_double(rng);
  case MAH_DISTRIBUTION_exponential: return -p * log(uniform(rng));
  case MAH_DISTRIBUTION_gamma: return q * gamma_variate(rng, p);
  case MAH_DISTRIBUTION_beta: return beta_variate(rng, p, q);
  case MAH_DISTRIBUTION_chi2: return 2 * gamma_variate(rng, p / 2);
  case MAH_DISTRIBUTION_student_t: {
    double z = mah_rng_normal(rng);
    return z * exp(-0.5 * (log_gamma_variate(rng, p / 2) - log(p / 2)));
  }
  case MAH_DISTRIBUTION_f: {
    double x = log_gamma_variate(rng, p / 2), y = log_gamma_variate(rng, q / 2);
    return exp(x - y) * (q / p);
  }
  case MAH_DISTRIBUTION_binomial: return binomial_variate(rng, p, q);
  case MAH_DISTRIBUTION_poisson: return poisson_variate(rng, p);
  default: return p == 1 ? 1 : fmax(1, ceil(log(uniform(rng)) / log1p(-p)));
  }
}

mah_status mah_fill_distribution(mah_tensor *out, mah_rng *rng, int32_t distribution, double p,
                                 double q) {
  MAH_TRY(mah_tensor_check(out, "sample"));
  if (rng == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "sample: a generator is expected");
  if (!mah_distribution_name(distribution) ||
      !mah_distribution_entries[distribution].is_valid(p, q))
    return mah_fail(MAH_ERROR_ARGUMENT, "sample: no distribution has the parameters %g and %g", p,
                    q);
  mah_tensor wide = {0};
  MAH_TRY(mah_tensor_new(&wide, MAH_FLOAT64, out->ndim, out->extent));
  double *x = wide.data;
  int64_t n = mah_tensor_count(&wide);
  for (int64_t i = 0; i < n; i++) x[i] = variate(rng, distribution, p, q);
  mah_status status = mah_tensor_copy(out, &wide);
  mah_tensor_release(&wide);
  return status;
}
