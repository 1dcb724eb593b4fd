/* Counting: different values, small integers and bins against plain loops at ragged sizes. */
#include "tensor/operations.h"

#include "tensor/count.h"

/* make() draws from 0 ... 20. */
enum { MOST = 20 };

static void count_plainly(int32_t count[MOST + 1], const int32_t *x, int64_t n) {
  memset(count, 0, sizeof *count * (MOST + 1));
  for (int64_t i = 0; i < n; i++) count[x[i]]++;
}

static void unique_values_are_counted_and_found_again(void **state) {
  (void)state;
  for (int s = 0; s < RAGGED; s++) {
    mah_tensor x = make(MAH_INT32, 3, ragged[s]), values = {0}, counts = {0}, inverse = {0};
    int32_t plain[MOST + 1];
    const int32_t *in = x.data;
    int64_t n = 3 * ragged[s], place = 0;
    count_plainly(plain, in, n);
    assert_ok(mah_unique(&values, &counts, &inverse, &x, 1));
    for (int32_t v = 0; v <= MOST; v++) {
      if (plain[v] == 0) continue;
      assert_int_equal(((int32_t *)values.data)[place], v);
      assert_int_equal(((int32_t *)counts.data)[place++], plain[v]);
    }
    assert_int_equal(place, values.extent[0]);
    for (int64_t i = 0; i < n; i++)
      assert_int_equal(((int32_t *)values.data)[((int32_t *)inverse.data)[i] - 1], in[i]);
    mah_tensor *all[] = {&x, &values, &counts, &inverse};
    for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
  }
}

static int64_t integer_at(const mah_tensor *t, int64_t i) {
  return t->elem == MAH_UINT8 ? ((uint8_t *)t->data)[i] : ((int32_t *)t->data)[i];
}

