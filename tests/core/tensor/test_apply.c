/* Rows fed to a kernel: every dtype, layout and length of the operands, and what overlaps. */
#include "testing.h"

#include "tensor/apply.h"

/* out = a + 2 b + 4 c in float64; b and c may be missing. Remembers the longest row. */
static int64_t longest;
static void weigh(void *out, const void *a, const void *b, const void *c, const double *scalar,
                  int64_t n) {
  const double *x = a, *y = b, *z = c;
  if (n > longest) longest = n;
  for (int64_t i = 0; i < n; i++)
    ((double *)out)[i] = scalar[0] * x[i] + (y ? 2 * y[i] : 0) + (z ? 4 * z[i] : 0);
}

static mah_apply_plan plan_of(const mah_tensor *a, const mah_tensor *b, const mah_tensor *c,
                              int32_t inputs) {
  return (mah_apply_plan){.row = weigh,
                          .in_ = {a, b, c},
                          .number = {0, 10, 100},
                          .in_dtype = {MAH_FLOAT64, MAH_FLOAT64, MAH_FLOAT64},
                          .out_dtype = MAH_FLOAT64,
                          .inputs = inputs,
                          .scalar = {1, 0}};
}

/* (m, n): element (i, j) is i + j % 50; layout 1: a transposed matrix, 2: every other column. */
static mah_tensor make(int32_t dtype, int64_t m, int64_t n, int layout) {
  mah_tensor whole = {0}, view = {0}, wide = {0};
  int64_t extent[] = {layout == 1 ? n : m, layout == 1 ? m : layout == 2 ? 2 * n : n};
  assert_ok(mah_tensor_zeros(&wide, MAH_FLOAT64, 2, extent));
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      int64_t at = layout == 1 ? j * m + i : layout == 2 ? i * 2 * n + 2 * j : i * n + j;
      ((double *)wide.data)[at] = (double)(i + j % 50);
    }
  assert_ok(mah_tensor_to(&whole, &wide, dtype));
  assert_ok(layout == 1   ? mah_tensor_transpose(&view, &whole, 0, 1)
            : layout == 2 ? mah_tensor_stride(&view, &whole, 1, 0, n, 2)
                          : mah_tensor_alias(&view, &whole));
  mah_tensor_release(&whole);
  mah_tensor_release(&wide);
  return view;
}

static double at(const mah_tensor *t, int64_t i, int64_t j) {
  mah_tensor wide = {0};
  assert_ok(mah_tensor_to(&wide, t, MAH_FLOAT64));
  double value = ((double *)wide.data)[i * wide.step[0] + j * wide.step[1]];
  mah_tensor_release(&wide);
  return value;
}

