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

/* -- Many at a time ---------------------------------------------------------------------------- */

enum { MOST = 1100 }; /* more than two times what is drawn at a time */

static mah_rng rng_after(int32_t kind, int words) {
  mah_rng rng;
  mah_rng_seed(&rng, kind, 0xfffffff0, kind == MAH_RNG_PHILOX ? 3 : 0);
  if (kind == MAH_RNG_PHILOX) rng.block = 0xfffffff0; /* counts on into the upper half */
  for (int i = 0; i < words; i++) mah_rng_u32(&rng);
  return rng;
}

static void check_doubles(mah_rng a, int64_t n) {
  double out[MOST];
  mah_rng b = a;
  mah_rng_uniform_doubles(&a, out, n, -1, 2);
  for (int64_t i = 0; i < n; i++) assert_true(out[i] == -1 + 3 * mah_rng_double(&b));
  mah_rng_normal_doubles(&a, out, n, 2, 0.5);
  for (int64_t i = 0; i < n; i++) assert_true(out[i] == 2 + 0.5 * mah_rng_normal(&b));
  assert_int_equal(mah_rng_u32(&a), mah_rng_u32(&b));
}

/* One call for all, and one for each. */
static void check_floats(mah_rng a, int64_t n) {
  float out[MOST], x;
  mah_rng b = a;
  mah_rng_uniform_floats(&a, out, n, -1, 2);
  for (int64_t i = 0; i < n; i++) {
    mah_rng_uniform_floats(&b, &x, 1, -1, 2);
    assert_true(out[i] == x);
  }
  mah_rng_normal_floats(&a, out, n, 2, 0.5);
  for (int64_t i = 0; i < n; i++) {
    mah_rng_normal_floats(&b, &x, 1, 2, 0.5);
    assert_true(out[i] == x);
  }
  assert_int_equal(mah_rng_u32(&a), mah_rng_u32(&b));
}

/* Ranges of which no word, some, a third and nearly half of the words are no good. */
static void check_below(mah_rng a, int64_t n) {
  static const uint32_t ranges[] = {2,        7,          1030,       1u << 20,
                                    40000000, 0xc0000000, 0x80000001, UINT32_MAX};
  uint32_t out[MOST];
  mah_rng b = a;
  for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
    for (uint32_t step = 0; step < 2 && step * n < ranges[r]; step++) {
      mah_rng_below_each(&a, out, n, ranges[r], step);
      for (int64_t i = 0; i < n; i++)
        assert_int_equal(out[i], mah_rng_below(&b, ranges[r] - step * (uint32_t)i));
    }
  mah_rng_below_each(&a, out, n, 1, 0);
  for (int64_t i = 0; i < n; i++) assert_int_equal(out[i], 0);
  assert_int_equal(mah_rng_u32(&a), mah_rng_u32(&b));
}

/* Wherever the generator stands, with every instruction set; and so is what comes after them. */
static void many_equal_one_after_the_other(void **state) {
  (void)state;
  static const int64_t counts[] = {0, 1, 2, 3, 31, 32, 33, 64, 256, 257, 512, 513, MOST};
  for (mah_simd simd = 0; simd < MAH_SIMD_COUNT; simd++) {
    if (mah_simd_use(simd) != MAH_OK) continue;
    for (int32_t kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++)
      for (int before = 0; before < 5; before++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
          check_doubles(rng_after(kind, before), counts[c]);
          check_floats(rng_after(kind, before), counts[c]);
          check_below(rng_after(kind, before), counts[c]);
        }
  }
  assert_ok(mah_simd_use(mah_simd_best()));
}

/* More than one thread's piece: the same as with one thread, in parts of any size. */
static void threads_do_not_matter(void **state) {
  (void)state;
  enum { MANY = 200003 };
  static double d[2][MANY];
  static float f[2][MANY];
  for (int32_t kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++)
    for (int before = 0; before < 5; before++) {
      mah_rng one = rng_after(kind, before), two = one;
      assert_ok(mah_parallel_use(3));
      mah_rng_uniform_doubles(&one, d[0], MANY, -1, 2);
      mah_rng_normal_floats(&one, f[0], MANY, 0, 1);
      assert_ok(mah_parallel_use(1));
      mah_rng_uniform_doubles(&two, d[1], MANY, -1, 2);
      mah_rng_normal_floats(&two, f[1], 70001, 0, 1);
      mah_rng_normal_floats(&two, f[1] + 70001, MANY - 70001, 0, 1);
      assert_memory_equal(d[0], d[1], sizeof *d);
      assert_memory_equal(f[0], f[1], sizeof *f);
      assert_ok(mah_parallel_use(2));
      mah_rng_normal_doubles(&one, d[0], MANY, 0, 1);
      mah_rng_uniform_floats(&one, f[0], MANY, 0, 1);
      assert_ok(mah_parallel_use(1));
      mah_rng_normal_doubles(&two, d[1], MANY, 0, 1);
      mah_rng_uniform_floats(&two, f[1], MANY, 0, 1);
      assert_memory_equal(d[0], d[1], sizeof *d);
      assert_memory_equal(f[0], f[1], sizeof *f);
      assert_int_equal(mah_rng_u32(&one), mah_rng_u32(&two));
    }
  assert_ok(mah_parallel_use(mah_parallel_cores()));
}

/* The last step of a shuffle of n, by hand: Fisher-Yates from the end. */
static void shuffles_are_fishers_and_yatess(void **state) {
  (void)state;
  for (int32_t kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++)
    for (int32_t n = 0; n < MOST; n += 1 + n / 3) {
      int32_t a[MOST], b[MOST];
      mah_rng one = rng_after(kind, 1), other = one;
      for (int32_t i = 0; i < n; i++) a[i] = b[i] = i;
      mah_rng_shuffle(&one, a, n);
      for (int32_t i = n - 1; i > 0; i--) {
        uint32_t j = mah_rng_below(&other, (uint32_t)i + 1);
        int32_t swap = b[i];
        b[i] = b[j];
        b[j] = swap;
      }
      assert_memory_equal(a, b, (size_t)n * sizeof *a);
      assert_int_equal(mah_rng_u32(&one), mah_rng_u32(&other));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(philox_gives_the_known_answers),
      cmocka_unit_test(many_equal_one_after_the_other),
      cmocka_unit_test(threads_do_not_matter),
      cmocka_unit_test(shuffles_are_fishers_and_yatess),
      cmocka_unit_test(a_stream_is_its_blocks_in_turn),
      cmocka_unit_test(mt19937_gives_numpys_stream),
      cmocka_unit_test(mt19937_gives_the_standards_10000th_word),
      cmocka_unit_test(a_copy_continues_alike),
      cmocka_unit_test(moments_are_those_of_the_distributions),
      cmocka_unit_test(below_is_uniform),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
