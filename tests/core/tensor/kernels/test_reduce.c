/* Folds over rows and side by side, on every instruction set, against plain loops at ragged sizes.
 */
#include "testing.h"

#include "tensor/kernels/reduce.h"

MAH_DECLARE_VARIANTS(mah_fold_table, mah_folds);

static double plain_step(int fold, double acc, double x, double s) {
  switch (fold) {
  case MAH_FOLD_sum: return acc + x;
  case MAH_FOLD_squares: return acc + (x - s) * (x - s);
  case MAH_FOLD_exps: return acc + exp(x - s);
  case MAH_FOLD_product: return acc * x;
  case MAH_FOLD_smallest: return x < acc || x != x ? x : acc;
  case MAH_FOLD_largest: return x > acc || x != x ? x : acc;
  case MAH_FOLD_nonzero: return acc + (x != 0);
  case MAH_FOLD_nansum: return isnan(x) ? acc : acc + x;
  case MAH_FOLD_nansquares: return isnan(x) ? acc : acc + (x - s) * (x - s);
  case MAH_FOLD_nanproduct: return isnan(x) ? acc : acc * x;
  case MAH_FOLD_nansmallest: return x < acc ? x : acc;
  case MAH_FOLD_nanlargest: return x > acc ? x : acc;
  case MAH_FOLD_numbers: return acc + !isnan(x);
  default: fail_msg("fold %d has no plain twin", fold); return 0;
  }
}

static double start_of(int fold) {
  switch (fold) {
  case MAH_FOLD_product:
  case MAH_FOLD_nanproduct: return 1;
  case MAH_FOLD_smallest:
  case MAH_FOLD_nansmallest: return INFINITY;
  case MAH_FOLD_largest:
  case MAH_FOLD_nanlargest: return -INFINITY;
  default: return 0;
  }
}

/* Some NaN for those that leave them out. */
static void spoil(void *x, int32_t dtype, int64_t n, int fold) {
  for (int64_t i = 2; fold >= MAH_FOLD_nansum && i < n; i += 5) set(x, dtype, i, NAN);
}

/* Equal, infinities too, or nearly. */
static void assert_near(double got, double plain, int32_t dtype) {
  if (got != plain) assert_close(got, plain, dtype == MAH_FLOAT32 ? 1e-5 : 1e-12);
}

/* Around the accumulators of a row, too: 8, 32, 64. */
static const int64_t sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 33, 63, 64, 65, 129, 1000};
enum { SIZES = sizeof sizes / sizeof *sizes, MOST = 1000 };

static void rows_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int z = 0; z < SIZES; z++) {
        void *x = random_reals(&rng, dtype, sizes[z]);
        for (int fold = 0; fold < MAH_FOLD_COUNT; fold++) {
          double plain = start_of(fold);
          spoil(x, dtype, sizes[z], fold);
          for (int64_t i = 0; i < sizes[z]; i++)
            plain = plain_step(fold, plain, get(x, dtype, i), 0.25);
          mah_fold_row *row = MAH_PICK_FOR(simd, mah_folds)->row[dtype][fold];
          assert_near(row(x, sizes[z], 0.25), plain, dtype);
        }
        mah_free(x);
      }
}

/* None, one, two ... nine rows that lie apart, into accumulators side by side. */
static void folds_side_by_side_equal_a_plain_loop(void **state) {
  (void)state;
  enum { APART = MOST + 3 };
  mah_rng rng = rng_of(4);
  static double acc[MOST + 1], plain[MOST], s[MOST];
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int z = 0; z < SIZES; z++)
        for (int fold = 0; fold < MAH_FOLD_COUNT; fold++) {
          int64_t n = sizes[z], rows = (z + fold) % 10;
          void *x = random_reals(&rng, dtype, 10 * APART);
          spoil(x, dtype, 10 * APART, fold);
          for (int64_t j = 0; j < n; j++)
            acc[j] = plain[j] = start_of(fold), s[j] = 0.01 * (double)j;
          acc[n] = -7;
          MAH_PICK_FOR(simd, mah_folds)
              ->side[dtype][fold](acc, x, rows, APART * mah_dtype_size(dtype), s, n);
          for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < n; j++)
              plain[j] = plain_step(fold, plain[j], get(x, dtype, i * APART + j), s[j]);
          mah_free(x);
          for (int64_t j = 0; j < n; j++) assert_near(acc[j], plain[j], dtype);
          assert_true(acc[n] == -7);
        }
}

