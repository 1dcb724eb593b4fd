/* distribution.h - probability distributions: their functions, element by element, and samples.
 *
 * All of a distribution's numbers are computed in double and rounded to the result's dtype. Outside
 * of its support a density is 0; parameters outside of their range, and NaN, give NaN.
 */
#ifndef MAH_DISTRIBUTION_H
#define MAH_DISTRIBUTION_H

#ifndef MAH_CDEF
#include "base/random.h"
#endif
#include "tensor/tensor.h"

/* name, and its two parameters (one, none: the last ones are not looked at) */
#define MAH_DISTRIBUTIONS(X)                                                                       \
  X(normal)      /* mean, standard deviation > 0 */                                                \
  X(lognormal)   /* those of the logarithm */                                                      \
  X(uniform)     /* low, high > low */                                                             \
  X(exponential) /* scale > 0 */                                                                   \
  X(gamma)       /* shape > 0, scale > 0 */                                                        \
  X(beta)        /* a > 0, b > 0 */                                                                \
  X(chi2)        /* degrees of freedom > 0 */                                                      \
  X(student_t)   /* degrees of freedom > 0 */                                                      \
  X(f)           /* degrees of freedom > 0: numerator, denominator */                              \
  X(binomial)    /* trials >= 0, probability in [0, 1] */                                          \
  X(poisson)     /* rate >= 0 */                                                                   \
  X(geometric)   /* probability in (0, 1]; counts from 1 */

#define MAH_DISTRIBUTION_ENTRY(name) MAH_DISTRIBUTION_##name,
enum { MAH_DISTRIBUTIONS(MAH_DISTRIBUTION_ENTRY) MAH_DISTRIBUTION_COUNT };
#undef MAH_DISTRIBUTION_ENTRY

/* The density (of integers: the probability), its logarithm, P(X <= x), P(X > x), the x of a given
 * P(X <= x) (of integers: the least with as much), the x of a given P(X > x) */
enum { MAH_PDF, MAH_LOGPDF, MAH_CDF, MAH_SF, MAH_QUANTILE, MAH_ISF, MAH_DISTRIBUTION_FUNCTIONS };

const char *mah_distribution_name(int32_t distribution); /* NULL when there is no such one */

/* For a number; NaN for what there is not. */
double mah_distribution_at(int32_t distribution, int32_t function, double x, double p, double q);
/* out = function(x; p, q), broadcast; p_ and q_ NULL: the numbers. Integers give float32. */
mah_status mah_distribution(mah_tensor *out, int32_t distribution, int32_t function,
                            const mah_tensor *x, const mah_tensor *p_, const mah_tensor *q_,
                            double p, double q);
/* out = samples, row by row; any dtype, rounded towards zero */
mah_status mah_fill_distribution(mah_tensor *out, mah_rng *rng, int32_t distribution, double p,
                                 double q);
#ifndef MAH_CDEF
/* The functions of one distribution (distribution_functions.c). */
typedef double mah_density(double x, double p, double q);
typedef double mah_probability(double x, double p, double q, int upper);
typedef struct mah_distribution_entry {
  int (*is_valid)(double p, double q);
  mah_density *logpdf;
  mah_probability *cdf, *quantile;
} mah_distribution_entry;
extern const mah_distribution_entry mah_distribution_entries[MAH_DISTRIBUTION_COUNT];
#endif
#endif
