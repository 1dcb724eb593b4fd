/* linalg_factor.c - factors with an order of rows or columns (LU, QR with pivots), and Schur's. */
#include "base/memory.h"
#include "tensor/lapack.h"
#include "tensor/linalg.h"

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/* -- LU ---------------------------------------------------------------------------------------- */

/* a's factors, turned around: as LAPACK wants them, which would turn a matrix slowly itself. */
static mah_status factor_turned(mah_tensor *turned, mah_tensor *pivot, const mah_tensor *a) {
  mah_tensor view = {0};
  MAH_TRY(mah_lapack_check_matrix("lu", a));
  int m = (int)a->extent[0], n = (int)a->extent[1];
  int64_t k = lesser(m, n);
  MAH_TRY(mah_tensor_new(pivot, MAH_INT32, 1, &k));
  mah_status status = mah_tensor_transpose(&view, a, 0, 1);
  if (status == MAH_OK) status = mah_lapack_copy(turned, &view, a->elem);
  mah_tensor_release(&view);
  if (status == MAH_OK) {
    lapack_int info = LAPACK(a, getrf_work, COLUMNS, m, n, turned->data, m, pivot->data);
    status = mah_lapack_check("lu", a, info > 0 ? 0 : info, ""); /* a singular one has factors */
  }
  if (status == MAH_OK) return MAH_OK;
  mah_tensor_release(turned);
  mah_tensor_release(pivot);
  return status;
}

mah_status mah_lu_factor(mah_tensor *lu, mah_tensor *pivot, const mah_tensor *a) {
  mah_tensor turned = {0}, view = {0};
  MAH_TRY(factor_turned(&turned, pivot, a));
  mah_status status = mah_tensor_transpose(&view, &turned, 0, 1);
  if (status == MAH_OK) status = mah_lapack_copy(lu, &view, a->elem);
  mah_tensor_release(&view);
  mah_tensor_release(&turned);
  if (status != MAH_OK) mah_tensor_release(pivot);
  return status;
}

/* Are the exchanges of rows those of an n x n matrix? */
static mah_status check_pivots(const mah_tensor *pivot, int64_t n) {
  MAH_TRY(mah_tensor_check_dtype(pivot, "lu_solve: pivots", MAH_INT32));
  if (pivot->ndim != 1 || pivot->extent[0] != n)
    return mah_fail(MAH_ERROR_SHAPE, "lu_solve: %lld pivots are expected, got %s", (long long)n,
                    mah_tensor_describe(pivot));
  for (int64_t i = 0; i < n; i++) {
    int32_t p = ((const int32_t *)pivot->data)[i * pivot->step[0]];
    if (p < i + 1 || p > n)
      return mah_fail(MAH_ERROR_ARGUMENT, "lu_solve: pivot %lld is %d; %lld ... %lld are possible",
                      (long long)i + 1, p, (long long)i + 1, (long long)n);
  }
  return MAH_OK;
}

static mah_status check_diagonal(const mah_tensor *lu) {
  int64_t n = lu->extent[0];
  for (int64_t i = 0; i < n; i++)
    if (mah_lapack_get(lu, i * (lu->step[0] + lu->step[1])) == 0)
      return mah_fail(MAH_ERROR_NUMERIC, "lu_solve: the matrix is singular (%s, step %lld)",
                      mah_tensor_describe(lu), (long long)i + 1);
  return MAH_OK;
}

mah_status mah_lu_solve(mah_tensor *out, const mah_tensor *lu, const mah_tensor *pivot,
                        const mah_tensor *b) {
  mah_tensor factors = {0}, order = {0};
  int k = 0;
  MAH_TRY(mah_lapack_check_square("lu_solve", lu));
  MAH_TRY(mah_lapack_check_sides("lu_solve", &k, lu, b));
  MAH_TRY(check_pivots(pivot, lu->extent[0]));
  MAH_TRY(check_diagonal(lu));
  int n = (int)lu->extent[0];
  int32_t dtype = lu->elem == MAH_FLOAT64 || b->elem == MAH_FLOAT64 ? MAH_FLOAT64 : MAH_FLOAT32;
  mah_status status = mah_lapack_copy(&factors, lu, dtype);
  if (status == MAH_OK) status = mah_lapack_copy(&order, pivot, MAH_INT32);
  if (status == MAH_OK) status = mah_lapack_copy(out, b, dtype);
  if (status == MAH_OK) {
    lapack_int info =
        LAPACK(out, getrs, ROWS, 'N', n, k, factors.data, n, order.data, out->data, k);
    status = mah_lapack_check("lu_solve", lu, info, "");
    if (status != MAH_OK) mah_tensor_release(out);
  }
  mah_tensor_release(&factors);
  mah_tensor_release(&order);
  return status;
}

/* p[row[i], i] = 1, where `row` is the order that the exchanges leave. */
static mah_status write_permutation(mah_tensor *p, const mah_tensor *pivot, int64_t m) {
  int64_t *row = mah_alloc(m, sizeof *row);
  if (row == NULL) return MAH_ERROR_MEMORY;
  for (int64_t i = 0; i < m; i++) row[i] = i;
  for (int64_t i = 0; i < pivot->extent[0]; i++) {
    int64_t other = ((const int32_t *)pivot->data)[i] - 1, held = row[i];
    row[i] = row[other];
    row[other] = held;
  }
  for (int64_t i = 0; i < m; i++) mah_lapack_put(p, row[i] * m + i, 1);
  mah_free(row);
  return MAH_OK;
}

