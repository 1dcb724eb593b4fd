/* beta.c - beta, the incomplete beta function and its inverse.
 *
 * Sources: DLMF, 5.12 and 8.17; Loader (see gamma.c) for the power in front, which costs most
 * digits; DiDonato and Morris: "Significant digit computation of the incomplete beta function
 * ratios", ACM TOMS 18, 1992, for when to take which tail.
 */
#include "tensor/beta.h"

#include "tensor/gamma.h"
#include "tensor/quantile.h"

#include <float.h>
#include <math.h>

static const double log_2pi = 1.83787706640934548356;

/* -- beta -------------------------------------------------------------------------------------- */

/* lgamma(b) - lgamma(a + b) for b >= 10, without the difference of large numbers. */
static double log_gamma_ratio(double a, double b) {
  return a - (b - 0.5) * log1p(a / b) - a * log(a + b) + mah_stirling_error(b) -
         mah_stirling_error(a + b);
}

double mah_betaln(double a, double b) {
  if (isnan(a) || isnan(b)) return NAN;
  if (a > b) return mah_betaln(b, a);
  if (a <= 0 || b < 10 || b == INFINITY)
    return b == INFINITY && a > 0 ? -INFINITY : mah_lgamma(a) + (mah_lgamma(b) - mah_lgamma(a + b));
  if (a < 10) return mah_lgamma(a) + log_gamma_ratio(a, b);
  return 0.5 * log_2pi - a * log1p(b / a) - b * log1p(a / b) + 0.5 * log((a / b + 1) / a) +
         mah_stirling_error(a) + mah_stirling_error(b) - mah_stirling_error(a + b);
}

/* -1 where gamma(x) is negative */
static int sign_of_gamma(double x) { return x < 0 && fmod(floor(x), 2) != 0 ? -1 : 1; }

double mah_beta(double a, double b) {
  double s = a + b;
  if (a > 0 && b > 0 && s < 170 && fmin(a, b) > 1e-300) {
    double least = fmin(a, b), most = fmax(a, b);
    return mah_gamma(least) * (mah_gamma(most) / mah_gamma(s));
  }
  int undefined = (a < 0 && a == floor(a)) || (b < 0 && b == floor(b));
  if (undefined) return NAN;
  if (s <= 0 && s == floor(s)) return a == 0 || b == 0 ? INFINITY : 0;
  return sign_of_gamma(a) * sign_of_gamma(b) * sign_of_gamma(s) * exp(mah_betaln(a, b));
}

/* -- Powers ------------------------------------------------------------------------------------ */

double mah_log_binomial(double a, double b, double x, double y) {
  double n = a + b;
  if (a == 0) return b * (x < 0.5 ? log1p(-x) : log(y));
  if (b == 0) return a * (y < 0.5 ? log1p(-y) : log(x));
  if (x <= 0 || y <= 0) return -INFINITY;
  double off = x < y ? a - n * x : n * y - b; /* from the peak */
  return mah_stirling_error(n) - mah_stirling_error(a) - mah_stirling_error(b) -
         mah_deviance(a, n * x, off) - mah_deviance(b, n * y, -off) +
         0.5 * (log(n / a / b) - log_2pi);
}

double mah_log_beta_density(double a, double b, double x, double y) {
  if (x <= 0 || y <= 0) return -INFINITY;
  if (fmin(a, b) < 5) {
    double log_x = y < 0.5 ? log1p(-y) : log(x), log_y = x < 0.5 ? log1p(-x) : log(y);
    return a * log_x + b * log_y - mah_betaln(a, b);
  }
  return mah_log_binomial(a, b, x, y) + log(a) + log(b / (a + b));
}

static double density(double a, double b, double x, double y) {
  if (a < 20 && b < 20 && x > 0 && y > 0) {
    double power = pow(x, a) * pow(y, b);
    if (power > 1e-290) return power / mah_beta(a, b);
  }
  return exp(mah_log_beta_density(a, b, x, y));
}

/* -- The incomplete beta function -------------------------------------------------------------- */

/* DLMF 8.17.22, every second convergent, as DiDonato and Morris have it (BFRAC): from
 * a - (a + b) x instead of 1 - x, which has no digits left beside a large a. Fast for
 * x < a / (a + b). */
static double fraction(double a, double b, double x, double y) {
  double c = 1 + (a > b ? (a + b) * y - b : a - (a + b) * x);
  double p = 0, q = 1, next_p = 1, next_q = c * a / (a + 1); /* the last two convergents p / q */
  double inverse = 1 / (a + 1);
  for (double n = 1; n < 1e6; n++) {
    double w = n * (b - n) * x * inverse;
    double alpha = (a + n - 1) * inverse * (a + b + n - 1) * (w * x);
    inverse = 1 / (a + 2 * n + 1);
    double beta = n + w + (a + n) * inverse * (c + n * (1 + y));
    double above = alpha * p + beta * next_p, below = alpha * q + beta * next_q;
    p = next_p, q = next_q, next_p = above, next_q = below;
    double one = next_p * q, other = p * next_q;
    if (!(fabs(one - other) > DBL_EPSILON * fabs(one))) break;
    if (fabs(next_q) < 1e100 && fabs(next_q) > 1e-100) continue;
    double scale = 1 / next_q;
    p *= scale, q *= scale, next_p *= scale, next_q = 1;
  }
  return next_p / next_q;
}

