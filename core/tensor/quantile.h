/* quantile.h - where a distribution function has a given value. */
#ifndef MAH_QUANTILE_H
#define MAH_QUANTILE_H

#ifndef MAH_CDEF
double mah_erfinv(double x);          /* the y with erf(y) = x */
double mah_erfcinv(double x);         /* the y with erfc(y) = x */
double mah_normal_quantile(double p); /* the z at which the standard normal's function is p */

/* A monotone positive function of y, and its slope. */
typedef double mah_tail(double *slope, double y, const void *context);
/* The y in [low, high] where it is p > 0. start: where to begin. */
double mah_quantile_solve(mah_tail *tail, const void *context, double p, double start, double low,
                          double high);
/* The least integer k >= 0 at which the function is at least p in (0, 1); up to `most`. start: a
 * guess. */
typedef double mah_steps(double k, const void *context);
double mah_quantile_search(mah_steps *cdf, const void *context, double p, double start,
                           double most);
#endif
#endif
