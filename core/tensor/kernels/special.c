/* special.c - the error function and the normal distribution, as vectors.
 *
 * For t >= 1/2: erfc(t) = e^-t^2 f(u) / (1 + 2 t) with u = (t - k) / (t + k), where f is nearly
 * constant (Schonfelder: "Chebyshev expansions for the error and related functions", Math. Comp.
 * 32, 1978); below, erf(x) = x + x g(x^2). f and g: Chebyshev's series of them, as polynomials.
 * Floats are computed in double, and their erf for t >= 1/2 without f, whose quotients take long.
 * Errors: erf 2, erfc 4 units in the last place, in float .51 (test_special measures them).
 */
#include "tensor/kernels/special.h"
#pragma GCC optimize("no-trapping-math") /* else both sides of a choice are not computed */
#include "base/simd.h"
#include "tensor/vector_math.h"

/* -- The error function ------------------------------------------------------------------------ */

/* e^x as a float result needs it */
#define LOG2_E 0x1.71547652b82fep+0
static inline double float_exp(double x) { return exp2_for32(x * LOG2_E); }

/* erf(x) / x - 1 for z = x^2 <= 1/4 */
static inline double small_64(double z) {
  double p = -0x1.39fdacc73f1fbp-23;
  p = p * z + 0x1.b77698ecaedf0p-20;
  p = p * z - 0x1.f4bba46a9101ap-17;
  p = p * z + 0x1.f9a2a68b90f36p-14;
  p = p * z - 0x1.c02db23dfea05p-11;
  p = p * z + 0x1.565bcd0aa841bp-8;
  p = p * z - 0x1.b82ce3127f7a0p-6;
  p = p * z + 0x1.ce2f21a042b29p-4;
  p = p * z - 0x1.812746b0379e6p-2;
  p = p * z + 0x1.06eba8214db69p-3;
  return p;
}
static inline double small_32(double z) {
  double p = -0x1.93714d65ffb59p-11;
  p = p * z + 0x1.54d1033270360p-8;
  p = p * z - 0x1.b82037e0efaffp-6;
  p = p * z + 0x1.ce2ef265df41cp-4;
  p = p * z - 0x1.8127466fb391dp-2;
  p = p * z + 0x1.06eba820db56ep-3;
  return p;
}

/* e^-t^2, with the square in two parts: t's leading bits give the first without rounding. */
static inline double exp_square64(double t) {
  double head = mah_double_of_bits(mah_bits64(t) & 0xfffffffff8000000u);
  return vector_exp64(-head * head) * vector_exp64(-(t - head) * (t + head));
}

/* erfc(t) for t >= 1/2 */
static inline double large_64(double t) {
  t = t > 28 ? 28 : t;
  double u = (t - 4) / (t + 4);
  double p = -0x1.64e4ee2a7b882p-27;
  p = p * u - 0x1.a52137a3c4654p-27;
  p = p * u + 0x1.c490b5924dfbep-24;
  p = p * u + 0x1.2038f96f25a5cp-24;
  p = p * u - 0x1.b95e1e0516727p-21;
  p = p * u + 0x1.418d771ecdd06p-22;
  p = p * u + 0x1.7f139332ccc6dp-18;
  p = p * u - 0x1.78a343ce02aa0p-17;
  p = p * u - 0x1.99581711f6871p-16;
  p = p * u + 0x1.3be0d388c6952p-13;
  p = p * u - 0x1.a1df296eb7fa7p-13;
  p = p * u - 0x1.8d4aa14c6d410p-11;
  p = p * u + 0x1.49c67285ca70dp-8;
  p = p * u - 0x1.0962387dd2906p-6;
  p = p * u + 0x1.3079edf691607p-5;
  p = p * u - 0x1.0fb06dfe6a6e0p-4;
  p = p * u + 0x1.7fee004e11a5fp-4;
  p = p * u - 0x1.9ddb23c3e7d65p-4;
  p = p * u + 0x1.16ecefcfa53f1p-4;
  p = p * u + 0x1.f7f5df66fd582p-7;
  p = p * u - 0x1.1df1ad154a28fp-3;
  p = p * u + 0x1.3ba5916e9fd7fp+0;
  return exp_square64(t) * (p / (1 + 2 * t));
}
/* One division makes both quotients: they cost more than the series. t <= 11 */
static inline double large_32(double t) {
  double above = t + 3, below = 1 + 2 * t, r = 1 / (above * below), u = (t - 3) * below * r;
  double p = 0x1.7d27c12d270d3p-14;
  p = p * u - 0x1.b48aba12589fcp-14;
  p = p * u - 0x1.8db63f1f5ffc2p-11;
  p = p * u + 0x1.ef58771ea821dp-10;
  p = p * u + 0x1.4abd9a2243f89p-9;
  p = p * u - 0x1.857648c4063d8p-6;
  p = p * u + 0x1.17cb037c52725p-4;
  p = p * u - 0x1.e88b7507146cep-4;
  p = p * u + 0x1.09836059714d9p-3;
  p = p * u - 0x1.85a15d1e4774cp-5;
  p = p * u - 0x1.15c084a10a732p-3;
  p = p * u + 0x1.40c522d7ebe7bp+0;
  return exp2_inside32(t * t * -LOG2_E) * (p * above * r);
}

