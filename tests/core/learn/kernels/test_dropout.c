/* Dropout masks: word by word what Philox gives, however the batch is cut; and their shares. */
#include "testing.h"

#include "learn/kernels/kernels.h"

static uint32_t word_of(int64_t place, uint64_t seed, uint64_t step, int32_t layer) {
  uint32_t word[4];
  mah_philox(word, seed, step << 8 | (uint64_t)layer, (uint64_t)(place / 64 * 16 + place % 16));
  return word[place / 16 % 4];
}

static void check_masks(const mah_learn_kernels *kernels, int32_t d, int64_t n, int64_t first) {
  const double rate = 0.2;
  const uint64_t seed = 0x123456789abcdef0u, step = 77;
  mah_rng rng = rng_of(3);
  void *Y = random_reals(&rng, d, n), *Y0 = copy_reals(Y, d, n), *mask = random_reals(&rng, d, n);
  void *dY = random_reals(&rng, d, n), *dY0 = copy_reals(dY, d, n);
  void *before = random_reals(&rng, d, n);
  kernels->dropout_forward(Y, mask, n, rate, &(mah_mask_key){seed, step, 5, first});
  for (int64_t i = 0; i < n; i++) {
    int dropped = word_of(first + i, seed, step, 5) < rate * 4294967296.0;
    assert_close(get(mask, d, i), dropped ? 0 : 1.25, tolerance_of(d));
    assert_close(get(Y, d, i), dropped ? 0 : 1.25 * get(Y0, d, i), tolerance_of(d));
  }
  kernels->dropout_backward(before, dY, Y, mask, n, rate);
  for (int64_t i = 0; i < n; i++) {
    int dropped = get(mask, d, i) == 0;
    assert_close(get(dY, d, i), dropped ? 0 : 1.25 * get(dY0, d, i), tolerance_of(d));
    assert_close(get(before, d, i), dropped ? 0 : get(Y0, d, i), tolerance_of(d));
  }
  void *blocks[] = {Y, Y0, mask, dY, dY0, before};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
}

static void masks_are_philox_word_by_word(void **state) {
  (void)state;
  const int64_t firsts[] = {0, 1, 63, 64, 100, (int64_t)1 << 40};
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t d = MAH_FLOAT32; d <= MAH_FLOAT64; d++)
      for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
        for (int i = 0; i < RAGGED; i++)
          check_masks(mah_learn_for(d, simd), d, ragged[i], firsts[f]);
        check_masks(mah_learn_for(d, simd), d, 1000, firsts[f]);
      }
}

/* Of a million about the rate is dropped: within five standard deviations. */
static void about_the_rate_is_dropped(void **state) {
  (void)state;
  enum { MANY = 1000000 };
  const double rates[] = {0.01, 0.2, 0.5, 0.9};
  for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
    float *Y = mah_alloc_zero(MANY, sizeof *Y), *mask = mah_alloc(MANY, sizeof *mask);
    mah_mask_key key = {.seed = 1, .step = 2};
    mah_learn(MAH_FLOAT32)->dropout_forward(Y, mask, MANY, rates[r], &key);
    int64_t dropped = 0;
    for (int i = 0; i < MANY; i++) dropped += mask[i] == 0;
    double sigma = sqrt(MANY * rates[r] * (1 - rates[r]));
    assert_true(fabs((double)dropped - MANY * rates[r]) < 5 * sigma);
    mah_free(Y);
    mah_free(mask);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(masks_are_philox_word_by_word),
      cmocka_unit_test(about_the_rate_is_dropped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
