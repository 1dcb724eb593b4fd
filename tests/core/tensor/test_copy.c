/* Copies: every pair of dtypes, broadcasting, overlap, and the ends of the integer types. */
#include "testing.h"

static mah_tensor vector(int32_t dtype, int64_t n, const double *values) {
  mah_tensor t = {0}, from = {0};
  assert_ok(mah_tensor_borrow(&from, (void *)(uintptr_t)values, MAH_FLOAT64, 1, &n));
  assert_ok(mah_tensor_to(&t, &from, dtype));
  mah_tensor_release(&from);
  return t;
}
#define VECTOR(dtype, ...)                                                                         \
  vector(dtype, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static void assert_elements(mah_tensor *t, int64_t n, const double *expected) {
  mah_tensor wide = {0};
  assert_ok(mah_tensor_to(&wide, t, MAH_FLOAT64));
  assert_int_equal(mah_tensor_count(t), n);
  for (int64_t i = 0; i < n; i++) assert_true(((double *)wide.data)[i] == expected[i]);
  mah_tensor_release(&wide);
  mah_tensor_release(t);
}
#define ASSERT_ELEMENTS(t, ...)                                                                    \
  assert_elements(t, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static void every_pair_of_dtypes_converts(void **state) {
  (void)state;
  for (int32_t from = 0; from < NUMBERS; from++)
    for (int32_t to = 0; to < NUMBERS; to++) {
      mah_tensor a = VECTOR(from, 0, 1, 7, 100, 255), b = {0};
      assert_ok(mah_tensor_to(&b, &a, to));
      assert_int_equal(b.elem, to);
      ASSERT_ELEMENTS(&b, 0, 1, 7, 100, 255);
      mah_tensor_release(&a);
    }
}

static void numbers_beyond_an_integer_are_clamped(void **state) {
  (void)state;
  mah_tensor t = VECTOR(MAH_INT32, -1.9, 1.9, 1e10, -1e10, NAN, INFINITY, -INFINITY);
  ASSERT_ELEMENTS(&t, -1, 1, 2147483647, -2147483648.0, 0, 2147483647, -2147483648.0);
  t = VECTOR(MAH_UINT8, -1.9, 1.9, 300, -300, NAN, INFINITY, -INFINITY);
  ASSERT_ELEMENTS(&t, 0, 1, 255, 0, 0, 255, 0);
  mah_tensor wide = VECTOR(MAH_INT32, -5, 300, 7), small = {0};
  assert_ok(mah_tensor_to(&small, &wide, MAH_UINT8));
  ASSERT_ELEMENTS(&small, 0, 255, 7);
  mah_tensor_release(&wide);
  t = VECTOR(MAH_INT64, -1.9, 1e10, 1e30, -1e30, NAN, INFINITY, -INFINITY, 0x1.fffffffffffffp62);
  const int64_t *x = t.data, most = INT64_MAX, least = INT64_MIN;
  const int64_t expected[] = {-1, 10000000000, most, least, 0, most, least, most - 1023};
  assert_memory_equal(x, expected, sizeof expected);
  assert_ok(mah_tensor_to(&wide, &t, MAH_INT32));
  assert_int_equal(((int32_t *)wide.data)[1], INT32_MAX);
  assert_int_equal(((int32_t *)wide.data)[3], INT32_MIN);
  mah_tensor_release(&t);
  mah_tensor_release(&wide);
}

static void copies_broadcast_through_strides(void **state) {
  (void)state;
  int64_t shape[] = {2, 3};
  mah_tensor out = {0}, turned = {0}, row = VECTOR(MAH_INT32, 1, 2), wrong = VECTOR(MAH_INT32, 1);
  assert_ok(mah_tensor_zeros(&out, MAH_FLOAT32, 2, shape));
  assert_ok(mah_tensor_transpose(&turned, &out, 0, 1)); /* (3, 2) */
  assert_ok(mah_tensor_copy(&turned, &row));
  mah_tensor_release(&turned);
  ASSERT_ELEMENTS(&out, 1, 1, 1, 2, 2, 2);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_tensor_copy(&out, &row));
  assert_fails(MAH_ERROR_SHAPE, "broadcast", mah_tensor_copy(&wrong, &row));
  mah_tensor_release(&row);
  mah_tensor_release(&wrong);
}

static void overlapping_copies_are_right(void **state) {
  (void)state;
  for (int up = 0; up < 2; up++) {
    mah_tensor t = VECTOR(MAH_FLOAT32, 1, 2, 3, 4, 5), a = {0}, b = {0};
    assert_ok(mah_tensor_narrow(&a, &t, 0, up, 4));
    assert_ok(mah_tensor_narrow(&b, &t, 0, !up, 4));
    assert_ok(mah_tensor_copy(&a, &b));
    mah_tensor_release(&a);
    mah_tensor_release(&b);
    if (up)
      ASSERT_ELEMENTS(&t, 1, 1, 2, 3, 4);
    else
      ASSERT_ELEMENTS(&t, 2, 3, 4, 5, 5);
  }
}

static void a_matrix_is_transposed_onto_itself(void **state) {
  (void)state;
  int64_t shape[] = {2, 2};
  mah_tensor v = VECTOR(MAH_FLOAT64, 1, 2, 3, 4), m = {0}, turned = {0};
  assert_ok(mah_tensor_view(&m, &v, 2, shape));
  assert_ok(mah_tensor_transpose(&turned, &m, 0, 1));
  assert_ok(mah_tensor_copy(&m, &turned));
  assert_ok(mah_tensor_copy(&m, &m));
  mah_tensor_release(&turned);
  mah_tensor_release(&m);
  ASSERT_ELEMENTS(&v, 1, 3, 2, 4);
}

static void fill_and_clone_follow_views(void **state) {
  (void)state;
  mah_tensor t = VECTOR(MAH_UINT8, 1, 2, 3, 4), half = {0}, twin = {0};
  assert_ok(mah_tensor_stride(&half, &t, 0, 1, 2, 2));
  assert_ok(mah_tensor_clone(&twin, &half));
  assert_ok(mah_tensor_fill(&half, 1000));
  assert_true(mah_tensor_is_contiguous(&twin));
  ASSERT_ELEMENTS(&twin, 2, 4);
  mah_tensor_release(&half);
  ASSERT_ELEMENTS(&t, 1, 255, 3, 255);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_tensor_fill(&t, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_tensor_clone(&twin, NULL));
}

static void out_of_memory_leaves_the_target(void **state) {
  (void)state;
  mah_tensor t = VECTOR(MAH_FLOAT32, 1, 2, 3), a = {0}, b = {0};
  assert_ok(mah_tensor_narrow(&a, &t, 0, 0, 2));
  assert_ok(mah_tensor_narrow(&b, &t, 0, 1, 2));
  int64_t before = mah_memory_live();
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_tensor_copy(&a, &b));
  assert_int_equal(mah_memory_live(), before);
  mah_tensor_release(&a);
  mah_tensor_release(&b);
  ASSERT_ELEMENTS(&t, 1, 2, 3);
}

