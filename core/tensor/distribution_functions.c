/* distribution_functions.c - densities, distribution functions and quantiles of each distribution,
 * number by number. `upper`: of the upper tail, P(X > x).
 */
#include "tensor/beta.h"
#include "tensor/distribution.h"
#include "tensor/gamma.h"
#include "tensor/quantile.h"

#include <math.h>

static const double half_log_2pi = 0.91893853320467274178;
static const double root_2 = 1.41421356237309504880;

static int is_positive(double x) { return x > 0 && x < INFINITY; }

/* -- normal, lognormal ------------------------------------------------------------------------- */

static int normal_is_valid(double mean, double std) { return isfinite(mean) && is_positive(std); }

static double normal_logpdf(double x, double mean, double std) {
  double z = (x - mean) / std;
  return -0.5 * z * z - half_log_2pi - log(std);
}

static double normal_cdf(double x, double mean, double std, int upper) {
  double z = (x - mean) / std / root_2;
  return 0.5 * erfc(upper ? z : -z);
}

static double normal_quantile(double t, double mean, double std, int upper) {
  double z = mah_normal_quantile(t);
  return mean + std * (upper ? -z : z);
}

static double lognormal_logpdf(double x, double mean, double std) {
  return x > 0 && x < INFINITY ? normal_logpdf(log(x), mean, std) - log(x) : -INFINITY;
}

static double lognormal_cdf(double x, double mean, double std, int upper) {
  return x > 0 ? normal_cdf(log(x), mean, std, upper) : upper;
}

static double lognormal_quantile(double t, double mean, double std, int upper) {
  return exp(normal_quantile(t, mean, std, upper));
}

/* -- uniform, exponential ---------------------------------------------------------------------- */

static int uniform_is_valid(double low, double high) { return low < high && isfinite(high - low); }

static double uniform_logpdf(double x, double low, double high) {
  return x >= low && x <= high ? -log(high - low) : -INFINITY;
}

static double uniform_cdf(double x, double low, double high, int upper) {
  if (x <= low || x >= high) return (x <= low) == upper;
  return upper ? (high - x) / (high - low) : (x - low) / (high - low);
}

static double uniform_quantile(double t, double low, double high, int upper) {
  return upper ? high - t * (high - low) : low + t * (high - low);
}

static int first_is_positive(double p, double q) { return (void)q, is_positive(p); }

static double exponential_logpdf(double x, double scale, double q) {
  return (void)q, x >= 0 ? -x / scale - log(scale) : -INFINITY;
}

static double exponential_cdf(double x, double scale, double q, int upper) {
  (void)q;
  if (x <= 0) return upper;
  return upper ? exp(-x / scale) : -expm1(-x / scale);
}

static double exponential_quantile(double t, double scale, double q, int upper) {
  return (void)q, -scale * (upper ? log(t) : log1p(-t));
}

/* -- gamma, chi2 ------------------------------------------------------------------------------- */

static int both_are_positive(double p, double q) { return is_positive(p) && is_positive(q); }

static double gamma_logpdf(double x, double shape, double scale) {
  double y = x / scale;
  if (y < 0 || y == INFINITY) return -INFINITY;
  if (y == 0) return shape < 1 ? INFINITY : shape > 1 ? -INFINITY : -log(scale);
  if (shape < 10 || y < shape * 1e-290)
    return (shape - 1) * log(y) - y - mah_lgamma(shape) - log(scale);
  return mah_log_poisson(shape, y) + log(shape / y) - log(scale);
}

static double gamma_cdf(double x, double shape, double scale, int upper) {
  if (x <= 0) return upper;
  return upper ? mah_gammaincc(shape, x / scale) : mah_gammainc(shape, x / scale);
}

static double gamma_quantile(double t, double shape, double scale, int upper) {
  return scale * mah_gamma_quantile(shape, t, upper);
}

static double chi2_logpdf(double x, double df, double q) {
  return (void)q, gamma_logpdf(x, df / 2, 2);
}
static double chi2_cdf(double x, double df, double q, int upper) {
  return (void)q, gamma_cdf(x, df / 2, 2, upper);
}
static double chi2_quantile(double t, double df, double q, int upper) {
  return (void)q, gamma_quantile(t, df / 2, 2, upper);
}

/* -- beta, f, t -------------------------------------------------------------------------------- */

