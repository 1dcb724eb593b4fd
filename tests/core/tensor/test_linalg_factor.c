/* Factors multiply back to their matrix; memory may run out anywhere. */
#include "testing.h"

static mah_tensor random_matrix(mah_rng *rng, int64_t m, int64_t n) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_new(&t, MAH_FLOAT64, 2, (int64_t[]){m, n}));
  for (int64_t i = 0; i < m * n; i++) ((double *)t.data)[i] = 2 * mah_rng_double(rng) - 1;
  return t;
}

static double element(const mah_tensor *t, int64_t i, int64_t j) {
  return ((double *)t->data)[i * t->step[0] + j * t->step[1]];
}

static void lu_multiplies_back(void **state) {
  static const int64_t shape[][2] = {{1, 1}, {3, 3}, {7, 4}, {4, 7}, {20, 20}};
  (void)state;
  mah_rng rng = rng_of(1);
  for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
    mah_tensor a = random_matrix(&rng, shape[s][0], shape[s][1]), p = {0}, l = {0}, u = {0};
    mah_tensor lu = {0}, plu = {0};
    assert_ok(mah_lu(&p, &l, &u, &a));
    assert_ok(mah_tensor_matmul(&lu, &l, &u));
    assert_ok(mah_tensor_matmul(&plu, &p, &lu));
    for (int64_t i = 0; i < a.extent[0]; i++)
      for (int64_t j = 0; j < a.extent[1]; j++)
        assert_close(element(&plu, i, j), element(&a, i, j), 1e-13);
    mah_tensor *all[] = {&a, &p, &l, &u, &lu, &plu};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mah_tensor_release(all[i]);
  }
}

static mah_status factor(int which, mah_tensor out[3], const mah_tensor *a) {
  switch (which) {
  case 0: return mah_lu(&out[0], &out[1], &out[2], a);
  case 1: return mah_lu_factor(&out[0], &out[1], a);
  case 2: return mah_qr_pivoted(&out[0], &out[1], &out[2], a);
  default: return mah_schur(&out[0], &out[1], a);
  }
}

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  mah_rng rng = rng_of(2);
  mah_tensor a = random_matrix(&rng, 9, 9);
  int64_t live = mah_memory_live();
  for (int which = 0; which < 4; which++) {
    mah_status status = MAH_ERROR_MEMORY;
    for (int64_t n = 1; status != MAH_OK; n++) {
      mah_tensor out[3] = {{0}};
      mah_memory_fail_at(n);
      status = factor(which, out, &a);
      mah_memory_fail_at(0);
      assert_true(status == MAH_OK || status == MAH_ERROR_MEMORY);
      for (int i = 0; i < 3; i++) mah_tensor_release(&out[i]);
      assert_int_equal(live, mah_memory_live());
      assert_true(n < 20);
    }
  }
  mah_tensor_release(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lu_multiplies_back),
      cmocka_unit_test(memory_runs_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
