/* Clipping by norm and by value against plain loops. */
#include "learn/variants.h"

static void check_norm(variant *v, int64_t n, double max_norm) {
  int32_t d = v->dtype;
  void *g = random_reals(&v->rng, d, n), *before = copy_reals(g, d, n);
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += get(g, d, i) * get(g, d, i);
  assert_close(v->kernels->clip_norm(g, n, max_norm), sqrt(sum), 1e-12);
  double scale = sqrt(sum) > max_norm ? max_norm / sqrt(sum) : 1;
  for (int64_t i = 0; i < n; i++)
    assert_close(get(g, d, i), scale * get(before, d, i), tolerance_of(d));
  FREE(g, before);
}

static void check_norms(variant *v, int64_t n) {
  check_norm(v, n, 0.5);
  check_norm(v, n, 1e3);
}

static void check_value(variant *v, int64_t n) {
  int32_t d = v->dtype;
  void *g = random_reals(&v->rng, d, n), *before = copy_reals(g, d, n);
  v->kernels->clip_value(g, n, 0.25);
  for (int64_t i = 0; i < n; i++)
    assert_true(get(g, d, i) == fmax(-0.25, fmin(0.25, get(before, d, i))));
  FREE(g, before);
}

static void check_all_norms(variant *v) { for_each_size(v, check_norms); }
static void check_all_values(variant *v) { for_each_size(v, check_value); }

static void the_norm_is_that_of_a_plain_loop(void **state) {
  (void)state;
  for_each_variant(check_all_norms);
}

static void values_are_those_of_a_plain_loop(void **state) {
  (void)state;
  for_each_variant(check_all_values);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_norm_is_that_of_a_plain_loop),
      cmocka_unit_test(values_are_those_of_a_plain_loop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
