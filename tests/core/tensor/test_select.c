/* Selection against sorting: the k greatest and smallest, and quantiles, of every dtype. */
#include "tensor/operations.h"

#include "tensor/sort.h"

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  int64_t k = i * t->step[0] + j * t->step[1];
  switch (t->elem) {
  case MAH_FLOAT32: return (double)((float *)t->data)[k];
  case MAH_FLOAT64: return ((double *)t->data)[k];
  case MAH_INT32: return ((int32_t *)t->data)[k];
  case MAH_INT64: return (double)((int64_t *)t->data)[k];
  default: return ((uint8_t *)t->data)[k];
  }
}

/* m x n, with ties: integers in 0 ... 20, or, for floats, any size and sign, NaN and infinities. */
static mah_tensor mixed(int32_t dtype, int64_t m, int64_t n, int wild) {
  mah_tensor x = make(dtype, m, n);
  mah_rng rng = rng_of((uint64_t)n);
  const double special[] = {NAN, INFINITY, -INFINITY, 0, -0.0, 1e30, -1e-30};
  for (int64_t i = 0; wild && dtype <= MAH_FLOAT64 && i < m * n; i++) {
    uint32_t which = mah_rng_below(&rng, 40);
    set(x.data, dtype, i, which < 7 ? special[which] : mah_rng_normal(&rng) * exp(which - 20.0));
  }
  return x;
}

static const int64_t lengths[] = {0, 1, 7, 8, 9, 17, 33, 48, 49, 64, 65, 200, 1000, 5000};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static void topk_is_the_head_of_sort(void **state) {
  (void)state;
  const int64_t counts[] = {0, 1, 2, 10, 100};
  for (int s = 0; s < LENGTHS; s++)
    for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
      for (int how = 0; how < 20; how++) {
        int64_t n = lengths[s], k = counts[how / 4] < n ? counts[how / 4] : n;
        int largest = how & 1, wild = how >> 1 & 1;
        mah_tensor x = mixed(dtype, 3, n, wild), all = {0}, places = {0}, best = {0}, where = {0};
        mah_tensor head[2] = {{0}, {0}}, plain[2] = {{0}, {0}};
        assert_ok(mah_sort(&all, &places, &x, 1, largest, 1));
        assert_ok(mah_topk(&best, &where, &x, 1, k, largest, 1));
        assert_ok(mah_tensor_narrow(&head[0], &all, 1, 0, k));
        assert_ok(mah_tensor_narrow(&head[1], &places, 1, 0, k));
        for (int i = 0; i < 2; i++) assert_ok(mah_tensor_clone(&plain[i], &head[i]));
        size_t count = (size_t)mah_tensor_count(&best);
        assert_int_equal(count, 3 * k);
        assert_memory_equal(best.data, plain[0].data, count * (size_t)mah_dtype_size(dtype));
        assert_memory_equal(where.data, plain[1].data, count * sizeof(int32_t));
        mah_tensor *made[] = {&x,       &all,     &places,   &best,    &where,
                              &head[0], &head[1], &plain[0], &plain[1]};
        for (int i = 0; i < 9; i++) mah_tensor_release(made[i]);
      }
}

/* Along the other dimension, too; ascending and descending lanes are the longest way. */
static void topk_of_columns_and_of_sorted_lanes(void **state) {
  (void)state;
  enum { N = 3000, K = 5 };
  mah_tensor x = {0}, best = {0}, where = {0};
  assert_ok(mah_tensor_new(&x, MAH_INT32, 2, (int64_t[]){N, 2}));
  for (int32_t i = 0; i < N; i++) {
    ((int32_t *)x.data)[2 * i] = i;
    ((int32_t *)x.data)[2 * i + 1] = -i;
  }
  for (int largest = 0; largest < 2; largest++) {
    assert_ok(mah_topk(&best, &where, &x, 0, K, largest, 0));
    for (int32_t k = 0; k < K; k++)
      for (int column = 0; column < 2; column++) {
        int32_t place = largest == column ? k : N - 1 - k;
        assert_int_equal(((int32_t *)where.data)[2 * k + column], place);
        assert_int_equal(((int32_t *)best.data)[2 * k + column], column ? -place : place);
      }
    mah_tensor_release(&best);
    mah_tensor_release(&where);
  }
  assert_fails(MAH_ERROR_ARGUMENT, "k = 3001 is outside of 0 ... 3000",
               mah_topk(&best, &where, &x, 0, N + 1, 1, 0));
  mah_tensor_release(&x);
}

