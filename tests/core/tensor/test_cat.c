/* Tensors joined to one. */
#include "tensor/operations.h"

#include "tensor/cat.h"

static void cat_promotes_and_names_what_does_not_fit(void **state) {
  (void)state;
  mah_tensor a = make(MAH_UINT8, 2, 3), b = make(MAH_INT32, 2, 1), c = make(MAH_INT32, 3, 3);
  mah_tensor out = {0};
  assert_ok(mah_cat(&out, (const mah_tensor *[]){&a, &b}, 2, 1));
  assert_string_equal(mah_tensor_describe(&out), "int32 2x4");
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 3; j++)
      assert_int_equal(((int32_t *)out.data)[4 * i + j], ((uint8_t *)a.data)[3 * i + j]);
    assert_int_equal(((int32_t *)out.data)[4 * i + 3], ((int32_t *)b.data)[i]);
  }
  mah_tensor_release(&out);
  assert_fails(MAH_ERROR_SHAPE, "int32 3x3", mah_cat(&out, (const mah_tensor *[]){&a, &c}, 2, 1));
  mah_tensor *all[] = {&a, &b, &c};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static mah_status do_cat(mah_tensor out[4], mah_tensor *x) {
  return mah_cat(&out[0], (const mah_tensor *const[]){x, x}, 2, 1);
}

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  check_without_memory(do_cat);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cat_promotes_and_names_what_does_not_fit),
      cmocka_unit_test(memory_runs_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
