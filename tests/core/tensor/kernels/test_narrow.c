/* bool, float16 and bfloat16 as other dtypes and back: every pattern, every midpoint between two
 * neighbours, on every instruction set. */
#include "testing.h"

#include "tensor/copy.h"
#include "tensor/half.h"

enum { PATTERNS = 1 << 16, FINITE_F16 = 0x7c00, FINITE_BF16 = 0x7f80 };

static const struct {
  int32_t dtype, finite; /* the pattern of infinity */
} halves[] = {{MAH_FLOAT16, FINITE_F16}, {MAH_BFLOAT16, FINITE_BF16}};

/* What the pattern stands for, by the formats' definition. */
static double plain_value(int32_t dtype, uint32_t bits) {
  int fraction_bits = dtype == MAH_FLOAT16 ? 10 : 7, bias = dtype == MAH_FLOAT16 ? 15 : 127;
  int exponent = (int)((bits & 0x7fff) >> fraction_bits), top = dtype == MAH_FLOAT16 ? 31 : 255;
  int fraction = (int)(bits & ((1u << fraction_bits) - 1));
  double size = exponent == top ? (fraction ? (double)NAN : (double)INFINITY)
                : exponent == 0
                    ? ldexp(fraction, 1 - bias - fraction_bits)
                    : ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
  return bits & 0x8000 ? -size : size;
}

static void *row_of(size_t size, int64_t n) {
  void *row = calloc((size_t)n, size);
  assert_non_null(row);
  return row;
}

static void every_pattern_has_its_value(void **state) {
  (void)state;
  uint16_t *bits = row_of(sizeof *bits, PATTERNS), *back = row_of(sizeof *back, PATTERNS);
  float *single = row_of(sizeof *single, PATTERNS);
  double *full = row_of(sizeof *full, PATTERNS);
  for (int i = 0; i < PATTERNS; i++) bits[i] = (uint16_t)i;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int h = 0; h < 2; h++) {
      int32_t dtype = halves[h].dtype;
      assert_ok(mah_simd_use(simd));
      mah_convert_row(MAH_FLOAT32, dtype)((char *)single, 4, (char *)bits, 2, PATTERNS);
      mah_convert_row(MAH_FLOAT64, dtype)((char *)full, 8, (char *)bits, 2, PATTERNS);
      for (int i = 0; i < PATTERNS; i++) {
        double expected = plain_value(dtype, (uint32_t)i);
        if (isnan(expected) ? !isnan(single[i]) || !isnan(full[i])
                            : (double)single[i] != expected || full[i] != expected)
          fail_msg("%s %04x is %g and %g", mah_dtype_name(dtype), i, (double)single[i], full[i]);
        if (isnan(expected)) assert_int_equal(mah_bits32(single[i]) & 0x7fffffff, 0x7fc00000);
      }
      mah_convert_row(dtype, MAH_FLOAT32)((char *)back, 2, (char *)single, 4, PATTERNS);
      for (int i = 0; i < PATTERNS; i++)
        if (!isnan(single[i])) assert_int_equal(back[i], i);
      mah_convert_row(dtype, MAH_FLOAT64)((char *)back, 2, (char *)full, 8, PATTERNS);
      for (int i = 0; i < PATTERNS; i++)
        if (!isnan(full[i])) assert_int_equal(back[i], i);
    }
  free(bits), free(back), free(single), free(full);
}

static uint16_t of_double(int32_t dtype, double x) { return (uint16_t)mah_half_bits(dtype, x); }
static uint16_t of_float(int32_t dtype, float x) {
  return dtype == MAH_FLOAT16 ? mah_f16_of_float(x) : mah_bf16_of_float(x);
}

/* The number in the middle between two goes to the even one, what is beside it to its side. */
static void numbers_between_go_to_the_nearest(void **state) {
  (void)state;
  for (int h = 0; h < 2; h++)
    for (int i = 0; i < halves[h].finite; i++) {
      int32_t dtype = halves[h].dtype;
      double low = plain_value(dtype, (uint32_t)i), high = plain_value(dtype, (uint32_t)i + 1);
      if (isinf(high)) high = 2 * low - plain_value(dtype, (uint32_t)i - 1);
      double middle = (low + high) / 2;
      int even = i + (i & 1);
      for (int sign = 0; sign < 2; sign++) {
        double s = sign ? -1 : 1;
        int top = sign << 15;
        assert_int_equal(of_double(dtype, s * middle), top | even);
        assert_int_equal(of_double(dtype, s * nextafter(middle, 0)), top | i);
        assert_int_equal(of_double(dtype, s * nextafter(middle, INFINITY)), top | (i + 1));
        if ((double)(float)middle != middle) continue; /* below the smallest float */
        assert_int_equal(of_float(dtype, (float)(s * middle)), top | even);
        assert_int_equal(of_float(dtype, (float)s * nextafterf((float)middle, 0)), top | i);
        assert_int_equal(of_float(dtype, (float)s * nextafterf((float)middle, INFINITY)),
                         top | (i + 1));
      }
    }
}

