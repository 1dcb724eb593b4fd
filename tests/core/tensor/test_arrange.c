/* Flips, rolls, tiles, repetitions and triangles against plain loops: every size of element, ragged
 * sizes, views, every instruction set. */
#include "testing.h"

static const int32_t some_dtypes[] = {MAH_UINT8, MAH_FLOAT32, MAH_INT64};

/* 0, 1, 2 ... as uint8 has them, with the steps of a transposed matrix when `turned`. */
static mah_tensor counted(int32_t dtype, int64_t n, int64_t m, int turned) {
  mah_tensor t = {0}, view = {0};
  const int64_t extent[] = {turned ? m : n, turned ? n : m};
  assert_ok(mah_tensor_new(&t, MAH_UINT8, 2, extent));
  for (int64_t i = 0; i < n * m; i++)
    ((uint8_t *)t.data)[turned ? i % m * n + i / m : i] = (uint8_t)(i % 251);
  mah_tensor as = {0};
  assert_ok(mah_tensor_to(&as, &t, dtype));
  mah_tensor_release(&t);
  if (!turned) return as;
  assert_ok(mah_tensor_transpose(&view, &as, 0, 1));
  mah_tensor_release(&as);
  return view;
}

static double element(const mah_tensor *t, int64_t i, int64_t j) {
  int64_t at = i * t->step[0] + j * t->step[1];
  switch (t->elem) {
  case MAH_UINT8: return ((uint8_t *)t->data)[at];
  case MAH_FLOAT32: return (double)((float *)t->data)[at];
  default: return (double)((int64_t *)t->data)[at];
  }
}

static int64_t modulo(int64_t a, int64_t n) { return (a % n + n) % n; }

/* out[i, j] is x[from(i, j)], or 0 where that is outside. */
typedef int64_t place(int64_t i, int64_t n, int64_t by);
static int64_t same(int64_t i, int64_t n, int64_t by) { return (void)n, (void)by, i; }
static int64_t back(int64_t i, int64_t n, int64_t by) { return (void)by, n - 1 - i; }
static int64_t rolled(int64_t i, int64_t n, int64_t by) { return modulo(i - by, n); }
static int64_t tiled(int64_t i, int64_t n, int64_t by) { return (void)by, i % n; }
static int64_t repeated(int64_t i, int64_t n, int64_t by) { return (void)n, i / by; }

static void assert_from(const mah_tensor *out, const mah_tensor *x, place *row, int64_t by_row,
                        place *column, int64_t by_column) {
  for (int64_t i = 0; i < out->extent[0]; i++)
    for (int64_t j = 0; j < out->extent[1]; j++)
      assert_true(element(out, i, j) ==
                  element(x, row(i, x->extent[0], by_row), column(j, x->extent[1], by_column)));
}

static void check_moves(const mah_tensor *x) {
  mah_tensor out = {0};
  for (int which = 0; which < 4; which++) {
    const int32_t turned[] = {which & 1, which >> 1};
    assert_ok(mah_flip(&out, x, turned));
    assert_from(&out, x, which & 1 ? back : same, 0, which & 2 ? back : same, 0);
    mah_tensor_release(&out);
  }
  for (int64_t by = -9; by < 20; by += 4) {
    const int64_t shift[] = {by, by == 3 ? 0 : -by};
    assert_ok(mah_roll(&out, x, shift));
    assert_from(&out, x, rolled, shift[0], rolled, shift[1]);
    mah_tensor_release(&out);
  }
  for (int64_t times = 0; times < 6; times++) {
    const int64_t both[] = {times, times > 3 ? 1 : 2};
    assert_ok(mah_tile(&out, x, 2, both));
    assert_int_equal(out.extent[0], x->extent[0] * times);
    assert_from(&out, x, tiled, 0, tiled, 0);
    mah_tensor_release(&out);
    for (int32_t dim = 0; dim < 2; dim++) {
      assert_ok(mah_repeat_interleave(&out, x, dim, NULL, times));
      assert_from(&out, x, dim ? same : repeated, times, dim ? repeated : same, times);
      mah_tensor_release(&out);
    }
  }
}

