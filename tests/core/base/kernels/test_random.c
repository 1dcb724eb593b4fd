/* Words, and numbers made of them, on every instruction set: against one block after the other, the
 * words' exact fractions, and the normal distribution as libm knows it.
 */
#include "testing.h"

#include "base/kernels/random.h"

MAH_DECLARE_VARIANTS(mah_random_table, mah_random_kernels);

enum { MOST = 400 };
static const int64_t counts[] = {0, 1, 7, 8, 9, 17, 31, 32, 33, 100};
enum { COUNTS = sizeof counts / sizeof *counts };

static const mah_random_table *kernels(mah_simd simd) {
  return MAH_PICK_FOR(simd, mah_random_kernels);
}

static void words_are_the_blocks_in_turn(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int c = 0; c < COUNTS; c++) {
      uint32_t out[MOST + 1], word[4];
      uint64_t low = 0xfffffff0;
      out[4 * counts[c]] = 12345;
      kernels(simd)->philox_words(out, 9, (uint64_t)7 << 40 | 5, low, counts[c]);
      for (int64_t i = 0; i < counts[c]; i++) {
        mah_philox(word, 9, (uint64_t)7 << 40 | 5, low + (uint64_t)i);
        assert_memory_equal(out + 4 * i, word, sizeof word);
      }
      assert_int_equal(out[4 * counts[c]], 12345); /* nothing behind the end */
    }
}

/* The ends of the range, powers of two on both sides, and words of all sizes. */
static void fill_words(uint32_t *word) {
  mah_rng rng = rng_of(3);
  for (int i = 0; i < 2 * MOST; i++) {
    uint32_t any = mah_rng_u32(&rng) >> (i / 2 % 32);
    word[i] = i / 64 % 2 ? ~any : any;
  }
  for (int i = 0; i < 4; i++) word[i] = 0, word[4 + i] = UINT32_MAX, word[8 + i] = 0x80000000u;
}

static void uniform_numbers_are_fractions_of_words(void **state) {
  (void)state;
  uint32_t word[2 * MOST], below[MOST];
  double d[MOST];
  float f[MOST], g[MOST];
  fill_words(word);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int c = 0; c < COUNTS; c++) {
      int64_t n = counts[c];
      d[n] = -7, f[n] = g[n] = -7;
      kernels(simd)->doubles(d, word, n);
      kernels(simd)->floats(f, word, n, 0, 1, 1);
      kernels(simd)->floats(g, word, n, -3, 7, 3.5f);
      uint32_t doubtful = kernels(simd)->below(below, word, n, 1000, 2), expected = 0;
      for (int64_t i = 0; i < n; i++) {
        uint64_t m = 1000 - 2 * (uint64_t)i;
        assert_true(d[i] == ((word[2 * i] >> 5) * 67108864.0 + (word[2 * i + 1] >> 6)) / 0x1p53);
        assert_true((double)f[i] == (word[i] >> 8) / 0x1p24);
        assert_true(g[i] == fminf((float)(-3 + 7 * ((word[i] >> 8) / 0x1p24)), 3.5f));
        assert_int_equal(below[i], word[i] * m >> 32);
        expected |= word[i] * m % 0x100000000u < m;
      }
      assert_int_equal(doubtful, expected);
      assert_true(d[n] == -7 && f[n] == -7 && g[n] == -7);
    }
}

/* How far z is from the quantile of 1/2 + q, as a part of it: what its own distance from p is
 * worth, by the density. */
static double error_of(double z, double q) {
  double size = fabs(z), density = exp(-size * size / 2) / sqrt(2 * acos(-1));
  double off =
      size < 1 ? erf(size / sqrt(2)) / 2 - fabs(q) : 0.5 - fabs(q) - erfc(size / sqrt(2)) / 2;
  return (z < 0) == (q < 0) ? fabs(off / density / size) : INFINITY;
}

static void normal_numbers_are_quantiles(void **state) {
  (void)state;
  uint32_t word[2 * MOST];
  double d[MOST];
  float f[MOST];
  fill_words(word);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++) {
    kernels(simd)->normal_doubles(d, word, MOST);
    kernels(simd)->normal_floats(f, word, MOST);
    for (int i = 0; i < MOST; i++) {
      double u = ((word[2 * i] >> 5) * 67108864.0 + (word[2 * i + 1] >> 6)) / 0x1p53;
      assert_true(error_of(d[i], u - 0.5 + 0x1p-54) < 1e-14);
      assert_true(error_of((double)f[i], (word[i] + 0.5) / 0x1p32 - 0.5) < 5e-7);
    }
  }
}

/* Also of 1, 2, 3 ... at a time, whatever is left over for a loop's end. */
static void normal_numbers_have_the_same_bits_everywhere(void **state) {
  (void)state;
  uint32_t word[2 * MOST];
  double d[MOST], e[MOST];
  float f[MOST], g[MOST];
  fill_words(word);
  kernels(MAH_SIMD_PORTABLE)->normal_doubles(d, word, MOST);
  kernels(MAH_SIMD_PORTABLE)->normal_floats(f, word, MOST);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int64_t at = 0, n = 1; at < MOST; at += n, n = n % 40 + 1) {
      if (n > MOST - at) n = MOST - at;
      kernels(simd)->normal_doubles(e, word + 2 * at, n);
      kernels(simd)->normal_floats(g, word + at, n);
      assert_memory_equal(e, d + at, (size_t)n * sizeof *e);
      assert_memory_equal(g, f + at, (size_t)n * sizeof *g);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_the_blocks_in_turn),
      cmocka_unit_test(uniform_numbers_are_fractions_of_words),
      cmocka_unit_test(normal_numbers_are_quantiles),
      cmocka_unit_test(normal_numbers_have_the_same_bits_everywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
