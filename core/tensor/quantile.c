/* quantile.c - inverses of the error function, and of any distribution function. */
#include "tensor/quantile.h"

#include <float.h>
#include <math.h>

static const double root_2 = 1.41421356237309504880;
static const double root_pi = 1.77245385090551602730;

/* -- The error function ------------------------------------------------------------------------- */

/* The z with upper tail p <= 1/2, to 4.5e-4 (Abramowitz and Stegun, 26.2.23) */
static double rough_normal(double p) {
  double t = sqrt(-2 * log(p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/* erfc(y) = x for x <= 1/2: Halley's steps (Gander: "On Halley's iteration method", Amer. Math.
 * Monthly 92, 1985), each of which gives three times as many digits. */
static double small_erfcinv(double x) {
  double y = rough_normal(x / 2) / root_2;
  for (int i = 0; i < 3; i++) {
    double slope = -2 / root_pi * exp(-y * y);
    if (slope > -DBL_MIN) { /* subnormal tails: by logarithms, with erfc(y) ~ e^-y^2 / y sqrt(pi) */
      double wanted = -log(x) - log(y * root_pi);
      y = sqrt(wanted);
      continue;
    }
    double u = (erfc(y) - x) / slope;
    y -= u / (1 + y * u);
  }
  return y;
}

double mah_erfinv(double x) {
  if (!(fabs(x) <= 1)) return NAN;
  if (fabs(x) == 1) return copysign(INFINITY, x);
  if (fabs(x) > 0.5) return copysign(small_erfcinv(1 - fabs(x)), x);
  double y = x * (root_pi / 2) * (1 + x * x * (0.2618 + x * x * 0.1439));
  for (int i = 0; i < 2; i++) {
    double u = (erf(y) - x) * (root_pi / 2) * exp(y * y);
    y -= u / (1 + y * u);
  }
  return y;
}

double mah_erfcinv(double x) {
  if (!(x >= 0 && x <= 2)) return NAN;
  if (x == 0) return INFINITY;
  if (x < 0.5) return small_erfcinv(x);
  return x > 1.5 ? -mah_erfcinv(2 - x) : mah_erfinv(1 - x);
}

double mah_normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return NAN;
  if (p < 0.25) return -root_2 * mah_erfcinv(2 * p);
  return p > 0.75 ? root_2 * mah_erfcinv(2 * (1 - p)) : root_2 * mah_erfinv(2 * p - 1);
}

/* -- Any function ------------------------------------------------------------------------------- */

/* Newton's steps on its logarithm, which is nearly straight in a tail; halving where they leave
 * what is known to hold the answer. */
double mah_quantile_solve(mah_tail *tail, const void *context, double p, double start, double low,
                          double high) {
  double y = start > low && start < high ? start : 0.5 * (low + high), goal = log(p);
  for (int i = 0; i < 400; i++) {
    double slope, f = tail(&slope, y, context), error = log(f) - goal;
    if (error == 0) return y;
    if ((error > 0) == !signbit(slope)) /* the function rises, or falls */
      high = y;
    else
      low = y;
    double next = y - error * f / slope;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (fabs(next - y) <= DBL_EPSILON / 2 * fmax(1, fabs(y))) return next;
    y = next;
  }
  return y;
}

double mah_quantile_search(mah_steps *cdf, const void *context, double p, double start,
                           double most) {
  double high = floor(start), step = 1;
  if (!(high >= 0)) high = 0;
  if (high > most) high = most;
  if (cdf(high, context) >= p) { /* down to a place below */
    double low = high;
    while (high > 0) {
      low = high - step < 0 ? -1 : high - step;
      if (low < 0 || cdf(low, context) < p) break;
      high = low;
      step *= 2;
    }
    while (high - low > 1) {
      double middle = floor(0.5 * (low + high));
      if (cdf(middle, context) >= p)
        high = middle;
      else
        low = middle;
    }
    return high;
  }
  double low = high;
  for (; high < most; step *= 2) { /* up to a place above */
    high = low + step < most ? low + step : most;
    if (cdf(high, context) >= p) break;
    low = high;
  }
  while (high - low > 1) {
    double middle = floor(0.5 * (low + high));
    if (middle <= low) break;
    if (cdf(middle, context) >= p)
      high = middle;
    else
      low = middle;
  }
  return high;
}
