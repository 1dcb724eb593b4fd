/* Every reduction in every dtype, over all and along each dimension, against a plain loop. */
#include "testing.h"

static double at(const mah_tensor *t, int64_t i) {
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[i];
  case MAH_FLOAT64: return ((double *)t->data)[i];
  case MAH_INT32: return ((int32_t *)t->data)[i];
  case MAH_INT64: return (double)((int64_t *)t->data)[i];
  default: return ((uint8_t *)t->data)[i];
  }
}

static int with_nan; /* have float tensors some? */

static mah_tensor random_tensor(mah_rng *rng, int32_t dtype, int32_t ndim, const int64_t *extent) {
  mah_tensor wide = {0}, t = {0};
  assert_ok(mah_tensor_new(&wide, MAH_FLOAT64, ndim, extent));
  for (int64_t i = 0; i < mah_tensor_count(&wide); i++) {
    double x = (double)mah_rng_below(rng, 9) - (dtype == MAH_UINT8 ? 0 : 4);
    ((double *)wide.data)[i] = dtype <= MAH_FLOAT64 ? x / 4 + 0.125 * mah_rng_below(rng, 2) : x;
  }
  for (int64_t i = 3; with_nan && i < mah_tensor_count(&wide); i += 13)
    ((double *)wide.data)[i] = NAN;
  assert_ok(mah_tensor_to(&t, &wide, dtype));
  mah_tensor_release(&wide);
  return t;
}

/* -- The plain twin ---------------------------------------------------------------------------- */

static double mean_of(const double *x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i];
  return sum / (double)n;
}

static double extreme_of(const double *x, int64_t n, int sign, int want_place) {
  int64_t best = 0;
  for (int64_t i = 1; i < n; i++)
    if (sign * x[i] > sign * x[best] || (isnan(x[i]) && !isnan(x[best]))) best = i;
  return want_place ? (double)best : x[best];
}

/* The same operation of everything, for one that leaves NaN out; else -1. */
static int32_t without_nan(int32_t op) {
  switch (op) {
  case MAH_REDUCE_nansum: return MAH_REDUCE_sum;
  case MAH_REDUCE_nanmean: return MAH_REDUCE_mean;
  case MAH_REDUCE_nanprod: return MAH_REDUCE_prod;
  case MAH_REDUCE_nanvar: return MAH_REDUCE_var;
  case MAH_REDUCE_nanstd: return MAH_REDUCE_std;
  case MAH_REDUCE_nanmin: return MAH_REDUCE_min;
  case MAH_REDUCE_nanmax: return MAH_REDUCE_max;
  case MAH_REDUCE_nanargmin: return MAH_REDUCE_argmin;
  case MAH_REDUCE_nanargmax: return MAH_REDUCE_argmax;
  default: return -1;
  }
}

static int is_place(int32_t op) { return op == MAH_REDUCE_nanargmin || op == MAH_REDUCE_nanargmax; }

static int is_extreme(int32_t op) { return op == MAH_REDUCE_nanmin || op == MAH_REDUCE_nanmax; }

static double plain(int32_t op, const double *x, int64_t n);

static double plain_of_numbers(int32_t op, const double *x, int64_t n) {
  double *numbers = malloc((size_t)(n + 1) * sizeof *numbers);
  int64_t count = 0, seen = 0;
  for (int64_t i = 0; i < n; i++)
    if (!isnan(x[i])) numbers[count++] = x[i];
  int nothing = count == 0 && (is_place(op) || is_extreme(op));
  double result = nothing ? NAN : plain(without_nan(op), numbers, count);
  free(numbers);
  if (!is_place(op) || nothing) return result;
  for (int64_t i = 0; i < n; i++)
    if (!isnan(x[i]) && (double)seen++ == result) return (double)i;
  return NAN;
}