static double beta_logpdf(double x, double a, double b) {
  if (x < 0 || x > 1) return -INFINITY;
  if (x == 0) return a < 1 ? INFINITY : a > 1 ? -INFINITY : log(b);
  if (x == 1) return b < 1 ? INFINITY : b > 1 ? -INFINITY : log(a);
  return mah_log_beta_density(a, b, x, 1 - x) - log(x) - log1p(-x);
}

static double beta_cdf(double x, double a, double b, int upper) {
  if (x <= 0 || x >= 1) return (x <= 0) == upper;
  return mah_beta_tail(a, b, x, 1 - x, upper);
}

static double beta_quantile(double t, double a, double b, int upper) {
  double x, y;
  mah_beta_quantile(&x, &y, a, b, t, upper);
  return x;
}

/* z = d1 x / (d1 x + d2), which is beta(d1 / 2, d2 / 2), and 1 - z */
static void f_share(double *z, double *rest, double x, double d1, double d2) {
  double whole = d1 * x + d2;
  *z = d1 * x / whole;
  *rest = d2 / whole;
  if (whole < INFINITY) return;
  double ratio = d2 / d1 / x;
  *z = 1 / (1 + ratio);
  *rest = ratio / (1 + ratio);
}

static double f_logpdf(double x, double d1, double d2) {
  if (x < 0 || x == INFINITY) return -INFINITY;
  if (x == 0) return d1 < 2 ? INFINITY : d1 > 2 ? -INFINITY : 0;
  double z, rest;
  f_share(&z, &rest, x, d1, d2);
  return mah_log_beta_density(d1 / 2, d2 / 2, z, rest) - log(x);
}

static double f_cdf(double x, double d1, double d2, int upper) {
  if (x <= 0 || x == INFINITY) return (x <= 0) == upper;
  double z, rest;
  f_share(&z, &rest, x, d1, d2);
  return mah_beta_tail(d1 / 2, d2 / 2, z, rest, upper);
}

static double f_quantile(double t, double d1, double d2, int upper) {
  double x, y;
  mah_beta_quantile(&x, &y, d1 / 2, d2 / 2, t, upper);
  return x / y * (d2 / d1);
}

/* Loader's form: no difference of logarithms of gamma functions */
static double student_t_logpdf(double x, double df, double q) {
  (void)q;
  double half = df / 2, t = mah_stirling_error((df + 1) / 2) - mah_stirling_error(half) -
                            mah_deviance(half, (df + 1) / 2, -0.5);
  double square = x * x / df;
  double u = isinf(square) ? 2 * log(fabs(x)) - log(df) : log1p(square);
  return t - u * half - half_log_2pi - 0.5 * u;
}

/* log(P(X > x)) + log(x) df, for an x so large that there is no more than its power. */
static double student_t_far(double df) {
  return 0.5 * df * log(df) - log(df) - mah_betaln(df / 2, 0.5);
}

/* With z = df / (df + x^2), which is beta(df / 2, 1 / 2) */
static double student_t_cdf(double x, double df, double q, int upper) {
  (void)q;
  double square = x * x, whole = df + square, z = df / whole, tail;
  if (isinf(square) && df < 1e3)
    tail = isinf(x) ? 0 : exp(student_t_far(df) - df * log(fabs(x)));
  else
    tail = isinf(square) ? 0 : 0.5 * mah_beta_tail(df / 2, 0.5, z, square / whole, 0);
  return (x > 0) == upper ? tail : 1 - tail;
}

static double student_t_quantile(double t, double df, double q, int upper) {
  (void)q;
  double x, y, tail = t > 0.5 ? 1 - t : t;
  if (t == 0.5) return 0;
  if (tail == 0) return (t == 0) == upper ? INFINITY : -INFINITY;
  mah_beta_quantile(&x, &y, df / 2, 0.5, 2 * tail, 0);
  double size = x < 1e-300 ? exp((student_t_far(df) - log(tail)) / df) : sqrt(df * (y / x));
  return (t > 0.5) == upper ? -size : size;
}

/* -- binomial, poisson, geometric -------------------------------------------------------------- */

static int binomial_is_valid(double n, double p) {
  return n >= 0 && n == floor(n) && n < INFINITY && p >= 0 && p <= 1;
}

static double binomial_logpdf(double k, double n, double p) {
  if (k != floor(k) || k < 0 || k > n) return -INFINITY;
  if (p == 0 || p == 1) return k == (p == 0 ? 0 : n) ? 0 : -INFINITY;
  return n == 0 ? 0 : mah_log_binomial(k, n - k, p, 1 - p);
}

