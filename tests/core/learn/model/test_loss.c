/* The table of losses: names, and the output activation that belongs to each. */
#include "testing.h"

#include "learn/model/loss.h"

static void names_are_those_of_the_table(void **state) {
  (void)state;
  assert_string_equal(mah_loss_name(MAH_CROSS_ENTROPY), "cross_entropy");
  assert_string_equal(mah_loss_name(MAH_POISSON), "poisson");
}

static void each_has_its_output_activation(void **state) {
  (void)state;
  assert_string_equal(mah_loss_output(MAH_CROSS_ENTROPY), "softmax");
  assert_string_equal(mah_loss_output(MAH_BINARY), "logistic");
  assert_string_equal(mah_loss_output(MAH_POISSON), "exp");
  for (int32_t loss = MAH_ABSOLUTE; loss < MAH_LOSS_COUNT; loss++)
    assert_string_equal(mah_loss_output(loss), "identity");
}

static void numbers_outside_of_the_table_have_no_name(void **state) {
  (void)state;
  assert_null(mah_loss_name(MAH_LOSS_COUNT));
  assert_null(mah_loss_name(-1));
  assert_null(mah_loss_output(MAH_LOSS_COUNT));
  assert_null(mah_loss_output(-1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_those_of_the_table),
      cmocka_unit_test(each_has_its_output_activation),
      cmocka_unit_test(numbers_outside_of_the_table_have_no_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
