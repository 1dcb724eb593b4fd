#include "tensor/special.h"

#include "base/simd.h"
#include "tensor/beta.h"
#include "tensor/elementwise.h"
#include "tensor/gamma.h"
#include "tensor/kernels/special.h"
#include "tensor/loop.h"
#include "tensor/quantile.h"

#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_special_table, mah_special_rows);

/* -- Names ------------------------------------------------------------------------------------- */

#define NAME(name, operands, parameters, text)       #name,
#define OPERANDS(name, operands, parameters, text)   operands,
#define PARAMETERS(name, operands, parameters, text) parameters,
#define TEXT(name, operands, parameters, text)       text,
static const char *const names[] = {MAH_SPECIAL_OPS(NAME)};
static const int32_t operand_counts[] = {MAH_SPECIAL_OPS(OPERANDS)};
static const char *const parameter_names[] = {MAH_SPECIAL_OPS(PARAMETERS)};
static const char *const texts[] = {MAH_SPECIAL_OPS(TEXT)};

const char *mah_special_name(int32_t op) {
  return op >= 0 && op < MAH_SPECIAL_COUNT ? names[op] : NULL;
}

int32_t mah_special_operands(int32_t op) { return mah_special_name(op) ? operand_counts[op] : 0; }

const char *mah_special_parameters(int32_t op) {
  return mah_special_name(op) ? parameter_names[op] : NULL;
}

const char *mah_special_text(int32_t op) { return mah_special_name(op) ? texts[op] : NULL; }

/* -- One number -------------------------------------------------------------------------------- */

static double betaincinv(double a, double b, double p, int upper) {
  double x, y;
  mah_beta_quantile(&x, &y, a, b, p, upper);
  return x;
}

double mah_special_at(int32_t op, double a, double b, double c) {
  switch (op) {
  case MAH_SPECIAL_erf: return erf(a);
  case MAH_SPECIAL_erfc: return erfc(a);
  case MAH_SPECIAL_erfinv: return mah_erfinv(a);
  case MAH_SPECIAL_erfcinv: return mah_erfcinv(a);
  case MAH_SPECIAL_gamma: return mah_gamma(a);
  case MAH_SPECIAL_lgamma: return mah_lgamma(a);
  case MAH_SPECIAL_digamma: return mah_digamma(a);
  case MAH_SPECIAL_beta: return mah_beta(a, b);
  case MAH_SPECIAL_betaln: return mah_betaln(a, b);
  case MAH_SPECIAL_gammainc: return mah_gammainc(a, b);
  case MAH_SPECIAL_gammaincc: return mah_gammaincc(a, b);
  case MAH_SPECIAL_gammaincinv: return mah_gamma_quantile(a, b, 0);
  case MAH_SPECIAL_gammainccinv: return mah_gamma_quantile(a, b, 1);
  case MAH_SPECIAL_betainc: return mah_betainc(a, b, c, 0);
  case MAH_SPECIAL_betaincc: return mah_betainc(a, b, c, 1);
  case MAH_SPECIAL_betaincinv: return betaincinv(a, b, c, 0);
  case MAH_SPECIAL_betainccinv: return betaincinv(a, b, c, 1);
  default: return NAN;
  }
}

/* -- Tensors ----------------------------------------------------------------------------------- */

/* scalar: the operation */
static void row(void *out, const void *a_, const void *b_, const void *c_, const double *scalar,
                int64_t n) {
  const double *a = a_, *b = b_, *c = c_;
  double *y = out;
  int32_t op = (int32_t)scalar[0];
  for (int64_t i = 0; i < n; i++) y[i] = mah_special_at(op, a[i], b ? b[i] : 0, c ? c[i] : 0);
}