/* out = a corner of `all`, new */
static mah_status corner(mah_tensor *out, const mah_tensor *all, int64_t rows, int64_t columns) {
  mah_tensor top = {0}, part = {0};
  MAH_TRY(mah_tensor_narrow(&top, all, 0, 0, rows));
  mah_status status = mah_tensor_narrow(&part, &top, 1, 0, columns);
  if (status == MAH_OK) status = mah_lapack_copy(out, &part, all->elem);
  mah_tensor_release(&part);
  mah_tensor_release(&top);
  return status;
}

mah_status mah_lu(mah_tensor *p, mah_tensor *l, mah_tensor *u, const mah_tensor *a) {
  mah_tensor turned = {0}, lu = {0}, pivot = {0};
  MAH_TRY(factor_turned(&turned, &pivot, a));
  int64_t m = a->extent[0], n = a->extent[1], k = lesser(m, n);
  mah_status status = mah_tensor_transpose(&lu, &turned, 0, 1);
  if (status == MAH_OK) status = mah_tensor_zeros(p, a->elem, 2, (int64_t[]){m, m});
  if (status == MAH_OK) status = write_permutation(p, &pivot, m);
  if (status == MAH_OK) status = corner(l, &lu, m, k);
  if (status == MAH_OK) status = corner(u, &lu, k, n);
  if (status == MAH_OK) {
    mah_lapack_clear_triangle(l, -1);
    mah_lapack_clear_triangle(u, 1);
    for (int64_t i = 0; i < k; i++) mah_lapack_put(l, i * k + i, 1);
  }
  mah_tensor_release(&lu);
  mah_tensor_release(&turned);
  mah_tensor_release(&pivot);
  if (status == MAH_OK) return MAH_OK;
  mah_tensor_release(p);
  mah_tensor_release(l);
  mah_tensor_release(u);
  return status;
}

/* -- QR with pivots ---------------------------------------------------------------------------- */

/* factors (m,n) is a's copy; q (m,k), r (k,n) and pivot (n) are made. */
static mah_status qr_pivoted_into(mah_tensor *q, mah_tensor *r, mah_tensor *pivot,
                                  mah_tensor *factors, void *tau) {
  int m = (int)factors->extent[0], n = (int)factors->extent[1];
  int k = m < n ? m : n;
  int64_t columns = n;
  MAH_TRY(mah_tensor_zeros(pivot, MAH_INT32, 1, &columns)); /* 0: a column that is free */
  lapack_int info = LAPACK(factors, geqp3, ROWS, m, n, factors->data, n, pivot->data, tau);
  MAH_TRY(mah_lapack_check("qr", factors, info, ""));
  MAH_TRY(corner(r, factors, k, n));
  mah_lapack_clear_triangle(r, 1);
  MAH_TRY(corner(q, factors, m, k));
  return mah_lapack_check("qr", factors, LAPACK(q, orgqr, ROWS, m, k, k, q->data, k, tau), "");
}

mah_status mah_qr_pivoted(mah_tensor *q, mah_tensor *r, mah_tensor *pivot, const mah_tensor *a) {
  mah_tensor factors = {0};
  MAH_TRY(mah_lapack_check_matrix("qr", a));
  void *tau = mah_alloc(lesser(a->extent[0], a->extent[1]), (size_t)mah_dtype_size(a->elem));
  if (tau == NULL) return MAH_ERROR_MEMORY;
  mah_status status = mah_lapack_copy(&factors, a, a->elem);
  if (status == MAH_OK) status = qr_pivoted_into(q, r, pivot, &factors, tau);
  mah_free(tau);
  mah_tensor_release(&factors);
  if (status == MAH_OK) return MAH_OK;
  mah_tensor_release(q);
  mah_tensor_release(r);
  mah_tensor_release(pivot);
  return status;
}

/* -- Schur ------------------------------------------------------------------------------------- */

mah_status mah_schur(mah_tensor *t, mah_tensor *z, const mah_tensor *a) {
  MAH_TRY(mah_lapack_check_square("schur", a));
  int n = (int)a->extent[0], sorted = 0;
  double *values = mah_alloc(2 * (int64_t)n, sizeof *values); /* the eigenvalues; t shows them */
  if (values == NULL) return MAH_ERROR_MEMORY;
  mah_status status = mah_lapack_copy(t, a, a->elem);
  if (status == MAH_OK) status = mah_tensor_new(z, a->elem, 2, a->extent);
  if (status == MAH_OK) {
    void *re = values, *im = values + n;
    lapack_int info =
        LAPACK(a, gees, ROWS, 'V', 'N', NULL, n, t->data, n, &sorted, re, im, z->data, n);
    status = mah_lapack_check("schur", a, info, "the eigenvalues do not converge");
  }
  mah_free(values);
  if (status == MAH_OK) return MAH_OK;
  mah_tensor_release(t);
  mah_tensor_release(z);
  return status;
}