static double plain(int32_t op, const double *x, int64_t n) {
  if (without_nan(op) >= 0) return plain_of_numbers(op, x, n);
  double sum = 0, product = 1, squares = 0, spread = 0, exps = 0, nonzero = 0, mean = mean_of(x, n);
  for (int64_t i = 0; i < n; i++) {
    sum += x[i], product *= x[i], squares += x[i] * x[i], exps += exp(x[i]), nonzero += x[i] != 0;
    spread += (x[i] - mean) * (x[i] - mean);
  }
  switch (op) {
  case MAH_REDUCE_sum: return sum;
  case MAH_REDUCE_mean: return mean;
  case MAH_REDUCE_prod: return product;
  case MAH_REDUCE_var: return n > 1 ? spread / (double)(n - 1) : NAN;
  case MAH_REDUCE_std: return n > 1 ? sqrt(spread / (double)(n - 1)) : NAN;
  case MAH_REDUCE_norm: return sqrt(squares);
  case MAH_REDUCE_logsumexp: return log(exps);
  case MAH_REDUCE_min: return extreme_of(x, n, -1, 0);
  case MAH_REDUCE_max: return extreme_of(x, n, 1, 0);
  case MAH_REDUCE_argmin: return extreme_of(x, n, -1, 1);
  case MAH_REDUCE_argmax: return extreme_of(x, n, 1, 1);
  case MAH_REDUCE_any: return nonzero > 0;
  case MAH_REDUCE_all: return nonzero == (double)n;
  case MAH_REDUCE_count_nonzero: return nonzero;
  default: fail_msg("reduction %d has no plain twin", op); return 0;
  }
}

static int needs_elements(int32_t op) {
  return op == MAH_REDUCE_min || op == MAH_REDUCE_max || op == MAH_REDUCE_argmin ||
         op == MAH_REDUCE_argmax || is_place(op) || is_extreme(op);
}

static void assert_same(double got, double expected, double tolerance, int32_t op) {
  if (isnan(expected) ? isnan(got) : got == expected) return;
  if (!(fabs(got - expected) <= tolerance * fmax(1, fabs(expected))))
    fail_msg("%s: %.17g is not %.17g", mah_reduce_name(op), got, expected);
}

/* -- Against it -------------------------------------------------------------------------------- */

static void check_all(const mah_tensor *t, int32_t op) {
  int64_t n = mah_tensor_count(t);
  mah_tensor wide = {0};
  double got;
  assert_ok(mah_tensor_to(&wide, t, MAH_FLOAT64));
  if (n == 0 && needs_elements(op)) {
    assert_fails(MAH_ERROR_SHAPE, "no elements", mah_reduce_all(&got, t, op, 1));
  } else {
    assert_ok(mah_reduce_all(&got, t, op, 1));
    int coarse = op == MAH_REDUCE_logsumexp && t->elem == MAH_FLOAT32; /* its exponentials are */
    assert_same(got, plain(op, wide.data, n), coarse ? 1e-7 : 1e-12, op);
  }
  mah_tensor_release(&wide);
}

/* Along dim of a 3-dimensional tensor, with and without keeping it. */
static void check_along(const mah_tensor *t, int32_t op, int32_t dim) {
  mah_tensor out = {0}, kept = {0}, wide = {0}, lines = {0}, rows = {0};
  int64_t n = t->extent[dim];
  if (n == 0 && needs_elements(op)) {
    assert_fails(MAH_ERROR_SHAPE, "no elements", mah_reduce(&out, t, op, dim, 0, 1));
    return;
  }
  int32_t order[3], next = 0;
  for (int32_t d = 0; d < 3; d++)
    if (d != dim) order[next++] = d;
  order[2] = dim;
  assert_ok(mah_tensor_permute(&lines, t, order));
  assert_ok(mah_tensor_clone(&rows, &lines));
  assert_ok(mah_tensor_to(&wide, &rows, MAH_FLOAT64));
  mah_tensor *all[] = {&out, &kept, &wide, &lines, &rows};
  int nothing = 0; /* a line of NaN alone has no place for a number */
  for (int64_t j = 0; is_place(op) && j < mah_tensor_count(&wide); j += n)
    nothing |= isnan(plain(op, (double *)wide.data + j, n));
  if (nothing) {
    assert_fails(MAH_ERROR_NUMERIC, "all elements are NaN", mah_reduce(&out, t, op, dim, 0, 1));
    for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
    return;
  }
  assert_ok(mah_reduce(&out, t, op, dim, 0, 1));
  assert_ok(mah_reduce(&kept, t, op, dim, 1, 1));
  assert_int_equal(out.ndim, t->ndim - 1);
  assert_int_equal(kept.extent[dim], 1);
  double tolerance = out.elem == MAH_FLOAT32 ? 1e-6 : 1e-12;
  for (int64_t j = 0; j < mah_tensor_count(&out); j++) {
    assert_same(at(&out, j), plain(op, (double *)wide.data + j * n, n), tolerance, op);
    assert_same(at(&kept, j), at(&out, j), 0, op);
  }
  if (out.elem != MAH_INT32) { /* into what is there, in either shape: the same */
    assert_ok(mah_tensor_fill(&kept, 0));
    assert_ok(mah_reduce_into(&kept, t, op, dim, 1));
    for (int64_t j = 0; j < mah_tensor_count(&out); j++)
      assert_same(at(&kept, j), at(&out, j), 0, op);
    assert_ok(mah_reduce_into(&out, t, op, dim, 1));
    for (int64_t j = 0; j < mah_tensor_count(&out); j++)
      assert_same(at(&kept, j), at(&out, j), 0, op);
  }
  for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
}

