/* Compressed inputs: what comes out of them is what went in. */
#include "testing.h"

#include "learn/drive/compressed.h"

static mah_tensor new_matrix(int32_t dtype, int64_t rows, int64_t columns) {
  mah_tensor t = {0};
  int64_t extent[] = {rows, columns};
  assert_ok(mah_tensor_zeros(&t, dtype, 2, extent));
  return t;
}

static double at(const mah_tensor *x, int64_t i) {
  if (x->elem == MAH_INT32) return ((int32_t *)x->data)[i];
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
    else if (dtype == MAH_INT32)
      ((int32_t *)x.data)[i] = (int32_t)value - 100;
    else
      set(x.data, dtype, i, value / 8.0 - 3);
  }
  return x;
}

/* Compares all elements with x in the network's dtype. */
static void check_against(const mah_compressed *c, const mah_tensor *x, double scale) {
  int64_t rows = x->extent[0], columns = x->extent[1];
  for (int64_t r = 0; r < rows; r++) {
    const uint32_t *element = c->element + c->start[r], *end = c->element + c->start[r + 1];
    for (int64_t j = 0; j < columns; j++) {
      double value = at(x, r * columns + j);
      uint32_t code = 0;
      if (x->elem == MAH_UINT8 || x->elem == MAH_INT32)
        value = scale == 1 / 255. ? value / 255 : value * scale;
      if (c->dtype == MAH_FLOAT32) value = (double)(float)value;
      if (element < end && *element >> 16 == j / 2) code = *element >> (j % 2 ? 8 : 0) & 255;
      if (element < end && *element >> 16 == j / 2 && (j % 2 == 1 || j + 1 == columns)) {
        assert_true((*element & 0xffff) != 0);
        element++;
      }
      assert_true(get(c->value, c->dtype, code) == value);
    }
    assert_ptr_equal(element, end);
  }
  assert_true(get(c->value, c->dtype, 0) == 0);
}

static void check(int32_t from, int32_t dtype, int64_t rows, int64_t columns, uint32_t values) {
  mah_tensor x = new_sparse(from, rows, columns, values);
  mah_compressed *c = NULL;
  assert_ok(mah_compressed_new(&c, &x, 1 / 255., dtype, 1));
  assert_non_null(c);
  check_against(c, &x, 1 / 255.);
  assert_true(mah_compressed_bytes(c) > 0);
  mah_compressed_free(c);
  mah_tensor_release(&x);
}

static void what_comes_out_is_what_went_in(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    check(MAH_FLOAT32, dtype, 1, 1, 3);
    check(MAH_FLOAT32, dtype, 600, 33, 200);
    check(MAH_FLOAT64, dtype, 1200, 17, 100);
    check(MAH_INT32, dtype, 600, 9, 255);
    check(MAH_UINT8, dtype, 1100, 40, 255);
  }
}

/* Nothing but zeros, with either sign; and a -0 beside something else. */
static void zeros_of_either_sign_are_left_out(void **state) {
  (void)state;
  mah_tensor x = new_matrix(MAH_FLOAT32, 600, 4);
  mah_compressed *c = NULL;
  for (int64_t i = 0; i < 600 * 4; i += 3) set(x.data, MAH_FLOAT32, i, -0.0);
  assert_ok(mah_compressed_new(&c, &x, 1, MAH_FLOAT32, 0));
  check_against(c, &x, 1);
  assert_int_equal(c->start[600], 0);
  mah_compressed_free(c);
  set(x.data, MAH_FLOAT32, 1, 2);
  assert_ok(mah_compressed_new(&c, &x, 1, MAH_FLOAT32, 1));
  check_against(c, &x, 1);
  assert_int_equal(c->element[0], 1 << 8);
  mah_compressed_free(c);
  mah_tensor_release(&x);
}

static void a_matrix_that_is_not_sparse_is_left_alone(void **state) {
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

static void too_many_values_or_columns_are_left_alone(void **state) {
  (void)state;
  mah_tensor many = new_sparse(MAH_FLOAT32, 600, 33, 5000),
             wide = new_matrix(MAH_FLOAT32, 1, 131073);
  mah_compressed *c = NULL;
  assert_ok(mah_compressed_new(&c, &many, 1, MAH_FLOAT32, 1)); /* values */
  assert_null(c);
  assert_ok(mah_compressed_new(&c, &wide, 1, MAH_FLOAT32, 1)); /* columns */
  assert_null(c);
  mah_tensor_release(&many);
  mah_tensor_release(&wide);
}

/* Halves of the rows tell together what the whole does. */
static void check_survey(int32_t from, int32_t dtype, uint32_t values) {
  enum { ROWS = 1200, COLUMNS = 9 };
  mah_tensor x = new_sparse(from, ROWS, COLUMNS, values), half = {0};
  mah_survey all, part;
  int64_t elements = 0, found = 0;
  assert_ok(mah_compressed_survey(&all, &x, dtype));
  for (int i = 0; i < 2; i++) {
    assert_ok(mah_tensor_narrow(&half, &x, 0, i * ROWS / 2, ROWS / 2));
    assert_ok(mah_compressed_survey(&part, &half, dtype));
    elements += part.elements;
    for (int64_t k = 0; k < part.count; k++)
      for (int64_t j = 0; j < all.count; j++) found += part.bits[k] == all.bits[j];
    assert_int_equal(part.count, values);
    mah_tensor_release(&half);
  }
  int64_t nonzero = 0;
  for (int64_t i = 0; i < ROWS * COLUMNS; i++) nonzero += at(&x, i) != 0;
  assert_int_equal(all.count, values);
  assert_int_equal(all.elements, nonzero);
  assert_int_equal(elements, nonzero);
  assert_int_equal(found, 2 * values);
  mah_tensor_release(&x);
}

static void a_survey_counts_values_and_elements(void **state) {
  (void)state;
  mah_survey s;
  check_survey(MAH_UINT8, MAH_FLOAT32, 20);
  check_survey(MAH_FLOAT64, MAH_FLOAT64, 20);
  mah_tensor many = new_sparse(MAH_FLOAT32, 2000, 9, 1000), none = new_matrix(MAH_FLOAT32, 0, 9);
  assert_ok(mah_compressed_survey(&s, &many, MAH_FLOAT32));
  assert_true(s.count > 255);
  assert_ok(mah_compressed_survey(&s, &none, MAH_FLOAT32));
  assert_true(s.count == 0 && s.elements == 0);
  mah_tensor_release(&many);
  mah_tensor_release(&none);
}

static void wrong_arguments_are_named(void **state) {
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

static void memory_runs_out_anywhere(void **state) {
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
      cmocka_unit_test(what_comes_out_is_what_went_in),
      cmocka_unit_test(zeros_of_either_sign_are_left_out),
      cmocka_unit_test(a_matrix_that_is_not_sparse_is_left_alone),
      cmocka_unit_test(too_many_values_or_columns_are_left_alone),
      cmocka_unit_test(a_survey_counts_values_and_elements),
      cmocka_unit_test(wrong_arguments_are_named),
      cmocka_unit_test(memory_runs_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
