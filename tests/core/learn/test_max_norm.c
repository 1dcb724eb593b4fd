/* Norms of units: ends of the number line, threads, and what is refused. */
#include "testing.h"

#include "base/parallel.h"

static mah_tensor vector_over(void *values, int32_t dtype, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, values, dtype, 1, &n));
  return t;
}

/* W (2 x 4) from the second element on: its units have the norms 5, 1, NaN and infinity. */
static void only_large_norms_are_scaled(void **state) {
  (void)state;
  double w[10] = {9, 3, .6, NAN, INFINITY, 4, .8, 1, 1, 9};
  mah_tensor t = vector_over(w, MAH_FLOAT64, 10);
  assert_ok(mah_max_norm_apply(&t, &(mah_max_norm){1, 2, 4, 2.5}, 1));
  assert_close(w[1], 1.5, 1e-15);
  assert_close(w[5], 2, 1e-15);
  assert_true(w[0] == 9 && w[9] == 9 && w[2] == .6 && w[6] == .8);
  assert_true(isnan(w[3]) && w[7] == 1 && isinf(w[4]) && w[8] == 1);
  mah_tensor_release(&t);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  enum { N = 300 * 170 };
  mah_rng rng = rng_of(2);
  float *one = random_reals(&rng, MAH_FLOAT32, N), *three = copy_reals(one, MAH_FLOAT32, N);
  mah_tensor a = vector_over(one, MAH_FLOAT32, N), b = vector_over(three, MAH_FLOAT32, N);
  const mah_max_norm norm = {0, 300, 170, 9.5};
  int32_t before = mah_parallel_threads();
  assert_ok(mah_parallel_use(1));
  assert_ok(mah_max_norm_apply(&a, &norm, 1));
  assert_ok(mah_parallel_use(3));
  assert_ok(mah_max_norm_apply(&b, &norm, 1));
  assert_ok(mah_parallel_use(before));
  assert_memory_equal(one, three, N * sizeof *one);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  mah_free(one);
  mah_free(three);
}

static void limits_that_do_not_fit_are_named(void **state) {
  (void)state;
  double w[4] = {0};
  mah_tensor t = vector_over(w, MAH_FLOAT64, 4);
  const mah_max_norm wrong[] = {
      {0, 2, 3, 1}, {1, 2, 2, 1}, {-1, 1, 1, 1}, {0, 0, 1, 1}, {0, INT64_MAX, 4, 1}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_fails(MAH_ERROR_ARGUMENT, "of 4", mah_max_norm_apply(&t, &wrong[i], 1));
  assert_fails(MAH_ERROR_ARGUMENT, "max_norm must be > 0, got 0",
               mah_max_norm_apply(&t, &(mah_max_norm){0, 2, 2, 0}, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_max_norm_apply(NULL, wrong, 1));
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_large_norms_are_scaled),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(limits_that_do_not_fit_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