static void check_shape(mah_rng *rng, int32_t dtype, const int64_t *shape, int turned) {
  mah_tensor t = random_tensor(rng, dtype, 3, shape), view = {0};
  assert_ok(turned ? mah_tensor_transpose(&view, &t, 0, 2) : mah_tensor_alias(&view, &t));
  for (int32_t op = 0; op < MAH_REDUCE_COUNT; op++) {
    check_all(&view, op);
    for (int32_t dim = 0; dim < 3; dim++) check_along(&view, op, dim);
  }
  mah_tensor_release(&view);
  mah_tensor_release(&t);
}

static void every_reduction_equals_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(5);
  const int64_t shapes[][3] = {{2, 3, 4},  {1, 1, 1},    {3, 0, 2},
                               {2, 70, 3}, {3, 2, 1100}, {300, 1, 17}};
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++) {
    assert_ok(mah_simd_use(simd));
    for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
      for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int turned = 0; turned < 4; turned++) {
          with_nan = turned > 1;
          check_shape(&rng, dtype, shapes[s], turned & 1);
        }
  }
  with_nan = 0;
}

static void sums_keep_their_digits(void **state) {
  (void)state;
  int64_t n = 10000000, m = 1000;
  mah_tensor x = {0}, big = {0}, sum = {0}, grid = {0};
  double mean, total;
  assert_ok(mah_tensor_new(&x, MAH_FLOAT32, 1, &n));
  assert_ok(mah_tensor_fill(&x, 0.1));
  assert_ok(mah_reduce_all(&mean, &x, MAH_REDUCE_mean, 0));
  assert_true(fabs(mean - (double)0.1f) < 1e-15);
  int64_t shape[] = {n / 10, 10};
  assert_ok(mah_tensor_view(&grid, &x, 2, shape));
  assert_ok(mah_reduce(&sum, &grid, MAH_REDUCE_sum, 0, 0, 0));
  for (int j = 0; j < 10; j++) assert_true(at(&sum, j) == (double)(float)(0.1f * 1e6));
  assert_ok(mah_tensor_new(&big, MAH_INT32, 1, &m));
  assert_ok(mah_tensor_fill(&big, 2147483647));
  assert_ok(mah_reduce_all(&total, &big, MAH_REDUCE_sum, 0));
  assert_true(total == 2147483647000.0);
  mah_tensor *all[] = {&x, &big, &sum, &grid};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* A NaN at any place of a line that takes several chunks, and ties. */
static void the_first_nan_and_the_first_of_ties_win(void **state) {
  (void)state;
  const int64_t places[] = {0, 1, 40, 63, 64, 5000, 20000, 39999};
  int64_t n = 40000;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        mah_tensor x = {0};
        double got;
        assert_ok(mah_simd_use(simd));
        assert_ok(mah_tensor_new(&x, dtype, 1, &n));
        for (int64_t i = 0; i < n; i++) set(x.data, dtype, i, i >= places[p] ? 1 : -1);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_argmax, 0));
        assert_true(got == (double)places[p]);
        set(x.data, dtype, places[p], NAN);
        set(x.data, dtype, n - 1, NAN);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_argmax, 0));
        assert_true(got == (double)places[p]);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_argmin, 0));
        assert_true(got == (double)places[p]);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_max, 0));
        assert_true(isnan(got));
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_min, 0));
        assert_true(isnan(got));
        mah_tensor_release(&x);
      }
}

