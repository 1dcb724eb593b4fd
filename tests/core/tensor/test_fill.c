/* Random tensors: the numbers of the generator in row-major order, whatever the strides. */
#include "testing.h"

#include "tensor/fill.h"

/* (3, n) of a dtype; turned: a view of an (n, 3) one. */
static mah_tensor make(int32_t dtype, int64_t n, int turned) {
  mah_tensor whole = {0}, view = {0};
  assert_ok(mah_tensor_zeros(&whole, dtype, 2, turned ? (int64_t[]){n, 3} : (int64_t[]){3, n}));
  assert_ok(turned ? mah_tensor_transpose(&view, &whole, 0, 1) : mah_tensor_alias(&view, &whole));
  mah_tensor_release(&whole);
  return view;
}

static double nth(const mah_tensor *t, int64_t k) {
  int64_t at = k / t->extent[1] * t->step[0] + k % t->extent[1] * t->step[1];
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[at];
  case MAH_FLOAT64: return ((double *)t->data)[at];
  case MAH_INT32: return ((int32_t *)t->data)[at];
  case MAH_INT64: return (double)((int64_t *)t->data)[at];
  default: return ((uint8_t *)t->data)[at];
  }
}

/* The k-th of a tensor's numbers, drawn alone. Mersenne's floats are its doubles, rounded. */
static double alone(int32_t dtype, mah_rng *rng, int normal) {
  double x;
  float f;
  if (dtype == MAH_FLOAT32 && rng->kind == MAH_RNG_PHILOX) {
    normal ? mah_rng_normal_floats(rng, &f, 1, 2, 0.5) : mah_rng_uniform_floats(rng, &f, 1, -1, 3);
    return (double)f;
  }
  x = normal ? 2 + 0.5 * mah_rng_normal(rng) : -1 + 4 * mah_rng_double(rng);
  return dtype == MAH_FLOAT32 ? (double)(float)x : x;
}

static void check_reals(int32_t dtype, int32_t kind, int64_t n, int turned) {
  mah_tensor t = make(dtype, n, turned);
  mah_rng rng, plain;
  mah_rng_seed(&rng, kind, 5, 0);
  plain = rng;
  assert_ok(mah_fill_uniform(&t, &rng, -1, 3));
  for (int64_t k = 0; k < 3 * n; k++) assert_true(nth(&t, k) == alone(dtype, &plain, 0));
  assert_ok(mah_fill_normal(&t, &rng, 2, 0.5));
  for (int64_t k = 0; k < 3 * n; k++) assert_true(nth(&t, k) == alone(dtype, &plain, 1));
  mah_tensor_release(&t);
}

static void check_integers(int32_t dtype, int32_t kind, int64_t n, int turned) {
  mah_tensor t = make(dtype, n, turned);
  mah_rng rng, plain;
  mah_rng_seed(&rng, kind, 6, 0);
  plain = rng;
  assert_ok(mah_fill_integers(&t, &rng, 3, 9));
  for (int64_t k = 0; k < 3 * n; k++) assert_true(nth(&t, k) == 3 + mah_rng_below(&plain, 7));
  assert_ok(mah_fill_bernoulli(&t, &rng, 0.3));
  for (int64_t k = 0; k < 3 * n; k++) assert_true(nth(&t, k) == (mah_rng_double(&plain) < 0.3));
  mah_tensor_release(&t);
}

/* int64: ranges that 32 bits do not hold; both ends are reached where there are few values. */
static void wide_integers_stay_inside(void **state) {
  (void)state;
  mah_tensor t = make(MAH_INT64, 300, 0);
  mah_rng rng = rng_of(5);
  const int64_t low = -((int64_t)1 << 40), high = (int64_t)1 << 53;
  assert_ok(mah_fill_integers(&t, &rng, low, high));
  int64_t least = INT64_MAX, most = INT64_MIN, *x = t.data;
  for (int64_t k = 0; k < mah_tensor_count(&t); k++) {
    assert_true(x[k] >= low && x[k] <= high);
    least = x[k] < least ? x[k] : least;
    most = x[k] > most ? x[k] : most;
  }
  assert_true(least < high / 50 && most > high - high / 50);
  assert_fails(MAH_ERROR_ARGUMENT, "for int64", mah_fill_integers(&t, &rng, 0, high + 1));
  mah_tensor_release(&t);
}

