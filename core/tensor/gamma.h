/* gamma.h - the gamma function's kin, number by number, in double. Relative errors of some 1e-15 to
 * 1e-13, near zeros of a function absolute ones. What lies outside of a domain gives NaN.
 */
#ifndef MAH_GAMMA_H
#define MAH_GAMMA_H

#ifndef MAH_CDEF
double mah_gamma(double x);  /* NaN for negative integers, infinite for 0 */
double mah_lgamma(double x); /* log |gamma(x)| */
double mah_digamma(double x);

/* lgamma(x + 1) - (x + 1/2) log x + x - log(2 pi) / 2, x > 0: what Stirling's formula leaves */
double mah_stirling_error(double x);
/* x log(x / m) + m - x, with x - m given besides: exact where they are close */
double mah_deviance(double x, double m, double difference);
/* log(x^a e^-x / gamma(a + 1)), a >= 0 */
double mah_log_poisson(double a, double x);

/* The incomplete gamma functions, a >= 0, x >= 0: P(a, x) = int_0^x t^(a-1) e^-t dt / gamma(a), and
 * Q = 1 - P */
double mah_gammainc(double a, double x);
double mah_gammaincc(double a, double x);
/* The x with P(a, x) = p, or, `upper`, with Q(a, x) = p */
double mah_gamma_quantile(double a, double p, int upper);
#endif
#endif
