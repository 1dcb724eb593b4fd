/* Sorting: the radix sort against its definition at every size. */
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

/* Ascending or descending, ties in their order, and every element taken from its place. */
static void check_sorted(const mah_tensor *values, const mah_tensor *place, const mah_tensor *x,
                         int descending) {
  for (int64_t i = 0; i < x->extent[0]; i++)
    for (int64_t j = 0; j < x->extent[1]; j++) {
      assert_true(at(values, i, j) == at(x, i, (int64_t)at(place, i, j) - 1));
      if (j == 0) continue;
      double a = at(values, i, j - 1), b = at(values, i, j);
      assert_true(descending ? a >= b : a <= b);
      if (a == b) assert_true(at(place, i, j - 1) < at(place, i, j));
    }
}

static void sort_is_stable_at_every_size(void **state) {
  (void)state;
  const int64_t sizes[] = {0, 1, 7, 8, 9, 17, 33, 48, 49, 100, 300};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
      for (int descending = 0; descending < 2; descending++) {
        mah_tensor x = make(dtype, 3, sizes[s]), values = {0}, place = {0};
        assert_ok(mah_sort(&values, &place, &x, 1, descending, 1));
        check_sorted(&values, &place, &x, descending);
        mah_tensor_release(&values);
        mah_tensor_release(&place);
        mah_tensor_release(&x);
      }
}

/* Numbers over the whole range, which two digits tell apart or do not; near each other; of one, two
 * and four digits; all alike. */
static double any_number(mah_rng *rng, int how) {
  double u = mah_rng_double(rng);
  switch (how) {
  case 0: return u;
  case 1: return mah_rng_normal(rng) * exp(20 * u);
  case 2: return 1 + floor(u * 1000) / (1 << 23);
  case 3: return u < 0.01 ? -1e30 : u < 0.02 ? 1e30 : 1 + u / 10000;
  case 4: return floor(2000 * u);
  case 5: return floor(3e6 * u) - 1.5e6;
  case 6: return floor(4e9 * u) - 2e9;
  default: return -3;
  }
}

static void sort_is_stable_whatever_the_numbers(void **state) {
  (void)state;
  const int64_t sizes[] = {49, 999, 1000, 5000, 1 << 18};
  mah_rng rng = rng_of(1);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int32_t dtype = MAH_FLOAT32; dtype <= MAH_INT32; dtype++)
      for (int how = 0; how < 8; how++) {
        if (dtype == MAH_INT32 && (how == 1 || how == 3)) continue;
        mah_tensor x = make(dtype, 1, sizes[s]), values = {0}, place = {0};
        for (int64_t i = 0; i < sizes[s]; i++) {
          double number = any_number(&rng, how);
          if (dtype == MAH_INT32)
            ((int32_t *)x.data)[i] = (int32_t)number;
          else
            set(x.data, dtype, i, number);
        }
        assert_ok(mah_sort(&values, &place, &x, 1, how % 2, 1));
        check_sorted(&values, &place, &x, how % 2);
        mah_tensor_release(&values);
        mah_tensor_release(&place);
        mah_tensor_release(&x);
      }
}

static void wrong_dimensions_are_named(void **state) {
  (void)state;
  mah_tensor x = make(MAH_FLOAT32, 2, 3), out = {0};
  assert_fails(MAH_ERROR_ARGUMENT, "dimension 0", mah_sort(&out, NULL, &x, -1, 0, 0));
  mah_tensor_release(&x);
}

/* -- Without memory, without tensors ----------------------------------------------------------- */

static mah_status do_sort(mah_tensor out[4], mah_tensor *x) {
  return mah_sort(&out[0], &out[1], x, 0, 0, 1);
}
static operation *const operations[] = {do_sort, NULL};

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
      cmocka_unit_test(sort_is_stable_at_every_size),
      cmocka_unit_test(sort_is_stable_whatever_the_numbers),
      cmocka_unit_test(wrong_dimensions_are_named),
      cmocka_unit_test(memory_runs_out_anywhere),
      cmocka_unit_test(missing_tensors_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
