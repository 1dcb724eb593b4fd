/* The losses: scikit-learn's test values and others computed by hand, clipping, and plain twins of
 * the gradients. */
#include "testing.h"

#include "learn/kernels/kernels.h"

enum { MOST = 64 };

/* The mean loss of the rows with those weights, and its gradient, for one kind of kernels. */
static double objective(int32_t loss, int32_t dtype, mah_simd simd, int64_t rows, int64_t K,
                        const double *P, const double *T, const double *weight_, double *slopes) {
  double p[MOST], t[MOST], w[MOST], dz[MOST]; /* room for either type */
  for (int64_t i = 0; i < rows * K; i++) {
    set(p, dtype, i, P[i]);
    set(t, dtype, i, T[i]);
  }
  for (int64_t b = 0; b < rows; b++) set(w, dtype, b, weight_ ? weight_[b] : 1);
  mah_layer layer = {.units = (int32_t)K};
  mah_network network = {.loss = loss, .n_layers = 1, .layers = &layer};
  mah_pass pass = {
      .network = &network,
      .rows = rows,
      .targets = {.target_ = t, .weight_ = weight_ != NULL ? w : NULL, .scale = 1 / (double)rows}};
  double value = mah_learn_for(dtype, simd)->objective(dz, p, &pass);
  for (int64_t i = 0; i < rows * K; i++) slopes[i] = get(dz, dtype, i);
  return value;
}

static void check_value(int32_t loss, int64_t rows, int64_t K, const double *P, const double *T,
                        const double *weight_, double expected) {
  double slopes[MOST];
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    assert_close(objective(loss, MAH_FLOAT64, simd, rows, K, P, T, weight_, slopes), expected,
                 1e-14);
}

/* The figures of scikit-learn's test_base.py, which do not divide by the weights. */
static void values_are_those_of_scikit_learns_tests(void **state) {
  (void)state;
  const double Y[] = {1, 0, 0, 0, 1, 0}, P[] = {0, 1, 0, .9, .05, .05}, w[] = {1, 2};
  check_value(MAH_SQUARED, 2, 3, P, Y, NULL, 0.3095833333333333);
  check_value(MAH_SQUARED, 2, 3, P, Y, w, 0.4525);
  check_value(MAH_CROSS_ENTROPY, 2, 3, P, Y, NULL, 19.519692831335572);
  check_value(MAH_CROSS_ENTROPY, 2, 3, P, Y, w, 21.017558968112567);
  check_value(MAH_BINARY, 2, 3, P, Y, NULL, 38.71845871958495);
  check_value(MAH_BINARY, 2, 3, P, Y, w, 41.39326405005274);
  const double y[] = {0, 1}, p[] = {.1, .9};
  check_value(MAH_BINARY, 2, 1, p, y, NULL, 0.10536051565782628);
  const double both[] = {.9, .1, .1, .9}, classes[] = {1, 0, 0, 1};
  check_value(MAH_CROSS_ENTROPY, 2, 2, both, classes, NULL, 0.10536051565782628);
}

/* A mistake with p = 0 or 1 costs -log epsilon of the number type, whichever class it is about. */
static void a_mistake_costs_the_same_for_each_class(void **state) {
  (void)state;
  const double p[] = {0, 1}, wrong[] = {1, 0}, epsilon[] = {0x1p-23, 0x1p-52};
  double slopes[2];
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int i = 0; i < 2; i++) {
        double cost = -log(epsilon[dtype == MAH_FLOAT64]);
        assert_close(objective(MAH_BINARY, dtype, simd, 1, 1, p + i, wrong + i, NULL, slopes), cost,
                     1e-9);
        assert_close(objective(MAH_CROSS_ENTROPY, dtype, simd, 1, 2, p, wrong, NULL, slopes), cost,
                     1e-9);
      }
}

static void values_are_those_computed_by_hand(void **state) {
  (void)state;
  const double T[] = {0, 2, 1, 3}, P[] = {.5, 1, 4, 3};
  /* (|.5| + |-1|)/2 and (|3| + |0|)/2; (.125 + .5)/2 and (2.5 + 0)/2 */
  check_value(MAH_ABSOLUTE, 2, 2, P, T, NULL, (0.75 + 1.5) / 2);
  check_value(MAH_HUBER, 2, 2, P, T, NULL, (0.3125 + 1.25) / 2);
  /* .5 + (2 log 2 - 2 + 1), and (log(1/4) - 1 + 4) + 0 */
  check_value(MAH_POISSON, 2, 2, P, T, NULL, (0.5 + 2 * log(2) - 1 + log(0.25) + 3) / 2);
  const double underflow[] = {0}, one[] = {1};
  double slopes[1];
  assert_true(isfinite(objective(MAH_POISSON, MAH_FLOAT32, 0, 1, 1, underflow, one, NULL, slopes)));
}

/* dloss/dz of one output, without the mean over the outputs */
static double plain_slope(int32_t loss, double d) {
  if (loss == MAH_ABSOLUTE) return (d > 0) - (d < 0);
  if (loss == MAH_HUBER) return fmax(-1, fmin(1, d));
  return d;
}

static void check_slopes(int32_t loss, int32_t dtype, mah_simd simd, int64_t K) {
  mah_rng rng = rng_of((uint64_t)K);
  double P[MOST] = {0}, T[MOST] = {0}, slopes[MOST], weight[] = {2, 0.5};
  int mean = loss == MAH_SQUARED || loss == MAH_ABSOLUTE || loss == MAH_HUBER;
  for (int64_t i = 0; i < 2 * K; i++) {
    P[i] = mean ? 6 * mah_rng_double(&rng) - 3 : mah_rng_double(&rng);
    T[i] = i % 5 == 0 ? (float)P[i] : i % 2; /* some targets are met */
    if (i % 5 == 0) P[i] = T[i];
  }
  objective(loss, dtype, simd, 2, K, P, T, weight, slopes);
  for (int64_t i = 0; i < 2 * K; i++)
    assert_close(slopes[i],
                 plain_slope(loss, P[i] - T[i]) * weight[i / K] / 2 / (mean ? (double)K : 1),
                 tolerance_of(dtype));
}

static void slopes_equal_plain_loops(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int32_t loss = 0; loss < MAH_LOSS_COUNT; loss++)
        for (int k = 1; k < RAGGED && ragged[k] <= MOST / 2; k++)
          check_slopes(loss, dtype, simd, ragged[k]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_those_of_scikit_learns_tests),
      cmocka_unit_test(a_mistake_costs_the_same_for_each_class),
      cmocka_unit_test(values_are_those_computed_by_hand),
      cmocka_unit_test(slopes_equal_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