/* An infinity among NaN, in another chunk than the first. */
static void the_only_number_is_found(void **state) {
  (void)state;
  int64_t n = 5000, place = 4321;
  for (int32_t simd = 0; simd <= mah_simd_best(); simd++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_FLOAT64; dtype++)
      for (int sign = -1; sign < 2; sign += 2) {
        mah_tensor x = {0};
        double got;
        assert_ok(mah_simd_use(simd));
        assert_ok(mah_tensor_new(&x, dtype, 1, &n));
        assert_ok(mah_tensor_fill(&x, NAN));
        assert_fails(MAH_ERROR_NUMERIC, "all elements are NaN",
                     mah_reduce_all(&got, &x, MAH_REDUCE_nanargmin, 0));
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_nanmax, 0));
        assert_true(isnan(got));
        set(x.data, dtype, place, sign * INFINITY);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_nanargmin, 0));
        assert_true(got == (double)place);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_nanargmax, 0));
        assert_true(got == (double)place);
        assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_nanmin, 0));
        assert_true(got == sign * INFINITY);
        mah_tensor_release(&x);
      }
}

static void infinities_stay(void **state) {
  (void)state;
  float numbers[] = {1000, 1001, -INFINITY};
  int64_t n = 3;
  mah_tensor x = {0};
  double got;
  assert_ok(mah_tensor_borrow(&x, numbers, MAH_FLOAT32, 1, &n));
  assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_logsumexp, 0));
  assert_true(fabs(got - (1001 + log1p(exp(-1)))) < 1e-7);
  assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_sum, 0));
  assert_true(got == -INFINITY);
  for (int i = 0; i < 3; i++) numbers[i] = -INFINITY;
  assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_logsumexp, 0));
  assert_true(got == -INFINITY);
  assert_ok(mah_reduce_all(&got, &x, MAH_REDUCE_argmax, 0));
  assert_true(got == 0);
  mah_tensor_release(&x);
}

static void running_sums_equal_a_plain_loop(void **state) {
  (void)state;
  mah_rng rng = rng_of(6);
  int64_t shape[] = {3, 1500, 2};
  for (int32_t dtype = 0; dtype < NUMBERS; dtype++) {
    mah_tensor x = random_tensor(&rng, dtype, 3, shape), y = {0};
    assert_ok(mah_cumsum(&y, &x, 1));
    assert_int_equal(y.elem, mah_dtype_is_integer(dtype) ? MAH_INT64 : dtype);
    for (int64_t i = 0; i < 3; i++)
      for (int64_t k = 0; k < 2; k++) {
        double sum = 0;
        for (int64_t j = 0; j < 1500; j++) {
          int64_t place = (i * 1500 + j) * 2 + k;
          sum += at(&x, place);
          assert_true(at(&y, place) == sum);
        }
      }
    mah_tensor_release(&x);
    mah_tensor_release(&y);
  }
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  int64_t shape[] = {2, 3};
  mah_tensor x = {0}, out = {0}, gone = {0};
  double got;
  assert_ok(mah_tensor_zeros(&x, MAH_FLOAT32, 2, shape));
  assert_fails(MAH_ERROR_ARGUMENT, "dimension 3", mah_reduce(&out, &x, MAH_REDUCE_sum, 2, 0, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "dimension 0", mah_cumsum(&out, &x, -1));
  assert_fails(MAH_ERROR_ARGUMENT, "number 99", mah_reduce(&out, &x, 99, 0, 0, 0));
  assert_fails(MAH_ERROR_SHAPE, "out is", mah_reduce_into(&x, &x, MAH_REDUCE_sum, 1, 0));
  assert_fails(MAH_ERROR_DTYPE, "", mah_reduce_into(&x, &x, MAH_REDUCE_any, 1, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "number -1", mah_reduce_all(&got, &x, -1, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_reduce_all(&got, &gone, MAH_REDUCE_sum, 0));
  assert_fails(MAH_ERROR_ARGUMENT, "null", mah_reduce_all(NULL, &x, MAH_REDUCE_sum, 0));
  int64_t before = mah_memory_live();
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "memory", mah_reduce(&out, &x, MAH_REDUCE_sum, 0, 0, 0));
  assert_int_equal(mah_memory_live(), before);
  assert_null(mah_reduce_name(MAH_REDUCE_COUNT));
  mah_tensor_release(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_reduction_equals_a_plain_loop),
      cmocka_unit_test(sums_keep_their_digits),
      cmocka_unit_test(the_first_nan_and_the_first_of_ties_win),
      cmocka_unit_test(the_only_number_is_found),
      cmocka_unit_test(infinities_stay),
      cmocka_unit_test(running_sums_equal_a_plain_loop),
      cmocka_unit_test(wrong_arguments_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
