/* Moving averages against a plain loop. */
#include "learn/variants.h"

static void check_share(variant *v, int64_t n, double share) {
  int32_t d = v->dtype;
  void *average = random_reals(&v->rng, d, n), *w = random_reals(&v->rng, d, n);
  void *before = copy_reals(average, d, n);
  v->kernels->average(average, w, n, share);
  for (int64_t i = 0; i < n; i++) {
    double a = get(before, d, i), x = get(w, d, i);
    assert_close(get(average, d, i), a + share * (x - a), tolerance_of(d));
    if (share == 1) assert_true(get(average, d, i) == x);
  }
  FREE(average, w, before);
}

static void check(variant *v, int64_t n) {
  check_share(v, n, 0.125);
  check_share(v, n, 1);
}

/* Wherever an element stands, it has the same bits. */
static void check_places(variant *v, int64_t n) {
  int32_t d = v->dtype;
  int64_t size = mah_dtype_size(d), half = n / 3;
  void *average = random_reals(&v->rng, d, n), *w = random_reals(&v->rng, d, n);
  void *parts = copy_reals(average, d, n);
  v->kernels->average(average, w, n, 0.3);
  v->kernels->average(parts, w, half, 0.3);
  v->kernels->average((char *)parts + half * size, (char *)w + half * size, n - half, 0.3);
  assert_memory_equal(average, parts, (size_t)(n * size));
  FREE(average, w, parts);
}

static void check_all(variant *v) {
  for_each_size(v, check);
  for_each_size(v, check_places);
}

static void averages_are_those_of_a_plain_loop(void **state) {
  (void)state;
  for_each_variant(check_all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(averages_are_those_of_a_plain_loop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
