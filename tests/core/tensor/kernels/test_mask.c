/* Counting and listing, on every instruction set and dtype, in steps, against plain loops. */
#include "testing.h"

#include "base/simd.h"
#include "tensor/kernels/mask.h"

MAH_DECLARE_VARIANTS(mah_mask_table, mah_mask_kernels);

enum { MOST = 1000 };
static const int64_t sizes[] = {0, 1, 7, 8, 9, 17, 33, 126, 127, 128, 129, 255, 300, MOST};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void rows_equal_a_plain_loop(void **state) {
  (void)state;
  static int64_t
      data[3 * MOST]; /* room for every dtype; all bytes of an element are set, or none */
  int32_t place[MOST + 4];
  mah_rng rng = rng_of(11);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
      for (int64_t apart = 1; apart <= 3; apart += 2)
        for (int z = 0; z < SIZES; z++) {
          const mah_mask_table *table = MAH_PICK_FOR(simd, mah_mask_kernels);
          int64_t n = sizes[z], size = mah_dtype_size(dtype), step = apart * size, found = 0;
          char *at = (char *)data;
          for (int64_t i = 0; i < n; i++)
            memset(at + i * step, mah_rng_below(&rng, 3) ? 63 : 0, (size_t)size);
          if (n == MOST) memset(at, 63, sizeof data); /* counters must not overflow */
          memset(place, -1, sizeof place);
          assert_int_equal(table->places[dtype](place, at, step, n),
                           table->count[dtype](at, step, n));
          for (int64_t i = 0; i < n; i++)
            if (at[i * step]) assert_int_equal(place[found++], i);
          assert_int_equal(table->count[dtype](at, step, n), found);
          assert_int_equal(place[n + 3], -1);
        }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows_equal_a_plain_loop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
