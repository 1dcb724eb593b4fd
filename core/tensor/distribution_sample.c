/* distribution_sample.c - samples of the distributions.
 *
 * Sources: Marsaglia and Tsang: "A simple method for generating gamma variables", ACM TOMS 26,
 * 2000; Hormann: "The transformed rejection method for generating Poisson random variables",
 * Insurance: Mathematics and Economics 12, 1993 (PTRS), and "The generation of binomial random
 * variates", J. Stat. Comput. Simul. 46, 1993 (BTRS).
 */
#include "tensor/beta.h"
#include "tensor/copy.h"
#include "tensor/distribution.h"
#include "tensor/gamma.h"
#include "tensor/loop.h"

#include <math.h>

/* Numbers in stock, for a generator makes many at a time faster than one by one. What is left in
 * the end is lost. */
enum { STOCK = 256, PIECE = 256 /* samples made before they get their dtype */ };
typedef struct source {
  mah_rng *rng;
  int64_t wanted; /* samples that are still to come */
  int uniforms, normals;
  double uniform[STOCK], normal[STOCK];
  double limit, a, b, alpha, quick, top; /* of prepare() */
} source;

static int64_t order(const source *s) {
  int64_t n = 2 * s->wanted;
  return n < 4 ? 4 : n < STOCK ? n : STOCK;
}

/* uniform in (0, 1) */
static double uniform(source *s) {
  for (;;) {
    if (s->uniforms == 0) {
      s->uniforms = (int)order(s);
      mah_rng_uniform_doubles(s->rng, s->uniform, s->uniforms, 0, 1);
    }
    double u = s->uniform[--s->uniforms];
    if (u > 0) return u;
  }
}

static double normal(source *s) {
  if (s->normals == 0) {
    s->normals = (int)order(s);
    mah_rng_normal_doubles(s->rng, s->normal, s->normals, 0, 1);
  }
  return s->normal[--s->normals];
}

/* log of a gamma variate: small shapes give numbers below the least double */
static double log_gamma_variate(source *s, double shape) {
  if (shape < 1) return log_gamma_variate(s, shape + 1) + log(uniform(s)) / shape;
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double z = normal(s), v = 1 + c * z;
    if (v <= 0) continue;
    v = v * v * v;
    if (log(uniform(s)) < 0.5 * z * z + d - d * v + d * log(v)) return log(d * v);
  }
}

/* What all variates have in common is reckoned once, ahead of them. */
static void prepare_gamma(source *s, double shape) {
  s->a = shape - 1.0 / 3;
  s->b = 1 / sqrt(9 * s->a);
}

static double gamma_variate(source *s, double shape) {
  if (shape < 1) return exp(log_gamma_variate(s, shape));
  double d = s->a, c = s->b;
  for (;;) {
    double z = normal(s), v = 1 + c * z, u = uniform(s), square = z * z;
    if (v <= 0) continue;
    v = v * v * v;
    if (u < 1 - 0.0331 * square * square) return d * v; /* the squeeze: nearly always */
    if (log(u) < 0.5 * square + d - d * v + d * log(v)) return d * v;
  }
}

static double beta_variate(source *s, double a, double b) {
  double x = log_gamma_variate(s, a), y = log_gamma_variate(s, b);
  return 1 / (1 + exp(y - x));
}

/* How many uniform numbers have a product above the limit. Products only get smaller: those of some
 * numbers in stock are compared without a branch for each. */
static double small_poisson(source *s) {
  enum { SOME = 8 };
  double product = 1;
  int k = 0;
  for (int above = SOME; above == SOME && s->uniforms >= SOME; k += above) {
    const double *next = s->uniform + s->uniforms - 1;
    double p = product;
    above = 0;
    for (int i = 0; i < SOME; i++) {
      p *= next[-i];
      above += p > s->limit;
    }
    if (p == 0) break; /* perhaps one is 0, which does not count */
    s->uniforms -= above < SOME ? above + 1 : SOME;
    if (above < SOME) return k + above;
    product = p;
  }
  for (;; k++) {
    product *= uniform(s);
    if (product <= s->limit) return k;
  }
}

static void prepare_poisson(source *s, double rate) {
  s->limit = exp(-rate);
  s->b = 0.931 + 2.53 * sqrt(rate);
  s->a = -0.059 + 0.02483 * s->b;
  s->alpha = 1.1239 + 1.1328 / (s->b - 3.4); /* its inverse */
  s->quick = 0.9277 - 3.6224 / (s->b - 2);
}

static double poisson_variate(source *s, double rate) {
  if (rate < 10) return rate == 0 ? 0 : small_poisson(s);
  double a = s->a, b = s->b;
  for (;;) {
    double u = uniform(s) - 0.5, v = uniform(s), w = 0.5 - fabs(u);
    double k = floor((2 * a / w + b) * u + rate + 0.43);
    if (w >= 0.07 && v <= s->quick) return k;
    if (k < 0 || (w < 0.013 && v > w)) continue;
    if (log(v * s->alpha / (a / (w * w) + b)) <= mah_log_poisson(k, rate)) return k;
  }
}

