/* Subnormal numbers are 0 between flush and restore, and what they are elsewhere. */
#include "testing.h"

#include "base/subnormals.h"

static void half_of_the_smallest_is_zero_in_between_only(void **state) {
  (void)state;
  volatile float smallest = 0x1p-126f, half = 0x1p-127f;
  assert_true(smallest / 2 > 0);
  mah_subnormals before = mah_subnormals_flush();
#if defined(__SSE2__) || defined(__aarch64__)
  assert_true(smallest / 2 == 0);    /* as a result */
  assert_true(half * 0x1p100f == 0); /* as an input */
  assert_true(smallest * 2 > 0);
#endif
  mah_subnormals_restore(before);
  assert_true(smallest / 2 > 0);
  assert_true(half * 0x1p100f > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(half_of_the_smallest_is_zero_in_between_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
