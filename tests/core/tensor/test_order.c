/* Order, positions, counts and linear algebra in C: radix sort against a plain one, and what all of
 * them do without memory and with missing arguments. Their results are compared with NumPy's in
 * tests/lua/tensor.
 */
#include "testing.h"

#include "tensor/count.h"
#include "tensor/fill.h"
#include "tensor/index.h"
#include "tensor/linalg.h"
#include "tensor/sort.h"

static mah_tensor make(int32_t dtype, int64_t m, int64_t n) {
  mah_tensor t = {0};
  mah_rng rng = rng_of((uint64_t)(7 * m + n));
  assert_ok(mah_tensor_new(&t, dtype, 2, (int64_t[]){m, n}));
  assert_ok(mah_fill_integers(&t, &rng, 0, 20)); /* with ties */
  return t;
}

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  int64_t k = i * t->step[0] + j * t->step[1];
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[k];
  case MAH_FLOAT64: return ((double *)t->data)[k];
  case MAH_INT32: return ((int32_t *)t->data)[k];
  default: return ((uint8_t *)t->data)[k];
  }
}

/* Ascending or descending, ties in their order, and every element taken from its place. */
static void check_sorted(const mah_tensor *values, const mah_tensor *place, const mah_tensor *x,
                         int descending) {
  for (int64_t i = 0; i < x->extent[0]; i++)
    for (int64_t j = 0; j < x->extent[1]; j++) {
      assert_true(at(values, i, j) == at(x, i, (int64_t)at(place, i, j) - 1));
      if (j == 0) continue;
      double a = at(values, i, j - 1), b = at(values, i, j);
      assert_true(descending ? a >= b : a <= b);
      if (a == b) assert_true(at(place, i, j - 1) < at(place, i, j));
    }
}

static void sort_is_stable_at_every_size(void **state) {
  (void)state;
  const int64_t sizes[] = {0, 1, 7, 8, 9, 17, 33, 48, 49, 100, 300};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
      for (int descending = 0; descending < 2; descending++) {
        mah_tensor x = make(dtype, 3, sizes[s]), values = {0}, place = {0};
        assert_ok(mah_sort(&values, &place, &x, 1, descending, 1));
        check_sorted(&values, &place, &x, descending);
        mah_tensor_release(&values);
        mah_tensor_release(&place);
        mah_tensor_release(&x);
      }
}

/* -- Without memory ---------------------------------------------------------------------------- */

typedef mah_status operation(mah_tensor out[4], mah_tensor *x);

static mah_status do_sort(mah_tensor out[4], mah_tensor *x) {
  return mah_sort(&out[0], &out[1], x, 0, 0, 1);
}
static mah_status do_quantile(mah_tensor out[4], mah_tensor *x) {
  double half = 0.5;
  int64_t one = 1;
  mah_tensor q = {0};
  MAH_TRY(mah_tensor_borrow(&q, &half, MAH_FLOAT64, 1, &one));
  mah_status status = mah_quantile(&out[0], x, 1, &q);
  mah_tensor_release(&q);
  return status;
}
static mah_status do_unique(mah_tensor out[4], mah_tensor *x) {
  return mah_unique(&out[0], &out[1], &out[2], x, 1);
}
static mah_status do_masked_select(mah_tensor out[4], mah_tensor *x) {
  return mah_masked_select(&out[0], x, x);
}
static mah_status do_nonzero(mah_tensor out[4], mah_tensor *x) {
  return mah_nonzero(&out[0], x, 1);
}
static mah_status do_cat(mah_tensor out[4], mah_tensor *x) {
  return mah_cat(&out[0], (const mah_tensor *const[]){x, x}, 2, 1);
}
static mah_status do_solve(mah_tensor out[4], mah_tensor *x) { return mah_solve(&out[0], x, x); }
static mah_status do_inverse(mah_tensor out[4], mah_tensor *x) { return mah_inverse(&out[0], x); }
static mah_status do_determinant(mah_tensor out[4], mah_tensor *x) {
  double ignored;
  (void)out;
  return mah_determinant(&ignored, x);
}
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

static operation *const operations[] = {
    do_sort,    do_quantile, do_unique, do_masked_select, do_nonzero, do_cat, do_solve,
    do_inverse, do_lstsq,    do_qr,     do_svd,           do_eigh,    do_eig, do_determinant};

/* The n-th allocation fails, for every n until none does. */
static void memory_runs_out_anywhere(void **state) {
  (void)state;
  mah_tensor x = make(MAH_FLOAT64, 7, 7);
  for (int64_t i = 0; i < 7; i++) ((double *)x.data)[8 * i] += 50; /* regular */
  int64_t before = mah_memory_live();
  for (size_t k = 0; k < sizeof operations / sizeof *operations; k++) {
    int failures = 0;
    for (int n = 1; n < 100; n++) {
      mah_tensor out[4] = {{0}};
      mah_memory_fail_at(n);
      mah_status status = operations[k](out, &x);
      mah_memory_fail_at(0);
      for (int o = 0; o < 4; o++) {
        if (status != MAH_OK) assert_null(out[o].store);
        mah_tensor_release(&out[o]);
      }
      assert_int_equal(mah_memory_live(), before);
      if (status == MAH_OK) break;
      assert_int_equal(status, MAH_ERROR_MEMORY);
      failures++;
    }
    assert_in_range(failures, 1, 98);
  }
  mah_tensor_release(&x);
}

/* Tensors that are not there, or were released. */
static void missing_tensors_are_named(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof operations / sizeof *operations; k++) {
    mah_tensor out[4] = {{0}}, released = {0};
    if (operations[k] == do_cat) continue; /* takes a list */
    assert_fails(MAH_ERROR_ARGUMENT, "got none", operations[k](out, NULL));
    assert_fails(MAH_ERROR_ARGUMENT, "has been freed", operations[k](out, &released));
  }
}

/* A position outside stops before anything is written. */
static void positions_are_checked_first(void **state) {
  (void)state;
  int32_t bad[] = {0, 1, 2, 7};
  int64_t four = 4;
  mah_tensor x = make(MAH_FLOAT32, 4, 4), y = make(MAH_FLOAT32, 4, 4), where = {0}, grid = {0};
  assert_ok(mah_tensor_fill(&x, 0));
  assert_ok(mah_tensor_borrow(&where, bad, MAH_INT32, 1, &four));
  assert_ok(mah_tensor_borrow(&grid, bad, MAH_INT32, 2, (int64_t[]){1, 4}));
  assert_fails(MAH_ERROR_ARGUMENT, "position 7 is outside of 0 ... 3",
               mah_index_add(&x, 0, &where, &y, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "position 7", mah_scatter_add(&x, 0, &grid, &y, 0));
  for (int64_t i = 0; i < 16; i++) assert_true(((float *)x.data)[i] == 0);
  mah_tensor_release(&x);
  mah_tensor_release(&y);
  mah_tensor_release(&where);
  mah_tensor_release(&grid);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sort_is_stable_at_every_size),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
      cmocka_unit_test(positions_are_checked_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
