/* Walking several tensors together: shapes, merging, broadcasting, and the order of the rows. */
#include "testing.h"

static mah_tensor make(int32_t ndim, const int64_t *extent) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, MAH_FLOAT64, ndim, extent));
  return t;
}

static void contiguous_tensors_are_one_row(void **state) {
  (void)state;
  mah_tensor a = make(3, (int64_t[]){2, 3, 4}), b = make(3, (int64_t[]){2, 3, 4});
  mah_loop loop;
  assert_ok(mah_loop_plan(&loop, 2, (const mah_tensor *[]){&a, &b}));
  assert_int_equal(loop.rows, 1);
  assert_int_equal(loop.count, 24);
  assert_int_equal(loop.step[0], 8);
  assert_false(mah_loop_next(&loop));
  mah_tensor_release(&a);
  mah_tensor_release(&b);
}

/* Each element of a permuted, broadcast operand is met exactly once, in row-major order of the
 * first. */
static void rows_come_in_the_order_of_the_first(void **state) {
  (void)state;
  mah_tensor out = make(3, (int64_t[]){2, 3, 4}), base = make(2, (int64_t[]){4, 2}), turned = {0};
  mah_tensor b = {0};
  for (int i = 0; i < 8; i++) ((double *)base.data)[i] = i;
  assert_ok(mah_tensor_transpose(&turned, &base, 0, 1)); /* (2, 4) */
  assert_ok(mah_tensor_unsqueeze(&b, &turned, 1));       /* (2, 1, 4) */
  mah_loop loop;
  assert_ok(mah_loop_plan(&loop, 2, (const mah_tensor *[]){&out, &b}));
  int64_t seen = 0;
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t i = 0; i < loop.count; i++, seen++) {
      int64_t x = seen / 12, z = seen % 4;
      assert_ptr_equal(loop.data[0] + i * loop.step[0], (double *)out.data + seen);
      double value = *(double *)(void *)(loop.data[1] + i * loop.step[1]);
      assert_int_equal((int64_t)value, z * 2 + x);
    }
  assert_int_equal(seen, 24);
  mah_tensor *all[] = {&out, &base, &turned, &b};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

/* A transpose and its like are one row; a transpose and a matrix stay as they are. */
static void any_order_merges_transposed_tensors(void **state) {
  (void)state;
  mah_tensor a = make(3, (int64_t[]){2, 3, 4}), b = make(3, (int64_t[]){2, 3, 4});
  mah_tensor a_turned = {0}, b_turned = {0}, straight = make(3, (int64_t[]){4, 3, 2});
  int32_t dims[] = {2, 1, 0};
  assert_ok(mah_tensor_permute(&a_turned, &a, dims));
  assert_ok(mah_tensor_permute(&b_turned, &b, dims));
  mah_loop loop;
  assert_ok(mah_loop_plan_any_order(&loop, 2, (const mah_tensor *[]){&a_turned, &b_turned}));
  assert_int_equal(loop.rows, 1);
  assert_int_equal(loop.count, 24);
  assert_ok(mah_loop_plan(&loop, 2, (const mah_tensor *[]){&a_turned, &b_turned}));
  assert_int_equal(loop.rows, 12);
  assert_ok(mah_loop_plan_any_order(&loop, 2, (const mah_tensor *[]){&a_turned, &straight}));
  int64_t seen = 0;
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop)) seen += loop.count;
  assert_int_equal(seen, 24);
  assert_int_equal(loop.step[1], 8);
  mah_tensor *all[] = {&a, &b, &a_turned, &b_turned, &straight};
  for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
}

static void empty_and_scalar_tensors_are_walked(void **state) {
  (void)state;
  mah_tensor none = make(2, (int64_t[]){3, 0}), scalar = make(0, NULL);
  mah_loop loop;
  assert_ok(mah_loop_plan(&loop, 2, (const mah_tensor *[]){&none, &scalar}));
  assert_int_equal(loop.rows, 0);
  assert_ok(mah_loop_plan(&loop, 1, (const mah_tensor *[]){&scalar}));
  assert_int_equal(loop.rows, 1);
  assert_int_equal(loop.count, 1);
  mah_tensor_release(&none);
  mah_tensor_release(&scalar);
}

static void shapes_that_do_not_fit_are_named(void **state) {
  (void)state;
  mah_tensor a = make(2, (int64_t[]){2, 3}), b = make(1, (int64_t[]){2}), gone = {0};
  mah_loop loop;
  assert_fails(MAH_ERROR_SHAPE, "float64 2 does not broadcast to float64 2x3",
               mah_loop_plan(&loop, 2, (const mah_tensor *[]){&a, &b}));
  assert_fails(MAH_ERROR_SHAPE, "does not broadcast",
               mah_loop_plan(&loop, 2, (const mah_tensor *[]){&b, &a}));
  assert_fails(MAH_ERROR_ARGUMENT, "freed",
               mah_loop_plan(&loop, 2, (const mah_tensor *[]){&a, &gone}));
  mah_tensor_release(&a);
  mah_tensor_release(&b);
}

static void two_shapes_broadcast_to_one(void **state) {
  (void)state;
  mah_tensor a = make(3, (int64_t[]){4, 1, 3}), b = make(2, (int64_t[]){5, 1});
  mah_tensor c = make(1, (int64_t[]){2}), none = make(1, (int64_t[]){0});
  int64_t extent[MAH_MAX_DIMS];
  int32_t ndim;
  assert_ok(mah_broadcast(&ndim, extent, &a, &b));
  assert_int_equal(ndim, 3);
  assert_int_equal(extent[0], 4);
  assert_int_equal(extent[1], 5);
  assert_int_equal(extent[2], 3);
  assert_ok(mah_broadcast(&ndim, extent, &b, &none)); /* 1 and 0 give 0 */
  assert_int_equal(extent[1], 0);
  assert_fails(MAH_ERROR_SHAPE, "do not broadcast", mah_broadcast(&ndim, extent, &a, &c));
  mah_tensor *all[] = {&a, &b, &c, &none};
  for (int i = 0; i < 4; i++) mah_tensor_release(all[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(contiguous_tensors_are_one_row),
      cmocka_unit_test(rows_come_in_the_order_of_the_first),
      cmocka_unit_test(any_order_merges_transposed_tensors),
      cmocka_unit_test(empty_and_scalar_tensors_are_walked),
      cmocka_unit_test(shapes_that_do_not_fit_are_named),
      cmocka_unit_test(two_shapes_broadcast_to_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
