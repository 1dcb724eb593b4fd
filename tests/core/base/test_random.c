/* The generators: published known answers, NumPy's streams, and the distributions' moments. */
#include "testing.h"

/* Random123's known answers for philox4x32-10 (file kat_vectors). */
static void philox_gives_the_known_answers(void **state) {
  (void)state;
  const struct {
    uint64_t key, high, low;
    uint32_t out[4];
  } known[] = {
      {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {0x299f31d0a4093822,
       0x0370734413198a2e,
       0x85a308d3243f6a88,
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (int k = 0; k < 3; k++) {
    uint32_t out[4];
    mah_philox(out, known[k].key, known[k].high, known[k].low);
    for (int i = 0; i < 4; i++) assert_int_equal(out[i], known[k].out[i]);
  }
}

/* The generator hands out the blocks of its stream, one after the other. */
static void a_stream_is_its_blocks_in_turn(void **state) {
  (void)state;
  mah_rng rng;
  uint32_t block[4];
  mah_rng_seed(&rng, MAH_RNG_PHILOX, 99, 7);
  for (uint64_t b = 0; b < 3; b++) {
    mah_philox(block, 99, 7, b);
    for (int i = 0; i < 4; i++) assert_int_equal(mah_rng_u32(&rng), block[i]);
  }
}

/* numpy.random.RandomState(42): random_sample(3), randn(3), shuffle(arange(10)), random_sample() */
static void mt19937_gives_numpys_stream(void **state) {
  (void)state;
  const double uniform[] = {0x1.7f8771e5f51ecp-2, 0x1.e6c4068bbd654p-1, 0x1.76c7e8f1e6751p-1};
  const double normal[] = {-0x1.1ca42ce8158a6p+0, 0x1.468e4b5774960p-2, 0x1.1dbd0020eec47p-2};
  const int32_t shuffled[] = {0, 8, 6, 9, 3, 1, 4, 5, 2, 7};
  int32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_MT19937, 42, 0);
  for (int i = 0; i < 3; i++) assert_true(mah_rng_double(&rng) == uniform[i]);
  for (int i = 0; i < 3; i++) assert_true(mah_rng_normal(&rng) == normal[i]);
  mah_rng_shuffle(&rng, values, 10);
  assert_memory_equal(values, shuffled, sizeof values);
  assert_true(mah_rng_double(&rng) == 0x1.7460a5fe01938p-3);
}

/* The standard's check: the 10000th word of mt19937 seeded with 5489 (C++11, 26.5.5). */
static void mt19937_gives_the_standards_10000th_word(void **state) {
  (void)state;
  mah_rng rng;
  mah_rng_seed(&rng, MAH_RNG_MT19937, 5489, 0);
  for (int i = 1; i < 10000; i++) mah_rng_u32(&rng);
  assert_int_equal(mah_rng_u32(&rng), 4123659995u);
}

static void a_copy_continues_alike(void **state) {
  (void)state;
  for (int32_t kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++) {
    mah_rng rng, copy;
    mah_rng_seed(&rng, kind, 3, 0);
    mah_rng_normal(&rng); /* leaves one number waiting */
    copy = rng;
    for (int i = 0; i < 700; i++) assert_true(mah_rng_normal(&rng) == mah_rng_normal(&copy));
  }
}

static void moments_are_those_of_the_distributions(void **state) {
  (void)state;
  enum { N = 200000 };
  for (int32_t kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++) {
    mah_rng rng;
    double mean = 0, square = 0, uniform = 0, least = 1, most = 0;
    mah_rng_seed(&rng, kind, 2024, 0);
    for (int i = 0; i < N; i++) {
      double x = mah_rng_normal(&rng), u = mah_rng_double(&rng);
      mean += x / N, square += x * x / N, uniform += u / N;
      least = fmin(least, u), most = fmax(most, u);
    }
    assert_true(fabs(mean) < 0.01 && fabs(square - 1) < 0.015);
    assert_true(fabs(uniform - 0.5) < 0.004 && least >= 0 && most < 1);
  }
}

static void below_is_uniform(void **state) {
  (void)state;
  mah_rng rng = rng_of(8);
  int seen[5] = {0};
  for (int i = 0; i < 10000; i++) {
    uint32_t value = mah_rng_below(&rng, 5);
    assert_in_range(value, 0, 4);
    seen[value]++;
  }
  for (int i = 0; i < 5; i++) assert_in_range(seen[i], 1800, 2200);
  assert_int_equal(mah_rng_below(&rng, 0), 0);
  assert_int_equal(mah_rng_below(&rng, 1), 0);
  for (int i = 0; i < 100; i++) assert_true(mah_rng_below(&rng, UINT32_MAX) < UINT32_MAX);
  mah_rng_shuffle(&rng, NULL, 0);
}

/* Many doubles are the same as one after the other, wherever the generator stands, with every
 * instruction set; and so is what comes after them. */
static void many_doubles_equal_one_after_the_other(void **state) {
  (void)state;
  static const int64_t counts[] = {0, 1, 2, 3, 31, 32, 33, 64, 1000};
  double many[1000];
  for (mah_simd simd = 0; simd < MAH_SIMD_COUNT; simd++) {
    if (mah_simd_use(simd) != MAH_OK) continue;
    for (int kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++)
      for (int before = 0; before < 5; before++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
          mah_rng a, b;
          mah_rng_seed(&a, kind, 0xfffffff0, kind == MAH_RNG_PHILOX ? 3 : 0);
          if (kind == MAH_RNG_PHILOX) a.block = 0xfffffff0; /* counts on into the upper half */
          for (int i = 0; i < before; i++) mah_rng_u32(&a);
          b = a;
          mah_rng_doubles(&a, many, counts[c]);
          for (int64_t i = 0; i < counts[c]; i++) assert_true(many[i] == mah_rng_double(&b));
          assert_int_equal(mah_rng_u32(&a), mah_rng_u32(&b));
        }
  }
  assert_ok(mah_simd_use(mah_simd_best()));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(philox_gives_the_known_answers),
      cmocka_unit_test(many_doubles_equal_one_after_the_other),
      cmocka_unit_test(a_stream_is_its_blocks_in_turn),
      cmocka_unit_test(mt19937_gives_numpys_stream),
      cmocka_unit_test(mt19937_gives_the_standards_10000th_word),
      cmocka_unit_test(a_copy_continues_alike),
      cmocka_unit_test(moments_are_those_of_the_distributions),
      cmocka_unit_test(below_is_uniform),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
