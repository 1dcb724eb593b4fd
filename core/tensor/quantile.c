/* quantile.c - inverses of the error function, and of any distribution function. */
#include "tensor/quantile.h"

#include <float.h>
#include <math.h>

static const double root_2 = 1.41421356237309504880;

/* -- The normal distribution ------------------------------------------------------------------- */

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x) {
  double sum = c[7];
  for (int i = 6; i >= 0; i--) sum = sum * x + c[i];
  return sum;
}

/* The z with a lower tail of 1/2 + q, and of min(tail, 1 - tail) = tail, which is asked for where
 * it is below 0.075. Wichura: "The percentage points of the normal distribution", Applied
 * Statistics 37, 1988 (algorithm AS 241, PPND16): to 1e-16. */
static double normal_of(double q, double tail) {
  static const double a[] = {3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427,
                             13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
                             33430.575583588128105, 2509.0809287301226727};
  static const double b[] = {1,
                             42.313330701600911252,
                             687.18700749205790830,
                             5394.1960214247511077,
                             21213.794301586595867,
                             39307.895800092710610,
                             28729.085735721942674,
                             5226.4952788528545610};
  static const double c[] = {1.42343711074968357734,  4.63033784615654529590,
                             5.76949722146069140550,  3.64784832476320460504,
                             1.27045825245236838258,  .241780725177450611770,
                             .0227238449892691845833, 7.7454501427834140764e-4};
  static const double d[] = {1,
                             2.05319162663775882187,
                             1.67638483018380384940,
                             .689767334985100004550,
                             .148103976427480074590,
                             .0151986665636164571966,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  static const double e[] = {6.65790464350110377720,    5.46378491116411436990,
                             1.78482653991729133580,    .296560571828504891230,
                             .0265321895265761230930,   .00124266094738807843860,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[] = {1,
                             .599832206555887937690,
                             .136929880922735805310,
                             .0148753612908506148525,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
  if (fabs(q) <= 0.425) {
    double r = 0.180625 - q * q;
    return q * (polynomial(a, r) / polynomial(b, r));
  }
  double r = sqrt(-log(tail)), z;
  if (r <= 5)
    z = polynomial(c, r - 1.6) / polynomial(d, r - 1.6);
  else
    z = polynomial(e, r - 5) / polynomial(f, r - 5);
  return copysign(z, q);
}

double mah_normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
  return normal_of(p - 0.5, p < 0.5 ? p : 1 - p);
}

double mah_erfinv(double x) {
  if (!(fabs(x) <= 1)) return NAN;
  if (fabs(x) == 1) return copysign(INFINITY, x);
  return normal_of(x / 2, (1 - fabs(x)) / 2) / root_2;
}

double mah_erfcinv(double x) {
  if (!(x >= 0 && x <= 2)) return NAN;
  if (x == 0 || x == 2) return x == 0 ? INFINITY : -INFINITY;
  return normal_of((1 - x) / 2, x < 1 ? x / 2 : 1 - x / 2) / root_2;
}

/* -- Any function ------------------------------------------------------------------------------ */

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
