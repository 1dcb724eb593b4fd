/* Elements and rows by position, against plain loops at ragged sizes. */
#include "tensor/operations.h"

#include "tensor/index.h"

/* n positions in 0 ... below - 1, every other one counted from the end. */
static mah_tensor positions(int64_t m, int64_t n, int32_t below) {
  mah_tensor t = {0};
  mah_rng rng = rng_of(5);
  assert_ok(mah_tensor_new(&t, MAH_INT32, 2, (int64_t[]){m, n}));
  for (int64_t i = 0; i < m * n; i++)
    ((int32_t *)t.data)[i] = (int32_t)mah_rng_below(&rng, (uint32_t)below) - (i % 2 ? below : 0);
  return t;
}
static int64_t place(const mah_tensor *t, int64_t i, int64_t below) {
  int32_t position = ((int32_t *)t->data)[i];
  return position < 0 ? position + below : position;
}

/* Along both dimensions, of a matrix as it lies and of a transposed one. */
static void rows_and_columns_are_picked(void **state) {
  (void)state;
  for (int s = 0; s < RAGGED; s++)
    for (int turned = 0; turned < 2; turned++)
      for (int32_t dim = 0; dim < 2; dim++) {
        int64_t n = ragged[s];
        mah_tensor x = make(MAH_FLOAT32, 6, 6), view = {0}, list = {0}, out = {0};
        mah_tensor where = positions(1, n, 6);
        assert_ok(turned ? mah_tensor_transpose(&view, &x, 0, 1) : mah_tensor_alias(&view, &x));
        assert_ok(mah_tensor_view(&list, &where, 1, &n));
        assert_ok(mah_index_select(&out, &view, dim, &list, 0));
        for (int64_t k = 0; k < n; k++)
          for (int64_t j = 0; j < 6; j++) {
            int64_t p = place(&where, k, 6), row = dim == 0 ? p : j, column = dim == 0 ? j : p;
            float got = ((float *)out.data)[dim == 0 ? k * 6 + j : j * n + k];
            assert_true(got == ((float *)x.data)[turned ? column * 6 + row : row * 6 + column]);
          }
        mah_tensor *all[] = {&x, &view, &list, &out, &where};
        for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
      }
}

/* A row that is named twice gets both. */
static void rows_are_added_in_turn(void **state) {
  (void)state;
  int32_t twice[] = {2, 0, -1};
  int64_t three = 3;
  mah_tensor x = make(MAH_INT32, 3, 4), y = make(MAH_INT32, 3, 4), before = {0}, where = {0};
  assert_ok(mah_tensor_clone(&before, &x));
  assert_ok(mah_tensor_borrow(&where, twice, MAH_INT32, 1, &three));
  assert_ok(mah_index_add(&x, 0, &where, &y, 0));
  const int32_t *was = before.data, *more = y.data, *now = x.data;
  for (int j = 0; j < 4; j++) {
    assert_int_equal(now[j], was[j] + more[4 + j]);
    assert_int_equal(now[4 + j], was[4 + j]);
    assert_int_equal(now[8 + j], was[8 + j] + more[j] + more[8 + j]);
  }
  mah_tensor *all[] = {&x, &y, &before, &where};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* out[i,j] = x[p[i,j], j];  z[p[i,j], j] += x[i,j] */
static void gather_and_scatter_equal_plain_loops(void **state) {
  (void)state;
  for (int s = 1; s < RAGGED; s++) {
    int64_t n = ragged[s];
    mah_tensor x = make(MAH_FLOAT64, n, 3), where = positions(n, 3, (int32_t)n), out = {0};
    mah_tensor z = {0};
    double *plain = calloc((size_t)(3 * n), sizeof *plain);
    assert_ok(mah_gather(&out, &x, 0, &where, 0));
    assert_ok(mah_tensor_fill(&out, NAN));
    assert_ok(mah_gather_into(&out, &x, 0, &where, 0)); /* the same */
    assert_ok(mah_tensor_zeros(&z, MAH_FLOAT64, 2, x.extent));
    assert_ok(mah_scatter_add(&z, 0, &where, &x, 0));
    for (int64_t i = 0; i < 3 * n; i++) {
      int64_t from = place(&where, i, n) * 3 + i % 3;
      assert_true(((double *)out.data)[i] == ((double *)x.data)[from]);
      plain[from] += ((double *)x.data)[i];
    }
    assert_memory_equal(z.data, plain, sizeof *plain * (size_t)(3 * n));
    free(plain);
    mah_tensor *all[] = {&x, &where, &out, &z};
    for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
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

/* -- Without memory, without tensors ----------------------------------------------------------- */

/* Rows 3 and 1. */
static mah_status do_index_select(mah_tensor out[4], mah_tensor *x) {
  int32_t places[] = {2, 0};
  int64_t two = 2;
  mah_tensor where = {0};
  MAH_TRY(mah_tensor_borrow(&where, places, MAH_INT32, 1, &two));
  mah_status status = mah_index_select(&out[0], x, 0, &where, 0);
  mah_tensor_release(&where);
  return status;
}
static operation *const operations[] = {do_index_select, NULL};

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
      cmocka_unit_test(rows_and_columns_are_picked),
      cmocka_unit_test(rows_are_added_in_turn),
      cmocka_unit_test(gather_and_scatter_equal_plain_loops),
      cmocka_unit_test(positions_are_checked_first),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