/* erf(t) for 1/2 <= t <= 4: 1 - 2^p, where p is log2 erfc(t) so well that erf errs by 2^-35. */
static inline double most_32(double t) {
  double p = -0x1.52e062aea6851p-20;
  p = p * t + 0x1.89f5036675c22p-16;
  p = p * t - 0x1.93eed000eeba7p-13;
  p = p * t + 0x1.d0db60aaa3efdp-11;
  p = p * t - 0x1.1dab950be9455p-9;
  p = p * t - 0x1.0711bd3a56958p-12;
  p = p * t + 0x1.cdb0cc845611dp-6;
  p = p * t - 0x1.306d5b2feea1bp-3;
  p = p * t - 0x1.d62b3453c0acap-1;
  p = p * t - 0x1.a0c0ba1049650p+0;
  p = p * t + 0x1.ba5c013400000p-19;
  return 1 - exp2_inside32(p);
}

static inline double erf_64(double x) {
  double t = fabs(x), small = t < 0.5 ? t : 0.5, large = t > 0.5 ? t : 0.5;
  double y = t < 0.5 ? small + small * small_64(small * small) : 1 - large_64(large);
  return x != x ? x : copysign(y, x);
}
static inline double erfc_64(double x) {
  double t = fabs(x), small = t < 0.5 ? t : 0.5, large = t > 0.5 ? t : 0.5;
  double in = copysign(small + small * small_64(small * small), x), out = large_64(large);
  double y = t < 0.5 ? 1 - in : x < 0 ? 2 - out : out;
  return x != x ? x : y;
}
/* For floats, whose results are made float by the caller: from 4 on erf is 1, from 11 on erfc is 0
 * or 2. Few choices, for the compiler would make many more of them; a NaN comes through. */
static inline double erf_32(double x) {
  double t = fabs(x);
  t = t > 4 ? 4 : t;
  double small = t + t * small_32(t * t), most = most_32(t);
  return copysign(t < 0.5 ? small : most, x);
}
static inline double erfc_32(double x) {
  double t = fabs(x);
  t = t > 11 ? 11 : t;
  double in = 1 - copysign(t + t * small_32(t * t), x), out = large_32(t);
  double far = x < 0 ? 2 - out : out;
  return t < 0.5 ? in : far;
}

#define MAH_ROOT_HALF 0.70710678118654752440

/* -- Gamma, in double as a float result needs it ------------------------------------------------
 *
 * By Stirling's series at y = x + 8 (DLMF 5.11.1 and 5.11.2), and the recurrence back to x.
 */

/* x (x + 1) ... (x + 7), and that times 1 / x + 1 / (x + 1) + ... */
static inline double rising(double x, double *sum) {
  double product = x, terms = 1;
  for (int k = 1; k < 8; k++) {
    terms = terms * (x + k) + product;
    product *= x + k;
  }
  *sum = terms;
  return product;
}

