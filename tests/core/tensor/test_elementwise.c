/* Arithmetic on tensors: edges of dtypes, broadcasting, strides, overlap, numbers as operands, and
 * what is refused. The operations themselves are compared with plain loops in kernels/. */
#include "tensor/vectors.h"

static double binary_of(int32_t op, int32_t dtype, double x, double y) {
  mah_tensor a = one(dtype, x), b = one(dtype, y), c = {0};
  assert_ok(mah_binary(&c, op, &a, &b, 0));
  double result = at(&c, 0);
  mah_tensor *all[] = {&a, &b, &c};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  return result;
}

static void integers_wrap_and_nan_spreads(void **state) {
  (void)state;
  double least = -2147483648.0, most = 2147483647.0;
  assert_true(binary_of(MAH_OP_add, MAH_INT32, most, 1) == least);
  assert_true(binary_of(MAH_OP_mul, MAH_INT32, 65536, 65536) == 0);
  assert_true(binary_of(MAH_OP_add, MAH_UINT8, 250, 10) == 4);
  assert_true(binary_of(MAH_OP_remainder, MAH_INT32, 7, 0) == 0);
  assert_true(binary_of(MAH_OP_remainder, MAH_INT32, least, -1) == 0);
  assert_true(binary_of(MAH_OP_remainder, MAH_UINT8, 7, 0) == 0);
  assert_true(binary_of(MAH_OP_pow, MAH_INT32, 0, 0) == 1);
  assert_true(isinf(binary_of(MAH_OP_div, MAH_INT32, 1, 0)));
  for (int32_t f = MAH_FLOAT32; f <= MAH_FLOAT64; f++) {
    assert_true(isnan(binary_of(MAH_OP_minimum, f, NAN, 1)));
    assert_true(isnan(binary_of(MAH_OP_minimum, f, 1, NAN)));
    assert_true(isnan(binary_of(MAH_OP_maximum, f, NAN, 1)));
    assert_true(isnan(binary_of(MAH_OP_maximum, f, 1, NAN)));
    assert_true(binary_of(MAH_OP_remainder, f, -1, 3) == 2);
    assert_true(binary_of(MAH_OP_remainder, f, 1, -3) == -2);
    assert_true(isnan(binary_of(MAH_OP_remainder, f, 1, 0)));
    assert_true(binary_of(MAH_OP_eq, f, NAN, NAN) == 0);
  }
}

/* (5, 700) minus a column and a row, both wider than the buffers that feed the kernels, with mixed
 * dtypes and a transposed operand. */
static void operands_broadcast_through_strides(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  int64_t shape[] = {700, 5}, column[] = {5, 1};
  mah_tensor flat = random_vector(&rng, MAH_INT32, 3500, 0), grid = {0}, x = {0};
  mah_tensor c = random_vector(&rng, MAH_FLOAT64, 5, 0), b = {0}, y = {0};
  assert_ok(mah_tensor_view(&grid, &flat, 2, shape));
  assert_ok(mah_tensor_transpose(&x, &grid, 0, 1));
  assert_ok(mah_tensor_view(&b, &c, 2, column));
  assert_ok(mah_binary(&y, MAH_OP_sub, &x, &b, 0));
  assert_int_equal(y.elem, MAH_FLOAT64);
  for (int64_t i = 0; i < 5; i++)
    for (int64_t j = 0; j < 700; j++)
      assert_true(at(&y, i * 700 + j) == at(&flat, j * 5 + i) - at(&c, i));
  mah_tensor *all[] = {&flat, &grid, &x, &c, &b, &y};
  for (int i = 0; i < 6; i++) mah_tensor_release(all[i]);
}

