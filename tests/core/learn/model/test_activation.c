/* The table of activations: names, and which of them keep their z. */
#include "testing.h"

#include "learn/model/activation.h"

static void names_are_those_of_the_table(void **state) {
  (void)state;
  assert_string_equal(mah_activation_name(MAH_IDENTITY), "identity");
  assert_string_equal(mah_activation_name(MAH_LEAKY_RELU), "leaky_relu");
  assert_string_equal(mah_activation_name(MAH_SILU), "silu");
}

static void numbers_outside_of_the_table_have_no_name(void **state) {
  (void)state;
  assert_null(mah_activation_name(MAH_CUSTOM));
  assert_null(mah_activation_name(-1));
}

/* A derivative that is not written with y needs z, and so does a function of the caller's. */
static void z_is_kept_where_the_derivative_needs_it(void **state) {
  (void)state;
  const int32_t keep[] = {MAH_GELU, MAH_SILU, MAH_CUSTOM}, do_not[] = {MAH_RELU, MAH_TANH, MAH_ELU};
  for (int i = 0; i < 3; i++) {
    assert_true(mah_activation_keeps_z(keep[i]));
    assert_false(mah_activation_keeps_z(do_not[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_those_of_the_table),
      cmocka_unit_test(numbers_outside_of_the_table_have_no_name),
      cmocka_unit_test(z_is_kept_where_the_derivative_needs_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
