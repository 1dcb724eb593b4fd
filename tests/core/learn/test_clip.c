/* Clipping by norm and by value against plain loops. */
#include "testing.h"

static mah_tensor random_vector(mah_rng *rng, int32_t dtype, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, dtype, 1, &n));
  for (int64_t i = 0; i < n; i++) set(t.data, dtype, i, 2 * mah_rng_double(rng) - 1);
  return t;
}

static void check_norm(int32_t d, int64_t n, double max_norm) {
  mah_rng rng = rng_of((uint64_t)n);
  mah_tensor g = random_vector(&rng, d, n), before = {0};
  assert_ok(mah_tensor_clone(&before, &g));
  double sum = 0, norm;
  for (int64_t i = 0; i < n; i++) sum += get(g.data, d, i) * get(g.data, d, i);
  assert_ok(mah_clip_norm(&norm, &g, max_norm));
  assert_close(norm, sqrt(sum), 1e-12);
  double scale = sqrt(sum) > max_norm ? max_norm / sqrt(sum) : 1;
  for (int64_t i = 0; i < n; i++)
    assert_close(get(g.data, d, i), scale * get(before.data, d, i), tolerance_of(d));
  mah_tensor_release(&g);
  mah_tensor_release(&before);
}

static void check_value(int32_t d, int64_t n) {
  mah_rng rng = rng_of((uint64_t)n);
  mah_tensor g = random_vector(&rng, d, n), before = {0};
  assert_ok(mah_tensor_clone(&before, &g));
  assert_ok(mah_clip_value(&g, 0.25));
  for (int64_t i = 0; i < n; i++)
    assert_close(get(g.data, d, i), fmax(-0.25, fmin(0.25, get(before.data, d, i))), 0);
  mah_tensor_release(&g);
  mah_tensor_release(&before);
}

static void test_twins(void **state) {
  (void)state;
  for (mah_simd simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t d = MAH_FLOAT32; d <= MAH_FLOAT64; d++)
      for (int i = 0; i <= RAGGED; i++) {
        int64_t n = i < RAGGED ? ragged[i] : 79510;
        check_norm(d, n, 0.5);
        check_norm(d, n, 1e3);
        check_value(d, n);
      }
  }
  assert_ok(mah_simd_use(mah_simd_best()));
}

/* Squares that overflow float do no harm, and a norm that is not finite changes nothing. */
static void test_ends(void **state) {
  (void)state;
  float values[] = {3e30f, 4e30f};
  int64_t n = 2;
  double norm;
  mah_tensor g = {0};
  assert_ok(mah_tensor_borrow(&g, values, MAH_FLOAT32, 1, &n));
  assert_ok(mah_clip_norm(&norm, &g, 5));
  assert_close(norm / 5e30, 1, 1e-6);
  assert_close((double)values[0], 3, 1e-6);
  values[1] = NAN;
  assert_ok(mah_clip_norm(&norm, &g, 1));
  assert_true(isnan(norm));
  assert_close((double)values[0], 3, 1e-6);
  assert_ok(mah_clip_value(&g, 1));
  assert_true(values[0] == 1 && isnan(values[1]));
  values[1] = INFINITY;
  assert_ok(mah_clip_norm(&norm, &g, 1));
  assert_true(values[0] == 1);
  assert_fails(MAH_ERROR_ARGUMENT, "must be > 0, got 0", mah_clip_norm(&norm, &g, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "must be > 0, got nan", mah_clip_value(&g, NAN));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_clip_value(NULL, 1));
  mah_tensor_release(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_twins), cmocka_unit_test(test_ends)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