/* x[1:] += x[:-1] with the old values, and onto a strided half. */
static void an_overlapping_result_reads_old_values(void **state) {
  (void)state;
  int64_t n = 2000;
  mah_tensor x = {0}, up = {0}, down = {0}, half = {0};
  assert_ok(mah_tensor_new(&x, MAH_FLOAT32, 1, &n));
  for (int64_t i = 0; i < n; i++) ((float *)x.data)[i] = (float)i;
  assert_ok(mah_tensor_narrow(&up, &x, 0, 1, n - 1));
  assert_ok(mah_tensor_narrow(&down, &x, 0, 0, n - 1));
  assert_ok(mah_binary(&up, MAH_OP_add, &up, &down, 0));
  for (int64_t i = 1; i < n; i++) assert_true(at(&x, i) == (double)(2 * i - 1));
  assert_ok(mah_tensor_stride(&half, &x, 0, 0, n / 2, 2));
  assert_ok(mah_unary(&half, MAH_OP_neg, &half));
  for (int64_t i = 1; i < n; i++)
    assert_true(at(&x, i) == (i % 2 ? 1.0 : -1.0) * (double)(2 * i - 1));
  mah_tensor *all[] = {&x, &up, &down, &half};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

static void numbers_take_the_tensors_dtype(void **state) {
  (void)state;
  mah_tensor f = one(MAH_FLOAT32, 3), i = one(MAH_INT32, 7), u = one(MAH_UINT8, 9), y = {0};
  struct {
    const mah_tensor *a, *b;
    int32_t op, dtype;
    double number, result;
  } cases[] = {
      {&f, NULL, MAH_OP_sub, MAH_FLOAT32, 0.5, 2.5}, {NULL, &f, MAH_OP_sub, MAH_FLOAT32, 0.5, -2.5},
      {&i, NULL, MAH_OP_mul, MAH_INT32, 2, 14},      {&i, NULL, MAH_OP_mul, MAH_FLOAT32, 0.5, 3.5},
      {&i, NULL, MAH_OP_div, MAH_FLOAT32, 2, 3.5},   {&u, NULL, MAH_OP_lt, MAH_BOOL, 1000, 1},
      {&u, NULL, MAH_OP_gt, MAH_BOOL, 8.5, 1},       {&i, NULL, MAH_OP_gt, MAH_BOOL, -INFINITY, 1},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    assert_ok(mah_binary(&y, cases[c].op, cases[c].a, cases[c].b, cases[c].number));
    assert_int_equal(y.elem, cases[c].dtype);
    assert_true(at(&y, 0) == cases[c].result);
    mah_tensor_release(&y);
  }
  assert_fails(MAH_ERROR_ARGUMENT, "256 does not fit", mah_binary(&y, MAH_OP_add, &u, NULL, 256));
  assert_fails(MAH_ERROR_ARGUMENT, "two numbers", mah_binary(&y, MAH_OP_add, NULL, NULL, 1));
  mah_tensor_release(&f);
  mah_tensor_release(&i);
  mah_tensor_release(&u);
}

static void what_does_not_fit_is_named(void **state) {
  (void)state;
  int64_t shape[] = {2, 3}, other[] = {2}, wide[] = {4, 3};
  mah_tensor x = {0}, v = {0}, ints = {0}, none = {0}, gone = {0}, row = {0}, spread = {0};
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 2, shape));
  assert_ok(mah_tensor_zeros(&v, MAH_FLOAT32, 1, other));
  assert_ok(mah_tensor_zeros(&ints, MAH_INT32, 2, shape));
  assert_ok(mah_tensor_narrow(&row, &x, 0, 0, 1));
  assert_ok(mah_tensor_expand(&spread, &row, 2, wide));
  assert_fails(MAH_ERROR_SHAPE, "broadcast", mah_binary(&none, MAH_OP_add, &x, &v, 0));
  assert_fails(MAH_ERROR_SHAPE, "broadcast", mah_binary(&v, MAH_OP_add, &x, NULL, 1));
  assert_fails(MAH_ERROR_DTYPE, "int32 2x3 cannot hold",
               mah_binary(&ints, MAH_OP_add, &ints, &x, 0));
  assert_fails(MAH_ERROR_DTYPE, "cannot hold", mah_unary(&ints, MAH_OP_exp, &ints));
  assert_fails(MAH_ERROR_ARGUMENT, "expanded", mah_unary(&spread, MAH_OP_exp, &spread));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_unary(&none, MAH_OP_exp, &gone));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_binary(&none, MAH_OP_add, &x, &gone, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_add_scaled(&none, &x, NULL, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "operation number", mah_unary(&none, MAH_UNARY_COUNT, &x));
  assert_fails(MAH_ERROR_ARGUMENT, "operation number", mah_binary(&none, -1, &x, &x, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "clamp", mah_clamp(&none, &x, 2, 1));
  assert_fails(MAH_ERROR_DTYPE, "uint8 is expected", mah_where(&none, &x, &x, &x, 0, 0));
  assert_null(mah_unary_name(-1));
  assert_null(mah_unary_text(MAH_UNARY_COUNT));
  assert_null(mah_binary_text(-1));
  assert_string_equal(mah_binary_text(MAH_OP_pow), "a^b");
  assert_null(mah_binary_name(MAH_BINARY_COUNT));
  mah_tensor *all[] = {&x, &v, &ints, &row, &spread};
  for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
}

static void out_of_memory_loses_nothing(void **state) {
  (void)state;
  int64_t n = 100, before = mah_memory_live();
  mah_tensor x = {0}, a = {0}, b = {0}, y = {0};
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 1, &n));
  assert_ok(mah_tensor_narrow(&a, &x, 0, 0, 50));
  assert_ok(mah_tensor_narrow(&b, &x, 0, 25, 50));
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_unary(&y, MAH_OP_exp, &x));
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_binary(&a, MAH_OP_add, &a, &b, 0));
  mah_tensor *all[] = {&x, &a, &b};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  assert_int_equal(mah_memory_live(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(integers_wrap_and_nan_spreads),
      cmocka_unit_test(operands_broadcast_through_strides),
      cmocka_unit_test(an_overlapping_result_reads_old_values),
      cmocka_unit_test(numbers_take_the_tensors_dtype),
      cmocka_unit_test(what_does_not_fit_is_named),
      cmocka_unit_test(out_of_memory_loses_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
