/* Running sums, products and extremes against plain loops: every dtype, along rows and columns. */
#include "testing.h"

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  mah_tensor cell = *t, wide = {0}; /* not a counted reference */
  cell.data = (char *)t->data + (i * t->step[0] + j * t->step[1]) * mah_dtype_size(t->elem);
  cell.ndim = 0;
  assert_ok(mah_tensor_to(&wide, &cell, MAH_FLOAT64));
  double value = *(double *)wide.data;
  mah_tensor_release(&wide);
  return value;
}

static mah_tensor random_matrix(mah_rng *rng, int32_t dtype, int64_t n, int64_t m, int turned) {
  mah_tensor wide = {0}, t = {0}, view = {0};
  const int64_t extent[] = {turned ? m : n, turned ? n : m};
  assert_ok(mah_tensor_new(&wide, MAH_FLOAT64, 2, extent));
  int real = !mah_dtype_is_integer(dtype);
  for (int64_t i = 0; i < n * m; i++) {
    double x = (double)mah_rng_below(rng, 7) - (dtype == MAH_UINT8 ? 0 : 3);
    ((double *)wide.data)[i] = real ? x / 2 : x;
    if (real && mah_rng_below(rng, 90) == 0) ((double *)wide.data)[i] = NAN;
  }
  assert_ok(mah_tensor_to(&t, &wide, dtype));
  mah_tensor_release(&wide);
  if (!turned) return t;
  assert_ok(mah_tensor_transpose(&view, &t, 0, 1));
  mah_tensor_release(&t);
  return view;
}

static void assert_same(double got, double expected, double tolerance) {
  if (isnan(expected) ? isnan(got) : got == expected) return;
  if (isinf(got) && fabs(expected) > 65000) return; /* float16 has no more */
  assert_close(got, expected, tolerance);
}

static void check_running(const mah_tensor *x, int32_t dim) {
  mah_tensor sums = {0}, products = {0};
  assert_ok(mah_cumsum(&sums, x, dim));
  assert_ok(mah_cumprod(&products, x, dim));
  int whole = mah_dtype_is_integer(x->elem);
  assert_int_equal(sums.elem, whole ? MAH_INT64 : x->elem);
  double tolerance = mah_dtype_is_half(x->elem) ? 1e-2 : x->elem == MAH_FLOAT32 ? 1e-6 : 1e-13;
  for (int64_t l = 0; l < x->extent[1 - dim]; l++) {
    double sum = 0, product = 1;
    uint64_t wrapped = 1;
    for (int64_t k = 0; k < x->extent[dim]; k++) {
      int64_t i = dim ? l : k, j = dim ? k : l;
      sum += at(x, i, j), product *= at(x, i, j);
      if (whole) wrapped *= (uint64_t)(int64_t)at(x, i, j);
      assert_same(at(&sums, i, j), sum, tolerance);
      assert_same(at(&products, i, j), whole ? (double)(int64_t)wrapped : product, tolerance);
    }
  }
  mah_tensor_release(&sums);
  mah_tensor_release(&products);
}

static void check_extremes(const mah_tensor *x, int32_t dim, int largest) {
  mah_tensor values = {0}, place = {0};
  assert_ok(mah_cumulate_extreme(&values, &place, x, dim, largest, 1));
  for (int64_t l = 0; l < x->extent[1 - dim]; l++) {
    double best = 0;
    int64_t where = 0;
    for (int64_t k = 0; k < x->extent[dim]; k++) {
      int64_t i = dim ? l : k, j = dim ? k : l;
      double v = at(x, i, j);
      int better = k == 0 || isnan(v) || (!isnan(best) && (largest ? v >= best : v <= best));
      if (better) best = v, where = k + 1;
      assert_same(at(&values, i, j), best, 0);
      assert_int_equal((int64_t)at(&place, i, j), where);
    }
  }
  mah_tensor_release(&values);
  mah_tensor_release(&place);
}

static void check_matrix(const mah_tensor *x) {
  for (int32_t dim = 0; dim < 2; dim++) {
    check_running(x, dim);
    check_extremes(x, dim, 0);
    check_extremes(x, dim, 1);
  }
}

static void running_results_equal_plain_loops(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
      for (int r = 0; r < RAGGED; r++)
        for (int turned = 0; turned < 2; turned++) {
          mah_tensor x = random_matrix(&rng, dtype, ragged[r], ragged[(r + 3) % RAGGED], turned);
          check_matrix(&x);
          mah_tensor_release(&x);
        }
  }
}

/* Longer than the buffers: rows, and rows side by side. */
static void long_lines_go_on(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++) {
    mah_tensor x = random_matrix(&rng, dtype, 3, 2500, 0);
    check_matrix(&x);
    mah_tensor_release(&x);
  }
}

static void int64_extremes_are_exact(void **state) {
  (void)state;
  int64_t n = 3, big = ((int64_t)1 << 53) + 1;
  mah_tensor x = {0}, values = {0}, place = {0};
  assert_ok(mah_tensor_new(&x, MAH_INT64, 1, &n));
  int64_t *in = x.data;
  in[0] = big - 1, in[1] = big, in[2] = big - 1;
  assert_ok(mah_cumulate_extreme(&values, &place, &x, 0, 1, 0));
  assert_true(((int64_t *)values.data)[2] == big);
  assert_int_equal(((int32_t *)place.data)[2], 1);
  mah_tensor *all[] = {&x, &values, &place};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static void differences_are_those_of_neighbours(void **state) {
  (void)state;
  mah_rng rng = rng_of(5);
  for (int turned = 0; turned < 2; turned++) {
    mah_tensor x = random_matrix(&rng, MAH_FLOAT64, 9, 17, turned);
    for (int32_t dim = 0; dim < 2; dim++) {
      mah_tensor out = {0};
      assert_ok(mah_diff(&out, &x, dim));
      for (int64_t i = 0; i < out.extent[0]; i++)
        for (int64_t j = 0; j < out.extent[1]; j++)
          assert_same(at(&out, i, j), at(&x, i + !dim, j + dim) - at(&x, i, j), 0);
      mah_tensor_release(&out);
    }
    mah_tensor_release(&x);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(running_results_equal_plain_loops),
      cmocka_unit_test(long_lines_go_on),
      cmocka_unit_test(int64_extremes_are_exact),
      cmocka_unit_test(differences_are_those_of_neighbours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
