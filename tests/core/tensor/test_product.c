/* Products against plain loops, on ragged sizes and every layout of the operands. */
#include "base/memory.h"
#include "base/random.h"
#include "tensor/pairs.h"
#include "tensor/product.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static mah_rng rng;

static double get(const mah_tensor *t, int64_t i, int64_t j) {
  int64_t at = i * t->step[0] + (t->ndim > 1 ? j * t->step[1] : 0);
  return t->elem == MAH_FLOAT32 ? (double)((float *)t->data)[at] : ((double *)t->data)[at];
}

/* layout 0: row major, 1: column major, 2: every other column, 3: rows of a wider matrix */
static mah_tensor make(int32_t dtype, int64_t m, int64_t n, int layout) {
  mah_tensor whole = {0}, view = {0};
  int64_t rows = layout == 1 ? n : m, columns = layout == 1 ? m : n;
  int64_t extent[] = {rows, layout == 2 ? 2 * columns : layout == 3 ? columns + 3 : columns};
  assert_int_equal(mah_tensor_new(&whole, dtype, 2, extent), MAH_OK);
  for (int64_t i = 0; i < extent[0] * extent[1]; i++)
    if (dtype == MAH_FLOAT32)
      ((float *)whole.data)[i] = (float)mah_rng_double(&rng) - 0.5f;
    else
      ((double *)whole.data)[i] = mah_rng_double(&rng) - 0.5;
  mah_status status = layout == 1   ? mah_tensor_transpose(&view, &whole, 0, 1)
                      : layout == 2 ? mah_tensor_stride(&view, &whole, 1, 0, columns, 2)
                      : layout == 3 ? mah_tensor_narrow(&view, &whole, 1, 2, columns)
                                    : mah_tensor_alias(&view, &whole);
  assert_int_equal(status, MAH_OK);
  mah_tensor_release(&whole);
  return view;
}

/* c = alpha a b + beta c, one element */
static double naive(const mah_tensor *a, const mah_tensor *b, int64_t i, int64_t j) {
  double sum = 0;
  for (int64_t k = 0; k < a->extent[1]; k++) sum += get(a, i, k) * get(b, k, j);
  return sum;
}

static void check_mm(int32_t dtype, const int64_t *size, const int *layout, double alpha,
                     double beta) {
  static double expected[64 * 64];
  mah_tensor a = make(dtype, size[0], size[1], layout[0]);
  mah_tensor b = make(dtype, size[1], size[2], layout[1]);
  mah_tensor c = make(dtype, size[0], size[2], layout[2]);
  double tolerance = dtype == MAH_FLOAT32 ? 1e-5 : 1e-13;
  for (int64_t i = 0; i < size[0]; i++)
    for (int64_t j = 0; j < size[2]; j++)
      expected[i * 64 + j] = alpha * naive(&a, &b, i, j) + beta * get(&c, i, j);
  if (beta == 0) mah_tensor_fill(&c, NAN);
  assert_int_equal(mah_tensor_mm(&c, &a, &b, alpha, beta), MAH_OK);
  for (int64_t i = 0; i < size[0]; i++)
    for (int64_t j = 0; j < size[2]; j++)
      assert_true(fabs(get(&c, i, j) - expected[i * 64 + j]) < tolerance);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  mah_tensor_release(&c);
}

static void mm_equals_loops(void **state) {
  (void)state;
  const int64_t sizes[] = {0, 1, 2, 7, 8, 9, 17, 33};
  for (int s = 0; s < 8 * 8 * 8; s++) {
    int64_t size[] = {sizes[s % 8], sizes[s / 8 % 8], sizes[s / 64]};
    int layout[] = {s % 4, s / 4 % 4, s / 16 % 4};
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      check_mm(dtype, size, layout, 1, 0);
      check_mm(dtype, size, layout, -2, 0.5);
    }
  }
  for (int l = 0; l < 64; l++) {
    int64_t size[] = {9, 7, 8}, row[] = {1, 7, 8}, column[] = {9, 7, 1};
    int layout[] = {l % 4, l / 4 % 4, l / 16};
    check_mm(MAH_FLOAT64, size, layout, 1, 1);
    check_mm(MAH_FLOAT64, row, layout, 1, 1);
    check_mm(MAH_FLOAT64, column, layout, 1, 1);
  }
}

