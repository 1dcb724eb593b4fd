/* NaN and infinity are found wherever they are. */
#include "learn/variants.h"

static void check(variant *v, int64_t n) {
  const double odd[] = {NAN, INFINITY, -INFINITY};
  void *x = random_reals(&v->rng, v->dtype, n);
  assert_true(v->kernels->finite(x, n));
  for (int64_t i = 0; i<n; i += n> 100 ? n / 50 : 1)
    for (int k = 0; k < 3; k++) {
      double kept = get(x, v->dtype, i);
      set(x, v->dtype, i, odd[k]);
      assert_false(v->kernels->finite(x, n));
      set(x, v->dtype, i, kept);
    }
  if (n > 0) set(x, v->dtype, n - 1, -INFINITY);
  assert_int_equal(v->kernels->finite(x, n), n == 0);
  mah_free(x);
}

static void check_sizes(variant *v) { for_each_size(v, check); }

static void one_that_is_no_number_is_found_anywhere(void **state) {
  (void)state;
  for_each_variant(check_sizes);
}

/* The largest numbers, whose sum is infinite. */
static void check_largest(variant *v) {
  double x[40];
  for (int i = 0; i < 40; i++) set(x, v->dtype, i, v->dtype == MAH_FLOAT32 ? 3.4e38 : 1.7e308);
  assert_true(v->kernels->finite(x, 40));
}

static void large_numbers_are_finite(void **state) {
  (void)state;
  for_each_variant(check_largest);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_that_is_no_number_is_found_anywhere),
      cmocka_unit_test(large_numbers_are_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