/* Around the size of a tile, in a batch, and of a part that is not all of the source. */
static void transposed_copies_equal_a_plain_loop(void **state) {
  (void)state;
  const int64_t sides[] = {1, 2, 31, 32, 33, 70};
  for (int32_t dtype = 0; dtype < MAH_DTYPES; dtype++)
    for (int a = 0; a < 6; a++)
      for (int b = 0; b < 6; b++) {
        int64_t m = sides[a], n = sides[b], count = 3 * (m + 2) * n, size = mah_dtype_size(dtype);
        mah_tensor x = {0}, part = {0}, turned = {0}, y = {0};
        assert_ok(mah_tensor_new(&x, dtype, 3, (int64_t[]){3, m + 2, n}));
        for (int64_t i = 0; i < count * size; i++) ((uint8_t *)x.data)[i] = (uint8_t)(i % 63);
        assert_ok(mah_tensor_narrow(&part, &x, 1, 1, m));
        assert_ok(mah_tensor_transpose(&turned, &part, 1, 2));
        assert_ok(mah_tensor_clone(&y, &turned));
        for (int64_t k = 0; k < 3; k++)
          for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < m; j++)
              assert_memory_equal((char *)y.data + ((k * n + i) * m + j) * size,
                                  (char *)x.data + ((k * (m + 2) + j + 1) * n + i) * size,
                                  (size_t)size);
        mah_tensor *all[] = {&x, &part, &turned, &y};
        for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(transposed_copies_equal_a_plain_loop),
      cmocka_unit_test(every_pair_of_dtypes_converts),
      cmocka_unit_test(numbers_beyond_an_integer_are_clamped),
      cmocka_unit_test(copies_broadcast_through_strides),
      cmocka_unit_test(overlapping_copies_are_right),
      cmocka_unit_test(a_matrix_is_transposed_onto_itself),
      cmocka_unit_test(fill_and_clone_follow_views),
      cmocka_unit_test(out_of_memory_leaves_the_target),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