/* log gamma(x + 8) */
static inline double log_gamma_above(double x, double *log_y) {
  double y = x + 8, r = 1 / y, z = r * r;
  double p = -691.0 / 360360;
  p = p * z + 1.0 / 1188;
  p = p * z - 1.0 / 1680;
  p = p * z + 1.0 / 1260;
  p = p * z - 1.0 / 360;
  p = p * z + 1.0 / 12;
  *log_y = log_sum64(y, 0);
  return (y - 0.5) * *log_y - y + 0.91893853320467274178 + r * p;
}
static inline double lgamma_32(double x) {
  double sum, log_y;
  double above = log_gamma_above(x, &log_y);
  return above - log_sum64(rising(x, &sum), 0);
}
static inline double gamma_32(double x) {
  double sum, log_y;
  double above = log_gamma_above(x, &log_y);
  return vector_exp64(above) / rising(x, &sum);
}
static inline double digamma_32(double x) {
  double sum, product = rising(x, &sum), y = x + 8, r = 1 / y, z = r * r;
  double p = -1.0 / 240;
  p = p * z + 1.0 / 252;
  p = p * z - 1.0 / 120;
  p = p * z + 1.0 / 12;
  return log_sum64(y, 0) - 0.5 * r - z * p - sum / product;
}

/* -- Incomplete gamma and beta functions, in double as a float result needs them ----------------
 *
 * Power series (DLMF 8.7.1 and 8.17.8) of a fixed number of terms, all positive, as one fraction.
 */

/* A sum 1 + t[1] + t[2] + ... of which t[n] / t[n - 1] = above / below. */
typedef struct fraction {
  double power, numerator, denominator;
} fraction;

static inline fraction with_term(fraction f, double above, double below) {
  f.power *= above;
  f.denominator *= below;
  f.numerator = f.numerator * below + f.power;
  return f;
}

/* Terms n + 1 ... n + 16, x^k (s)_k / (a + 1)_k each, or x^k / (a + 1)_k: so few that the compiler
 * writes them out, and makes vectors of the loop around. */
static inline fraction gamma_terms(fraction f, double a, double x, int n) {
  for (int k = 1; k <= 16; k++) f = with_term(f, x, a + (n + k));
  return f;
}
static inline fraction beta_terms(fraction f, double a, double s, double x, int n) {
  for (int k = 1; k <= 16; k++) f = with_term(f, x * (s + (n + k - 1)), a + (n + k));
  return f;
}

/* A tail, or what is left of it; NaN where the vectors have not the digits of a float. */
static inline double other_tail(double tail, int is_other, int is_right) {
  double y = is_other ? 1 - tail : tail;
  return is_right & (!is_other | (tail <= 0.99)) ? y : NAN;
}

/* P(a, x) = x^a e^-x / gamma(a + 1) (1 + x / (a + 1) + x^2 / (a + 1) (a + 2) + ...) or 1 - P */
static inline double gammainc_32(double a, double x, int upper, int is_far) {
  double sum, log_y, above = log_gamma_above(a + 1, &log_y);
  double front = vector_exp64(a * log_sum64(x, 0) - x - above) * rising(a + 1, &sum);
  fraction f = gamma_terms((fraction){1, 1, 1}, a, x, 0);
  if (is_far) f = gamma_terms(gamma_terms(f, a, x, 16), a, x, 32);
  int is_right = (a > 0) & (a <= 30) & (x > 0) & (x <= (is_far ? 12 : MAH_GAMMAINC_NEAR));
  return other_tail(front * (f.numerator / f.denominator), upper, is_right);
}

/* I_x(a, b) = x^a (1 - x)^b / a beta(a, b) (1 + (a + b) / (a + 1) x + (a + b) (a + b + 1) / (a + 1)
 * (a + 2) x^2 + ...), or 1 - I; for x > 1/2 from 1 - I_1-x(b, a).
 * a beta(a, b) = gamma(a + 1) gamma(b + 1) (a + b) / (gamma(a + b + 1) b) */
static inline double betainc_32(double a_, double b_, double x_, int upper) {
  int turned = x_ > 0.5;
  double a = turned ? b_ : a_, b = turned ? a_ : b_, x = turned ? 1 - x_ : x_;
  double s = a + b, sum, log_y;
  double above = log_gamma_above(s + 1, &log_y) - log_gamma_above(a + 1, &log_y) -
                 log_gamma_above(b + 1, &log_y);
  double front = vector_exp64(a * log_sum64(x, 0) + b * log_sum64(1 - x, 0) + above);
  front *= rising(a + 1, &sum) * rising(b + 1, &sum) * b / (rising(s + 1, &sum) * s);
  fraction f = beta_terms((fraction){1, 1, 1}, a, s, x, 0);
  f = beta_terms(beta_terms(f, a, s, x, 16), a, s, x, 32);
  int is_right = (a > 0) & (b > 0) & (s <= 12) & (x > 0) & (x * (s + 2) <= 1.5 * (a + 1));
  return other_tail(front * (f.numerator / f.denominator), turned != upper, is_right);
}

