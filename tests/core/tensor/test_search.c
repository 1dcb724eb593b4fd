/* Searches and interpolation against plain loops. */
#include "testing.h"

/* n ascending numbers with ties, NaN at the end when `nan`. */
static mah_tensor ascending(mah_rng *rng, int32_t dtype, int64_t n, int nan) {
  mah_tensor wide = {0}, t = {0};
  double x = -2;
  assert_ok(mah_tensor_new(&wide, MAH_FLOAT64, 1, &n));
  for (int64_t i = 0; i < n; i++) {
    x += mah_rng_below(rng, 3);
    ((double *)wide.data)[i] = nan && i >= n - 2 ? NAN : x;
  }
  assert_ok(mah_tensor_to(&t, &wide, dtype));
  mah_tensor_release(&wide);
  return t;
}

static double value(const mah_tensor *t, int64_t i) {
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[i];
  case MAH_FLOAT64: return ((double *)t->data)[i];
  case MAH_INT32: return ((int32_t *)t->data)[i];
  default: return (double)((int64_t *)t->data)[i];
  }
}

static int is_before(double a, double b) { return a < b || (!isnan(a) && isnan(b)); }

static void check_search(const mah_tensor *sorted, const mah_tensor *x, int right) {
  mah_tensor out = {0};
  assert_ok(mah_searchsorted(&out, sorted, x, right, 1));
  for (int64_t i = 0; i < x->extent[0]; i++) {
    int64_t at = 0;
    double v = value(x, i);
    while (at < sorted->extent[0] &&
           (right ? !is_before(v, value(sorted, at)) : is_before(value(sorted, at), v)))
      at++;
    assert_int_equal(((int32_t *)out.data)[i], at + 1);
  }
  mah_tensor_release(&out);
}

static void searches_find_what_a_walk_finds(void **state) {
  (void)state;
  const int32_t dtypes[] = {MAH_FLOAT32, MAH_FLOAT64, MAH_INT32, MAH_INT64};
  mah_rng rng = rng_of(6);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int d = 0; d < 4; d++)
      for (int r = 0; r < RAGGED; r++) {
        int nan = d < 2 && ragged[r] > 8;
        mah_tensor sorted = ascending(&rng, dtypes[d], ragged[r], nan);
        mah_tensor x = ascending(&rng, dtypes[d], ragged[(r + 4) % RAGGED], nan);
        check_search(&sorted, &x, 0);
        check_search(&sorted, &x, 1);
        mah_tensor_release(&sorted);
        mah_tensor_release(&x);
      }
  }
}

static void lines_are_drawn_between_points(void **state) {
  (void)state;
  const double xp[] = {0, 1, 3}, fp[] = {1, 2, -2};
  const double x[] = {-1, 0, 0.5, 1, 2, 3, 4, NAN}, y[] = {9, 1, 1.5, 2, 0, -2, 8, NAN};
  int64_t n = 8, three = 3;
  mah_tensor a = {0}, b = {0}, c = {0}, out = {0};
  double ends[2];
  assert_ok(mah_tensor_borrow(&a, (void *)(uintptr_t)x, MAH_FLOAT64, 1, &n));
  assert_ok(mah_tensor_borrow(&b, (void *)(uintptr_t)xp, MAH_FLOAT64, 1, &three));
  assert_ok(mah_tensor_borrow(&c, (void *)(uintptr_t)fp, MAH_FLOAT64, 1, &three));
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    assert_ok(mah_interp(&out, &a, &b, &c, 9, 8));
    for (int i = 0; i < 8; i++)
      assert_true(isnan(y[i]) ? isnan(value(&out, i)) : value(&out, i) == y[i]);
    mah_tensor_release(&out);
  }
  assert_ok(mah_interp_ends(ends, &c));
  assert_true(ends[0] == 1 && ends[1] == -2);
  assert_fails(MAH_ERROR_ARGUMENT, "-2 at 3 follows 2", mah_interp(&out, &a, &c, &b, 0, 0));
  assert_fails(MAH_ERROR_SHAPE, "vectors of one length", mah_interp(&out, &a, &a, &b, 0, 0));
  mah_tensor *all[] = {&a, &b, &c};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(searches_find_what_a_walk_finds),
      cmocka_unit_test(lines_are_drawn_between_points),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
