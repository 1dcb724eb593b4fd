/* gamma.c - gamma, digamma, incomplete gamma functions and their inverses.
 *
 * Sources: NIST's Digital Library of Mathematical Functions (DLMF), chapters 5 and 8; Loader: "Fast
 * and accurate computation of binomial probabilities", 2000 (Stirling's error, the deviance);
 * Gautschi: "A computational procedure for incomplete gamma functions", ACM TOMS 5, 1979; Temme:
 * "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10, 1979, and
 * DiDonato and Morris: "Computation of the incomplete gamma function ratios", ACM TOMS 12, 1986.
 */
#include "tensor/gamma.h"

#include "tensor/quantile.h"

#include <float.h>
#include <math.h>

static const double pi = 3.14159265358979323846;
static const double half_log_2pi = 0.91893853320467274178;

/* c[0] + c[1] x + ...: even and odd powers apart, two chains that need not wait for one another */
static double series(const double *c, int n, double x) {
  double even = 0, odd = 0, z = x * x;
  for (int i = (n - 1) / 2; i >= 0; i--) {
    even = even * z + c[2 * i];
    odd = odd * z + (2 * i + 1 < n ? c[2 * i + 1] : 0);
  }
  return even + x * odd;
}

/* -- gamma, digamma ---------------------------------------------------------------------------- */

/* gamma(2.5 + u), |u| <= 1/2: its Chebyshev series as a polynomial. Around it the recurrence. */
static double middle_gamma(double x) {
  static const double c[] = {
      0x1.544fa6d47b390p+0,  0x1.de9585f1a7093p-1,   0x1.4f224d4b7e016p-1,  0x1.03f6d2fa4f509p-2,
      0x1.c138b89493f18p-4,  0x1.d0a9bc4930c69p-6,   0x1.5489cc6a2a52fp-7,  0x1.a55ed217389fcp-10,
      0x1.8b8fcf9634138p-11, 0x1.0886c54a255fep-18,  0x1.013bdf3ed25b2p-14, -0x1.ad8a6403b13c5p-17,
      0x1.e716b899c0986p-18, -0x1.57e9db306423bp-19, 0x1.1e00287f05fcbp-20, -0x1.c091af402a4b9p-22,
      0x1.ba4ea8bb96e0cp-23, -0x1.650dbab79cb61p-24};
  double factor = 1, divisor = 1;
  for (; x >= 3; factor *= x) x--;
  for (; x < 2; x++) divisor *= x;
  return factor * series(c, sizeof c / sizeof *c, x - 2.5) / divisor;
}

double mah_gamma(double x) {
  if (x == 0) return copysign(INFINITY, x);
  return x > 1e-300 && x < 12 ? middle_gamma(x) : tgamma(x);
}

double mah_lgamma(double x) {
  int sign;
  return isinf(x) ? INFINITY : lgamma_r(x, &sign);
}

/* lgamma(1 + a) = -euler a + sum zeta(k) (-a)^k / k, for |a| <= 1/4: also near 0 (DLMF 5.7.3) */
static double lgamma_of_one_plus(double a) {
  static const double c[] = {
      -0.5772156649015329,   0.8224670334241132,   -0.40068563438653143, 0.27058080842778454,
      -0.20738555102867398,  0.1695571769974082,   -0.1440498967688461,  0.12550966952474304,
      -0.11133426586956469,  0.1000994575127818,   -0.09095401714582904, 0.083353840546109,
      -0.0769325164113522,   0.07143294629536133,  -0.06666870588242046, 0.06250095514121304,
      -0.058823978658684585, 0.055555767627403614, -0.05263167937961666, 0.05000004769810169,
      -0.047619070330142226, 0.04545455629320467,  -0.04347826605304026};
  if (fabs(a) > 0.25) return mah_lgamma(1 + a);
  return a * series(c, sizeof c / sizeof *c, a);
}

/* Around its positive zero: sum (-1)^(k+1) zeta(k + 1, zero) d^k */
static double digamma_near_zero(double x) {
  static const double c[] = {
      0.9676722454476212,     -0.4427631689835921,    0.258499760955651,    -0.16394270544240652,
      0.10782405069126237,    -0.07219956125645471,   0.04880428816414311,  -0.03316112647484736,
      0.022597648232218104,   -0.01542476590494896,   0.010538791616612175, -0.007204534386356869,
      0.004926781395729853,   -0.003369801655439328,  0.002305126326734928, -0.0015769367714301972,
      0.0010788252019162967,  -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
      0.00023635601564027053, -0.00016170622091974803};
  double d = (x - 0x1.762d86356be3fp+0) - 0x1.b86a722197829p-54;
  return d * series(c, sizeof c / sizeof *c, d);
}

