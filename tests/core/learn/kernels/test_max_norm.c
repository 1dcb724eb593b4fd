/* Norms of units that are held back, against plain loops. */
#include "learn/variants.h"

enum { INPUTS = 9 };

/* The middle third of the units alone. */
static void check_some(variant *v, int64_t units) {
  int32_t d = v->dtype;
  int64_t n = INPUTS * units, first = units / 3, count = units / 2;
  void *W = random_reals(&v->rng, d, n), *before = copy_reals(W, d, n);
  const double limit = 1.8; /* about the middle of the norms */
  v->kernels->max_norm(W, INPUTS, units, first, count, limit);
  for (int64_t u = 0; u < units; u++) {
    double sum = 0, scale = 1;
    for (int64_t i = 0; i < INPUTS; i++) sum += pow(get(before, d, i * units + u), 2);
    if (u >= first && u < first + count && sqrt(sum) > limit) scale = limit / sqrt(sum);
    for (int64_t i = 0; i < INPUTS; i++) {
      double w = get(W, d, i * units + u), w0 = get(before, d, i * units + u);
      assert_close(w, scale * w0, tolerance_of(d));
      if (scale == 1) assert_true(w == w0);
    }
  }
  FREE(W, before);
}

static void check_all(variant *v) {
  const int64_t sizes[] = {1, 7, 8, 9, 17, 33, 64, 65, 130};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check_some(v, sizes[i]);
}

static void norms_are_those_of_plain_loops(void **state) {
  (void)state;
  for_each_variant(check_all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(norms_are_those_of_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