mah_status mah_apply_in_double(mah_tensor *out, mah_apply_plan *plan, int32_t dtype) {
  plan->out_dtype = MAH_FLOAT64;
  for (int32_t i = 0; i < plan->inputs; i++) plan->in_dtype[i] = MAH_FLOAT64;
  int is_new = out && out->store == NULL && dtype != MAH_FLOAT64;
  if (is_new) { /* a result that apply would make in double */
    mah_tensor shape = {0};
    for (int32_t i = 0; i < plan->inputs; i++) {
      mah_tensor before = shape;
      const mah_tensor *t = plan->in_[i];
      if (t == NULL) continue;
      MAH_TRY(mah_tensor_check(t, "tensor"));
      if (before.store == NULL)
        shape = *t;
      else
        MAH_TRY(mah_broadcast(&shape.ndim, shape.extent, &before, t));
    }
    MAH_TRY(mah_tensor_new(out, dtype, shape.ndim, shape.extent));
  }
  mah_status status = mah_apply(out, plan);
  if (is_new && status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* Is x in the middle of the gamma family's domain, where the vectors are right? (Of 1 and 2 lgamma
 * is 0, and not nearly so.) */
static int is_inside(float x, float most) {
  return (x > 1e-30f) & (x < most) & (x != 1) & (x != 2);
}

/* The other numbers go one by one, each for itself: a result that depended on its neighbours would
 * depend on where threads cut the row. scalar: the operation */
static void gamma_row32(void *out, const void *a, const void *b, const void *c,
                        const double *scalar, int64_t n) {
  enum { PIECE = 128 };
  const mah_special_table *rows = MAH_PICK(mah_special_rows);
  int32_t op = (int32_t)scalar[0];
  mah_row *fast = op == MAH_SPECIAL_gamma    ? rows->gamma32
                  : op == MAH_SPECIAL_lgamma ? rows->lgamma32
                                             : rows->digamma32;
  float most = op == MAH_SPECIAL_gamma ? 30 : 1e8f;
  float x[PIECE]; /* y may lie where they came from */
  const float *from = a;
  float *y = out;
  for (int64_t m; n > 0; n -= m, from += m, y += m) {
    int some = 0, all = 1;
    m = n < PIECE ? n : PIECE;
    memcpy(x, from, (size_t)m * sizeof *x);
    for (int64_t i = 0; i < m; i++) {
      int inside = is_inside(x[i], most);
      some |= inside;
      all &= inside;
    }
    if (some) fast(y, x, b, c, scalar, m);
    for (int64_t i = 0; !all && i < m; i++)
      if (!is_inside(x[i], most)) y[i] = (float)mah_special_at(op, (double)x[i], 0, 0);
  }
}

void mah_gammainc_row32(double *y, const double *a, const double *x, int upper, int64_t n) {
  enum { PIECE = 128 };
  const mah_special_table *rows = MAH_PICK(mah_special_rows);
  double scalar = upper, near[PIECE], far[PIECE];
  for (int64_t m; n > 0; n -= m, a += m, x += m, y += m) {
    int some_near = 0, some_far = 0;
    m = n < PIECE ? n : PIECE;
    for (int64_t i = 0; i < m; i++) {
      some_near |= x[i] <= MAH_GAMMAINC_NEAR;
      some_far |= x[i] > MAH_GAMMAINC_NEAR;
    }
    if (some_near) rows->gammainc32[0](near, a, x, NULL, &scalar, m);
    if (some_far) rows->gammainc32[1](far, a, x, NULL, &scalar, m);
    for (int64_t i = 0; i < m; i++) {
      double tail = x[i] > MAH_GAMMAINC_NEAR ? far[i] : x[i] > 0 ? near[i] : NAN;
      if (isnan(tail)) tail = (upper ? mah_gammaincc : mah_gammainc)(a[i], x[i]);
      y[i] = tail;
    }
  }
}

void mah_betainc_row32(double *y, const double *a, const double *b, const double *x, int upper,
                       int64_t n) {
  enum { PIECE = 128 };
  double scalar = upper, tail[PIECE];
  for (int64_t m; n > 0; n -= m, a += m, b += m, x += m, y += m) {
    m = n < PIECE ? n : PIECE;
    MAH_PICK(mah_special_rows)->betainc32(tail, a, b, x, &scalar, m);
    for (int64_t i = 0; i < m; i++)
      y[i] = isnan(tail[i]) ? mah_betainc(a[i], b[i], x[i], upper) : tail[i];
  }
}

/* scalar: the operation */
static void incomplete_row32(void *out, const void *a, const void *b, const void *c_,
                             const double *scalar, int64_t n) {
  int32_t op = (int32_t)scalar[0];
  if (c_ == NULL)
    mah_gammainc_row32(out, a, b, op == MAH_SPECIAL_gammaincc, n);
  else
    mah_betainc_row32(out, a, b, c_, op == MAH_SPECIAL_betaincc, n);
}

static int is_incomplete(int32_t op) {
  return op == MAH_SPECIAL_gammainc || op == MAH_SPECIAL_gammaincc || op == MAH_SPECIAL_betainc ||
         op == MAH_SPECIAL_betaincc;
}

static mah_row *fast_row(int32_t op, int32_t dtype) {
  const mah_special_table *rows = MAH_PICK(mah_special_rows);
  mah_row *const *pair = op == MAH_SPECIAL_erf    ? rows->erf
                         : op == MAH_SPECIAL_erfc ? rows->erfc
                                                  : NULL;
  if (pair) return pair[dtype == MAH_FLOAT64];
  int is_gamma = op == MAH_SPECIAL_gamma || op == MAH_SPECIAL_lgamma || op == MAH_SPECIAL_digamma;
  return is_gamma && dtype != MAH_FLOAT64 ? gamma_row32 : NULL;
}

mah_status mah_special(mah_tensor *out, int32_t op, const mah_tensor *a_, const mah_tensor *b_,
                       const mah_tensor *c_, double a, double b, double c) {
  if (!mah_special_name(op)) return mah_fail(MAH_ERROR_ARGUMENT, "unknown function number %d", op);
  mah_apply_plan plan = {.row = row,
                         .in_ = {a_, b_, c_},
                         .number = {a, b, c},
                         .inputs = operand_counts[op],
                         .scalar = {op}};
  int32_t dtype = MAH_BOOL;
  for (int32_t i = 0; i < plan.inputs; i++) {
    if (plan.in_[i] == NULL) continue;
    MAH_TRY(mah_tensor_check(plan.in_[i], names[op]));
    dtype = mah_dtype_promote(dtype, plan.in_[i]->elem);
  }
  if (mah_dtype_is_integer(dtype)) dtype = MAH_FLOAT32;
  if (is_incomplete(op) && dtype != MAH_FLOAT64) plan.row = incomplete_row32;
  mah_row *fast = fast_row(op, dtype);
  if (fast == NULL || a_ == NULL) return mah_apply_in_double(out, &plan, dtype);
  plan.row = fast;
  plan.in_dtype[0] = plan.out_dtype = dtype == MAH_FLOAT64 ? MAH_FLOAT64 : MAH_FLOAT32;
  plan.made_ = mah_dtype_is_half(dtype) ? dtype : 0;
  return mah_apply(out, &plan);
}