/* -- Rows -------------------------------------------------------------------------------------- */

/* scalar: of the normal distribution, mean and standard deviation. Floats become doubles and come
 * back in loops of their own: comparisons of both kinds in one would be converted all the time. */
#define ROW(name, T, formula)                                                                      \
  static void name(void *out, const void *a, const void *b, const void *c, const double *scalar,   \
                   int64_t n) {                                                                    \
    enum { PIECE = 128 };                                                                          \
    double mean = scalar[0], std = scalar[1];                                                      \
    double top = 0.39894228040143267794 / std, log_top = log(top), piece[PIECE];                   \
    const T *in = a;                                                                               \
    T *y = out;                                                                                    \
    (void)b, (void)c, (void)mean, (void)log_top;                                                   \
    for (int64_t m; n > 0; n -= m, in += m, y += m) {                                              \
      m = n < PIECE ? n : PIECE;                                                                   \
      for (int64_t i = 0; i < m; i++) piece[i] = (double)in[i];                                    \
      MAH_INDEPENDENT for (int64_t i = 0; i < m; i++) {                                            \
        double x = piece[i];                                                                       \
        piece[i] = formula;                                                                        \
      }                                                                                            \
      for (int64_t i = 0; i < m; i++) y[i] = (T)piece[i];                                          \
    }                                                                                              \
  }
#define Z ((x - mean) / std)

ROW(erf_f32, float, erf_32(x))
ROW(erf_f64, double, erf_64(x))
ROW(erfc_f32, float, erfc_32(x))
ROW(erfc_f64, double, erfc_64(x))
ROW(gamma_f32, float, gamma_32(x))
ROW(lgamma_f32, float, lgamma_32(x))
ROW(digamma_f32, float, digamma_32(x))
ROW(pdf_f32, float, top *float_exp(-0.5 * Z * Z))
ROW(pdf_f64, double, top *vector_exp64(-0.5 * Z * Z))
ROW(logpdf_f32, float, log_top - 0.5 * Z * Z)
ROW(logpdf_f64, double, log_top - 0.5 * Z * Z)
ROW(cdf_f32, float, 0.5 * erfc_32(-Z * MAH_ROOT_HALF))
ROW(cdf_f64, double, 0.5 * erfc_64(-Z * MAH_ROOT_HALF))
ROW(sf_f32, float, 0.5 * erfc_32(Z * MAH_ROOT_HALF))
ROW(sf_f64, double, 0.5 * erfc_64(Z * MAH_ROOT_HALF))

/* scalar: 0 for the lower tail, 1 for the upper one */
#define PAIRS(name, formula)                                                                       \
  static void name(void *out, const void *a_, const void *b_, const void *c_,                      \
                   const double *scalar, int64_t n) {                                              \
    const double *a = a_, *b = b_, *c = c_;                                                        \
    double *y = out;                                                                               \
    int upper = scalar[0] != 0;                                                                    \
    (void)c;                                                                                       \
    MAH_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = formula;                                \
  }
PAIRS(gammainc_near, gammainc_32(a[i], b[i], upper, 0))
PAIRS(gammainc_far, gammainc_32(a[i], b[i], upper, 1))
PAIRS(betainc_row, betainc_32(a[i], b[i], c[i], upper))

extern const mah_special_table MAH_VARIANT(mah_special_rows);
const mah_special_table MAH_VARIANT(mah_special_rows) = {
    .erf = {erf_f32, erf_f64},
    .erfc = {erfc_f32, erfc_f64},
    .gamma32 = gamma_f32,
    .lgamma32 = lgamma_f32,
    .digamma32 = digamma_f32,
    .gammainc32 = {gammainc_near, gammainc_far},
    .betainc32 = betainc_row,
    .normal = {{pdf_f32, pdf_f64}, {logpdf_f32, logpdf_f64}, {cdf_f32, cdf_f64}, {sf_f32, sf_f64}},
};
