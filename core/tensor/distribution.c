#include "tensor/distribution.h"

#include "base/simd.h"
#include "tensor/apply.h"
#include "tensor/kernels/special.h"
#include "tensor/loop.h"
#include "tensor/special.h"

#include <math.h>

MAH_DECLARE_VARIANTS(mah_special_table, mah_special_rows);

#define NAME(name) #name,
static const char *const names[] = {MAH_DISTRIBUTIONS(NAME)};

const char *mah_distribution_name(int32_t distribution) {
  return distribution >= 0 && distribution < MAH_DISTRIBUTION_COUNT ? names[distribution] : NULL;
}

/* -- One number -------------------------------------------------------------------------------- */

static double at(const mah_distribution_entry *e, int32_t function, double x, double p, double q) {
  if (isnan(x) || !e->is_valid(p, q)) return NAN;
  switch (function) {
  case MAH_PDF: return exp(e->logpdf(x, p, q));
  case MAH_LOGPDF: return e->logpdf(x, p, q);
  case MAH_CDF: return e->cdf(x, p, q, 0);
  case MAH_SF: return e->cdf(x, p, q, 1);
  default: return x >= 0 && x <= 1 ? e->quantile(x, p, q, function == MAH_ISF) : NAN;
  }
}

double mah_distribution_at(int32_t distribution, int32_t function, double x, double p, double q) {
  if (!mah_distribution_name(distribution)) return NAN;
  return at(&mah_distribution_entries[distribution], function, x, p, q);
}

/* -- Tensors ----------------------------------------------------------------------------------- */

/* scalar: the distribution and the function */
static void row(void *out, const void *a, const void *b, const void *c, const double *scalar,
                int64_t n) {
  const mah_distribution_entry *e = &mah_distribution_entries[(int)scalar[0]];
  const double *x = a, *p = b, *q = c;
  double *y = out;
  int32_t function = (int32_t)scalar[1];
  for (int64_t i = 0; i < n; i++) y[i] = at(e, function, x[i], p[i], q[i]);
}

/* The same of gamma's distribution functions for a float result. */
static void gamma_row32(void *out, const void *a, const void *b, const void *c,
                        const double *scalar, int64_t n) {
  enum { PIECE = 128 };
  const mah_distribution_entry *e = &mah_distribution_entries[MAH_DISTRIBUTION_gamma];
  const double *x = a, *shape = b, *scale = c;
  double *y = out, z[PIECE], tail[PIECE];
  int32_t function = (int32_t)scalar[1];
  for (int64_t m; n > 0; n -= m, x += m, shape += m, scale += m, y += m) {
    m = n < PIECE ? n : PIECE;
    for (int64_t i = 0; i < m; i++) z[i] = x[i] / scale[i];
    mah_gammainc_row32(tail, shape, z, function == MAH_SF, m);
    for (int64_t i = 0; i < m; i++) {
      int is_inside = x[i] > 0 && e->is_valid(shape[i], scale[i]);
      y[i] = is_inside ? tail[i] : at(e, function, x[i], shape[i], scale[i]);
    }
  }
}

/* The normal distribution's rows are vectors; they take no parameter outside of its range. */
static mah_row *fast_row(int32_t distribution, int32_t function, int32_t dtype,
                         const mah_tensor *p_, const mah_tensor *q_, double p, double q) {
  if (distribution != MAH_DISTRIBUTION_normal || function > MAH_SF || p_ || q_ || !isfinite(p) ||
      !(q > 0 && q < INFINITY))
    return NULL;
  return MAH_PICK(mah_special_rows)->normal[function][dtype == MAH_FLOAT64];
}

mah_status mah_distribution(mah_tensor *out, int32_t distribution, int32_t function,
                            const mah_tensor *x, const mah_tensor *p_, const mah_tensor *q_,
                            double p, double q) {
  MAH_TRY(mah_tensor_check(x, "distribution"));
  if (!mah_distribution_name(distribution) || function < 0 ||
      function >= MAH_DISTRIBUTION_FUNCTIONS)
    return mah_fail(MAH_ERROR_ARGUMENT, "unknown distribution number %d", distribution);
  int32_t dtype = mah_dtype_is_integer(x->elem) ? MAH_FLOAT32 : x->elem;
  int32_t computed = dtype == MAH_FLOAT64 ? MAH_FLOAT64 : MAH_FLOAT32;
  mah_apply_plan plan = {.row = fast_row(distribution, function, dtype, p_, q_, p, q),
                         .in_ = {x},
                         .in_dtype = {computed},
                         .out_dtype = computed,
                         .made_ = mah_dtype_is_half(dtype) ? dtype : 0,
                         .inputs = 1,
                         .scalar = {p, q}};
  if (plan.row) return mah_apply(out, &plan);
  plan = (mah_apply_plan){.row = row,
                          .in_ = {x, p_, q_},
                          .number = {0, p, q},
                          .inputs = 3,
                          .scalar = {distribution, function}};
  int is_tail = function == MAH_CDF || function == MAH_SF;
  if (distribution == MAH_DISTRIBUTION_gamma && is_tail && dtype != MAH_FLOAT64)
    plan.row = gamma_row32;
  return mah_apply_in_double(out, &plan, dtype);
}
