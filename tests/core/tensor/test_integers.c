/* Sums and products of integers in int64, which wrap around, against a plain loop. */
#include "testing.h"

#include "tensor/reduce.h"

static int64_t element(const mah_tensor *t, int64_t i) {
  switch (t->elem) {
  case MAH_INT32: return ((int32_t *)t->data)[i];
  case MAH_INT64: return ((int64_t *)t->data)[i];
  default: return ((uint8_t *)t->data)[i];
  }
}

static mah_tensor cube(mah_rng *rng, int32_t dtype, const int64_t *extent) {
  mah_tensor t = {0}, whole = {0};
  assert_ok(mah_tensor_new(&whole, MAH_INT64, 3, extent));
  for (int64_t i = 0; i < mah_tensor_count(&whole); i++)
    ((uint64_t *)whole.data)[i] = (uint64_t)mah_rng_u32(rng) << 32 | mah_rng_u32(rng);
  if (dtype == MAH_INT64) return whole;
  for (int64_t i = 0; i < mah_tensor_count(&whole); i++) ((int64_t *)whole.data)[i] >>= 33;
  assert_ok(mah_tensor_to(&t, &whole, dtype));
  mah_tensor_release(&whole);
  return t;
}

static const int32_t dtypes[] = {MAH_INT32, MAH_UINT8, MAH_INT64, MAH_BOOL};

static void check_lines(const mah_tensor *x, int32_t dim) {
  mah_tensor sum = {0}, product = {0}, running = {0};
  int64_t n = x->extent[dim], inner = x->step[dim], outer = mah_tensor_count(x) / n / inner;
  assert_ok(mah_reduce(&sum, x, MAH_REDUCE_sum, dim, 0, 0));
  assert_ok(mah_reduce(&product, x, MAH_REDUCE_prod, dim, 0, 0));
  assert_ok(mah_cumsum(&running, x, dim));
  assert_int_equal(sum.elem, MAH_INT64);
  assert_int_equal(product.elem, MAH_INT64);
  for (int64_t o = 0; o < outer; o++)
    for (int64_t i = 0; i < inner; i++) {
      uint64_t s = 0, p = 1;
      for (int64_t k = 0; k < n; k++) {
        int64_t at = (o * n + k) * inner + i;
        s += (uint64_t)element(x, at), p *= (uint64_t)element(x, at);
        assert_true(((uint64_t *)running.data)[at] == s);
      }
      assert_true(((uint64_t *)sum.data)[o * inner + i] == s);
      assert_true(((uint64_t *)product.data)[o * inner + i] == p);
    }
  mah_tensor *all[] = {&sum, &product, &running};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static void lines_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(3);
  const int64_t extents[][3] = {{2, 600, 3}, {33, 2, 700}, {1, 40, 40}, {5, 1, 1}};
  for (int d = 0; d < 4; d++)
    for (int e = 0; e < 4; e++)
      for (int32_t dim = 0; dim < 3; dim++) {
        mah_tensor x = cube(&rng, dtypes[d], extents[e]);
        check_lines(&x, dim);
        mah_tensor_release(&x);
      }
}

static void whole_tensors_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(4);
  for (int d = 0; d < 4; d++) {
    mah_tensor x = cube(&rng, dtypes[d], (int64_t[]){7, 90, 11}), turned = {0};
    int64_t result, most = INT64_MIN, least = INT64_MAX;
    uint64_t sum = 0, product = 1;
    for (int64_t i = 0; i < mah_tensor_count(&x); i++) {
      int64_t v = element(&x, i);
      sum += (uint64_t)v, product *= (uint64_t)v;
      most = v > most ? v : most, least = v < least ? v : least;
    }
    assert_ok(mah_tensor_transpose(&turned, &x, 0, 2));
    const mah_tensor *views[] = {&x, &turned};
    for (int v = 0; v < 2; v++) {
      assert_ok(mah_reduce_integers(&result, views[v], MAH_REDUCE_sum));
      assert_true((uint64_t)result == sum);
      assert_ok(mah_reduce_integers(&result, views[v], MAH_REDUCE_prod));
      assert_true((uint64_t)result == product);
      assert_ok(mah_reduce_integers(&result, views[v], MAH_REDUCE_max));
      assert_true(result == most);
      assert_ok(mah_reduce_integers(&result, views[v], MAH_REDUCE_min));
      assert_true(result == least);
    }
    mah_tensor_release(&x);
    mah_tensor_release(&turned);
  }
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  mah_tensor x = {0}, none = {0};
  int64_t result, zero = 0;
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 0, NULL));
  assert_ok(mah_tensor_zeros(&none, MAH_INT32, 1, &zero));
  assert_fails(MAH_ERROR_DTYPE, "sum of float32 scalar is no integer",
               mah_reduce_integers(&result, &x, MAH_REDUCE_sum));
  assert_fails(MAH_ERROR_DTYPE, "mean of int32 0",
               mah_reduce_integers(&result, &none, MAH_REDUCE_mean));
  assert_fails(MAH_ERROR_SHAPE, "max of no elements",
               mah_reduce_integers(&result, &none, MAH_REDUCE_max));
  assert_ok(mah_reduce_integers(&result, &none, MAH_REDUCE_prod));
  assert_true(result == 1);
  mah_tensor_release(&x);
  mah_tensor_release(&none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_equal_a_plain_loop),
      cmocka_unit_test(whole_tensors_equal_a_plain_loop),
      cmocka_unit_test(wrong_arguments_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