static void check_counts(const mah_tensor *x, int32_t dim) {
  mah_tensor counts = {0}, out = {0};
  int64_t n = x->extent[dim], at = 0;
  assert_ok(mah_tensor_new(&counts, MAH_INT32, 1, &n));
  for (int64_t i = 0; i < n; i++) ((int32_t *)counts.data)[i] = (int32_t)(i * 7 % 5);
  assert_ok(mah_repeat_interleave(&out, x, dim, &counts, 0));
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < i * 7 % 5; k++, at++)
      for (int64_t j = 0; j < x->extent[1 - dim]; j++)
        assert_true(element(&out, dim ? j : at, dim ? at : j) ==
                    element(x, dim ? j : i, dim ? i : j));
  assert_int_equal(out.extent[dim], at);
  mah_tensor_release(&counts);
  mah_tensor_release(&out);
}

static void check_triangles(const mah_tensor *x) {
  mah_tensor out = {0};
  for (int64_t diagonal = -40; diagonal <= 40; diagonal += diagonal < -3 || diagonal > 2 ? 9 : 1)
    for (int upper = 0; upper < 2; upper++) {
      assert_ok(mah_triangle(&out, x, diagonal, upper));
      for (int64_t i = 0; i < x->extent[0]; i++)
        for (int64_t j = 0; j < x->extent[1]; j++) {
          int kept = upper ? j - i >= diagonal : j - i <= diagonal;
          assert_true(element(&out, i, j) == (kept ? element(x, i, j) : 0));
        }
      mah_tensor_release(&out);
    }
}

static void every_move_equals_a_plain_loop(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int d = 0; d < 3; d++)
      for (int r = 0; r < RAGGED; r++)
        for (int turned = 0; turned < 2; turned++) {
          mah_tensor x = counted(some_dtypes[d], ragged[r], ragged[(r + 2) % RAGGED], turned);
          check_moves(&x);
          check_counts(&x, 0);
          check_counts(&x, 1);
          check_triangles(&x);
          mah_tensor_release(&x);
        }
  }
}

static void long_blocks_are_repeated(void **state) {
  (void)state;
  mah_tensor x = counted(MAH_UINT8, 3, 30000, 0), out = {0};
  const int64_t times[] = {5, 7};
  assert_ok(mah_tile(&out, &x, 2, times));
  assert_from(&out, &x, tiled, 0, tiled, 0);
  mah_tensor_release(&out);
  mah_tensor_release(&x);
}

static void what_is_wrong_is_said(void **state) {
  (void)state;
  mah_tensor x = counted(MAH_FLOAT32, 2, 3, 0), out = {0}, vector = {0};
  const int64_t many[] = {-1, 2}, huge[] = {INT64_MAX, 2}, two = 2;
  assert_fails(MAH_ERROR_ARGUMENT, "-1 times", mah_tile(&out, &x, 2, many));
  assert_fails(MAH_ERROR_ARGUMENT, "times along dimension 1", mah_tile(&out, &x, 2, huge));
  assert_fails(MAH_ERROR_ARGUMENT, "1 dimensions", mah_tile(&out, &x, 1, many));
  assert_fails(MAH_ERROR_ARGUMENT, "dimension 3", mah_repeat_interleave(&out, &x, 2, NULL, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "-2 times", mah_repeat_interleave(&out, &x, 1, NULL, -2));
  assert_fails(MAH_ERROR_SHAPE, "3 integers", mah_repeat_interleave(&out, &x, 1, &x, 1));
  assert_ok(mah_tensor_zeros(&vector, MAH_INT32, 1, &two));
  ((int32_t *)vector.data)[1] = -7;
  assert_fails(MAH_ERROR_ARGUMENT, "count 2 is -7", mah_repeat_interleave(&out, &x, 0, &vector, 1));
  assert_fails(MAH_ERROR_SHAPE, "triu: a matrix", mah_triangle(&out, &vector, 0, 1));
  mah_tensor_release(&vector);
  mah_tensor_release(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_move_equals_a_plain_loop),
      cmocka_unit_test(long_blocks_are_repeated),
      cmocka_unit_test(what_is_wrong_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
