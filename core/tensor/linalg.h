/* linalg.h - linear algebra through LAPACKE, for float32 and float64 matrices of any strides.
 * Results are new tensors, row major. Outputs marked with an underscore may be NULL.
 *
 * Errors: MAH_ERROR_SHAPE (not a matrix, not square, empty), MAH_ERROR_DTYPE (integers),
 * MAH_ERROR_NUMERIC (singular, not positive definite, NaN or infinity among the elements, no
 * convergence).
 */
#ifndef MAH_LINALG_H
#define MAH_LINALG_H

#include "tensor/tensor.h"

/* a out = b   a:(n,n) b:(n) or (n,k) out: b's shape */
mah_status mah_solve(mah_tensor *out, const mah_tensor *a, const mah_tensor *b);
/* out = the matrix with out a = 1   a:(n,n) */
mah_status mah_inverse(mah_tensor *out, const mah_tensor *a);
mah_status mah_determinant(double *out, const mah_tensor *a); /* 0 for a singular matrix */

/* out = the shortest x with |a x - b| least   a:(m,n) b:(m) or (m,k) out:(n) or (n,k)
 * Singular values below rcond times the greatest are taken for 0; rcond < 0: eps max(m, n). */
mah_status mah_lstsq(mah_tensor *out, mah_tensor *singular_, int32_t *rank_, const mah_tensor *a,
                     const mah_tensor *b, double rcond);

/* out = the lower triangular L with a = L L^T; reads the lower triangle of a:(n,n) */
mah_status mah_cholesky(mah_tensor *out, const mah_tensor *a);
/* a = q r, q^T q = 1, r upper triangular   a:(m,n) q:(m,k) r:(k,n) k = min(m,n) */
mah_status mah_qr(mah_tensor *q, mah_tensor *r, const mah_tensor *a);
/* a = u diag(s) vt, s descending   a:(m,n) u:(m,k) s:(k) vt:(k,n) k = min(m,n)
 * u_ and vt_ are both there or both NULL. */
mah_status mah_svd(mah_tensor *u_, mah_tensor *s, mah_tensor *vt_, const mah_tensor *a);
/* a = v diag(w) v^T, w ascending; reads the lower triangle of a:(n,n) w:(n) v:(n,n) */
mah_status mah_eigh(mah_tensor *w, mah_tensor *v_, const mah_tensor *a);
/* a v = v diag(w), in complex numbers: real and imaginary parts   a:(n,n) w:(n) v:(n,n) */
mah_status mah_eig(mah_tensor *w_re, mah_tensor *w_im, mah_tensor *v_re, mah_tensor *v_im,
                   const mah_tensor *a);

/* -- linalg_factor.c --------------------------------------------------------------------------- */

/* a = p l u: p a permutation, l lower triangular with ones on its diagonal, u upper triangular
 * a:(m,n) p:(m,m) l:(m,k) u:(k,n) k = min(m,n) */
mah_status mah_lu(mah_tensor *p, mah_tensor *l, mah_tensor *u, const mah_tensor *a);
/* l, without its diagonal, and u in one matrix; row i was exchanged with row pivot[i] (from 1) */
mah_status mah_lu_factor(mah_tensor *lu, mah_tensor *pivot, const mah_tensor *a);
/* a out = b, where lu and pivot are a's   b:(n) or (n,k) out: b's shape */
mah_status mah_lu_solve(mah_tensor *out, const mah_tensor *lu, const mah_tensor *pivot,
                        const mah_tensor *b);
/* a[:, pivot] = q r, |r's diagonal| descending   pivot:(n), from 1 */
mah_status mah_qr_pivoted(mah_tensor *q, mah_tensor *r, mah_tensor *pivot, const mah_tensor *a);
/* a = z t z^T, z orthogonal, t upper triangular but for blocks of 2 on its diagonal, one for each
 * pair of complex eigenvalues   all (n,n) */
mah_status mah_schur(mah_tensor *t, mah_tensor *z, const mah_tensor *a);
#endif
