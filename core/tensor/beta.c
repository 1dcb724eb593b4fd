/* beta.c - beta, the incomplete beta function and its inverse.
 *
 * Sources: DLMF, 5.12 and 8.17; Loader (see gamma.c) for the power in front, which costs most digits;
 * DiDonato and Morris: "Significant digit computation of the incomplete beta function ratios", ACM
 * TOMS 18, 1992, for when to take which tail.
 */
#include "tensor/beta.h"

#include "tensor/gamma.h"
#include "tensor/quantile.h"

#include <float.h>
#include <math.h>

static const double log_2pi = 1.83787706640934548356;

/* -- beta --------------------------------------------------------------------------------------- */

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
    return tgamma(least) * (tgamma(most) / tgamma(s));
  }
  int undefined = (a < 0 && a == floor(a)) || (b < 0 && b == floor(b));
  if (undefined) return NAN;
  if (s <= 0 && s == floor(s)) return a == 0 || b == 0 ? INFINITY : 0;
  return sign_of_gamma(a) * sign_of_gamma(b) * sign_of_gamma(s) * exp(mah_betaln(a, b));
}

/* -- Powers ------------------------------------------------------------------------------------- */

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

/* -- The incomplete beta function --------------------------------------------------------------- */

/* DLMF 8.17.22, from its front by Lentz's method; fast for x < a / (a + b). */
static double fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (fabs(d) < tiny) d = tiny;
  d = 1 / d;
  double h = d;
  for (double m = 1; m < 1e6; m++) {
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    for (int i = 0; i < 2; i++) {
      double k = i ? odd : even;
      d = 1 + k * d;
      if (fabs(d) < tiny) d = tiny;
      c = 1 + k / c;
      if (fabs(c) < tiny) c = tiny;
      d = 1 / d;
      h *= d * c;
    }
    if (!(fabs(d * c - 1) > DBL_EPSILON)) break;
  }
  return h;
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

double mah_beta_tail(double a, double b, double x, double y, int upper) {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0)) return NAN;
  if (a == INFINITY || b == INFINITY) {
    if (a == b) return NAN;
    return (a == INFINITY ? y == 0 : x > 0) != upper;
  }
  if (x == 0 || y == 0) return (x == 0) == upper;
  if (x > (a + 1) / (a + b + 2)) return mah_beta_tail(b, a, y, x, !upper);
  double lower = b * x <= 1 && x <= 0.7 ? power_series(a, b, x, y)
                                        : density(a, b, x, y) * fraction(a, b, x) / a;
  return upper ? 1 - lower : lower;
}

double mah_betainc(double a, double b, double x) {
  return x <= 1 ? mah_beta_tail(a, b, x, 1 - x, 0) : NAN;
}

/* -- Its inverse -------------------------------------------------------------------------------- */

typedef struct lower {
  double a, b;
} lower;

/* I at e^t, and its slope over t. */
static double lower_at(double *slope, double t, const void *context) {
  const lower *l = context;
  double x = exp(t), y = -expm1(t);
  *slope = density(l->a, l->b, x, y) / y;
  return mah_beta_tail(l->a, l->b, x, y, 0);
}

/* The x up to the mean with I_x(a, b) = p. */
static void below_mean(double *x, double *y, double a, double b, double p) {
  double log_mean = log(a / (a + b));
  lower l = {a, b};
  double start = fmin((log(p) + log(a) + mah_betaln(a, b)) / a, log_mean);
  double t = mah_quantile_solve(lower_at, &l, p, start, -760, log_mean + 1e-9);
  *x = exp(t);
  *y = -expm1(t);
  double step = *x * *y * (mah_beta_tail(a, b, *x, *y, 0) - p) / density(a, b, *x, *y);
  if (!(fabs(step) < 1e-10 * *x)) return;
  *x -= step; /* what the logarithm has rounded */
  *y += step;
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
  if (upper ? p > at_mean : p <= at_mean)
    below_mean(x, y, a, b, upper ? 1 - p : p);
  else
    below_mean(y, x, b, a, upper ? p : 1 - p);
}
