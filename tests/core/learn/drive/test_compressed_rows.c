/* Compressed inputs from rows without their zeros: what comes out of them is what went in. */
#include "learn/drive/without_zeros.h"

#include "learn/drive/compressed.h"

static mah_tensor new_sparse(int32_t dtype, int64_t rows, int64_t columns) {
  mah_tensor x = {0};
  mah_rng rng = rng_of(4);
  assert_ok(mah_tensor_zeros(&x, dtype, 2, (int64_t[]){rows, columns}));
  for (int64_t i = 0; i < rows * columns; i++)
    if (mah_rng_below(&rng, 10) < 3) set(x.data, dtype, i, mah_rng_double(&rng) - 0.5);
  return x;
}

/* Each pair of columns, and nothing between them. */
static void check_against(const mah_compressed *c, const mah_tensor *x) {
  int64_t rows = x->extent[0], columns = x->extent[1];
  for (int64_t r = 0; r < rows; r++) {
    int64_t e = c->start[r];
    for (int64_t j = 0; j < columns; j += 2) {
      double one = get(x->data, x->elem, r * columns + j), two = 0;
      if (j + 1 < columns) two = get(x->data, x->elem, r * columns + j + 1);
      if (one == 0 && two == 0) continue;
      assert_int_equal(c->element[e], j / 2);
      assert_true(get(c->value, c->dtype, 2 * e) ==
                  (c->dtype == MAH_FLOAT32 ? (double)(float)one : one));
      assert_true(get(c->value, c->dtype, 2 * e + 1) ==
                  (c->dtype == MAH_FLOAT32 ? (double)(float)two : two));
      e++;
    }
    assert_int_equal(e, c->start[r + 1]);
  }
}

static void what_comes_out_is_what_went_in(void **state) {
  (void)state;
  for (int32_t from = MAH_FLOAT32; from <= MAH_FLOAT64; from++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int i = 0; i < RAGGED; i++) {
        mah_tensor x = new_sparse(from, 20, ragged[i]);
        mah_compressed *c = compress_rows(&x, dtype, i % 2);
        assert_int_equal(c->columns, ragged[i]);
        assert_int_equal(c->rows, 20);
        check_against(c, &x);
        assert_true(mah_compressed_bytes(c) > 0);
        mah_compressed_free(c);
        mah_tensor_release(&x);
      }
}

/* More columns than a matrix would have room for. */
static void columns_cost_nothing(void **state) {
  (void)state;
  without_zeros z = {0};
  mah_compressed *c = NULL;
  int64_t before = mah_memory_live();
  assert_ok(mah_tensor_zeros(&z.start, MAH_INT64, 1, (int64_t[]){2}));
  assert_ok(mah_tensor_zeros(&z.column, MAH_INT32, 1, (int64_t[]){2}));
  assert_ok(mah_tensor_zeros(&z.value, MAH_FLOAT32, 1, (int64_t[]){2}));
  ((int64_t *)z.start.data)[1] = 2;
  ((int32_t *)z.column.data)[1] = 2000000000;
  set(z.value.data, MAH_FLOAT32, 0, 3);
  set(z.value.data, MAH_FLOAT32, 1, 1e-9);
  assert_ok(
      mah_compressed_from_rows(&c, &z.start, &z.column, &z.value, 2000000001, MAH_FLOAT32, "x"));
  assert_int_equal(c->element[1], 1000000000);
  assert_true(mah_memory_live() - before < 2000);
  mah_compressed_free(c);
  free_without_zeros(&z);
}

static mah_status from_rows(const without_zeros *z, int64_t columns, int32_t dtype) {
  mah_compressed *c = NULL;
  mah_status status =
      mah_compressed_from_rows(&c, &z->start, &z->column, &z->value, columns, dtype, "my x");
  mah_compressed_free(c);
  return status;
}

static void rows_that_are_none_are_named(void **state) {
  (void)state;
  mah_tensor x = new_sparse(MAH_FLOAT64, 5, 9);
  for (int64_t r = 0; r < 5; r++) set(x.data, MAH_FLOAT64, 9 * r + 8, r == 4);
  without_zeros z = take_zeros_out(&x, 0), swapped = z;
  int32_t *column = z.column.data;
  int64_t *start = z.start.data, last = z.column.extent[0] - 1;
  assert_ok(from_rows(&z, 9, MAH_FLOAT32));
  assert_fails(MAH_ERROR_DTYPE, "not int32", from_rows(&z, 9, MAH_INT32));
  swapped.start = z.column;
  assert_fails(MAH_ERROR_DTYPE, "start", from_rows(&swapped, 9, MAH_FLOAT32));
  assert_fails(MAH_ERROR_ARGUMENT, "my x: row 5: column 9 is not in its place",
               (column[last] = 8, from_rows(&z, 8, MAH_FLOAT32)));
  column[last] = -1;
  assert_fails(MAH_ERROR_ARGUMENT, "row 5: column 0", from_rows(&z, 9, MAH_FLOAT32));
  column[last] = 8;
  set(z.value.data, MAH_FLOAT64, last, NAN);
  assert_fails(MAH_ERROR_NUMERIC, "my x: row 5, column 9 is nan", from_rows(&z, 9, MAH_FLOAT32));
  start[1] = 1000;
  assert_fails(MAH_ERROR_ARGUMENT, "my x: row 1 ends before it begins",
               from_rows(&z, 9, MAH_FLOAT32));
  start[5]++;
  assert_fails(MAH_ERROR_SHAPE, "do not fit", from_rows(&z, 9, MAH_FLOAT32));
  free_without_zeros(&z);
  mah_tensor_release(&x);
}

static void memory_runs_out(void **state) {
  (void)state;
  mah_tensor x = new_sparse(MAH_FLOAT64, 5, 9);
  without_zeros z = take_zeros_out(&x, 0);
  mah_status status = MAH_ERROR_MEMORY;
  int n = 1;
  for (; status != MAH_OK; n++) {
    mah_memory_fail_at(n);
    status = from_rows(&z, 9, MAH_FLOAT32);
    mah_memory_fail_at(0);
    if (status != MAH_OK) assert_int_equal(status, MAH_ERROR_MEMORY);
  }
  assert_true(n > 4);
  free_without_zeros(&z);
  mah_tensor_release(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_comes_out_is_what_went_in),
      cmocka_unit_test(columns_cost_nothing),
      cmocka_unit_test(rows_that_are_none_are_named),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