/* Values in ascending order, as many as they are in x, and where they come from. */
static void check_unique(const mah_tensor *x) {
  mah_tensor values = {0}, counts = {0}, inverse = {0}, alone = {0};
  assert_ok(mah_unique(&values, &counts, &inverse, x, 1));
  assert_ok(mah_unique(&alone, NULL, NULL, x, 1));
  assert_int_equal(alone.extent[0], values.extent[0]);
  assert_memory_equal(alone.data, values.data, values.extent[0] * mah_dtype_size(x->elem));
  int64_t total = 0;
  for (int64_t k = 0; k < values.extent[0]; k++) {
    int64_t value = integer_at(&values, k), seen = 0;
    if (k > 0) assert_true(value > integer_at(&values, k - 1));
    for (int64_t i = 0; i < x->extent[0]; i++) seen += integer_at(x, i) == value;
    assert_int_equal(((int32_t *)counts.data)[k], seen);
    total += seen;
  }
  assert_int_equal(total, x->extent[0]);
  for (int64_t i = 0; i < x->extent[0]; i++)
    assert_int_equal(integer_at(&values, ((int32_t *)inverse.data)[i] - 1), integer_at(x, i));
  mah_tensor *all[] = {&values, &counts, &inverse, &alone};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* Near each other, and so found in a table, wherever they lie; and far apart. */
static void unique_integers_may_be_near_or_far(void **state) {
  (void)state;
  static const int64_t from[] = {0, -50, INT32_MIN, INT32_MAX - 700, INT32_MIN};
  static const int64_t to[] = {700, 49, INT32_MIN + 3000, INT32_MAX, INT32_MAX};
  const int64_t sizes[] = {1, 2, 33, 511, 512, 1300};
  mah_rng rng = rng_of(1);
  for (int s = 0; s < 6; s++)
    for (int r = 0; r < 6; r++) {
      mah_tensor x = {0};
      assert_ok(mah_tensor_new(&x, r < 5 ? MAH_INT32 : MAH_UINT8, 1, &sizes[s]));
      assert_ok(mah_fill_integers(&x, &rng, r < 5 ? from[r] : 0, r < 5 ? to[r] : 255));
      check_unique(&x);
      mah_tensor_release(&x);
    }
}

static void all_nan_are_one_value(void **state) {
  (void)state;
  float numbers[] = {NAN, 2, -0.0f, NAN, 0};
  int64_t five = 5;
  mah_tensor x = {0}, values = {0}, counts = {0};
  assert_ok(mah_tensor_borrow(&x, numbers, MAH_FLOAT32, 1, &five));
  assert_ok(mah_unique(&values, &counts, NULL, &x, 0));
  assert_int_equal(values.extent[0], 3);
  assert_int_equal(((int32_t *)counts.data)[0], 2); /* -0 and 0 */
  assert_int_equal(((int32_t *)counts.data)[2], 2);
  assert_true(isnan(((float *)values.data)[2]));
  mah_tensor *all[] = {&x, &values, &counts};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static void bincount_equals_a_plain_loop(void **state) {
  (void)state;
  for (int s = 0; s < RAGGED; s++) {
    mah_tensor x = make(MAH_INT32, 3, ragged[s]), w = make(MAH_FLOAT64, 3, ragged[s]);
    mah_tensor counts = {0}, sums = {0};
    int32_t plain[MOST + 1];
    double weights[MOST + 1] = {0};
    int64_t n = 3 * ragged[s];
    count_plainly(plain, x.data, n);
    for (int64_t i = 0; i < n; i++) weights[((int32_t *)x.data)[i]] += ((double *)w.data)[i];
    assert_ok(mah_bincount(&counts, &x, NULL, MOST + 1));
    assert_ok(mah_bincount(&sums, &x, &w, MOST + 1));
    assert_memory_equal(counts.data, plain, sizeof plain);
    assert_memory_equal(sums.data, weights, sizeof weights); /* integers: no rounding */
    mah_tensor *all[] = {&x, &w, &counts, &sums};
    for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
  }
}

static void histogram_closes_the_last_bin_only(void **state) {
  (void)state;
  double numbers[] = {0, 1, 1, 2, 3, 3.5, -1, NAN}, bounds[] = {0, 1, 3};
  int64_t eight = 8, three = 3;
  mah_tensor x = {0}, edges = {0}, counts = {0};
  assert_ok(mah_tensor_borrow(&x, numbers, MAH_FLOAT64, 1, &eight));
  assert_ok(mah_tensor_borrow(&edges, bounds, MAH_FLOAT64, 1, &three));
  assert_ok(mah_histogram(&counts, &x, &edges));
  assert_int_equal(counts.extent[0], 2);
  assert_int_equal(((int32_t *)counts.data)[0], 1);
  assert_int_equal(((int32_t *)counts.data)[1], 4);
  mah_tensor *all[] = {&x, &edges, &counts};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

static void what_cannot_be_counted_is_named(void **state) {
  (void)state;
  int32_t numbers[] = {1, -2};
  int64_t two = 2;
  mah_tensor x = {0}, reals = make(MAH_FLOAT32, 1, 2), out = {0};
  assert_ok(mah_tensor_borrow(&x, numbers, MAH_INT32, 1, &two));
  assert_fails(MAH_ERROR_ARGUMENT, "negative element -2", mah_bincount(&out, &x, NULL, 0));
  assert_int_equal(mah_bincount(&out, &reals, NULL, 0), MAH_ERROR_DTYPE);
  assert_null(out.store);
  mah_tensor_release(&x);
  mah_tensor_release(&reals);
}

/* Edges of one width, nearly so and not at all; values on the edges and next to them. */
static void bins_are_those_of_a_plain_search(void **state) {
  (void)state;
  enum { BINS = 7 };
  for (int bent = 0; bent < 3; bent++) {
    double bounds[BINS + 1], numbers[3 * (BINS + 1)];
    int32_t plain[BINS] = {0};
    int64_t edge_count = BINS + 1, count = 3 * edge_count;
    mah_tensor x = {0}, edges = {0}, counts = {0};
    for (int i = 0; i <= BINS; i++)
      bounds[i] = 0.1 + 0.3 * i + (bent == 1 ? 0.1 * (i % 2) : bent == 2 ? i * i : 0);
    for (int i = 0; i <= BINS; i++) {
      numbers[3 * i] = bounds[i];
      numbers[3 * i + 1] = nextafter(bounds[i], -INFINITY);
      numbers[3 * i + 2] = nextafter(bounds[i], INFINITY);
    }
    for (int64_t k = 0; k < count; k++)
      for (int i = 0; i < BINS; i++)
        plain[i] += numbers[k] >= bounds[i] &&
                    (numbers[k] < bounds[i + 1] || (i + 1 == BINS && numbers[k] == bounds[BINS]));
    assert_ok(mah_tensor_borrow(&x, numbers, MAH_FLOAT64, 1, &count));
    assert_ok(mah_tensor_borrow(&edges, bounds, MAH_FLOAT64, 1, &edge_count));
    assert_ok(mah_histogram(&counts, &x, &edges));
    assert_memory_equal(counts.data, plain, sizeof plain);
    mah_tensor *all[] = {&x, &edges, &counts};
    for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  }
}

/* -- Without memory, without tensors ----------------------------------------------------------- */

static mah_status do_unique(mah_tensor out[4], mah_tensor *x) {
  return mah_unique(&out[0], &out[1], &out[2], x, 1);
}
static mah_status do_bincount(mah_tensor out[4], mah_tensor *x) {
  mah_tensor integers = {0};
  MAH_TRY(mah_tensor_to(&integers, x, MAH_INT32));
  mah_status status = mah_bincount(&out[0], &integers, NULL, 3);
  mah_tensor_release(&integers);
  return status;
}
static mah_status do_histogram(mah_tensor out[4], mah_tensor *x) {
  double bounds[] = {0, 9, 99};
  int64_t three = 3;
  mah_tensor edges = {0};
  MAH_TRY(mah_tensor_borrow(&edges, bounds, MAH_FLOAT64, 1, &three));
  mah_status status = mah_histogram(&out[0], x, &edges);
  mah_tensor_release(&edges);
  return status;
}

static operation *const operations[] = {do_unique, do_bincount, do_histogram, NULL};

static void memory_runs_out_anywhere(void **state) {
  (void)state;
  check_all_without_memory(operations);
}

static void missing_tensors_are_named(void **state) {
  (void)state;
  check_all_missing(operations);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unique_values_are_counted_and_found_again),
      cmocka_unit_test(unique_integers_may_be_near_or_far),
      cmocka_unit_test(all_nan_are_one_value),
      cmocka_unit_test(bincount_equals_a_plain_loop),
      cmocka_unit_test(histogram_closes_the_last_bin_only),
      cmocka_unit_test(bins_are_those_of_a_plain_search),
      cmocka_unit_test(what_cannot_be_counted_is_named),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