/* 600: more than are drawn at a time. */
static void numbers_come_in_row_major_order(void **state) {
  (void)state;
  const int64_t sizes[] = {0, 1, 7, 8, 9, 17, 33, 600};
  for (int z = 0; z < 8; z++)
    for (int32_t kind = MAH_RNG_PHILOX; kind <= MAH_RNG_MT19937; kind++)
      for (int turned = 0; turned < 2; turned++) {
        for (int32_t d = MAH_FLOAT32; d <= MAH_FLOAT64; d++) check_reals(d, kind, sizes[z], turned);
        for (int32_t d = 0; d < NUMBERS; d++) check_integers(d, kind, sizes[z], turned);
      }
}

/* The greatest number below 1 would be rounded up to it in float32. */
static void uniform_numbers_stay_below_the_end(void **state) {
  (void)state;
  int64_t two = 2;
  mah_tensor t = {0};
  mah_rng rng = rng_of(1);
  rng.position = 0; /* four words wait, all ones */
  for (int k = 0; k < 4; k++) rng.word[k] = UINT32_MAX;
  assert_ok(mah_tensor_new(&t, MAH_FLOAT32, 1, &two));
  assert_ok(mah_fill_uniform(&t, &rng, 0, 1));
  for (int i = 0; i < 2; i++) assert_true(((float *)t.data)[i] == 1 - 0x1p-24f);
  mah_tensor_release(&t);
}

static void shuffled_rows_stay_whole(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  int64_t n = 33;
  int seen[33] = {0}, moved = 0;
  mah_tensor t = {0}, order = {0};
  assert_ok(mah_tensor_new(&t, MAH_INT32, 2, (int64_t[]){n, 2}));
  for (int i = 0; i < 2 * n; i++) ((int32_t *)t.data)[i] = i;
  assert_ok(mah_fill_shuffle(&t, &rng));
  for (int i = 0; i < n; i++) {
    int32_t first = ((int32_t *)t.data)[2 * i];
    assert_int_equal(((int32_t *)t.data)[2 * i + 1], first + 1);
    seen[first / 2]++;
    moved += first != 2 * i;
  }
  for (int i = 0; i < n; i++) assert_int_equal(seen[i], 1);
  assert_true(moved > 20);
  assert_ok(mah_tensor_new(&order, MAH_INT32, 1, &n));
  assert_ok(mah_fill_permutation(&order, &rng, 1));
  for (int i = 0; i < n; i++) seen[((int32_t *)order.data)[i] - 1]++;
  for (int i = 0; i < n; i++) assert_int_equal(seen[i], 2);
  mah_tensor_release(&t);
  mah_tensor_release(&order);
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  mah_tensor t = make(MAH_FLOAT32, 4, 0), bytes = make(MAH_UINT8, 4, 0), row = {0}, wide = {0};
  mah_tensor gone = {0};
  int64_t extent[] = {3, 4};
  assert_ok(mah_tensor_narrow(&row, &t, 0, 0, 1));
  assert_ok(mah_tensor_expand(&wide, &row, 2, extent));
  assert_fails(MAH_ERROR_ARGUMENT, "expanded", mah_fill_uniform(&wide, &rng, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_fill_uniform(&gone, &rng, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "generator", mah_fill_normal(&t, NULL, 0, 1));
  assert_fails(MAH_ERROR_ARGUMENT, "2 and 1", mah_fill_uniform(&t, &rng, 2, 1));
  assert_fails(MAH_ERROR_DTYPE, "uint8 3x4", mah_fill_normal(&bytes, &rng, 0, 1));
  assert_int_not_equal(mah_fill_integers(&bytes, &rng, 0, 256), MAH_OK);
  assert_int_not_equal(mah_fill_integers(&t, &rng, 2, 1), MAH_OK);
  assert_int_not_equal(mah_fill_bernoulli(&t, &rng, 1.5), MAH_OK);
  assert_int_not_equal(mah_fill_permutation(&t, &rng, 0), MAH_OK);
  mah_tensor *all[] = {&t, &bytes, &row, &wide};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

static void out_of_memory_is_an_error(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  mah_tensor t = make(MAH_FLOAT32, 40, 1); /* rows with gaps */
  int64_t before = mah_memory_live();
  for (int n = 1; n < 20; n++) {
    mah_memory_fail_at(n);
    mah_status status = mah_fill_shuffle(&t, &rng);
    mah_memory_fail_at(0);
    assert_int_equal(mah_memory_live(), before);
    if (status == MAH_OK) break;
    assert_int_equal(status, MAH_ERROR_MEMORY);
  }
  mah_tensor_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_come_in_row_major_order),
      cmocka_unit_test(wide_integers_stay_inside),
      cmocka_unit_test(uniform_numbers_stay_below_the_end),
      cmocka_unit_test(shuffled_rows_stay_whole),
      cmocka_unit_test(wrong_arguments_are_named),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
