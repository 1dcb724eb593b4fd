/* special.h - special functions, element by element, on tensors that broadcast; SciPy's names.
 *
 * Computed in double and rounded to the result's dtype, the largest float dtype of the operands;
 * integers count as float32. Errors relative to the exact value, in units in the last place (ulp)
 * or as they are, measured by the tests: erf 2 ulp, erfc 4, gamma, lgamma as C's library, the
 * others some 1e-15 to 1e-13, of zeros of a function absolute. NaN outside of a function's domain.
 */
#ifndef MAH_SPECIAL_H
#define MAH_SPECIAL_H

#include "tensor/tensor.h"

/* name, number of operands, their names, what it is */
#define MAH_SPECIAL_OPS(X)                                                                         \
  X(erf, 1, "x", "the error function, 2 / sqrt(pi) times the integral of e^-t^2 from 0 to x")      \
  X(erfc, 1, "x", "1 - erf(x), without its loss of digits for large x")                            \
  X(erfinv, 1, "x", "the y with erf(y) = x")                                                       \
  X(erfcinv, 1, "x", "the y with erfc(y) = x")                                                     \
  X(gamma, 1, "x", "the gamma function, (x - 1)! of integers; NaN for negative ones")              \
  X(lgamma, 1, "x", "the logarithm of |gamma(x)|")                                                 \
  X(digamma, 1, "x", "the derivative of the logarithm of gamma(x)")                                \
  X(beta, 2, "a b", "gamma(a) gamma(b) / gamma(a + b)")                                            \
  X(betaln, 2, "a b", "the logarithm of |beta(a, b)|")                                             \
  X(gammainc, 2, "a x",                                                                            \
    "the lower incomplete gamma function: the integral of t^(a - 1) e^-t from 0 to x / gamma(a)")  \
  X(gammaincc, 2, "a x", "the upper incomplete gamma function, 1 - gammainc(a, x)")                \
  X(gammaincinv, 2, "a p", "the x with gammainc(a, x) = p")                                        \
  X(gammainccinv, 2, "a p", "the x with gammaincc(a, x) = p, with all digits where p is small")    \
  X(betainc, 3, "a b x",                                                                           \
    "the incomplete beta function: the integral of t^(a - 1) (1 - t)^(b - 1) from 0 to x, "        \
    "divided "                                                                                     \
    "by beta(a, b)")                                                                               \
  X(betaincc, 3, "a b x", "1 - betainc(a, b, x), with all digits where it is small")               \
  X(betaincinv, 3, "a b p", "the x with betainc(a, b, x) = p")                                     \
  X(betainccinv, 3, "a b p", "the x with betaincc(a, b, x) = p")

#define MAH_SPECIAL_ENTRY(name, operands, parameters, text) MAH_SPECIAL_##name,
enum { MAH_SPECIAL_OPS(MAH_SPECIAL_ENTRY) MAH_SPECIAL_COUNT };
#undef MAH_SPECIAL_ENTRY

const char *mah_special_name(int32_t op);       /* NULL when there is no such one */
int32_t mah_special_operands(int32_t op);       /* 1, 2 or 3 */
const char *mah_special_parameters(int32_t op); /* "a x" ... */
const char *mah_special_text(int32_t op);

/* Of numbers; those beyond the operands are not looked at. */
double mah_special_at(int32_t op, double a, double b, double c);
/* out = op(a, b, c); an operand that is NULL is the number beside it, and not all may be. `out` is
 * a tensor to write, or none (zeroed) and becomes a new one. */
mah_status mah_special(mah_tensor *out, int32_t op, const mah_tensor *a_, const mah_tensor *b_,
                       const mah_tensor *c_, double a, double b, double c);
#ifndef MAH_CDEF
#include "tensor/apply.h"

/* As mah_apply, with a row that reads and writes double for a result of `dtype`. */
mah_status mah_apply_in_double(mah_tensor *out, mah_apply_plan *plan, int32_t dtype);

/* Rows of gammainc and betainc (upper: gammaincc, betaincc) in double for a float result: common
 * arguments to 1e-9, by vectors, others as ever. Each number for itself; y may be an operand. */
void mah_gammainc_row32(double *y, const double *a, const double *x, int upper, int64_t n);
void mah_betainc_row32(double *y, const double *a, const double *b, const double *x, int upper,
                       int64_t n);
#endif
#endif
