/* elementwise.h - arithmetic, element by element, on tensors that broadcast.
 *
 * `out` is either a tensor, which is written in place, or holds none (zeroed), and then becomes a
 * new tensor of the broadcast shape and of the result's dtype. It may be one of the operands or
 * overlap them. Fails when the shapes do not broadcast (to out's, if it is there), when out is an
 * expanded view, and when integers would have to hold a float result.
 *
 * The result's dtype: bool < uint8 < int32 < int64 < float16, bfloat16 < float32 < float64, the
 * larger one wins; float16 and bfloat16 meet in float32. A number (in place of an operand that is
 * NULL) takes the other operand's dtype; where that is an integer type and the number is not
 * integral, and wherever integers are divided, the result is float32. An integral number that the
 * integer type cannot hold is an error, except in comparisons. A number and a bool give int64.
 *
 * float16 and bfloat16 are computed with in float32, and rounded once. Of bools + is "or", * "and",
 * - an error; powers and remainders are int64.
 *
 * Integers wrap around on overflow (two's complement); the remainder by zero is 0. A negative
 * number as the exponent of integers gives float32; in an integer tensor of exponents it is an
 * error.
 */
#ifndef MAH_ELEMENTWISE_H
#define MAH_ELEMENTWISE_H

#include "tensor/tensor.h"

/* One line makes the enum entry, the Lua function and its two methods (exp, exp_), and the text of
 * its help; the kernel is in kernels/unary.c or kernels/binary.c.
 * KEEP: any dtype, kept. FLOAT: integers become float32. TEST: any dtype, gives bool. */
#define MAH_UNARY_OPS(X)                                                                           \
  X(neg, KEEP, "-x")                                                                               \
  X(abs, KEEP, "|x|")                                                                              \
  X(sign, KEEP, "-1, 0 or 1; NaN for NaN")                                                         \
  X(square, KEEP, "x x")                                                                           \
  X(relu, KEEP, "max(x, 0); NaN for NaN")                                                          \
  X(floor, KEEP, "the largest integer <= x")                                                       \
  X(ceil, KEEP, "the smallest integer >= x")                                                       \
  X(round, KEEP, "the nearest integer, ties to the even one")                                      \
  X(trunc, KEEP, "x without its fraction, towards zero")                                           \
  X(reciprocal, FLOAT, "1 / x")                                                                    \
  X(sqrt, FLOAT, "the square root of x")                                                           \
  X(exp, FLOAT, "e^x")                                                                             \
  X(expm1, FLOAT, "e^x - 1, exact near 0")                                                         \
  X(log, FLOAT, "the natural logarithm of x")                                                      \
  X(log1p, FLOAT, "log(1 + x), exact near 0")                                                      \
  X(sin, FLOAT, "the sine of x (radians)")                                                         \
  X(cos, FLOAT, "the cosine of x (radians)")                                                       \
  X(tan, FLOAT, "the tangent of x (radians)")                                                      \
  X(tanh, FLOAT, "the hyperbolic tangent of x")                                                    \
  X(sigmoid, FLOAT, "1 / (1 + e^-x)")                                                              \
  X(isnan, TEST, "is x NaN?")                                                                      \
  X(isfinite, TEST, "is x neither NaN nor infinite?")

#define MAH_BINARY_OPS(X)                                                                          \
  X(add, KEEP, "a + b")                                                                            \
  X(sub, KEEP, "a - b")                                                                            \
  X(mul, KEEP, "a b")                                                                              \
  X(div, FLOAT, "a / b; integers give float32")                                                    \
  X(pow, KEEP, "a^b")                                                                              \
  X(remainder, KEEP, "a - floor(a / b) b: the divisor's sign, as in Lua")                          \
  X(minimum, KEEP, "the smaller one, NaN if either is")                                            \
  X(maximum, KEEP, "the larger one, NaN if either is")                                             \
  X(eq, TEST, "is a = b?")                                                                         \
  X(ne, TEST, "is a not b?")                                                                       \
  X(lt, TEST, "is a < b?")                                                                         \
  X(le, TEST, "is a <= b?")                                                                        \
  X(gt, TEST, "is a > b?")                                                                         \
  X(ge, TEST, "is a >= b?")

#define MAH_OP_ENTRY(name, kind, text) MAH_OP_##name,
enum { MAH_UNARY_OPS(MAH_OP_ENTRY) MAH_UNARY_COUNT };
enum { MAH_BINARY_OPS(MAH_OP_ENTRY) MAH_BINARY_COUNT };
#undef MAH_OP_ENTRY

const char *mah_unary_name(int32_t op); /* "neg" ...; NULL when there is no such op */
const char *mah_binary_name(int32_t op);
const char *mah_unary_text(int32_t op); /* "-x" ...: what it is, in a few words */
const char *mah_binary_text(int32_t op);

/* The dtype of the result of two: the larger one. */
int32_t mah_dtype_promote(int32_t a, int32_t b);

mah_status mah_unary(mah_tensor *out, int32_t op, const mah_tensor *a); /* out = op(a) */
/* out = op(a, b); one of a_ and b_ may be NULL: the number stands in its place. */
mah_status mah_binary(mah_tensor *out, int32_t op, const mah_tensor *a_, const mah_tensor *b_,
                      double number);
/* out = a + alpha b */
mah_status mah_add_scaled(mah_tensor *out, const mah_tensor *a, const mah_tensor *b, double alpha);
/* out = a + weight (b - a); float tensors, integers become float32 */
mah_status mah_lerp(mah_tensor *out, const mah_tensor *a, const mah_tensor *b, double weight);
/* out = min(max(a, low), high); NaN for NaN. -inf and inf leave a side open. */
mah_status mah_clamp(mah_tensor *out, const mah_tensor *a, double low, double high);
/* out = condition ? a : b. condition: bool or uint8. x and y stand for a_ and b_ when those are
 * NULL; two numbers give float32. */
mah_status mah_where(mah_tensor *out, const mah_tensor *condition, const mah_tensor *a_,
                     const mah_tensor *b_, double x, double y);
#endif
