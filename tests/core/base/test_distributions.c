/* Philox's numbers against the distributions that they are drawn from: fixed seeds, so that these
 * are no dice; the bounds are those that a good generator passes 999 times in 1000.
 */
#include "testing.h"

#include <stdlib.h>

enum { N = 1 << 22 };

/* The statistic of Pearson's test: k equally likely counts. */
static double chi_squared(const int64_t *count, int k) {
  double total = 0, sum = 0;
  for (int i = 0; i < k; i++) total += (double)count[i];
  for (int i = 0; i < k; i++) sum += pow((double)count[i] - total / k, 2) / (total / k);
  return sum;
}

/* Exceeded once in 1000 times (Wilson, Hilferty 1931), and in 1000 fallen below. */
static void assert_even(const int64_t *count, int k) {
  double f = 2.0 / (9 * (k - 1)), x = chi_squared(count, k), z = cbrt(x / (k - 1));
  assert_true(fabs((z - (1 - f)) / sqrt(f)) < 3.29);
}

static double probability_below(double z) { return erfc(-z / sqrt(2)) / 2; }

/* -- Normal numbers, of both types ------------------------------------------------------------- */

/* n normal numbers, as doubles whatever they are made as */
static double *normals(int32_t dtype, uint64_t seed, int64_t n) {
  mah_rng rng = rng_of(seed);
  double *x = malloc((size_t)n * sizeof *x);
  assert_non_null(x);
  if (dtype == MAH_FLOAT64) {
    mah_rng_normal_doubles(&rng, x, n, 0, 1);
    return x;
  }
  float *f = malloc((size_t)n * sizeof *f);
  assert_non_null(f);
  mah_rng_normal_floats(&rng, f, n, 0, 1);
  for (int64_t i = 0; i < n; i++) x[i] = (double)f[i];
  free(f);
  return x;
}

/* E z^k = 0, 1, 0, 3, 0, 15 for k = 1 ... 6, and its variance E z^2k - (E z^k)^2 */
static void normal_numbers_have_the_moments(void **state) {
  (void)state;
  static const double moment[] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395};
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    double *x = normals(dtype, 1, N), sum[7] = {0};
    for (int64_t i = 0; i < N; i++)
      for (int k = 1; k <= 6; k++) sum[k] += pow(x[i], k);
    for (int k = 1; k <= 6; k++) {
      double error = sqrt((moment[2 * k] - moment[k] * moment[k]) / N);
      assert_true(fabs(sum[k] / N - moment[k]) < 3.29 * error);
    }
    free(x);
  }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: the greatest distance of the distribution functions, times sqrt(n). */
static void normal_numbers_follow_the_distribution(void **state) {
  (void)state;
  enum { FEW = 1 << 18 };
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    double *x = normals(dtype, 2, FEW), most = 0;
    qsort(x, FEW, sizeof *x, ascending);
    for (int64_t i = 0; i < FEW; i++) {
      double p = probability_below(x[i]);
      most = fmax(most, fmax(p - (double)i / FEW, (double)(i + 1) / FEW - p));
    }
    assert_true(most * sqrt(FEW) < 1.95 && most * sqrt(FEW) > 0.34);
    free(x);
  }
}

/* Beyond 1, 2 ... 5 deviations on either side, as often as expected: the last about twice. */
static void normal_numbers_have_the_tails(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    double *x = normals(dtype, 3, 2 * N);
    for (int side = -1; side <= 1; side += 2)
      for (int far = 1; far <= 5; far++) {
        double expected = 2 * N * probability_below(-far), seen = 0;
        for (int64_t i = 0; i < 2 * N; i++) seen += x[i] * side > far;
        assert_true(fabs(seen - expected) < 3.29 * sqrt(expected));
      }
    free(x);
  }
}

/* Numbers 1 ... 8 places apart: their products, and those of their squares. */
static void normal_numbers_know_nothing_of_one_another(void **state) {
  (void)state;
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    double *x = normals(dtype, 4, N);
    for (int apart = 1; apart <= 8; apart++) {
      double product = 0, squares = 0;
      for (int64_t i = apart; i < N; i++) {
        double a = x[i], b = x[i - apart];
        product += a * b, squares += (a * a - 1) * (b * b - 1) / 2;
      }
      assert_true(fabs(product) < 3.29 * sqrt(N) && fabs(squares) < 3.29 * sqrt(N));
    }
    free(x);
  }
}