/* The first of equals keeps its place, and so does the first NaN. */
static void places_are_those_of_the_first(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int z = 0; z < SIZES; z++)
      for (int sign = -1; sign <= 1; sign += 2) {
        static double acc[MOST], place[MOST], x[MOST];
        const mah_fold_table *table = MAH_PICK_FOR(simd, mah_folds);
        mah_fold_place *note = sign < 0 ? table->place_smallest : table->place_largest;
        for (int64_t j = 0; j < sizes[z]; j++) {
          acc[j] = j % 4 == 3 ? NAN : 1, place[j] = 0;
          x[j] = j % 4 == 0 ? 1 + sign : j % 4 == 1 ? 1 : NAN;
        }
        note(acc, place, x, 5, sizes[z]);
        for (int64_t j = 0; j < sizes[z]; j++) {
          int taken = j % 4 == 0 || j % 4 == 2;
          assert_true(place[j] == (taken ? 5 : 0));
          assert_true(j % 4 == 0 ? acc[j] == 1 + sign : j % 4 == 1 ? acc[j] == 1 : isnan(acc[j]));
        }
      }
}

/* A number that is better, or the first one, counts; a NaN never does. */
static void places_of_numbers_pass_over_nan(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int z = 0; z < SIZES; z++)
      for (int sign = -1; sign <= 1; sign += 2) {
        static double acc[MOST], place[MOST], x[MOST];
        const mah_fold_table *table = MAH_PICK_FOR(simd, mah_folds);
        mah_fold_place *note = sign < 0 ? table->place_nansmallest : table->place_nanlargest;
        for (int64_t j = 0; j < sizes[z]; j++) {
          acc[j] = j % 4 == 3 ? NAN : 1, place[j] = 0;
          x[j] = j % 4 == 0 ? 1 + sign : j % 4 == 1 ? NAN : 1;
        }
        note(acc, place, x, 5, sizes[z]);
        for (int64_t j = 0; j < sizes[z]; j++) {
          assert_true(place[j] == (j % 4 == 0 || j % 4 == 3 ? 5 : 0));
          assert_true(acc[j] == (j % 4 == 0 ? 1 + sign : 1));
        }
      }
}

static void the_first_of_equals_is_found(void **state) {
  (void)state;
  double x[300];
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int64_t n = 1; n <= 300; n += 13)
        for (int64_t place = 0; place < n; place += 7) {
          mah_fold_first *first = MAH_PICK_FOR(simd, mah_folds)->first[dtype];
          for (int64_t i = 0; i < n; i++) set(x, dtype, i, i < place ? 1 : 2);
          assert_int_equal(first(x, n, 2), place);
          for (int64_t i = place; i < n; i++) set(x, dtype, i, NAN);
          assert_int_equal(first(x, n, NAN), place);
        }
}

static void products_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(5);
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int z = 0; z < SIZES; z++) {
        void *x = random_reals(&rng, dtype, sizes[z]), *y = random_reals(&rng, dtype, sizes[z]);
        double plain = 0;
        for (int64_t i = 0; i < sizes[z]; i++) plain += get(x, dtype, i) * get(y, dtype, i);
        assert_near(MAH_PICK_FOR(simd, mah_folds)->dot[dtype](x, y, sizes[z]), plain, dtype);
        mah_free(x);
        mah_free(y);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_equal_a_plain_loop),
      cmocka_unit_test(products_equal_a_plain_loop),
      cmocka_unit_test(folds_side_by_side_equal_a_plain_loop),
      cmocka_unit_test(places_are_those_of_the_first),
      cmocka_unit_test(places_of_numbers_pass_over_nan),
      cmocka_unit_test(the_first_of_equals_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
