#include "tensor/linalg.h"

#include "base/memory.h"
#include "tensor/elementwise.h"
#include "tensor/product.h"

#include "tensor/reduce.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Row-major matrices are turned around by LAPACKE, twice; what lies in columns is not: there A
 * stands for its own transpose, which is as good where the formulas are turned around instead. */
enum { ROWS = LAPACK_ROW_MAJOR, COLUMNS = LAPACK_COL_MAJOR };

/* LAPACKE's function for float or double. */
#define LAPACK(t, name, ...)                                                                       \
  ((t)->elem == MAH_FLOAT32 ? LAPACKE_s##name(__VA_ARGS__) : LAPACKE_d##name(__VA_ARGS__))

/* -- Checks and copies ------------------------------------------------------------------------- */

/* The element at a distance of `at` elements from the first. */
static double get(const mah_tensor *t, int64_t at) {
  return t->elem == MAH_FLOAT32 ? (double)((const float *)t->data)[at]
                                : ((const double *)t->data)[at];
}

/* A vector or matrix without NaN and infinity: some of LAPACK's loops never end with them. `lower`:
 * only the lower triangle is looked at. */
static mah_status check_finite(const char *function, const mah_tensor *t, int lower) {
  double sum = NAN;
  if (mah_tensor_is_contiguous(t)) MAH_TRY(mah_reduce_all(&sum, t, MAH_REDUCE_sum, 0));
  if (isfinite(sum)) return MAH_OK; /* else it may still be too large, or above the diagonal */
  int64_t columns = t->ndim == 2 ? t->extent[1] : 1, step = t->ndim == 2 ? t->step[1] : 0;
  for (int64_t i = 0; i < t->extent[0]; i++)
    for (int64_t j = 0; j < (lower ? i + 1 : columns); j++) {
      double x = get(t, i * t->step[0] + j * step);
      if (!isfinite(x))
        return mah_fail(MAH_ERROR_NUMERIC, "%s: there is %s among the elements of %s", function,
                        isnan(x) ? "a NaN" : "an infinity", mah_tensor_describe(t));
    }
  return MAH_OK;
}

static mah_status check_shape(const char *function, const mah_tensor *a) {
  MAH_TRY(mah_tensor_check_float(a, function));
  if (a->ndim != 2 || a->extent[0] == 0 || a->extent[1] == 0 || a->extent[0] > INT32_MAX ||
      a->extent[1] > INT32_MAX)
    return mah_fail(MAH_ERROR_SHAPE, "%s: a matrix with elements is expected, got %s", function,
                    mah_tensor_describe(a));
  return MAH_OK;
}

static mah_status check_matrix(const char *function, const mah_tensor *a) {
  MAH_TRY(check_shape(function, a));
  return check_finite(function, a, 0);
}

static mah_status check_square_shape(const char *function, const mah_tensor *a) {
  MAH_TRY(check_shape(function, a));
  if (a->extent[0] != a->extent[1])
    return mah_fail(MAH_ERROR_SHAPE, "%s: a square matrix is expected, got %s", function,
                    mah_tensor_describe(a));
  return MAH_OK;
}

static mah_status check_square(const char *function, const mah_tensor *a) {
  MAH_TRY(check_square_shape(function, a));
  return check_finite(function, a, 0);
}

/* A matrix of which the lower triangle is read. */
static mah_status check_symmetric(const char *function, const mah_tensor *a) {
  MAH_TRY(check_square_shape(function, a));
  return check_finite(function, a, 1);
}

/* b: right-hand sides for m equations. *k: how many. */
static mah_status check_sides(const char *function, int *k, const mah_tensor *a,
                              const mah_tensor *b) {
  MAH_TRY(mah_tensor_check_float(b, function));
  if ((b->ndim != 1 && b->ndim != 2) || b->extent[0] != a->extent[0] ||
      (b->ndim == 2 && (b->extent[1] == 0 || b->extent[1] > INT32_MAX)))
    return mah_fail(MAH_ERROR_SHAPE, "%s: shapes do not fit: %s and %s", function,
                    mah_tensor_describe(a), mah_tensor_describe(b));
  *k = b->ndim == 2 ? (int)b->extent[1] : 1;
  return check_finite(function, b, 0);
}

/* LAPACK's answer as a status; `positive` says what info > 0 means. */
static mah_status check_lapack(const char *function, const mah_tensor *a, lapack_int info,
                               const char *positive) {
  if (info == 0) return MAH_OK;
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
    return mah_fail(MAH_ERROR_MEMORY, "%s: out of memory", function);
  if (info < 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: LAPACK refuses argument %d (%s)", function, -(int)info,
                    mah_tensor_describe(a));
  return mah_fail(MAH_ERROR_NUMERIC, "%s: %s (%s, step %d)", function, positive,
                  mah_tensor_describe(a), (int)info);
}

/* A row-major copy that may be overwritten. */
static mah_status copy_of(mah_tensor *out, const mah_tensor *t, int32_t dtype) {
  MAH_TRY(mah_tensor_new(out, dtype, t->ndim, t->extent));
  mah_status status = mah_tensor_copy(out, t);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

static int32_t common_dtype(const mah_tensor *a, const mah_tensor *b) {
  return mah_dtype_promote(a->elem, b->elem);
}

/* Zeroes what lies below (sign 1) or above (sign -1) the diagonal. */
static void clear_triangle(mah_tensor *t, int sign) {
  int64_t m = t->extent[0], n = t->extent[1], size = mah_dtype_size(t->elem);
  for (int64_t i = 0; i < m; i++) {
    int64_t begin = sign > 0 ? 0 : i + 1, end = sign > 0 ? (i < n ? i : n) : n;
    if (begin < end)
      memset((char *)t->data + (i * n + begin) * size, 0, (size_t)((end - begin) * size));
  }
}

static int int_min(int a, int b) { return a < b ? a : b; }

/* -- Equations --------------------------------------------------------------------------------- */

/* A^T = P L U, P being interchanges: L and U in a's place, which holds the rows of A. */
static mah_status factorize(const char *function, mah_tensor *a, int32_t *pivot) {
  int n = (int)a->extent[0];
  return check_lapack(function, a, LAPACK(a, getrf_work, COLUMNS, n, n, a->data, n, pivot),
                      "the matrix is singular");
}

#define CBLAS(t, name, ...)                                                                        \
  do                                                                                               \
    if ((t)->elem == MAH_FLOAT32)                                                                  \
      cblas_s##name(__VA_ARGS__);                                                                  \
    else                                                                                           \
      cblas_d##name(__VA_ARGS__);                                                                  \
  while (0)

/* A x = b, hence x^T P L U = b^T. x:(n,k) holds b and becomes the solution. */
static void substitute(mah_tensor *x, const mah_tensor *lu, const int32_t *pivot, int k) {
  int n = (int)lu->extent[0];
  char *rows = x->data;
  int64_t row = k * mah_dtype_size(x->elem);
  if (k == 1) {
    CBLAS(x, trsv, CblasColMajor, CblasUpper, CblasTrans, CblasNonUnit, n, lu->data, n, x->data, 1);
    CBLAS(x, trsv, CblasColMajor, CblasLower, CblasTrans, CblasUnit, n, lu->data, n, x->data, 1);
  } else {
    CBLAS(x, trsm, CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, k, n, 1,
          lu->data, n, x->data, k);
    CBLAS(x, trsm, CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasUnit, k, n, 1,
          lu->data, n, x->data, k);
  }
  for (int i = n - 1; i >= 0; i--)
    if (pivot[i] != i + 1)
      CBLAS(x, swap, k, (void *)(rows + i * row), 1, (void *)(rows + (pivot[i] - 1) * row), 1);
}

/* x, which holds b, becomes the solution; a is overwritten. */
static mah_status solve_into(const char *function, mah_tensor *x, mah_tensor *a, int k) {
  int32_t *pivot = mah_alloc(a->extent[0], sizeof *pivot);
  if (pivot == NULL) return MAH_ERROR_MEMORY;
  mah_status status = factorize(function, a, pivot);
  if (status == MAH_OK) substitute(x, a, pivot, k);
  mah_free(pivot);
  return status;
}

mah_status mah_solve(mah_tensor *out, const mah_tensor *a, const mah_tensor *b) {
  mah_tensor copy = {0};
  int k = 0;
  MAH_TRY(check_square("solve", a));
  MAH_TRY(check_sides("solve", &k, a, b));
  MAH_TRY(copy_of(&copy, a, common_dtype(a, b)));
  mah_status status = copy_of(out, b, copy.elem);
  if (status == MAH_OK) {
    status = solve_into("solve", out, &copy, k);
    if (status != MAH_OK) mah_tensor_release(out);
  }
  mah_tensor_release(&copy);
  return status;
}

mah_status mah_inverse(mah_tensor *out, const mah_tensor *a) {
  mah_tensor copy = {0}, diagonal = {0};
  MAH_TRY(check_square("inv", a));
  MAH_TRY(mah_tensor_zeros(out, a->elem, 2, a->extent));
  mah_status status = mah_tensor_diagonal(&diagonal, out);
  if (status == MAH_OK) status = mah_tensor_fill(&diagonal, 1);
  if (status == MAH_OK) status = copy_of(&copy, a, a->elem);
  if (status == MAH_OK) status = solve_into("inv", out, &copy, (int)a->extent[0]);
  mah_tensor_release(&diagonal);
  mah_tensor_release(&copy);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

/* The product of U's diagonal, its sign turned once for each exchange of rows. */
static double product_of_pivots(const mah_tensor *lu, const int32_t *pivot) {
  int64_t n = lu->extent[0];
  double product = 1;
  for (int64_t i = 0; i < n; i++) {
    product *= lu->elem == MAH_FLOAT32 ? (double)((const float *)lu->data)[i * n + i]
                                       : ((const double *)lu->data)[i * n + i];
    if (pivot[i] != i + 1) product = -product;
  }
  return product;
}

mah_status mah_determinant(double *out, const mah_tensor *a) {
  mah_tensor lu = {0};
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "det: the result is a null pointer");
  MAH_TRY(check_square("det", a));
  int n = (int)a->extent[0];
  MAH_TRY(copy_of(&lu, a, a->elem));
  int32_t *pivot = mah_alloc(n, sizeof *pivot);
  mah_status status = pivot ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK) {
    lapack_int info = LAPACK(a, getrf_work, COLUMNS, n, n, lu.data, n, pivot);
    status = check_lapack("det", a, info > 0 ? 0 : info, ""); /* a pivot of 0 is a result */
    if (status == MAH_OK) *out = product_of_pivots(&lu, pivot);
  }
  mah_free(pivot);
  mah_tensor_release(&lu);
  return status;
}

/* x (max(m,n), k) holds b and gets the solution in its first n rows; s (min(m,n)). */
static mah_status lstsq_into(mah_tensor *x, mah_tensor *s, int32_t *rank, mah_tensor *a,
                             double rcond) {
  int m = (int)a->extent[0], n = (int)a->extent[1], k = (int)x->extent[1];
  double eps = a->elem == MAH_FLOAT32 ? FLT_EPSILON : DBL_EPSILON;
  if (rcond < 0) rcond = eps * (m > n ? m : n);
  lapack_int info =
      a->elem == MAH_FLOAT32
          ? LAPACKE_sgelsd(ROWS, m, n, k, a->data, n, x->data, k, s->data, (float)rcond, rank)
          : LAPACKE_dgelsd(ROWS, m, n, k, a->data, n, x->data, k, s->data, rcond, rank);
  return check_lapack("lstsq", a, info, "the singular values do not converge");
}

/* b's rows in a matrix that has room for the solution's. */
static mah_status widen(mah_tensor *x, const mah_tensor *b, int32_t dtype, int64_t rows, int k) {
  mah_tensor column = {0}, top = {0};
  int64_t extent[] = {rows, k};
  MAH_TRY(b->ndim == 1 ? mah_tensor_unsqueeze(&column, b, 1) : mah_tensor_alias(&column, b));
  mah_status status = mah_tensor_zeros(x, dtype, 2, extent);
  if (status == MAH_OK) status = mah_tensor_narrow(&top, x, 0, 0, b->extent[0]);
  if (status == MAH_OK) status = mah_tensor_copy(&top, &column);
  mah_tensor_release(&column);
  mah_tensor_release(&top);
  return status;
}

/* out = the first n rows of x, as a vector when b was one. */
static mah_status top_rows(mah_tensor *out, const mah_tensor *x, int64_t n, int vector) {
  mah_tensor top = {0}, kept = {0};
  MAH_TRY(mah_tensor_narrow(&top, x, 0, 0, n));
  mah_status status = vector ? mah_tensor_select(&kept, &top, 1, 0) : mah_tensor_alias(&kept, &top);
  if (status == MAH_OK) status = copy_of(out, &kept, kept.elem);
  mah_tensor_release(&top);
  mah_tensor_release(&kept);
  return status;
}

mah_status mah_lstsq(mah_tensor *out, mah_tensor *singular_, int32_t *rank_, const mah_tensor *a,
                     const mah_tensor *b, double rcond) {
  mah_tensor copy = {0}, x = {0}, s = {0};
  int k = 0;
  int32_t rank = 0;
  MAH_TRY(check_matrix("lstsq", a));
  MAH_TRY(check_sides("lstsq", &k, a, b));
  int64_t m = a->extent[0], n = a->extent[1], least = m < n ? m : n;
  mah_status status = copy_of(&copy, a, common_dtype(a, b));
  if (status == MAH_OK) status = widen(&x, b, copy.elem, m > n ? m : n, k);
  if (status == MAH_OK) status = mah_tensor_new(&s, copy.elem, 1, &least);
  if (status == MAH_OK) status = lstsq_into(&x, &s, &rank, &copy, rcond);
  if (status == MAH_OK) status = top_rows(out, &x, n, b->ndim == 1);
  if (status == MAH_OK && singular_) status = mah_tensor_alias(singular_, &s);
  if (status == MAH_OK && rank_) *rank_ = rank;
  mah_tensor_release(&copy);
  mah_tensor_release(&x);
  mah_tensor_release(&s);
  return status;
}

/* -- Factors ----------------------------------------------------------------------------------- */

mah_status mah_cholesky(mah_tensor *out, const mah_tensor *a) {
  MAH_TRY(check_symmetric("cholesky", a));
  int n = (int)a->extent[0];
  MAH_TRY(copy_of(out, a, a->elem));
  mah_status status =
      check_lapack("cholesky", a, LAPACK(a, potrf_work, COLUMNS, 'U', n, out->data, n),
                   "the matrix is not positive definite");
  if (status == MAH_OK)
    clear_triangle(out, -1);
  else
    mah_tensor_release(out);
  return status;
}

/* copy (m,n) is a's; q (m,k) and r (k,n) are made. */
static mah_status qr_into(mah_tensor *q, mah_tensor *r, mah_tensor *copy, void *tau) {
  mah_tensor corner = {0};
  int m = (int)copy->extent[0], n = (int)copy->extent[1], k = int_min(m, n);
  MAH_TRY(check_lapack("qr", copy, LAPACK(copy, geqrf, ROWS, m, n, copy->data, n, tau), ""));
  MAH_TRY(mah_tensor_narrow(&corner, copy, 0, 0, k));
  mah_status status = mah_tensor_copy(r, &corner);
  mah_tensor_release(&corner);
  clear_triangle(r, 1);
  if (status == MAH_OK) status = mah_tensor_narrow(&corner, copy, 1, 0, k);
  if (status == MAH_OK) status = mah_tensor_copy(q, &corner);
  mah_tensor_release(&corner);
  MAH_TRY(status);
  return check_lapack("qr", copy, LAPACK(copy, orgqr, ROWS, m, k, k, q->data, k, tau), "");
}

mah_status mah_qr(mah_tensor *q, mah_tensor *r, const mah_tensor *a) {
  mah_tensor copy = {0};
  MAH_TRY(check_matrix("qr", a));
  int64_t m = a->extent[0], n = a->extent[1], k = m < n ? m : n;
  void *tau = mah_alloc(k, (size_t)mah_dtype_size(a->elem));
  mah_status status = tau ? copy_of(&copy, a, a->elem) : MAH_ERROR_MEMORY;
  if (status == MAH_OK) status = mah_tensor_new(q, a->elem, 2, (int64_t[]){m, k});
  if (status == MAH_OK) status = mah_tensor_new(r, a->elem, 2, (int64_t[]){k, n});
  if (status == MAH_OK) status = qr_into(q, r, &copy, tau);
  mah_free(tau);
  mah_tensor_release(&copy);
  if (status != MAH_OK) {
    mah_tensor_release(q);
    mah_tensor_release(r);
  }
  return status;
}

/* a^T = v diag(s) u^T: what lies in rows of a, u and vt lies in columns of a^T, u^T and v. */
mah_status mah_svd(mah_tensor *u_, mah_tensor *s, mah_tensor *vt_, const mah_tensor *a) {
  mah_tensor copy = {0};
  MAH_TRY(check_matrix("svd", a));
  int64_t m = a->extent[0], n = a->extent[1], k = m < n ? m : n;
  int vectors = u_ != NULL && vt_ != NULL;
  mah_status status = copy_of(&copy, a, a->elem);
  if (status == MAH_OK) status = mah_tensor_new(s, a->elem, 1, &k);
  if (status == MAH_OK && vectors) status = mah_tensor_new(u_, a->elem, 2, (int64_t[]){m, k});
  if (status == MAH_OK && vectors) status = mah_tensor_new(vt_, a->elem, 2, (int64_t[]){k, n});
  if (status == MAH_OK)
    status = check_lapack("svd", a,
                          LAPACK(a, gesdd, COLUMNS, vectors ? 'S' : 'N', (int)n, (int)m, copy.data,
                                 (int)n, s->data, vectors ? vt_->data : NULL, (int)n,
                                 vectors ? u_->data : NULL, (int)k),
                          "the singular values do not converge");
  mah_tensor_release(&copy);
  if (status != MAH_OK) {
    mah_tensor_release(s);
    if (vectors) mah_tensor_release(u_);
    if (vectors) mah_tensor_release(vt_);
  }
  return status;
}

/* -- Eigenvalues ------------------------------------------------------------------------------- */

/* The lower triangle in rows is the upper one in columns. */
mah_status mah_eigh(mah_tensor *w, mah_tensor *v_, const mah_tensor *a) {
  mah_tensor copy = {0}, columns = {0};
  MAH_TRY(check_symmetric("eigh", a));
  int n = (int)a->extent[0];
  MAH_TRY(copy_of(&copy, a, a->elem));
  mah_status status = mah_tensor_new(w, a->elem, 1, a->extent);
  if (status == MAH_OK)
    status = check_lapack("eigh", a,
                          LAPACK(a, syevd, COLUMNS, v_ ? 'V' : 'N', 'U', n, copy.data, n, w->data),
                          "the eigenvalues do not converge");
  if (status == MAH_OK && v_) status = mah_tensor_transpose(&columns, &copy, 0, 1);
  if (status == MAH_OK && v_) status = copy_of(v_, &columns, copy.elem);
  mah_tensor_release(&columns);
  mah_tensor_release(&copy);
  if (status != MAH_OK) mah_tensor_release(w);
  return status;
}

static void put(mah_tensor *t, int64_t at, double x) {
  if (t->elem == MAH_FLOAT32)
    ((float *)t->data)[at] = (float)x;
  else
    ((double *)t->data)[at] = x;
}

/* LAPACK gives a conjugate pair of vectors as one real and one imaginary column. */
static void unfold(mah_tensor *v_re, mah_tensor *v_im, const mah_tensor *w_im) {
  int64_t n = w_im->extent[0];
  for (int64_t j = 0; j < n; j++) {
    if (get(w_im, j) == 0) continue;
    for (int64_t i = 0; i < n; i++) {
      double imaginary = get(v_re, i * n + j + 1);
      put(v_im, i * n + j, imaginary);
      put(v_im, i * n + j + 1, -imaginary);
      put(v_re, i * n + j + 1, get(v_re, i * n + j));
    }
    j++;
  }
}

static mah_status eig_into(mah_tensor *w_re, mah_tensor *w_im, mah_tensor *v_re, mah_tensor *v_im,
                           const mah_tensor *a) {
  mah_tensor copy = {0};
  int n = (int)a->extent[0];
  MAH_TRY(copy_of(&copy, a, a->elem));
  lapack_int info = LAPACK(a, geev, ROWS, 'N', 'V', n, copy.data, n, w_re->data, w_im->data, NULL,
                           n, v_re->data, n);
  mah_tensor_release(&copy);
  MAH_TRY(check_lapack("eig", a, info, "the eigenvalues do not converge"));
  unfold(v_re, v_im, w_im);
  return MAH_OK;
}

mah_status mah_eig(mah_tensor *w_re, mah_tensor *w_im, mah_tensor *v_re, mah_tensor *v_im,
                   const mah_tensor *a) {
  MAH_TRY(check_square("eig", a));
  mah_status status = mah_tensor_new(w_re, a->elem, 1, a->extent);
  if (status == MAH_OK) status = mah_tensor_new(w_im, a->elem, 1, a->extent);
  if (status == MAH_OK) status = mah_tensor_new(v_re, a->elem, 2, a->extent);
  if (status == MAH_OK) status = mah_tensor_zeros(v_im, a->elem, 2, a->extent);
  if (status == MAH_OK) status = eig_into(w_re, w_im, v_re, v_im, a);
  if (status == MAH_OK) return MAH_OK;
  mah_tensor_release(w_re);
  mah_tensor_release(w_im);
  mah_tensor_release(v_re);
  mah_tensor_release(v_im);
  return status;
}
