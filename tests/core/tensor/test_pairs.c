/* Inner, outer and Kronecker's products, and small matrix products, against plain loops. */
#include "testing.h"

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  int64_t place = i * t->step[0] + j * t->step[1];
  return t->elem <= MAH_FLOAT64 ? get(t->data, t->elem, place)
                                : (double)((int32_t *)t->data)[place];
}

/* n x m whole numbers, so that all sums are exact. */
static mah_tensor whole(mah_rng *rng, int32_t dtype, int64_t n, int64_t m, int turned) {
  mah_tensor wide = {0}, t = {0}, view = {0};
  const int64_t extent[] = {turned ? m : n, turned ? n : m};
  assert_ok(mah_tensor_new(&wide, MAH_FLOAT64, 2, extent));
  for (int64_t i = 0; i < n * m; i++) ((double *)wide.data)[i] = (double)mah_rng_below(rng, 9) - 4;
  assert_ok(mah_tensor_to(&t, &wide, dtype));
  mah_tensor_release(&wide);
  if (!turned) return t;
  assert_ok(mah_tensor_transpose(&view, &t, 0, 1));
  mah_tensor_release(&t);
  return view;
}

static void check_sums(const mah_tensor *a, const mah_tensor *b) {
  mah_tensor rows = {0}, all = {0};
  double total = 0;
  assert_ok(mah_tensor_vecdot(&rows, a, b));
  assert_ok(mah_tensor_inner(&all, a, b));
  for (int64_t i = 0; i < a->extent[0]; i++) {
    double sum = 0;
    for (int64_t j = 0; j < a->extent[1]; j++) sum += at(a, i, j) * at(b, i, j);
    assert_true(get(rows.data, rows.elem, i) == sum);
    total += sum;
  }
  assert_true(get(all.data, all.elem, 0) == total);
  mah_tensor_release(&rows);
  mah_tensor_release(&all);
}

static void check_kron(const mah_tensor *a, const mah_tensor *b) {
  mah_tensor out = {0};
  assert_ok(mah_tensor_kron(&out, a, b));
  int64_t p = b->extent[0], q = b->extent[1];
  for (int64_t i = 0; i < out.extent[0]; i++)
    for (int64_t j = 0; j < out.extent[1]; j++)
      assert_true(at(&out, i, j) == at(a, i / p, j / q) * at(b, i % p, j % q));
  mah_tensor_release(&out);
}

static void products_of_pairs_equal_plain_loops(void **state) {
  (void)state;
  mah_rng rng = rng_of(8);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_INT32; dtype++)
      for (int r = 0; r < RAGGED; r++)
        for (int turned = 0; turned < 2; turned++) {
          int64_t n = ragged[r], m = ragged[(r + 2) % RAGGED];
          assert_ok(mah_simd_use(simd));
          mah_tensor a = whole(&rng, dtype, n, m, turned), b = whole(&rng, dtype, n, m, 0);
          mah_tensor c = whole(&rng, dtype, 3, m, !turned);
          if (dtype <= MAH_FLOAT64) check_sums(&a, &b);
          check_kron(&c, &a);
          mah_tensor *all[] = {&a, &b, &c};
          for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
        }
}

/* The sizes that do without BLAS, and the next ones. */
static void small_matrix_products_equal_plain_loops(void **state) {
  (void)state;
  mah_rng rng = rng_of(9);
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int64_t n = 0; n < 19; n++)
        for (int turned = 0; turned < 4; turned++) {
          int64_t m = (n * 7 + 3) % 18, k = (n * 5 + 1) % 17;
          assert_ok(mah_simd_use(simd));
          mah_tensor a = whole(&rng, dtype, m, k, turned & 1), out = {0};
          mah_tensor b = whole(&rng, dtype, k, n, turned >> 1);
          assert_ok(mah_tensor_matmul(&out, &a, &b));
          for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < n; j++) {
              double sum = 0;
              for (int64_t l = 0; l < k; l++) sum += at(&a, i, l) * at(&b, l, j);
              assert_true(at(&out, i, j) == sum);
            }
          mah_tensor *all[] = {&a, &b, &out};
          for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
        }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_of_pairs_equal_plain_loops),
      cmocka_unit_test(small_matrix_products_equal_plain_loops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
