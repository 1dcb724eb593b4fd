/* Products of matrices with a bias against plain loops: both number types, every instruction set,
 * ragged sizes, operands that lie in rows, in columns and with gaps.
 */
#include "testing.h"

/* (rows, columns) of random numbers; `how`: 1: the view of a transposed one, 2: every second
 * column of a wider one. */
static mah_tensor matrix(mah_rng *rng, int32_t dtype, int64_t rows, int64_t columns, int how) {
  mah_tensor whole = {0}, view = {0};
  int64_t extent[] = {how == 1 ? columns : rows, how == 1 ? rows : columns};
  if (how == 2) extent[1] = 2 * columns;
  assert_ok(mah_tensor_new(&whole, dtype, 2, extent));
  for (int64_t i = 0; i < mah_tensor_count(&whole); i++)
    set(whole.data, dtype, i, 2 * mah_rng_double(rng) - 1);
  if (how == 0) return whole;
  if (how == 1) assert_ok(mah_tensor_transpose(&view, &whole, 0, 1));
  if (how == 2) assert_ok(mah_tensor_stride(&view, &whole, 1, 0, columns, 2));
  mah_tensor_release(&whole);
  return view;
}

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  return get(t->data, t->elem, i * t->step[0] + j * t->step[1]);
}

/* out = a b + bias_ (+ out) */
static void check(mah_rng *rng, int32_t dtype, int64_t m, int64_t n, int64_t k, int how_a,
                  int how_b, int has_bias, int add) {
  mah_tensor a = matrix(rng, dtype, m, k, how_a), b = matrix(rng, dtype, k, n, how_b);
  mah_tensor out = matrix(rng, dtype, m, n, 0), bias = matrix(rng, dtype, 1, n, 0), before = {0};
  mah_tensor row = bias;
  row.ndim = 1, row.extent[0] = n, row.step[0] = 1;
  assert_ok(mah_tensor_clone(&before, &out));
  if (!add) assert_ok(mah_tensor_fill(&out, NAN));
  assert_ok(mah_tensor_affine(&out, &a, &b, has_bias ? &row : NULL, add));
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = (add ? at(&before, i, j) : 0) + (has_bias ? at(&bias, 0, j) : 0);
      for (int64_t l = 0; l < k; l++) sum += at(&a, i, l) * at(&b, l, j);
      assert_close(at(&out, i, j), sum, 4 * tolerance_of(dtype));
    }
  mah_tensor *all[] = {&a, &b, &out, &bias, &before};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

static void check_ways(mah_rng *rng, int32_t dtype, int64_t m, int64_t n, int64_t k) {
  for (int how_a = 0; how_a <= 2; how_a++)
    for (int how_b = 0; how_b <= 2; how_b++)
      for (int has_bias = 0; has_bias <= 1; has_bias++)
        for (int add = 0; add <= 1; add++) check(rng, dtype, m, n, k, how_a, how_b, has_bias, add);
}

static void products_equal_plain_loops(void **state) {
  (void)state;
  mah_rng rng = rng_of(1);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
      assert_ok(mah_simd_use(simd));
      for (int i = 0; i < RAGGED; i++)
        for (int j = 0; j < RAGGED; j++) check_ways(&rng, dtype, ragged[i], ragged[j], 5);
      for (int i = 0; i < RAGGED; i++) check_ways(&rng, dtype, 4, 3, ragged[i]);
      check_ways(&rng, dtype, 50, 60, 40);
    }
  assert_ok(mah_simd_use(mah_simd_best()));
}

/* Large enough for several tasks and parts, and for packing in a block of its own. */
static void large_products_equal_plain_loops(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  check_ways(&rng, MAH_FLOAT32, 300, 70, 100);
  check(&rng, MAH_FLOAT64, 30, 80, 400, 0, 0, 1, 0);
}

/* x W, g W^T or x^T g with one thread, two and three; a share of a is 0. */
static void check_threads(mah_rng *rng, int32_t dtype, int64_t m, int64_t n, int64_t k, int how,
                          double zeros, int add) {
  mah_tensor a = matrix(rng, dtype, m, k, how == 2), b = matrix(rng, dtype, k, n, how == 1);
  mah_tensor start = matrix(rng, dtype, m, n, 0), out = {0}, first = {0};
  for (int64_t i = 0; i < m * k; i++)
    if (mah_rng_double(rng) < zeros) set(a.data, dtype, i, 0);
  for (int32_t threads = 1; threads <= 3; threads++) {
    assert_ok(mah_parallel_use(threads));
    assert_ok(mah_tensor_clone(&out, &start));
    assert_ok(mah_tensor_affine(&out, &a, &b, NULL, add));
    if (threads == 1) assert_ok(mah_tensor_clone(&first, &out));
    assert_memory_equal(out.data, first.data, (size_t)(m * n * mah_dtype_size(dtype)));
    mah_tensor_release(&out);
  }
  mah_tensor_release(&a), mah_tensor_release(&b), mah_tensor_release(&start);
  mah_tensor_release(&first);
}

