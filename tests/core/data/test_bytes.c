/* Numbers in files, in either order. */
#include "testing.h"

#include "data/bytes.h"

static void numbers_are_put_and_read_in_either_order(void **state) {
  (void)state;
  uint8_t bytes[9] = {0};
  mah_put_little(bytes, 0x1122334455667788, 8);
  assert_int_equal(bytes[0], 0x88);
  assert_true(mah_u64_little(bytes) == 0x1122334455667788);
  assert_int_equal(mah_u32_little(bytes), 0x55667788);
  assert_int_equal(mah_u16_little(bytes), 0x7788);
  mah_put_big(bytes + 1, 0x99aabbccdd, 4); /* not aligned, and cut off */
  assert_int_equal(bytes[0], 0x88);
  assert_true(mah_u32_big(bytes + 1) == 0xaabbccdd);
  assert_int_equal(bytes[5], 0x33);
}

static void swapping_equals_a_plain_loop(void **state) {
  (void)state;
  uint8_t bytes[8 * 33 + 1], plain[sizeof bytes];
  for (int64_t size = 1; size <= 8; size *= 2)
    for (int s = 0; s < RAGGED; s++) {
      for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = plain[i] = (uint8_t)(i * 37);
      mah_swap_bytes(bytes + 1, ragged[s], size);
      for (int64_t i = 0; i < ragged[s]; i++)
        for (int64_t k = 0; k < size; k++)
          plain[1 + i * size + k] = (uint8_t)((1 + i * size + size - 1 - k) * 37);
      assert_memory_equal(bytes, plain, sizeof bytes);
    }
}

static void the_machines_order_is_known(void **state) {
  (void)state;
  uint16_t one = 1;
  assert_int_equal(mah_is_little_endian(), mah_u16_little(&one) == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_put_and_read_in_either_order),
      cmocka_unit_test(swapping_equals_a_plain_loop),
      cmocka_unit_test(the_machines_order_is_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