static void check(int32_t dtype, int32_t out_dtype, int64_t n, const int *layout) {
  mah_tensor a = make(dtype, 3, n, layout[0]), b = make(MAH_FLOAT64, 3, n, layout[1]), wide = {0};
  mah_tensor out = make(out_dtype, 3, n, layout[2]);
  mah_apply_plan plan = plan_of(&a, &b, NULL, 3); /* c: the number 100 */
  if (out_dtype == MAH_INT32) {
    assert_fails(MAH_ERROR_DTYPE, "cannot hold", mah_apply(&out, &plan));
  } else {
    assert_ok(mah_apply(&out, &plan));
    assert_ok(mah_tensor_to(&wide, &out, MAH_FLOAT64));
    for (int64_t i = 0; i < 3 * n; i++)
      assert_true(((double *)wide.data)[i] == 400 + 3 * (double)(i / n + i % n % 50));
  }
  mah_tensor *all[] = {&a, &b, &out, &wide};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* 511 ... 1300: around the buffer's 512 elements. */
static void every_dtype_and_layout_reaches_the_kernel(void **state) {
  (void)state;
  const int64_t sizes[] = {0, 1, 7, 8, 9, 17, 33, 511, 512, 513, 1300};
  for (int z = 0; z < 11; z++)
    for (int32_t dtype = 0; dtype < NUMBERS; dtype++)
      for (int32_t out = 0; out <= MAH_INT32; out++)
        for (int l = 0; l < 27; l++) check(dtype, out, sizes[z], (int[]){l % 3, l / 3 % 3, l / 9});
}

/* As they lie in memory, they are one row, however long. */
static void rows_that_fit_are_not_copied(void **state) {
  (void)state;
  mah_tensor a = make(MAH_FLOAT64, 100, 100, 0), out = {0};
  mah_apply_plan plan = plan_of(&a, NULL, NULL, 1);
  longest = 0;
  assert_ok(mah_apply(&out, &plan));
  assert_int_equal(longest, 10000);
  mah_tensor_release(&a);
  mah_tensor_release(&out);
}

static void a_new_result_has_the_broadcast_shape(void **state) {
  (void)state;
  mah_tensor a = make(MAH_INT32, 5, 1, 0), b = make(MAH_UINT8, 1, 4, 0), out = {0};
  mah_apply_plan plan = plan_of(&a, &b, NULL, 2);
  assert_ok(mah_apply(&out, &plan));
  assert_string_equal(mah_tensor_describe(&out), "float64 5x4");
  assert_true(at(&out, 4, 3) == 4 + 2 * 3);
  mah_tensor *all[] = {&a, &b, &out};
  for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
}

/* A matrix plus twice its transpose, into itself. */
static void operands_that_overlap_are_read_first(void **state) {
  (void)state;
  mah_tensor a = make(MAH_FLOAT64, 9, 9, 0), turned = {0};
  assert_ok(mah_tensor_transpose(&turned, &a, 0, 1));
  ((double *)a.data)[1] = 1000; /* not symmetric */
  mah_apply_plan plan = plan_of(&a, &turned, NULL, 2);
  assert_ok(mah_apply(&a, &plan));
  assert_true(at(&a, 0, 1) == 1000 + 2 * 1);
  assert_true(at(&a, 1, 0) == 1 + 2 * 1000);
  mah_tensor_release(&a);
  mah_tensor_release(&turned);
}

static void what_cannot_be_written_is_named(void **state) {
  (void)state;
  mah_tensor a = make(MAH_FLOAT64, 1, 3, 0), spread = {0}, gone = {0}, out = {0};
  mah_apply_plan plan = plan_of(&a, NULL, NULL, 1), lost = plan_of(&gone, NULL, NULL, 1);
  int64_t extent[] = {4, 3}, before;
  assert_ok(mah_tensor_expand(&spread, &a, 2, extent));
  assert_fails(MAH_ERROR_ARGUMENT, "got none", mah_apply(NULL, &plan));
  assert_fails(MAH_ERROR_ARGUMENT, "expanded", mah_apply(&spread, &plan));
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_apply(&out, &lost));
  before = mah_memory_live();
  mah_memory_fail_at(1);
  assert_int_equal(mah_apply(&out, &plan), MAH_ERROR_MEMORY);
  assert_int_equal(mah_memory_live(), before);
  mah_tensor_release(&a);
  mah_tensor_release(&spread);
}

/* Around the sizes of buffers and of parts. */
static void new_results_of_any_size_are_whole(void **state) {
  (void)state;
  const int64_t sizes[] = {4095, 4096, 4097, 5000, 8193, 32767, 32768, 32769};
  for (int s = 0; s < 16; s++) {
    int64_t n = sizes[s / 2];
    mah_tensor a = make(MAH_FLOAT64, 1, n, 0);
    mah_tensor b = make(s % 2 ? MAH_INT32 : MAH_FLOAT64, 1, n, 0);
    mah_tensor out = {0};
    mah_apply_plan plan = plan_of(&a, &b, NULL, 3);
    assert_ok(mah_apply(&out, &plan));
    for (int64_t i = 0; i < n; i++)
      assert_true(((double *)out.data)[i] == 400 + 3 * (double)(i % 50));
    mah_tensor *all[] = {&a, &b, &out};
    for (int i = 0; i < 3; i++) mah_tensor_release(all[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_results_of_any_size_are_whole),
      cmocka_unit_test(every_dtype_and_layout_reaches_the_kernel),
      cmocka_unit_test(rows_that_fit_are_not_copied),
      cmocka_unit_test(a_new_result_has_the_broadcast_shape),
      cmocka_unit_test(operands_that_overlap_are_read_first),
      cmocka_unit_test(what_cannot_be_written_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