/* Most of the random ones are large enough for several tasks. */
static void the_number_of_threads_changes_no_bit(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  int32_t before = mah_parallel_threads();
  for (int how = 0; how < 3; how++)
    for (int half = 0; half < 2; half++)
      check_threads(&rng, MAH_FLOAT32, 331, 157, 203, how, half / 2.0, 0);
  for (int i = 0; i < 120; i++) {
    int64_t m = 1 + mah_rng_below(&rng, 400), n = 1 + mah_rng_below(&rng, 150);
    check_threads(&rng, i % 2 ? MAH_FLOAT64 : MAH_FLOAT32, m, n, 1 + mah_rng_below(&rng, 500),
                  i % 3, i % 4 / 4.0, i % 5 > 2);
  }
  assert_ok(mah_parallel_use(before));
}

static void wrong_operands_are_refused(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  mah_tensor a = matrix(&rng, MAH_FLOAT32, 3, 4, 0), b = matrix(&rng, MAH_FLOAT32, 4, 5, 0);
  mah_tensor out = matrix(&rng, MAH_FLOAT32, 3, 5, 0), wide = matrix(&rng, MAH_FLOAT64, 4, 5, 0);
  mah_tensor bias = new_tensor(MAH_FLOAT32, 1, 4, 0), whole = new_tensor(MAH_INT32, 2, 3, 4);
  assert_fails(MAH_ERROR_SHAPE, "shapes do not fit", mah_tensor_affine(&out, &b, &a, NULL, 0));
  assert_fails(MAH_ERROR_SHAPE, "out is", mah_tensor_affine(&a, &a, &b, NULL, 0));
  assert_fails(MAH_ERROR_SHAPE, "the bias is", mah_tensor_affine(&out, &a, &b, &bias, 0));
  assert_fails(MAH_ERROR_DTYPE, "one dtype", mah_tensor_affine(&out, &a, &wide, NULL, 0));
  assert_fails(MAH_ERROR_DTYPE, "float32 or float64", mah_tensor_affine(&out, &whole, &b, NULL, 0));
  mah_tensor *all[] = {&a, &b, &out, &wide, &bias, &whole};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

/* Without room for the packed matrix it fails; without work space it goes on, and gives the same
 * bits. */
static void memory_runs_out_anywhere(void **state) {
  (void)state;
  mah_rng rng = rng_of(5);
  mah_tensor a = matrix(&rng, MAH_FLOAT32, 300, 100, 0), b = matrix(&rng, MAH_FLOAT32, 100, 90, 0);
  mah_tensor out = matrix(&rng, MAH_FLOAT32, 300, 90, 0), whole = {0};
  assert_ok(mah_tensor_affine(&out, &a, &b, NULL, 0));
  assert_ok(mah_tensor_clone(&whole, &out));
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "memory", mah_tensor_affine(&out, &a, &b, NULL, 0));
  mah_memory_fail_at(2);
  assert_ok(mah_tensor_affine(&out, &a, &b, NULL, 0));
  mah_memory_fail_at(0);
  assert_memory_equal(out.data, whole.data, 300 * 90 * sizeof(float));
  mah_tensor *all[] = {&a, &b, &out, &whole};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

/* Where threads allocate at the same time, the cache of blocks is passed by, and memory grows: a
 * product asks twice, for the packed matrix and for the work space of all its tasks. */
static void tasks_allocate_nothing(void **state) {
  (void)state;
  mah_rng rng = rng_of(6);
  int32_t threads = mah_parallel_threads();
  mah_tensor a = matrix(&rng, MAH_FLOAT32, 300, 100, 0), b = matrix(&rng, MAH_FLOAT32, 100, 90, 0);
  mah_tensor out = matrix(&rng, MAH_FLOAT32, 300, 90, 0);
  assert_ok(mah_parallel_use(3));
  mah_memory_fail_at(3);
  assert_ok(mah_tensor_affine(&out, &a, &b, NULL, 0));
  assert_null(mah_alloc(1, 1));
  assert_ok(mah_parallel_use(threads));
  mah_tensor *all[] = {&a, &b, &out};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_equal_plain_loops),
      cmocka_unit_test(large_products_equal_plain_loops),
      cmocka_unit_test(the_number_of_threads_changes_no_bit),
      cmocka_unit_test(wrong_operands_are_refused),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(tasks_allocate_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
