/* Linear algebra: each result put into the equation that defines it, at ragged sizes; and what is
 * refused. Golden numbers of NumPy's are in tests/lua/tensor/linalg_spec.lua.
 */
#include "tensor/operations.h"

#include "tensor/linalg.h"
#include "tensor/product.h"

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  return ((double *)t->data)[i * t->step[0] + j * t->step[1]];
}

/* n x n, far from singular; symmetric and positive definite when asked. */
static mah_tensor regular(int64_t n, int symmetric) {
  mah_tensor t = make(MAH_FLOAT64, n, n);
  double *x = t.data;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; symmetric && j < i; j++) x[i * n + j] = x[j * n + i];
    x[i * n + i] += 20 * (double)n;
  }
  return t;
}

/* |a b - c| <= 1e-10, element by element; c NULL: the unit matrix. */
static void assert_product(const mah_tensor *a, const mah_tensor *b, const mah_tensor *c_) {
  mah_tensor product = {0};
  assert_ok(mah_tensor_matmul(&product, a, b));
  for (int64_t i = 0; i < product.extent[0]; i++)
    for (int64_t j = 0; j < product.extent[1]; j++) {
      double expected = c_ ? at(c_, i, j) : i == j;
      assert_true(fabs(at(&product, i, j) - expected) <= 1e-10);
    }
  mah_tensor_release(&product);
}

static void release(mah_tensor **list, int n) {
  for (int i = 0; i < n; i++) mah_tensor_release(list[i]);
}

static void solutions_fulfil_their_equations(void **state) {
  (void)state;
  for (int s = 1; s < RAGGED; s++) {
    mah_tensor a = regular(ragged[s], 0), b = make(MAH_FLOAT64, ragged[s], 3);
    mah_tensor x = {0}, inverse = {0}, least = {0};
    int32_t rank = 0;
    assert_ok(mah_solve(&x, &a, &b));
    assert_product(&a, &x, &b);
    assert_ok(mah_inverse(&inverse, &a));
    assert_product(&inverse, &a, NULL);
    assert_ok(mah_lstsq(&least, NULL, &rank, &a, &b, -1));
    assert_int_equal(rank, ragged[s]);
    assert_product(&a, &least, &b);
    release((mah_tensor *[]){&a, &b, &x, &inverse, &least}, 5);
  }
}

/* a = q r and q^T q = 1; a = l l^T */
static void factors_give_the_matrix_back(void **state) {
  (void)state;
  for (int s = 1; s < RAGGED; s++) {
    mah_tensor a = regular(ragged[s], 1), q = {0}, r = {0}, l = {0}, turned = {0};
    assert_ok(mah_qr(&q, &r, &a));
    assert_product(&q, &r, &a);
    assert_ok(mah_tensor_transpose(&turned, &q, 0, 1));
    assert_product(&turned, &q, NULL);
    mah_tensor_release(&turned);
    assert_ok(mah_cholesky(&l, &a));
    assert_ok(mah_tensor_transpose(&turned, &l, 0, 1));
    assert_product(&l, &turned, &a);
    for (int64_t j = 1; j < ragged[s]; j++) assert_true(at(&l, 0, j) == 0 && at(&r, j, 0) == 0);
    release((mah_tensor *[]){&a, &q, &r, &l, &turned}, 5);
  }
}

/* Column j of v times w[j]. */
static void scale_columns(mah_tensor *v, const mah_tensor *w) {
  for (int64_t i = 0; i < v->extent[0]; i++)
    for (int64_t j = 0; j < v->extent[1]; j++)
      ((double *)v->data)[i * v->step[0] + j * v->step[1]] *= ((double *)w->data)[j];
}

/* a v = v diag(w), w ascending; a = u diag(s) vt, s descending */
static void values_and_vectors_belong_together(void **state) {
  (void)state;
  for (int s = 1; s < RAGGED; s++) {
    mah_tensor a = regular(ragged[s], 1), w = {0}, v = {0}, scaled = {0};
    mah_tensor u = {0}, sigma = {0}, vt = {0};
    assert_ok(mah_eigh(&w, &v, &a));
    assert_ok(mah_tensor_clone(&scaled, &v));
    scale_columns(&scaled, &w);
    assert_product(&a, &v, &scaled);
    assert_ok(mah_svd(&u, &sigma, &vt, &a));
    scale_columns(&u, &sigma);
    assert_product(&u, &vt, &a);
    const double *up = w.data, *down = sigma.data;
    for (int64_t i = 1; i < ragged[s]; i++)
      assert_true(up[i - 1] <= up[i] && down[i - 1] >= down[i]);
    release((mah_tensor *[]){&a, &w, &v, &scaled, &u, &sigma, &vt}, 7);
  }
}