/* One at a time they are selected, all together read off a sorted copy. */
static void quantiles_one_by_one_and_together(void **state) {
  (void)state;
  double fractions[] = {0, 0.1, 0.25, 1. / 3, 0.5, 0.77, 0.9, 1};
  enum { FRACTIONS = sizeof fractions / sizeof *fractions };
  int64_t all = FRACTIONS, one = 1;
  mah_tensor q = {0};
  assert_ok(mah_tensor_borrow(&q, fractions, MAH_FLOAT64, 1, &all));
  for (int s = 1; s < LENGTHS; s++)
    for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
      for (int wild = 0; wild < 2; wild++) {
        mah_tensor x = mixed(dtype, 3, lengths[s], wild), out = {0}, wide = {0};
        assert_ok(mah_quantile(&out, &x, 1, &q));
        assert_ok(mah_tensor_to(&wide, &out, MAH_FLOAT64));
        for (int64_t k = 0; k < FRACTIONS; k++) {
          mah_tensor part = {0}, single = {0}, wide_part = {0};
          assert_ok(mah_tensor_borrow(&part, fractions + k, MAH_FLOAT64, 1, &one));
          assert_ok(mah_quantile(&single, &x, 1, &part));
          assert_ok(mah_tensor_to(&wide_part, &single, MAH_FLOAT64));
          for (int64_t i = 0; i < 3; i++) {
            double a = ((double *)wide_part.data)[i], b = ((double *)wide.data)[i * FRACTIONS + k];
            assert_true(a == b || (isnan(a) && isnan(b)));
          }
          mah_tensor *made[] = {&part, &single, &wide_part};
          for (int i = 0; i < 3; i++) mah_tensor_release(made[i]);
        }
        mah_tensor *made[] = {&x, &out, &wide};
        for (int i = 0; i < 3; i++) mah_tensor_release(made[i]);
      }
  mah_tensor_release(&q);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Type 7 of Hyndman and Fan: between the two elements around q (n - 1). */
static void quantiles_equal_a_plain_sort(void **state) {
  (void)state;
  double fractions[] = {0, 0.25, 1. / 3, 0.5, 0.9, 1}, plain[33];
  int64_t six = 6;
  mah_tensor q = {0};
  assert_ok(mah_tensor_borrow(&q, fractions, MAH_FLOAT64, 1, &six));
  for (int s = 1; s < RAGGED; s++) {
    int64_t n = ragged[s];
    mah_tensor x = make(MAH_FLOAT64, 3, n), out = {0};
    assert_ok(mah_quantile(&out, &x, 1, &q));
    for (int64_t i = 0; i < 3; i++) {
      memcpy(plain, (double *)x.data + i * n, sizeof *plain * (size_t)n);
      qsort(plain, (size_t)n, sizeof *plain, compare);
      for (int64_t k = 0; k < six; k++) {
        double place = fractions[k] * (double)(n - 1);
        int64_t below = (int64_t)place, above = below + 1 < n ? below + 1 : below;
        double expected = plain[below] + (place - (double)below) * (plain[above] - plain[below]);
        assert_close(at(&out, i, k), expected, 1e-14);
      }
    }
    mah_tensor_release(&x);
    mah_tensor_release(&out);
  }
  mah_tensor_release(&q);
}

static void wrong_fractions_and_dimensions_are_named(void **state) {
  (void)state;
  double over = 1.5;
  int64_t one = 1;
  mah_tensor x = make(MAH_FLOAT32, 2, 3), none = make(MAH_FLOAT32, 2, 0), q = {0}, out = {0};
  assert_ok(mah_tensor_borrow(&q, &over, MAH_FLOAT64, 1, &one));
  assert_fails(MAH_ERROR_ARGUMENT, "q = 1.5", mah_quantile(&out, &x, 1, &q));
  assert_fails(MAH_ERROR_ARGUMENT, "dimension 3", mah_quantile(&out, &x, 2, &q));
  over = 0.5;
  assert_fails(MAH_ERROR_SHAPE, "no elements", mah_quantile(&out, &none, 1, &q));
  assert_fails(MAH_ERROR_DTYPE, "float64 is expected", mah_quantile(&out, &x, 1, &x));
  mah_tensor *all[] = {&x, &none, &q};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

/* -- Without memory, without tensors ----------------------------------------------------------- */

static mah_status do_topk(mah_tensor out[4], mah_tensor *x) {
  return mah_topk(&out[0], &out[1], x, 1, 3, 1, 1);
}
static mah_status do_quantile(mah_tensor out[4], mah_tensor *x) {
  double half = 0.5;
  int64_t one = 1;
  mah_tensor q = {0};
  MAH_TRY(mah_tensor_borrow(&q, &half, MAH_FLOAT64, 1, &one));
  mah_status status = mah_quantile(&out[0], x, 1, &q);
  mah_tensor_release(&q);
  return status;
}

static operation *const operations[] = {do_topk, do_quantile, NULL};

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
      cmocka_unit_test(topk_is_the_head_of_sort),
      cmocka_unit_test(topk_of_columns_and_of_sorted_lanes),
      cmocka_unit_test(quantiles_one_by_one_and_together),
      cmocka_unit_test(quantiles_equal_a_plain_sort),
      cmocka_unit_test(wrong_fractions_and_dimensions_are_named),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
