/* What is found in rows that are mostly zeros, and that it comes out in the order of the columns.
 */
#include "learn/kernels/sparse_matrix.h"

/* What is found in a row is what the matrix was made of. */
static void check_find(sparse_variant *f, int64_t columns) {
  if (f->coded) return; /* codes are not found, but made once (compressed.c) */
  matrix X = new_matrix(f, 4, columns);
  uint32_t *element = mah_alloc(X.pairs + MAH_SLACK, sizeof *element);
  void *value = mah_alloc(2 * (X.pairs + MAH_SLACK), 8);
  for (int64_t r = 0; r < 4; r++) {
    const char *row = (char *)X.reals + r * columns * f->kernels->real_size;
    int64_t n = f->kernels->nonzeros_find(element, value, row, columns);
    assert_int_equal(n, X.row[r].count);
    for (int64_t e = 0; e < n; e++) {
      assert_int_equal(element[e], X.row[r].element[e]);
      for (int64_t i = 2 * e; i < 2 * e + 2; i++)
        assert_true(get(value, f->dtype, i) == get(X.row[r].value, f->dtype, i));
    }
  }
  mah_free(element);
  mah_free(value);
  free_matrix(&X);
}

static void check_rows(sparse_variant *f) {
  for (int64_t columns = 1; columns < 40; columns++) check_find(f, columns);
  check_find(f, 784);
}

static void elements_are_those_the_rows_were_made_of(void **state) {
  (void)state;
  for_each_sparse_variant(check_rows);
}

/* One of four is NaN, the others are zeros of either sign. */
static void check_signs(sparse_variant *f) {
  enum { COLUMNS = 33, PAIRS = 17 };
  double x[COLUMNS], value[2 * (PAIRS + MAH_SLACK)];
  uint32_t element[PAIRS + MAH_SLACK];
  for (int64_t i = 0; i < COLUMNS; i++)
    set(x, f->dtype, i, i % 4 == 1 ? NAN : i % 3 == 0 ? 0 : -0.0);
  assert_int_equal(f->kernels->nonzeros_find(element, value, x, COLUMNS), 8);
  for (int64_t e = 0; e < 8; e++) {
    assert_int_equal(element[e], 2 * e);
    assert_true(get(value, f->dtype, 2 * e) == 0 && isnan(get(value, f->dtype, 2 * e + 1)));
  }
}

static void minus_zero_is_zero_and_nan_is_not(void **state) {
  (void)state;
  for_each_sparse_variant(check_signs);
}

/* Each column of each pair's list is the matrix's, in the order of the rows. */
static void check_transpose(sparse_variant *f) {
  enum { ROWS = 9, COLUMNS = 17, FIRST = 2 };
  matrix m = new_matrix(f, ROWS, COLUMNS);
  transposed t = transpose(f, &m, FIRST, ROWS);
  for (int64_t j = 0; j < m.pairs; j++) {
    int64_t e = t.from[j];
    for (int64_t r = FIRST; r < ROWS; r++) {
      double one = m.x[r * COLUMNS + 2 * j];
      double two = 2 * j + 1 < COLUMNS ? m.x[r * COLUMNS + 2 * j + 1] : 0;
      if (one == 0 && two == 0) continue;
      uint32_t it = t.element[e], row = f->coded ? it >> 16 : it;
      assert_int_equal(row, r);
      assert_true(one ==
                  (f->coded ? get(m.code, f->dtype, it & 255) : get(t.value, f->dtype, 2 * e)));
      assert_true(two == (f->coded ? get(m.code, f->dtype, it >> 8 & 255)
                                   : get(t.value, f->dtype, 2 * e + 1)));
      e++;
    }
    assert_int_equal(e, t.to[j]);
  }
  free_transposed(&t);
  free_matrix(&m);
}

static void transposed_they_lie_by_columns_in_the_order_of_rows(void **state) {
  (void)state;
  for_each_sparse_variant(check_transpose);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(elements_are_those_the_rows_were_made_of),
      cmocka_unit_test(minus_zero_is_zero_and_nan_is_not),
      cmocka_unit_test(transposed_they_lie_by_columns_in_the_order_of_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