/* Pairs of neighbours in a square of 32 x 32 equally likely fields. */
static void pairs_of_normal_numbers_are_spread_evenly(void **state) {
  (void)state;
  enum { SIDE = 32 };
  for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++) {
    double *x = normals(dtype, 5, N);
    static int64_t seen[SIDE * SIDE];
    memset(seen, 0, sizeof seen);
    for (int64_t i = 0; i < N; i += 2) {
      int row = (int)(SIDE * probability_below(x[i]));
      int column = (int)(SIDE * probability_below(x[i + 1]));
      seen[SIDE * row + column]++;
    }
    assert_even(seen, SIDE * SIDE);
    free(x);
  }
}

/* -- Uniform numbers and orders ---------------------------------------------------------------- */

/* In 1000 intervals, and with each of their 24 bits set half of the time. */
static void uniform_floats_are_spread_evenly(void **state) {
  (void)state;
  enum { PARTS = 1000 };
  static float x[N];
  static int64_t seen[PARTS];
  mah_rng rng = rng_of(6);
  mah_rng_uniform_floats(&rng, x, N, 0, 1);
  for (int64_t i = 0; i < N; i++) seen[(int)(PARTS * (double)x[i])]++;
  assert_even(seen, PARTS);
  for (int bit = 0; bit < 24; bit++) {
    int64_t halves[2] = {0};
    for (int64_t i = 0; i < N; i++) halves[(int)(x[i] * 0x1p24f) >> bit & 1]++;
    assert_true(chi_squared(halves, 2) < 10.83);
  }
}

/* Of 1000 numbers; and the upper third of a range that a third of the words are too many for. */
static void integers_are_spread_evenly(void **state) {
  (void)state;
  enum { RANGE = 1000 };
  static uint32_t x[N];
  static int64_t seen[RANGE];
  mah_rng rng = rng_of(7);
  mah_rng_below_each(&rng, x, N, RANGE, 0);
  for (int64_t i = 0; i < N; i++) seen[x[i]]++;
  assert_even(seen, RANGE);
  int64_t thirds[3] = {0};
  mah_rng_below_each(&rng, x, N, 0xc0000000u, 0);
  for (int64_t i = 0; i < N; i++) thirds[x[i] >> 30]++;
  assert_true(chi_squared(thirds, 3) < 13.8);
}

/* All 120 orders of five; and where each of twenty goes. */
static void all_orders_are_equally_likely(void **state) {
  (void)state;
  enum { FIVE = 5, ORDERS = 120, TWENTY = 20 };
  static int64_t seen[ORDERS], place[TWENTY][TWENTY];
  mah_rng rng = rng_of(8);
  for (int k = 0; k < 200000; k++) {
    int32_t a[] = {0, 1, 2, 3, 4}, number = 0;
    mah_rng_shuffle(&rng, a, FIVE);
    for (int i = 0; i < FIVE; i++) { /* its number among the orders: how many are less, behind it */
      int less = 0;
      for (int j = i + 1; j < FIVE; j++) less += a[j] < a[i];
      number = number * (FIVE - i) + less;
    }
    seen[number]++;
  }
  assert_even(seen, ORDERS);
  for (int k = 0; k < 20000; k++) {
    int32_t a[TWENTY];
    for (int i = 0; i < TWENTY; i++) a[i] = i;
    mah_rng_shuffle(&rng, a, TWENTY);
    for (int i = 0; i < TWENTY; i++) place[a[i]][i]++;
  }
  for (int i = 0; i < TWENTY; i++) assert_even(place[i], TWENTY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(normal_numbers_have_the_moments),
      cmocka_unit_test(normal_numbers_follow_the_distribution),
      cmocka_unit_test(normal_numbers_have_the_tails),
      cmocka_unit_test(normal_numbers_know_nothing_of_one_another),
      cmocka_unit_test(pairs_of_normal_numbers_are_spread_evenly),
      cmocka_unit_test(uniform_floats_are_spread_evenly),
      cmocka_unit_test(integers_are_spread_evenly),
      cmocka_unit_test(all_orders_are_equally_likely),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