/* I by its power series (DLMF 8.17.7): b x <= 1 and small x, where the fraction loses digits. */
static double power_series(double a, double b, double x, double y) {
  double sum = 1, term = 1;
  for (double n = 1; n < 1000; n++) {
    term *= (n - b) * x / n;
    sum += term * a / (a + n);
    if (!(fabs(term) > fabs(sum) * (DBL_EPSILON / 4))) break;
  }
  double log_power = a * (y < 0.5 ? log1p(-y) : log(x));
  if (a + b < 100) return exp(log_power) / a / mah_beta(a, b) * sum;
  return exp(log_power - mah_betaln(a, b)) / a * sum;
}

/* a and b huge, where the fraction takes their roots' number of steps: the first two terms of an
 * expansion around the mean (Temme 1982; DLMF 8.18.9), to 1 / least of both. */
static double near_normal(double a, double b, double x, double y, int upper) {
  double n = a + b, off = x < y ? a - n * x : n * y - b; /* as in mah_log_binomial */
  double half = mah_deviance(a, n * x, off) + mah_deviance(b, n * y, -off);
  double side = off > 0 ? -1 : 1, skew = (b - a) / n / (3 * sqrt(a / n) * sqrt(b));
  double rest = exp(-half - 0.5 * log_2pi) * skew;
  double main = 0.5 * erfc((upper ? side : -side) * sqrt(half));
  return upper ? main - rest : main + rest;
}

double mah_beta_tail(double a, double b, double x, double y, int upper) {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0)) return NAN;
  if (a == INFINITY || b == INFINITY) {
    if (a == b) return NAN;
    return (a == INFINITY ? y == 0 : x > 0) != upper;
  }
  if (x == 0 || y == 0) return (x == 0) == upper;
  if (fmin(a, b) > 1e12) return near_normal(a, b, x, y, upper);
  double n = a + b + 2;
  int is_beyond = x > 0.5 ? y < (b + 1) / n : x > (a + 1) / n; /* the smaller one has digits */
  if (is_beyond) return mah_beta_tail(b, a, y, x, !upper);
  int is_short = b * x <= 1 && x <= 0.7;
  double lower = is_short ? power_series(a, b, x, y) : density(a, b, x, y);
  if (!is_short && lower > 0) lower *= fraction(a, b, x, y);
  if (lower > 1) lower = 1;
  return upper ? 1 - lower : lower;
}

double mah_betainc(double a, double b, double x, int upper) {
  return x <= 1 ? mah_beta_tail(a, b, x, 1 - x, upper) : NAN;
}

/* -- Its inverse ------------------------------------------------------------------------------- */

typedef struct tail {
  double a, b;
  int upper;
} tail;

/* The tail at e^t, and its slope over t. */
static double tail_at(double *slope, double t, const void *context) {
  const tail *l = context;
  double x = exp(t), y = -expm1(t), f = density(l->a, l->b, x, y) / y;
  *slope = l->upper ? -f : f;
  return mah_beta_tail(l->a, l->b, x, y, l->upper);
}

/* The x with a tail of p, whose logarithm lies between low and high. */
static void solve(double *x, double *y, const tail *l, double p, double start, double low,
                  double high) {
  double t = mah_quantile_solve(tail_at, l, p, start, low, high);
  *x = exp(t);
  *y = -expm1(t);
  double step =
      *x * *y * (mah_beta_tail(l->a, l->b, *x, *y, l->upper) - p) / density(l->a, l->b, *x, *y);
  if (!(fabs(step) < 1e-10 * *x)) return;
  *x -= l->upper ? -step : step; /* what the logarithm has rounded */
  *y = l->upper ? *y - step : *y + step;
}

/* The x up to the mean with I_x(a, b) = p. */
static void below_mean(double *x, double *y, double a, double b, double p) {
  double log_mean = log(a / (a + b));
  tail l = {a, b, 0};
  double start = fmin((log(p) + log(a) + mah_betaln(a, b)) / a, log_mean);
  solve(x, y, &l, p, start, -760, fmin(log_mean + 1e-9, 0));
}

/* The x from the mean on, where both are small and 1 - x has lost their digits: 1, and the x with
 * 1 - I = p; else 0. */
static int above_small_mean(double *x, double *y, double a, double b, double p) {
  double mean = a / (a + b);
  if (!(mean < 1e-3) || !(mah_beta_tail(a, b, 0.5, 0.5, 1) < p)) return 0;
  tail l = {a, b, 1};
  double deviation = sqrt(mean / (a + b)); /* at least */
  solve(x, y, &l, p, log(mean + deviation), log(mean) - 1e-9, log(0.5));
  return 1;
}

void mah_beta_quantile(double *x, double *y, double a, double b, double p, int upper) {
  *x = *y = NAN;
  if (!(a > 0) || !(b > 0) || a == INFINITY || b == INFINITY || !(p >= 0 && p <= 1)) return;
  if (p == 0 || p == 1) {
    *x = (p == 1) != upper;
    *y = 1 - *x;
    return;
  }
  double at_mean = mah_beta_tail(a, b, a / (a + b), b / (a + b), upper);
  double lower_tail = upper ? 1 - p : p, upper_tail = upper ? p : 1 - p;
  if (upper ? p > at_mean : p <= at_mean) {
    if (!above_small_mean(y, x, b, a, lower_tail)) below_mean(x, y, a, b, lower_tail);
  } else if (!above_small_mean(x, y, a, b, upper_tail)) {
    below_mean(y, x, b, a, upper_tail);
  }
}
