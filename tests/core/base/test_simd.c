/* The choice of an instruction set. */
#include "testing.h"

/* Must come first: the environment is looked at once. */
static void the_environment_narrows_the_choice(void **state) {
  (void)state;
  assert_int_equal(mah_simd_current(), MAH_SIMD_PORTABLE);
}

static void every_set_that_is_there_can_be_used(void **state) {
  (void)state;
  mah_simd best = mah_simd_best();
  for (mah_simd simd = 0; simd <= best; simd++) {
    assert_ok(mah_simd_use(simd));
    assert_int_equal(mah_simd_current(), simd);
  }
  assert_fails(MAH_ERROR_ARGUMENT, "not to be had", mah_simd_use(best + 1));
  assert_fails(MAH_ERROR_ARGUMENT, "-1", mah_simd_use(-1));
  assert_int_equal(mah_simd_current(), best);
}

static void names_are_told(void **state) {
  (void)state;
  assert_string_equal(mah_simd_name(MAH_SIMD_PORTABLE), "portable");
  assert_string_equal(mah_simd_name(MAH_SIMD_AVX512), "avx512");
  assert_string_equal(mah_simd_name(MAH_SIMD_COUNT), "unknown");
  assert_string_equal(mah_simd_name(-1), "unknown");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_environment_narrows_the_choice),
      cmocka_unit_test(every_set_that_is_there_can_be_used),
      cmocka_unit_test(names_are_told),
  };
  setenv("MAH_SIMD", "portable", 1);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