static void what_is_too_large_or_no_number_is_told(void **state) {
  (void)state;
  for (int h = 0; h < 2; h++) {
    int32_t dtype = halves[h].dtype, infinite = halves[h].finite;
    assert_int_equal(of_double(dtype, 1e300), infinite);
    assert_int_equal(of_double(dtype, -(double)INFINITY), 0x8000 | infinite);
    assert_int_equal(of_double(dtype, 1e-300), 0);
    assert_int_equal(of_double(dtype, -1e-300), 0x8000);
    assert_true(isnan(mah_half_value(dtype, of_double(dtype, (double)NAN))));
    assert_true(isnan(mah_half_value(dtype, of_float(dtype, -NAN))));
  }
}

static void integers_are_rounded_once(void **state) {
  (void)state;
  /* float32 would round 2^24 + 2^16 + 1 to a tie of bfloat16; so would double these int64. */
  int32_t narrow[] = {(1 << 24) + (1 << 16) + 1, -(1 << 24) - (1 << 16) - 1, 2049, -2051};
  int64_t wide[] = {((int64_t)1 << 62) + ((int64_t)1 << 54) + 1, INT64_MIN, INT64_MAX, -2049};
  uint16_t out[4];
  mah_convert_row(MAH_BFLOAT16, MAH_INT32)((char *)out, 2, (char *)narrow, 4, 4);
  assert_int_equal(out[0], 0x4b81);
  assert_int_equal(out[1], 0xcb81);
  mah_convert_row(MAH_FLOAT16, MAH_INT32)((char *)out, 2, (char *)narrow, 4, 4);
  assert_true(mah_half_value(MAH_FLOAT16, out[2]) == 2048);
  assert_true(mah_half_value(MAH_FLOAT16, out[3]) == -2052);
  mah_convert_row(MAH_BFLOAT16, MAH_INT64)((char *)out, 2, (char *)wide, 8, 4);
  assert_int_equal(out[0], 0x5e81);
  assert_true(mah_half_value(MAH_BFLOAT16, out[1]) == -0x1p63);
  assert_true(mah_half_value(MAH_BFLOAT16, out[2]) == 0x1p63);
  assert_true(mah_half_value(MAH_BFLOAT16, out[3]) == -2048);
}

/* Rows of all sizes with steps, from and to every dtype, against one element at a time. */
static void rows_equal_single_elements(void **state) {
  (void)state;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t from = 0; from < MAH_DTYPES; from++)
      for (int32_t to = 0; to < MAH_DTYPES; to++)
        for (int r = 0; r < RAGGED; r++)
          for (int64_t apart = 1; apart <= 2; apart++) {
            int64_t n = ragged[r], in_size = mah_dtype_size(from), size = mah_dtype_size(to);
            char in[33 * 16], row[33 * 16] = {0}, one[33 * 16] = {0};
            assert_ok(mah_simd_use(simd));
            for (int64_t i = 0; i < n; i++) {
              double x = (double)(i % 5 == 3 ? 0 : 3 * i - 40) + (i % 2 ? 0.3 : 0);
              mah_convert_row(from, MAH_FLOAT64)(in + i * apart * in_size, 0, (char *)&x, 0, 1);
            }
            mah_convert_row(to, from)(row, size * apart, in, in_size * apart, n);
            for (int64_t i = 0; i < n; i++)
              mah_convert_row(to, from)(one + i * apart * size, 0, in + i * apart * in_size, 0, 1);
            assert_memory_equal(row, one, sizeof row);
          }
}

static void a_bool_is_whether_there_is_something(void **state) {
  (void)state;
  double numbers[] = {0, -0.0, 1, -3, 0.25, 5e-324, (double)NAN, -(double)INFINITY};
  const uint8_t expected[] = {0, 0, 1, 1, 1, 1, 1, 1};
  uint8_t truth[8];
  uint16_t zeros[] = {0, 0x8000, 1, 0x7e00};
  float ones[8];
  mah_convert_row(MAH_BOOL, MAH_FLOAT64)((char *)truth, 1, (char *)numbers, 8, 8);
  assert_memory_equal(truth, expected, 8);
  mah_convert_row(MAH_FLOAT32, MAH_BOOL)((char *)ones, 4, (char *)truth, 1, 8);
  for (int i = 0; i < 8; i++) assert_true(ones[i] == expected[i]);
  mah_convert_row(MAH_BOOL, MAH_FLOAT16)((char *)truth, 1, (char *)zeros, 2, 4);
  assert_memory_equal(truth, "\0\0\1\1", 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_pattern_has_its_value),
      cmocka_unit_test(numbers_between_go_to_the_nearest),
      cmocka_unit_test(what_is_too_large_or_no_number_is_told),
      cmocka_unit_test(integers_are_rounded_once),
      cmocka_unit_test(rows_equal_single_elements),
      cmocka_unit_test(a_bool_is_whether_there_is_something),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