static void mm_into_its_own_operand(void **state) {
  (void)state;
  mah_tensor a = make(MAH_FLOAT64, 9, 9, 0), copy = make(MAH_FLOAT64, 9, 9, 0);
  assert_int_equal(mah_tensor_copy(&copy, &a), MAH_OK);
  assert_int_equal(mah_tensor_mm(&a, &a, &a, 1, 0), MAH_OK);
  for (int64_t i = 0; i < 9; i++)
    for (int64_t j = 0; j < 9; j++)
      assert_true(fabs(get(&a, i, j) - naive(&copy, &copy, i, j)) < 1e-13);
  mah_tensor_release(&a);
  mah_tensor_release(&copy);
}

/* Of a large one half is computed, in panels, and copied to the other side. */
static void a_matrix_by_its_transpose(void **state) {
  (void)state;
  enum { N = 503, K = 40 }; /* panels of 240 and 263 rows */
  for (int l = 0; l < 16; l++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      mah_tensor a = make(dtype, N, K, l % 4), b = {0}, c = make(dtype, N, N, l / 4);
      double tolerance = dtype == MAH_FLOAT32 ? 1e-5 : 1e-13;
      assert_int_equal(mah_tensor_transpose(&b, &a, 0, 1), MAH_OK);
      mah_tensor_fill(&c, NAN);
      assert_int_equal(mah_tensor_mm(&c, &a, &b, 2, 0), MAH_OK);
      for (int64_t i = 0; i < N; i++)
        for (int64_t j = i % 7; j < N; j += 7) {
          assert_true(fabs(get(&c, i, j) - 2 * naive(&a, &b, i, j)) < tolerance);
          assert_true(l % 4 == 2 || (i < 240) == (j < 240) || get(&c, i, j) == get(&c, j, i));
        }
      mah_tensor_release(&a);
      mah_tensor_release(&b);
      mah_tensor_release(&c);
    }
}

static void batches_broadcast(void **state) {
  (void)state;
  mah_tensor a = {0}, b = {0}, c = {0};
  int64_t a_extent[] = {2, 1, 3, 4}, b_extent[] = {5, 4, 2};
  assert_int_equal(mah_tensor_new(&a, MAH_FLOAT64, 4, a_extent), MAH_OK);
  assert_int_equal(mah_tensor_new(&b, MAH_FLOAT64, 3, b_extent), MAH_OK);
  double *x = a.data, *y = b.data;
  for (int i = 0; i < 24; i++) x[i] = i + 1;
  for (int i = 0; i < 40; i++) y[i] = 40 - i;
  assert_int_equal(mah_tensor_matmul(&c, &a, &b), MAH_OK);
  assert_int_equal(c.ndim, 4);
  const double *z = c.data;
  for (int p = 0; p < 2; p++)
    for (int q = 0; q < 5; q++)
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++, z++) {
          double sum = 0;
          for (int k = 0; k < 4; k++) sum += x[p * 12 + i * 4 + k] * y[q * 8 + k * 2 + j];
          assert_true(*z == sum);
        }
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  mah_tensor_release(&c);
}

