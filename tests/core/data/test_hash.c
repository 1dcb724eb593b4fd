/* SHA-256 against FIPS 180-4's examples, on both sides of its padding; CRC-32 of tensors. */
#include "testing.h"

static void expect_digest(const char *text, int64_t n, const char *expected) {
  char hex[65];
  mah_sha256(hex, text, n);
  assert_string_equal(hex, expected);
}

static void sha256_gives_the_standards_digests(void **state) {
  (void)state;
  expect_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  char *many = mah_alloc(1000000, 1);
  memset(many, 'a', 1000000);
  expect_digest(many, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  expect_digest(many, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  expect_digest(many, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
  mah_free(many);
}

static void crc_gives_the_check_value(void **state) {
  (void)state;
  mah_tensor digits = {0}, column = {0};
  char text[] = "123456789";
  int64_t nine = 9, three[2] = {3, 3};
  uint32_t crc;
  assert_ok(mah_tensor_borrow(&digits, text, MAH_UINT8, 1, &nine));
  assert_ok(mah_tensor_crc(&crc, &digits));
  assert_int_equal(crc, 0xcbf43926); /* the check value of CRC-32/ISO-HDLC */
  mah_tensor_release(&digits);
  assert_ok(mah_tensor_borrow(&digits, text, MAH_UINT8, 2, three));
  assert_ok(mah_tensor_select(&column, &digits, 1, 0));
  assert_fails(MAH_ERROR_SHAPE, "gaps", mah_tensor_crc(&crc, &column));
  assert_fails(MAH_ERROR_ARGUMENT, "out", mah_tensor_crc(NULL, &digits));
  mah_tensor_release(&column);
  mah_tensor_release(&digits);
  assert_fails(MAH_ERROR_ARGUMENT, "", mah_tensor_crc(&crc, &digits));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sha256_gives_the_standards_digests),
                                     cmocka_unit_test(crc_gives_the_check_value)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