static double binomial_cdf(double k, double n, double p, int upper) {
  k = floor(k);
  if (k < 0 || k >= n) return (k < 0) == upper;
  return mah_beta_tail(k + 1, n - k, p, 1 - p, !upper);
}

static int poisson_is_valid(double rate, double q) { return (void)q, rate >= 0 && rate < INFINITY; }

static double poisson_logpdf(double k, double rate, double q) {
  (void)q;
  if (k != floor(k) || k < 0 || k == INFINITY) return -INFINITY;
  return rate == 0 ? (k == 0 ? 0 : -INFINITY) : mah_log_poisson(k, rate);
}

static double poisson_cdf(double k, double rate, double q, int upper) {
  (void)q;
  k = floor(k);
  if (k < 0) return upper;
  return upper ? mah_gammainc(k + 1, rate) : mah_gammaincc(k + 1, rate);
}

/* A distribution function over integers, turned so that it rises. */
typedef struct counting {
  mah_probability *cdf;
  double p, q, above;
  int upper;
} counting;

/* Is as much reached at k? As 1 or 0 for the search. */
static double is_reached(double k, const void *context) {
  const counting *c = context;
  double value = c->cdf(k, c->p, c->q, c->upper);
  return c->upper ? value <= c->above : value >= c->above;
}

/* Cornish and Fisher's guess from mean, deviation and skewness, then a search; what rounding makes
 * of `t` is forgiven. */
static double count_quantile(mah_probability *cdf, double t, double p, double q, int upper,
                             double mean, double variance, double skewness, double most) {
  const double slack = 64 * 0x1p-52;
  double z = mah_normal_quantile(t) * (upper ? -1 : 1), std = sqrt(variance);
  double guess = mean + std * (z + skewness * (z * z - 1) / 6);
  if (mean > 0x1p52) return fmin(fmax(rint(guess), 0), most); /* doubles are as far apart as that */
  counting c = {cdf, p, q, upper ? t * (1 + slack) : t * (1 - slack), upper};
  return mah_quantile_search(is_reached, &c, 1, guess, fmin(most, 0x1p53));
}

static double binomial_quantile(double t, double n, double p, int upper) {
  if (t == !upper) return n;
  if (t == upper) return 0;
  double v = n * p * (1 - p);
  return count_quantile(binomial_cdf, t, n, p, upper, n * p, v, v > 0 ? (1 - 2 * p) / sqrt(v) : 0,
                        n);
}

static double poisson_quantile(double t, double rate, double q, int upper) {
  if (t == !upper) return INFINITY;
  if (t == upper) return 0;
  return count_quantile(poisson_cdf, t, rate, q, upper, rate, rate, rate > 0 ? 1 / sqrt(rate) : 0,
                        INFINITY);
}

static int geometric_is_valid(double p, double q) { return (void)q, p > 0 && p <= 1; }

static double geometric_logpdf(double k, double p, double q) {
  (void)q;
  if (k != floor(k) || k < 1 || k == INFINITY) return -INFINITY;
  return k == 1 ? log(p) : (k - 1) * log1p(-p) + log(p);
}

static double geometric_cdf(double k, double p, double q, int upper) {
  (void)q;
  k = floor(k);
  if (k < 1) return upper;
  return upper ? exp(k * log1p(-p)) : -expm1(k * log1p(-p));
}

static double geometric_quantile(double t, double p, double q, int upper) {
  if (t == !upper) return INFINITY;
  double k = ceil((upper ? log(t) : log1p(-t)) / log1p(-p));
  if (!(k > 1)) return 1;
  const double slack = 64 * 0x1p-52; /* k itself may be a rounding too far */
  double before = geometric_cdf(k - 1, p, q, upper);
  return (upper ? before <= t * (1 + slack) : before >= t * (1 - slack)) ? k - 1 : k;
}

/* -- The table --------------------------------------------------------------------------------- */

#define beta_is_valid        both_are_positive
#define gamma_is_valid       both_are_positive
#define f_is_valid           both_are_positive
#define lognormal_is_valid   normal_is_valid
#define exponential_is_valid first_is_positive
#define chi2_is_valid        first_is_positive
#define student_t_is_valid   first_is_positive

#define ENTRY(name) {name##_is_valid, name##_logpdf, name##_cdf, name##_quantile},
const mah_distribution_entry mah_distribution_entries[MAH_DISTRIBUTION_COUNT] = {
    MAH_DISTRIBUTIONS(ENTRY)};
