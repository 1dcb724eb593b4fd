/* beta.h - the beta function's kin, number by number, in double; NaN outside of their domains. */
#ifndef MAH_BETA_H
#define MAH_BETA_H

#ifndef MAH_CDEF
double mah_beta(double a, double b);   /* gamma(a) gamma(b) / gamma(a + b) */
double mah_betaln(double a, double b); /* log |beta(a, b)| */

/* log(x^a y^b gamma(a + b + 1) / gamma(a + 1) gamma(b + 1)), x + y = 1, a, b >= 0 */
double mah_log_binomial(double a, double b, double x, double y);
/* log(x^a y^b / beta(a, b)), a, b > 0 */
double mah_log_beta_density(double a, double b, double x, double y);
/* I_x(a, b), a, b > 0; upper: 1 - I. y = 1 - x, to its own last place */
double mah_beta_tail(double a, double b, double x, double y, int upper);
double mah_betainc(double a, double b, double x, int upper);
/* The x, and 1 - x, where I_x(a, b) = p, or, `upper`, 1 - I = p */
void mah_beta_quantile(double *x, double *y, double a, double b, double p, int upper);
#endif
#endif
