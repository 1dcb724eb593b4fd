/* Philox on any number of counters side by side: published answers, and the carry. */
#include "testing.h"

#include "base/philox.h"

/* Random123's second known answer, in the last of n blocks. */
static void known_answers_stand_in_every_width(void **state) {
  (void)state;
  static const uint32_t known[] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
  for (int n = 1; n <= 40; n++) {
    uint32_t word[4 * 40];
    mah_philox_blocks(word, n, UINT64_MAX, UINT64_MAX, UINT64_MAX - (uint64_t)(n - 1));
    for (int k = 0; k < 4; k++) assert_int_equal(word[k * n + n - 1], known[k]);
  }
}

/* From 2^32 - 5 on the lower word overflows within the blocks. */
static void blocks_side_by_side_equal_single_ones(void **state) {
  (void)state;
  enum { N = 32 };
  static const uint64_t starts[] = {0, 1, 0xfffffffb, 0xffffffff, 0x1fffffff0, UINT64_MAX - 7};
  for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
    uint32_t word[4 * N], single[4];
    mah_philox_blocks(word, N, 0x123456789abcdef, 42, starts[s]);
    for (int j = 0; j < N; j++) {
      mah_philox(single, 0x123456789abcdef, 42, starts[s] + (uint64_t)j);
      for (int k = 0; k < 4; k++) assert_int_equal(word[k * N + j], single[k]);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers_stand_in_every_width),
      cmocka_unit_test(blocks_side_by_side_equal_single_ones),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