/* Reflection, recurrence and the asymptotic series (DLMF 5.5.4, 5.5.2, 5.11.2). */
double mah_digamma(double x) {
  static const double c[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                             1.0 / 132, -691.0 / 32760, 1.0 / 12};
  if (x == 0) return copysign(INFINITY, -x);
  if (isnan(x) || x == -INFINITY || (x < 0 && x == floor(x))) return NAN;
  if (x < 0) {
    double r = x - rint(x); /* exact; the cotangent has this period */
    return mah_digamma(1 - x) - (fabs(r) == 0.5 ? 0 : pi / tan(pi * r));
  }
  if (x > 1.2 && x < 1.75) return digamma_near_zero(x);
  double numerator = 0, denominator = 1; /* 1 / x + 1 / (x + 1) + ... with one division */
  for (; x < 10; x++) {
    numerator = numerator * x + denominator;
    denominator *= x;
  }
  double sum = -numerator / denominator, z = 1 / (x * x);
  return sum + (log(x) - 0.5 / x - (x < 1e17 ? z * series(c, sizeof c / sizeof *c, z) : 0));
}

/* -- Loader's terms ---------------------------------------------------------------------------- */

double mah_stirling_error(double x) {
  static const double c[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                             1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  if (x >= 10) return series(c, sizeof c / sizeof *c, 1 / (x * x)) / x;
  return lgamma_of_one_plus(x) - (x + 0.5) * log(x) + x - half_log_2pi;
}

/* With v = (x - m) / (x + m): (x - m) v + 2 x (v^3 / 3 + v^5 / 5 + ...) */
double mah_deviance(double x, double m, double difference) {
  if (x == 0) return m;
  if (fabs(difference) > 0.1 * (x + m))
    return x * (m < x * 1e-290 ? log(x) - log(m) : log(x / m)) - difference;
  double v = difference / (x + m), sum = difference * v, term = 2 * x * v;
  for (int k = 3;; k += 2) {
    term *= v * v;
    double next = sum + term / k;
    if (next == sum || k > 100) return next;
    sum = next;
  }
}

double mah_log_poisson(double a, double x) {
  if (a == 0) return -x;
  if (x == 0) return -INFINITY;
  if (a == INFINITY || x == INFINITY) return -INFINITY;
  if (a < 10) return a * log(x) - x - lgamma_of_one_plus(a);
  return -mah_stirling_error(a) - mah_deviance(a, x, a - x) - half_log_2pi - 0.5 * log(a);
}

/* -- Incomplete gamma functions ---------------------------------------------------------------- */

/* x^a e^-x / gamma(a + 1) */
static double factor(double a, double x) {
  if (a < 20 && x < 700 && a > 1e-3) return pow(x, a) * exp(-x) / mah_gamma(a + 1);
  return exp(mah_log_poisson(a, x));
}

/* P = factor (1 + x / (a + 1) + x^2 / (a + 1) (a + 2) + ...) (DLMF 8.7.1), as one fraction: a
 * division for each term would take most of the time. */
static double lower_series(double a, double x) {
  double front = factor(a, x), numerator = 1, denominator = 1, power = 1;
  if (front == 0) return 0;
  for (double n = 1; n < 1e6; n++) {
    power *= x;
    denominator *= a + n;
    numerator = numerator * (a + n) + power;
    if (!(power > numerator * (DBL_EPSILON / 4))) break;
    if (denominator < 1e200) continue;
    power *= 1e-200;
    denominator *= 1e-200;
    numerator *= 1e-200;
  }
  return front * (numerator / denominator);
}

/* Q for small x, where it is small with a: 1 - x^a / gamma(a + 1) (1 + a sum (-x)^n / n! (a + n))
 */
static double upper_series(double a, double x) {
  double sum = 0, power = 1, term;
  for (int n = 1; n < 200; n++) {
    power *= -x / n;
    term = power / (a + n);
    sum += term;
    if (!(fabs(term) > fabs(sum) * (DBL_EPSILON / 4))) break;
  }
  double e = a * log(x) - lgamma_of_one_plus(a);
  return -expm1(e) - a * exp(e) * sum;
}

/* Q by Legendre's continued fraction (DLMF 8.9.2), from its front by Lentz's method. */
static double upper_fraction(double a, double x) {
  const double tiny = 1e-300;
  double front = factor(a, x), b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
  if (front == 0) return 0;
  for (double n = 1; n < 1e6; n++) {
    double numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (fabs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (fabs(c) < tiny) c = tiny;
    d = 1 / d;
    double step = d * c;
    h *= step;
    if (!(fabs(step - 1) > DBL_EPSILON)) break;
  }
  return front * a * h;
}

/* Temme's expansion for large a and x / a near 1 (DLMF 8.12): P, or Q when `upper`. Coefficients:
 * powers of eta of C_0, C_1 ..., from the recurrence DLMF 8.12.11. */
static double temme(double a, double x, int upper) {
  static const double c0[] = {-0.3333333333333333,   0.08333333333333333,    -0.014814814814814815,
                              0.0011574074074074073, 0.0003527336860670194,  -0.0001787551440329218,
                              3.919263178522438e-05, -2.185448510679992e-06, -1.85406221071516e-06,
                              8.296711340953087e-07, -1.7665952736826078e-07};
  static const double c1[] = {
      -0.001851851851851852,   -0.003472222222222222,  0.0026455026455026454,
      -0.0009902263374485596,  0.00020576131687242798, -4.018775720164609e-07,
      -1.8098550334489977e-05, 7.64916091608111e-06,   -1.6120900894563446e-06};
  static const double c2[] = {0.004133597883597883,   -0.0026813271604938273,
                              0.0007716049382716049,  2.0093878600823047e-06,
                              -0.0001073665322636516, 5.2923448829120125e-05};
  static const double c3[] = {0.0006494341563786008, 0.00022947209362139917,
                              -0.0004691894943952557};
  static const double c4[] = {-0.0008618882909167117, 0.0007840392217200666};
  double half = mah_deviance(a, x, a - x) / a; /* eta^2 / 2 */
  double eta = copysign(sqrt(2 * half), x - a), z = 1 / a;
  double sum = series(c4, 2, eta);
  sum = sum * z + series(c3, 3, eta);
  sum = sum * z + series(c2, 6, eta);
  sum = sum * z + series(c1, 9, eta);
  sum = sum * z + series(c0, 11, eta);
  double rest = exp(-a * half) / sqrt(2 * pi * a) * sum;
  double main = 0.5 * erfc((upper ? eta : -eta) * sqrt(a / 2));
  return upper ? main + rest : main - rest;
}

static int is_near_peak(double a, double x) { return a >= 200 && fabs(x - a) <= 0.1 * a; }

/* Which of the two is computed, the other being what is left: the one that is small. */
static int upper_is_direct(double a, double x) {
  if (x > 1.1) return x > a;
  if (x > 0.5) return x * 1.1 >= a;
  return -0.4 / log(x) >= a;
}

static double upper_direct(double a, double x) {
  return x > 1.1 ? upper_fraction(a, x) : upper_series(a, x);
}

/* The ends: 1 and *result is P; else 0. */
static int lower_end(double *result, double a, double x) {
  if (isnan(a) || isnan(x) || a < 0 || x < 0 || (a == 0 && x == 0) ||
      (a == INFINITY && x == INFINITY))
    *result = NAN;
  else if (a == 0 || x == INFINITY)
    *result = 1;
  else if (x == 0 || a == INFINITY)
    *result = 0;
  else
    return 0;
  return 1;
}

double mah_gammainc(double a, double x) {
  double end;
  if (lower_end(&end, a, x)) return end;
  if (is_near_peak(a, x)) return temme(a, x, 0);
  if (upper_is_direct(a, x)) return 1 - upper_direct(a, x);
  return lower_series(a, x);
}

double mah_gammaincc(double a, double x) {
  double end;
  if (lower_end(&end, a, x)) return 1 - end;
  if (is_near_peak(a, x)) return temme(a, x, 1);
  if (upper_is_direct(a, x)) return upper_direct(a, x);
  return 1 - lower_series(a, x);
}

/* -- Their inverse ----------------------------------------------------------------------------- */

typedef struct tail {
  double a;
  int upper;
} tail;

/* The tail at e^y, and its slope over y. */
static double tail_at(double *slope, double y, const void *context) {
  const tail *t = context;
  double x = exp(y), f = exp(mah_log_poisson(t->a, x)) * t->a;
  *slope = t->upper ? -f : f;
  return t->upper ? mah_gammaincc(t->a, x) : mah_gammainc(t->a, x);
}

/* Wilson and Hilferty's cube, or the first term of the series where that is too small. */
static double start_of(double a, double p, int upper) {
  double z = mah_normal_quantile(p) * (upper ? -1 : 1), s = 1 / (9 * a);
  double root = 1 - s + z * sqrt(s), x = a * root * root * root;
  double low = (log(upper ? 1 - p : p) + lgamma_of_one_plus(a)) / a;
  if (root > 0.3 && a > 0.5) return log(x);
  if (upper && p < 0.3 && a < 1) return log(-log(p) + 0.1);
  return fmin(low, log(a + 2));
}

double mah_gamma_quantile(double a, double p, int upper) {
  if (isnan(a) || isnan(p) || a < 0 || p < 0 || p > 1) return NAN;
  if (p == (upper ? 1 : 0) || a == 0) return 0;
  if (p == (upper ? 0 : 1)) return INFINITY;
  tail t = {a, upper};
  double middle = upper ? mah_gammaincc(a, a) : mah_gammainc(a, a);
  double y = start_of(a, p, upper);
  if (p > middle) { /* the other tail is the smaller one */
    t.upper = !upper;
    p = 1 - p;
  }
  double x = exp(mah_quantile_solve(tail_at, &t, p, y, -760, 709.7)), slope;
  double f = tail_at(&slope, log(x), &t),
         step = x * ((t.upper ? mah_gammaincc : mah_gammainc)(a, x) - p) / slope;
  return f > 0 && fabs(step) < 1e-10 * x ? x - step : x; /* what the logarithm has rounded */
}