static void a_rotation_has_complex_values(void **state) {
  (void)state;
  double turn[] = {0, -1, 1, 0}, det = 0;
  int64_t two[] = {2, 2};
  mah_tensor a = {0}, re = {0}, im = {0}, v_re = {0}, v_im = {0};
  assert_ok(mah_tensor_borrow(&a, turn, MAH_FLOAT64, 2, two));
  assert_ok(mah_eig(&re, &im, &v_re, &v_im, &a));
  for (int i = 0; i < 2; i++) {
    assert_true(fabs(((double *)re.data)[i]) < 1e-14);
    assert_true(fabs(fabs(((double *)im.data)[i]) - 1) < 1e-14);
  }
  assert_ok(mah_determinant(&det, &a));
  assert_true(fabs(det - 1) < 1e-14);
  release((mah_tensor *[]){&a, &re, &im, &v_re, &v_im}, 5);
}

static void what_cannot_be_solved_is_named(void **state) {
  (void)state;
  mah_tensor zero = {0}, wide = make(MAH_FLOAT64, 2, 3), ints = make(MAH_INT32, 2, 2), out = {0};
  mah_tensor b = make(MAH_FLOAT64, 3, 1), nan = make(MAH_FLOAT64, 2, 2);
  double det = 1;
  ((double *)nan.data)[1] = NAN;
  assert_ok(mah_tensor_zeros(&zero, MAH_FLOAT64, 2, (int64_t[]){2, 2}));
  assert_fails(MAH_ERROR_NUMERIC, "singular", mah_inverse(&out, &zero));
  assert_fails(MAH_ERROR_NUMERIC, "positive definite", mah_cholesky(&out, &zero));
  assert_int_equal(mah_inverse(&out, &nan), MAH_ERROR_NUMERIC);
  assert_fails(MAH_ERROR_SHAPE, "float64 2x3", mah_inverse(&out, &wide));
  assert_fails(MAH_ERROR_SHAPE, "3x1", mah_solve(&out, &zero, &b));
  assert_fails(MAH_ERROR_DTYPE, "int32 2x2", mah_inverse(&out, &ints));
  assert_fails(MAH_ERROR_ARGUMENT, "null", mah_determinant(NULL, &zero));
  assert_ok(mah_determinant(&det, &zero));
  assert_true(det == 0);
  assert_null(out.store);
  release((mah_tensor *[]){&zero, &wide, &ints, &b, &nan}, 5);
}

/* -- Without memory, without tensors ----------------------------------------------------------- */

static mah_status do_solve(mah_tensor out[4], mah_tensor *x) { return mah_solve(&out[0], x, x); }
static mah_status do_inverse(mah_tensor out[4], mah_tensor *x) { return mah_inverse(&out[0], x); }
static mah_status do_lstsq(mah_tensor out[4], mah_tensor *x) {
  return mah_lstsq(&out[0], &out[1], NULL, x, x, -1);
}
static mah_status do_qr(mah_tensor out[4], mah_tensor *x) { return mah_qr(&out[0], &out[1], x); }
static mah_status do_svd(mah_tensor out[4], mah_tensor *x) {
  return mah_svd(&out[0], &out[1], &out[2], x);
}
static mah_status do_eigh(mah_tensor out[4], mah_tensor *x) {
  return mah_eigh(&out[0], &out[1], x);
}
static mah_status do_eig(mah_tensor out[4], mah_tensor *x) {
  return mah_eig(&out[0], &out[1], &out[2], &out[3], x);
}
static mah_status do_determinant(mah_tensor out[4], mah_tensor *x) {
  double ignored;
  (void)out;
  return mah_determinant(&ignored, x);
}

static operation *const operations[] = {do_solve, do_inverse, do_lstsq,       do_qr, do_svd,
                                        do_eigh,  do_eig,     do_determinant, NULL};

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  check_all_without_memory(operations);
}

static void missing_tensors_are_named(void **state) {
  (void)state;
  check_all_missing(operations);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(solutions_fulfil_their_equations),
      cmocka_unit_test(factors_give_the_matrix_back),
      cmocka_unit_test(values_and_vectors_belong_together),
      cmocka_unit_test(a_rotation_has_complex_values),
      cmocka_unit_test(what_cannot_be_solved_is_named),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