static void vectors_are_rows_or_columns(void **state) {
  (void)state;
  int32_t dim = 0;
  mah_tensor m = make(MAH_FLOAT64, 5, 3, 0), v = {0}, w = {0}, out = {0};
  mah_tensor_select(&v, &m, 1, 1); /* a column: 5 elements, 3 apart */
  mah_tensor_select(&w, &m, 0, 2); /* a row: 3 elements */
  double dot;
  assert_int_equal(mah_tensor_dot(&dot, &v, &v), MAH_OK);
  double sum = 0;
  for (int i = 0; i < 5; i++) sum += get(&m, i, 1) * get(&m, i, 1);
  assert_true(fabs(dot - sum) < 1e-14);
  assert_int_equal(mah_tensor_outer(&out, &v, &w), MAH_OK);
  assert_int_equal(out.extent[0], 5);
  assert_true(get(&out, 4, 2) == get(&m, 4, 1) * get(&m, 2, 2));
  mah_tensor_release(&out);
  assert_int_equal(mah_tensor_matmul(&out, &v, &m), MAH_OK); /* (5) (5,3) -> (3) */
  assert_int_equal(out.ndim, 1);
  assert_int_equal(out.extent[dim], 3);
  mah_tensor_release(&out);
  assert_int_equal(mah_tensor_matmul(&out, &m, &w), MAH_OK); /* (5,3) (3) -> (5) */
  assert_int_equal(out.extent[dim], 5);
  mah_tensor_release(&out);
  assert_int_equal(mah_tensor_matmul(&out, &w, &w), MAH_OK);
  assert_int_equal(out.ndim, 0);
  mah_tensor_release(&out);
  mah_tensor_release(&v);
  mah_tensor_release(&w);
  mah_tensor_release(&m);
}

static void what_cannot_be_multiplied_is_named(void **state) {
  (void)state;
  mah_tensor a = make(MAH_FLOAT64, 2, 3, 0), f = make(MAH_FLOAT32, 3, 2, 0), i = {0}, out = {0};
  int64_t extent[] = {3, 2};
  assert_int_equal(mah_tensor_new(&i, MAH_INT32, 2, extent), MAH_OK);
  assert_int_equal(mah_tensor_matmul(&out, &a, &a), MAH_ERROR_SHAPE);
  assert_non_null(strstr(mah_error_message(), "float64 2x3 and float64 2x3"));
  assert_int_equal(mah_tensor_matmul(&out, &a, &i), MAH_ERROR_DTYPE);
  assert_non_null(strstr(mah_error_message(), "int32 3x2"));
  assert_int_equal(mah_tensor_matmul(&out, &a, NULL), MAH_ERROR_ARGUMENT);
  assert_int_equal(mah_tensor_mm(&a, &a, &f, 1, 0), MAH_ERROR_DTYPE);
  assert_int_equal(mah_tensor_matmul(&out, &a, &f), MAH_OK); /* promoted */
  assert_int_equal(out.elem, MAH_FLOAT64);
  assert_int_equal(mah_tensor_mm(&out, &a, &a, 1, 0), MAH_ERROR_SHAPE);
  mah_tensor_release(&out);
  mah_tensor_release(&a);
  mah_tensor_release(&f);
  mah_tensor_release(&i);
}

/* Every allocation on the way may fail: an error, nothing lost. */
static void out_of_memory_loses_nothing(void **state) {
  (void)state;
  mah_tensor a = make(MAH_FLOAT32, 8, 8, 2), b = make(MAH_FLOAT64, 8, 8, 2), out = {0};
  int64_t before = mah_memory_live();
  int failures = 0;
  for (int n = 1; n < 50; n++) {
    mah_memory_fail_at(n);
    mah_status status = mah_tensor_matmul(&out, &a, &b);
    mah_memory_fail_at(0);
    if (status == MAH_OK) break;
    assert_int_equal(status, MAH_ERROR_MEMORY);
    assert_int_equal(mah_memory_live(), before);
    failures++;
  }
  assert_true(failures >= 3);
  mah_tensor_release(&out);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  assert_int_equal(mah_memory_live(), 0);
}

int main(void) {
  mah_rng_seed(&rng, MAH_RNG_PHILOX, 1, 0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mm_equals_loops),
      cmocka_unit_test(mm_into_its_own_operand),
      cmocka_unit_test(a_matrix_by_its_transpose),
      cmocka_unit_test(batches_broadcast),
      cmocka_unit_test(vectors_are_rows_or_columns),
      cmocka_unit_test(what_cannot_be_multiplied_is_named),
      cmocka_unit_test(out_of_memory_loses_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
