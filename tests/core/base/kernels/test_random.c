/* Doubles by the block, on every instruction set, against one block after the other. */
#include "testing.h"

#include "base/kernels/random.h"

MAH_DECLARE_VARIANTS(mah_random_table, mah_random_kernels);

static void doubles_equal_single_blocks(void **state) {
  (void)state;
  enum { MOST = 100 };
  const int64_t counts[] = {0, 1, 7, 8, 9, 17, 31, 32, 33, MOST};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
      double out[2 * MOST + 1];
      uint64_t low = 0xfffffff0;
      out[2 * counts[c]] = -1;
      MAH_PICK_FOR(simd, mah_random_kernels)->philox_doubles(out, 9, 5, low, counts[c]);
      for (int64_t i = 0; i < counts[c]; i++) {
        uint32_t word[4];
        mah_philox(word, 9, 5, low + (uint64_t)i);
        for (int k = 0; k < 2; k++)
          assert_true(out[2 * i + k] ==
                      ((word[2 * k] >> 5) * 67108864.0 + (word[2 * k + 1] >> 6)) / 0x1p53);
      }
      assert_true(out[2 * counts[c]] == -1); /* nothing behind the end */
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(doubles_equal_single_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
