#include "tensor/linalg.h"

#include "base/memory.h"
#include "tensor/elementwise.h"
#include "tensor/lapack.h"

#include <cblas.h>
#include <float.h>

/* Row-major matrices are turned around by LAPACKE, twice; what lies in columns is not: there A
 * stands for its own transpose, which is as good where the formulas are turned around instead. */

static int32_t common_dtype(const mah_tensor *a, const mah_tensor *b) {
  return mah_dtype_promote(a->elem, b->elem);
}

static int int_min(int a, int b) { return a < b ? a : b; }

/* -- Equations --------------------------------------------------------------------------------- */

/* A^T = P L U, P being interchanges: L and U in a's place, which holds the rows of A. */
static mah_status factorize(const char *function, mah_tensor *a, int32_t *pivot) {
  int n = (int)a->extent[0];
  return mah_lapack_check(function, a, LAPACK(a, getrf_work, COLUMNS, n, n, a->data, n, pivot),
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
  MAH_TRY(mah_lapack_check_square("solve", a));
  MAH_TRY(mah_lapack_check_sides("solve", &k, a, b));
  MAH_TRY(mah_lapack_copy(&copy, a, common_dtype(a, b)));
  mah_status status = mah_lapack_copy(out, b, copy.elem);
  if (status == MAH_OK) {
    status = solve_into("solve", out, &copy, k);
    if (status != MAH_OK) mah_tensor_release(out);
  }
  mah_tensor_release(&copy);
  return status;
}

mah_status mah_inverse(mah_tensor *out, const mah_tensor *a) {
  mah_tensor copy = {0}, diagonal = {0};
  MAH_TRY(mah_lapack_check_square("inv", a));
  MAH_TRY(mah_tensor_zeros(out, a->elem, 2, a->extent));
  mah_status status = mah_tensor_diagonal(&diagonal, out);
  if (status == MAH_OK) status = mah_tensor_fill(&diagonal, 1);
  if (status == MAH_OK) status = mah_lapack_copy(&copy, a, a->elem);
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
  MAH_TRY(mah_lapack_check_square("det", a));
  int n = (int)a->extent[0];
  MAH_TRY(mah_lapack_copy(&lu, a, a->elem));
  int32_t *pivot = mah_alloc(n, sizeof *pivot);
  mah_status status = pivot ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK) {
    lapack_int info = LAPACK(a, getrf_work, COLUMNS, n, n, lu.data, n, pivot);
    status = mah_lapack_check("det", a, info > 0 ? 0 : info, ""); /* a pivot of 0 is a result */
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
  return mah_lapack_check("lstsq", a, info, "the singular values do not converge");
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
  if (status == MAH_OK) status = mah_lapack_copy(out, &kept, kept.elem);
  mah_tensor_release(&top);
  mah_tensor_release(&kept);
  return status;
}

mah_status mah_lstsq(mah_tensor *out, mah_tensor *singular_, int32_t *rank_, const mah_tensor *a,
                     const mah_tensor *b, double rcond) {
  mah_tensor copy = {0}, x = {0}, s = {0};
  int k = 0;
  int32_t rank = 0;
  MAH_TRY(mah_lapack_check_matrix("lstsq", a));
  MAH_TRY(mah_lapack_check_sides("lstsq", &k, a, b));
  int64_t m = a->extent[0], n = a->extent[1], least = m < n ? m : n;
  mah_status status = mah_lapack_copy(&copy, a, common_dtype(a, b));
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
  MAH_TRY(mah_lapack_check_symmetric("cholesky", a));
  int n = (int)a->extent[0];
  MAH_TRY(mah_lapack_copy(out, a, a->elem));
  mah_status status =
      mah_lapack_check("cholesky", a, LAPACK(a, potrf_work, COLUMNS, 'U', n, out->data, n),
                       "the matrix is not positive definite");
  if (status == MAH_OK)
    mah_lapack_clear_triangle(out, -1);
  else
    mah_tensor_release(out);
  return status;
}

/* copy (m,n) is a's; q (m,k) and r (k,n) are made. */
static mah_status qr_into(mah_tensor *q, mah_tensor *r, mah_tensor *copy, void *tau) {
  mah_tensor corner = {0};
  int m = (int)copy->extent[0], n = (int)copy->extent[1], k = int_min(m, n);
  MAH_TRY(mah_lapack_check("qr", copy, LAPACK(copy, geqrf, ROWS, m, n, copy->data, n, tau), ""));
  MAH_TRY(mah_tensor_narrow(&corner, copy, 0, 0, k));
  mah_status status = mah_tensor_copy(r, &corner);
  mah_tensor_release(&corner);
  mah_lapack_clear_triangle(r, 1);
  if (status == MAH_OK) status = mah_tensor_narrow(&corner, copy, 1, 0, k);
  if (status == MAH_OK) status = mah_tensor_copy(q, &corner);
  mah_tensor_release(&corner);
  MAH_TRY(status);
  return mah_lapack_check("qr", copy, LAPACK(copy, orgqr, ROWS, m, k, k, q->data, k, tau), "");
}

mah_status mah_qr(mah_tensor *q, mah_tensor *r, const mah_tensor *a) {
  mah_tensor copy = {0};
  MAH_TRY(mah_lapack_check_matrix("qr", a));
  int64_t m = a->extent[0], n = a->extent[1], k = m < n ? m : n;
  void *tau = mah_alloc(k, (size_t)mah_dtype_size(a->elem));
  mah_status status = tau ? mah_lapack_copy(&copy, a, a->elem) : MAH_ERROR_MEMORY;
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
  MAH_TRY(mah_lapack_check_matrix("svd", a));
  int64_t m = a->extent[0], n = a->extent[1], k = m < n ? m : n;
  int vectors = u_ != NULL && vt_ != NULL;
  mah_status status = mah_lapack_copy(&copy, a, a->elem);
  if (status == MAH_OK) status = mah_tensor_new(s, a->elem, 1, &k);
  if (status == MAH_OK && vectors) status = mah_tensor_new(u_, a->elem, 2, (int64_t[]){m, k});
  if (status == MAH_OK && vectors) status = mah_tensor_new(vt_, a->elem, 2, (int64_t[]){k, n});
  if (status == MAH_OK)
    status = mah_lapack_check("svd", a,
                              LAPACK(a, gesdd, COLUMNS, vectors ? 'S' : 'N', (int)n, (int)m,
                                     copy.data, (int)n, s->data, vectors ? vt_->data : NULL, (int)n,
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
  MAH_TRY(mah_lapack_check_symmetric("eigh", a));
  int n = (int)a->extent[0];
  MAH_TRY(mah_lapack_copy(&copy, a, a->elem));
  mah_status status = mah_tensor_new(w, a->elem, 1, a->extent);
  if (status == MAH_OK)
    status = mah_lapack_check(
        "eigh", a, LAPACK(a, syevd, COLUMNS, v_ ? 'V' : 'N', 'U', n, copy.data, n, w->data),
        "the eigenvalues do not converge");
  if (status == MAH_OK && v_) status = mah_tensor_transpose(&columns, &copy, 0, 1);
  if (status == MAH_OK && v_) status = mah_lapack_copy(v_, &columns, copy.elem);
  mah_tensor_release(&columns);
  mah_tensor_release(&copy);
  if (status != MAH_OK) mah_tensor_release(w);
  return status;
}

/* LAPACK gives a conjugate pair of vectors as one real and one imaginary column. */
static void unfold(mah_tensor *v_re, mah_tensor *v_im, const mah_tensor *w_im) {
  int64_t n = w_im->extent[0];
  for (int64_t j = 0; j < n; j++) {
    if (mah_lapack_get(w_im, j) == 0) continue;
    for (int64_t i = 0; i < n; i++) {
      double imaginary = mah_lapack_get(v_re, i * n + j + 1);
      mah_lapack_put(v_im, i * n + j, imaginary);
      mah_lapack_put(v_im, i * n + j + 1, -imaginary);
      mah_lapack_put(v_re, i * n + j + 1, mah_lapack_get(v_re, i * n + j));
    }
    j++;
  }
}

static mah_status eig_into(mah_tensor *w_re, mah_tensor *w_im, mah_tensor *v_re, mah_tensor *v_im,
                           const mah_tensor *a) {
  mah_tensor copy = {0};
  int n = (int)a->extent[0];
  MAH_TRY(mah_lapack_copy(&copy, a, a->elem));
  lapack_int info = LAPACK(a, geev, ROWS, 'N', 'V', n, copy.data, n, w_re->data, w_im->data, NULL,
                           n, v_re->data, n);
  mah_tensor_release(&copy);
  MAH_TRY(mah_lapack_check("eig", a, info, "the eigenvalues do not converge"));
  unfold(v_re, v_im, w_im);
  return MAH_OK;
}

mah_status mah_eig(mah_tensor *w_re, mah_tensor *w_im, mah_tensor *v_re, mah_tensor *v_im,
                   const mah_tensor *a) {
  MAH_TRY(mah_lapack_check_square("eig", a));
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
