/* The table of kernels is complete, for each number type and instruction set. */
#include "learn/variants.h"

/* All entries behind the first are addresses of functions. */
static void check_table(variant *v) {
  const size_t first = offsetof(mah_learn_kernels, pack_weights);
  const char *table = (const char *)v->kernels;
  for (size_t at = first; at < sizeof *v->kernels; at += sizeof(void (*)(void))) {
    void (*entry)(void);
    memcpy(&entry, table + at, sizeof entry);
    if (entry == NULL) fail_msg("no kernel at byte %zu of the table", at);
  }
  assert_int_equal(v->kernels->real_size, mah_dtype_size(v->dtype));
}

static void no_entry_is_missing(void **state) {
  (void)state;
  for_each_variant(check_table);
}

static void the_table_in_use_is_that_of_the_instruction_set(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      assert_ptr_equal(mah_learn(dtype), mah_learn_for(dtype, simd));
  }
  assert_ok(mah_simd_use(mah_simd_best()));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_entry_is_missing),
      cmocka_unit_test(the_table_in_use_is_that_of_the_instruction_set),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