/* One probability after the other, until they exceed a uniform number; n p < 10. */
static double small_binomial(source *s, double n, double p) {
  double ratio = p / (1 - p), probability = s->limit, u = uniform(s), k = 0;
  while (u > probability && k < n) {
    u -= probability;
    k++;
    probability *= ratio * (n - k + 1) / k;
  }
  return k;
}

static double lesser_chance(double p) { return p > 0.5 ? 1 - p : p; }

static void prepare_binomial(source *s, double n, double p_) {
  double p = lesser_chance(p_), mode = floor((n + 1) * p), spread = sqrt(n * p * (1 - p));
  s->limit = exp(n * log1p(-p));
  s->b = 1.15 + 2.53 * spread;
  s->a = -0.0873 + 0.0248 * s->b + 0.01 * p;
  s->quick = 0.92 - 4.2 / s->b;
  s->alpha = (2.83 + 5.1 / s->b) * spread;
  s->top = mah_log_binomial(mode, n - mode, p, 1 - p);
}

/* Of p <= 1/2 */
static double lesser_binomial(source *s, double n, double p) {
  if (n == 0 || p == 0) return 0;
  if (n * p < 10) return small_binomial(s, n, p);
  double a = s->a, b = s->b;
  for (;;) {
    double u = uniform(s) - 0.5, v = uniform(s), w = 0.5 - fabs(u);
    double k = floor((2 * a / w + b) * u + n * p + 0.5);
    if (k < 0 || k > n) continue;
    if (w >= 0.07 && v <= s->quick) return k;
    v = log(v * s->alpha / (a / (w * w) + b));
    if (v <= mah_log_binomial(k, n - k, p, 1 - p) - s->top) return k;
  }
}

static double binomial_variate(source *s, double n, double p) {
  double k = lesser_binomial(s, n, lesser_chance(p));
  return p > 0.5 ? n - k : k;
}

static void prepare(source *s, int32_t distribution, double p, double q) {
  if (distribution == MAH_DISTRIBUTION_gamma) prepare_gamma(s, p);
  if (distribution == MAH_DISTRIBUTION_chi2) prepare_gamma(s, p / 2);
  if (distribution == MAH_DISTRIBUTION_poisson) prepare_poisson(s, p);
  if (distribution == MAH_DISTRIBUTION_binomial) prepare_binomial(s, p, q);
}

static double variate(source *s, int32_t distribution, double p, double q) {
  switch (distribution) {
  case MAH_DISTRIBUTION_normal: return p + q * normal(s);
  case MAH_DISTRIBUTION_lognormal: return exp(p + q * normal(s));
  case MAH_DISTRIBUTION_uniform: return p + (q - p) * uniform(s);
  case MAH_DISTRIBUTION_exponential: return -p * log(uniform(s));
  case MAH_DISTRIBUTION_gamma: return q * gamma_variate(s, p);
  case MAH_DISTRIBUTION_beta: return beta_variate(s, p, q);
  case MAH_DISTRIBUTION_chi2: return 2 * gamma_variate(s, p / 2);
  case MAH_DISTRIBUTION_student_t: {
    double z = normal(s);
    return z * exp(-0.5 * (log_gamma_variate(s, p / 2) - log(p / 2)));
  }
  case MAH_DISTRIBUTION_f: {
    double x = log_gamma_variate(s, p / 2), y = log_gamma_variate(s, q / 2);
    return exp(x - y) * (q / p);
  }
  case MAH_DISTRIBUTION_binomial: return binomial_variate(s, p, q);
  case MAH_DISTRIBUTION_poisson: return poisson_variate(s, p);
  default: return p == 1 ? 1 : fmax(1, ceil(log(uniform(s)) / log1p(-p)));
  }
}

mah_status mah_fill_distribution(mah_tensor *out, mah_rng *rng, int32_t distribution, double p,
                                 double q) {
  MAH_TRY(mah_tensor_check_writable(out, "sample"));
  if (rng == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "sample: a generator is expected");
  if (!mah_distribution_name(distribution) ||
      !mah_distribution_entries[distribution].is_valid(p, q))
    return mah_fail(MAH_ERROR_ARGUMENT, "sample: no distribution has the parameters %g and %g", p,
                    q);
  mah_loop loop;
  MAH_TRY(mah_loop_plan(&loop, 1, (const mah_tensor *[]){out}));
  source s;
  s.rng = rng;
  s.uniforms = s.normals = 0;
  s.wanted = mah_tensor_count(out);
  prepare(&s, distribution, p, q);
  mah_convert *convert = mah_convert_row(out->elem, MAH_FLOAT64);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t done = 0, m; done < loop.count; done += m) {
      double piece[PIECE];
      m = loop.count - done < PIECE ? loop.count - done : PIECE;
      for (int64_t i = 0; i < m; i++, s.wanted--) piece[i] = variate(&s, distribution, p, q);
      convert(loop.data[0] + done * loop.step[0], loop.step[0], (const char *)piece,
              sizeof piece[0], m);
    }
  return MAH_OK;
}
