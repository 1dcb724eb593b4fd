/* Compressed inputs: what comes out of them is what went in. */
#include "testing.h"

#include "learn/compressed.h"
#include "learn/sparse_work.h"

static mah_tensor new_matrix(int32_t dtype, int64_t rows, int64_t columns) {
  mah_tensor t = {0};
  int64_t extent[] = {rows, columns};
  assert_ok(mah_tensor_zeros(&t, dtype, 2, extent));
  return t;
}

static double at(const mah_tensor *x, int64_t i) {
  return x->elem == MAH_UINT8 ? ((uint8_t *)x->data)[i] : get(x->data, x->elem, i);
}

/* A few elements that are not 0; `values` different ones. */
static mah_tensor new_sparse(int32_t dtype, int64_t rows, int64_t columns, uint32_t values) {
  mah_tensor x = new_matrix(dtype, rows, columns);
  mah_rng rng = rng_of(4);
  for (int64_t i = 0; i < rows * columns; i++) {
    uint32_t value = 1 + mah_rng_below(&rng, values);
    if (mah_rng_below(&rng, 10) > 0) continue;
    if (dtype == MAH_UINT8)
      ((uint8_t *)x.data)[i] = (uint8_t)value;
    else
      set(x.data, dtype, i, value / 8.0 - 3);
  }
  return x;
}

/* Takes the rows in reverse, and compares all elements with x in the network's dtype. */
static void check_against(const mah_compressed *c, const mah_tensor *x, double scale) {
  mah_sparse_work z = {0};
  int64_t rows = x->extent[0], columns = x->extent[1];
  int32_t *order = mah_alloc(rows, sizeof *order);
  for (int64_t r = 0; r < rows; r++) order[r] = (int32_t)(rows - 1 - r);
  assert_ok(mah_sparse_work_take(&z, c, order, 0, rows));
  mah_sparse_work_unpack(&z, 0, rows / 2);
  mah_sparse_work_unpack(&z, rows / 2, rows - rows / 2);
  for (int64_t r = 0; r < rows; r++) {
    uint32_t e = z.rows.from[r];
    for (int64_t j = 0; j < columns; j++) {
      double value = at(x, order[r] * columns + j);
      uint32_t element = e < z.rows.to[r] ? z.rows.element[e] : 0;
      if (value == 0) { /* or an element of code 0, on the way to one that is far */
        e += c->coded && j > 0 && element == j * MAH_CODES;
        continue;
      }
      if (x->elem == MAH_UINT8) value = scale == 1 / 255. ? value / 255 : value * scale;
      if (c->dtype == MAH_FLOAT32) value = (double)(float)value;
      assert_int_equal(element / MAH_CODES, j);
      assert_true(get(z.rows.value, c->dtype, z.rows.coded ? element % MAH_CODES : e) == value);
      e++;
    }
    assert_int_equal(e, z.rows.to[r]);
  }
  mah_sparse_work_free(&z);
  mah_free(order);
}

static void check(int32_t from, int32_t dtype, int64_t rows, int64_t columns, uint32_t values) {
  mah_tensor x = new_sparse(from, rows, columns, values);
  mah_compressed *c = NULL;
  assert_ok(mah_compressed_new(&c, &x, 1 / 255., dtype, 1));
  assert_non_null(c);
  assert_int_equal(c->coded, values <= 255 || rows * columns < 255);
  check_against(c, &x, 1 / 255.);
  assert_true(mah_compressed_bytes(c) > 0);
  mah_compressed_free(c);
  mah_tensor_release(&x);
}

static void test_round_trip(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    check(MAH_FLOAT32, dtype, 1, 1, 3);
    check(MAH_FLOAT32, dtype, 600, 33, 200);
    check(MAH_FLOAT64, dtype, 1200, 17, 100);
    check(MAH_FLOAT32, dtype, 600, 33, 5000); /* too many values for codes */
    check(MAH_UINT8, dtype, 1100, 40, 255);
  }
}

/* Elements that lie farther apart than a byte counts; rows without any. */
static void test_strides(void **state) {
  (void)state;
  const int64_t places[] = {0, 255, 256, 511, 1021, 1022, 2999};
  mah_tensor x = new_matrix(MAH_FLOAT32, 9, 3000);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (int64_t r = (int64_t)i; r < 7; r++) set(x.data, MAH_FLOAT32, r * 3000 + places[i], 2);
  mah_compressed *c = NULL;
  assert_ok(mah_compressed_new(&c, &x, 1, MAH_FLOAT32, 1));
  check_against(c, &x, 1);
  mah_compressed_free(c);
  mah_tensor_release(&x);
}

static void test_not_worth_it(void **state) {
  (void)state;
  mah_tensor x = new_matrix(MAH_FLOAT32, 4, 4), none = new_matrix(MAH_FLOAT32, 0, 4);
  mah_compressed *c = NULL;
  for (int i = 0; i < 8; i++) set(x.data, MAH_FLOAT32, i, 1);
  assert_ok(mah_compressed_new(&c, &x, 1, MAH_FLOAT32, 0.49));
  assert_null(c);
  assert_ok(mah_compressed_new(&c, &none, 1, MAH_FLOAT32, 1));
  assert_null(c);
  assert_ok(mah_compressed_new(&c, &x, 1, MAH_FLOAT32, 0.5));
  assert_non_null(c);
  mah_compressed_free(c);
  mah_tensor_release(&x);
  mah_tensor_release(&none);
}

static void test_errors(void **state) {
  (void)state;
  mah_compressed *c = NULL;
  mah_tensor x = new_matrix(MAH_FLOAT32, 2, 2), row = {0};
  assert_ok(mah_tensor_select(&row, &x, 0, 0));
  assert_fails(MAH_ERROR_DTYPE, "int32", mah_compressed_new(&c, &x, 1, MAH_INT32, 1));
  assert_fails(MAH_ERROR_SHAPE, "a matrix", mah_compressed_new(&c, &row, 1, MAH_FLOAT32, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "x", mah_compressed_new(&c, NULL, 1, MAH_FLOAT32, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "result", mah_compressed_new(NULL, &x, 1, MAH_FLOAT32, 1));
  mah_compressed_free(NULL);
  mah_tensor_release(&row);
  mah_tensor_release(&x);
}

static void test_out_of_memory(void **state) {
  (void)state;
  mah_tensor x = new_sparse(MAH_FLOAT32, 30, 30, 50);
  int64_t live = mah_memory_live();
  mah_status status = MAH_ERROR_MEMORY;
  int n = 0;
  while (status != MAH_OK) {
    mah_compressed *c = NULL;
    mah_memory_fail_at(++n);
    status = mah_compressed_new(&c, &x, 1, MAH_FLOAT32, 1);
    mah_memory_fail_at(0);
    if (status != MAH_OK) assert_int_equal(status, MAH_ERROR_MEMORY);
    mah_compressed_free(c);
    assert_int_equal(mah_memory_live(), live);
  }
  assert_true(n > 5); /* it did fail on the way */
  mah_tensor_release(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip), cmocka_unit_test(test_strides),
      cmocka_unit_test(test_not_worth_it), cmocka_unit_test(test_errors),
      cmocka_unit_test(test_out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
