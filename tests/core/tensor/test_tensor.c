/* Tensors: making, looking, borrowing, and what shares memory. */
#include "tensor/counting.h"

static void dtypes_have_names_and_sizes(void **state) {
  (void)state;
  assert_string_equal(mah_dtype_name(MAH_INT32), "int32");
  assert_string_equal(mah_dtype_name(-1), "unknown");
  assert_int_equal(mah_dtype_size(MAH_FLOAT64), 8);
  assert_int_equal(mah_dtype_size(99), 0);
}

static void impossible_shapes_are_refused(void **state) {
  (void)state;
  int64_t shape[] = {2, 3}, negative[] = {2, -3}, vast[] = {INT64_MAX / 2, 3}, holed[] = {0, 5};
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, MAH_INT32, 2, shape));
  assert_int_equal(mah_tensor_count(&t), 6);
  assert_int_equal((uintptr_t)t.data % 64, 0);
  assert_string_equal(mah_tensor_describe(&t), "int32 2x3");
  for (int i = 0; i < 6; i++) assert_int_equal(((int32_t *)t.data)[i], 0);
  assert_fails(MAH_ERROR_ARGUMENT, "already", mah_tensor_new(&t, MAH_INT32, 2, shape));
  mah_tensor_release(&t);
  assert_null(t.store);
  mah_tensor_release(&t);
  mah_tensor_release(NULL);
  assert_fails(MAH_ERROR_DTYPE, "8", mah_tensor_new(&t, MAH_DTYPES, 2, shape));
  assert_fails(MAH_ERROR_SHAPE, "negative", mah_tensor_new(&t, MAH_INT32, 2, negative));
  assert_fails(MAH_ERROR_SHAPE, "too many", mah_tensor_new(&t, MAH_INT32, 2, vast));
  assert_fails(MAH_ERROR_SHAPE, "9 dimensions", mah_tensor_new(&t, MAH_INT32, 9, vast));
  assert_ok(mah_tensor_new(&t, MAH_UINT8, 2, holed));
  assert_int_equal(mah_tensor_count(&t), 0);
  mah_tensor_release(&t);
  assert_ok(mah_tensor_new(&t, MAH_UINT8, 0, NULL));
  assert_int_equal(mah_tensor_count(&t), 1);
  assert_string_equal(mah_tensor_describe(&t), "uint8 scalar");
  mah_tensor_release(&t);
}

static void out_of_memory_loses_nothing(void **state) {
  (void)state;
  int64_t before = mah_memory_live(), shape = 1000;
  mah_tensor t = {0};
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_tensor_new(&t, MAH_FLOAT32, 1, &shape));
  assert_null(t.store);
  assert_int_equal(mah_memory_live(), before);
}

static void borrowed_elements_are_the_callers(void **state) {
  (void)state;
  float numbers[] = {1, 2, 3};
  int64_t three = 3;
  mah_tensor t = {0};
  assert_ok(mah_tensor_borrow(&t, numbers, MAH_FLOAT32, 1, &three));
  assert_ok(mah_tensor_fill(&t, 5));
  assert_int_equal((int)numbers[2], 5);
  mah_tensor_release(&t);
  assert_fails(MAH_ERROR_ARGUMENT, "null", mah_tensor_borrow(&t, NULL, MAH_FLOAT32, 1, &three));
}

static void views_keep_the_storage(void **state) {
  (void)state;
  int64_t before = mah_memory_live();
  mah_tensor t = MAKE(4), view = {0};
  assert_ok(mah_tensor_alias(&view, &t));
  mah_tensor_release(&t);
  assert_true(mah_memory_live() > before);
  assert_values(&view, "0 1 2 3");
  assert_int_equal(mah_memory_live(), before);
  assert_fails(MAH_ERROR_ARGUMENT, "freed", mah_tensor_alias(&view, &t));
  assert_fails(MAH_ERROR_ARGUMENT, "none", mah_tensor_alias(&view, NULL));
}

static void overlap_and_sameness_are_seen(void **state) {
  (void)state;
  mah_tensor t = MAKE(6), other = MAKE(6), a = {0}, b = {0}, c = {0};
  assert_ok(mah_tensor_narrow(&a, &t, 0, 0, 4));
  assert_ok(mah_tensor_narrow(&b, &t, 0, 3, 3));
  assert_ok(mah_tensor_narrow(&c, &t, 0, 4, 2));
  assert_true(mah_tensor_overlaps(&a, &b));
  assert_false(mah_tensor_overlaps(&a, &c));
  assert_false(mah_tensor_overlaps(&a, &other));
  assert_true(mah_tensor_same_view(&a, &a));
  assert_false(mah_tensor_same_view(&a, &t));
  mah_tensor *all[] = {&t, &other, &a, &b, &c};
  for (int i = 0; i < 5; i++) mah_tensor_release(all[i]);
}

/* A tensor as Lua has it: with room behind it, which it offers. */
typedef struct roomy {
  mah_tensor t;
  char room[MAH_TENSOR_ROOM];
} roomy;

static void few_elements_live_in_the_room(void **state) {
  (void)state;
  roomy small = {{0}, {1}}, large = {{0}, {0}};
  int64_t before = mah_memory_live(), fits = MAH_TENSOR_ROOM / 4, more = fits + 1;
  small.t.data = small.room;
  large.t.data = large.room;
  assert_ok(mah_tensor_zeros(&small.t, MAH_FLOAT32, 1, &fits));
  assert_ptr_equal(small.t.data, small.room);
  assert_true(mah_tensor_is_in_room(&small.t));
  assert_int_equal(small.room[0], 0);
  assert_int_equal(mah_memory_live(), before);
  assert_ok(mah_tensor_new(&large.t, MAH_FLOAT32, 1, &more));
  assert_false(mah_tensor_is_in_room(&large.t));
  assert_true(mah_memory_live() > before);
  mah_tensor_release(&large.t);
  mah_tensor_release(&small.t);
  assert_null(small.t.store);
  assert_int_equal(mah_memory_live(), before);
  assert_ok(mah_tensor_new(&small.t, MAH_FLOAT32, 1, &fits)); /* nothing is offered any more */
  assert_false(mah_tensor_is_in_room(&small.t));
  mah_tensor_release(&small.t);
}

static void elements_move_out_of_the_room(void **state) {
  (void)state;
  roomy a = {{0}, {0}}, b = {{0}, {0}};
  mah_tensor view = {0};
  int64_t before = mah_memory_live(), three = 3;
  a.t.data = a.room;
  b.t.data = b.room;
  assert_ok(mah_tensor_new(&a.t, MAH_FLOAT64, 1, &three));
  assert_ok(mah_tensor_new(&b.t, MAH_FLOAT64, 1, &three));
  assert_ok(mah_tensor_fill(&a.t, 7));
  assert_false(mah_tensor_share(&a.t, &b.t));
  assert_ok(mah_tensor_narrow(&view, &a.t, 0, 1, 2));
  assert_true(mah_tensor_share(&a.t, &view));
  mah_tensor_release(&view);
  mah_memory_fail_at(1);
  assert_fails(MAH_ERROR_MEMORY, "out of memory", mah_tensor_settle(&a.t));
  assert_true(mah_tensor_is_in_room(&a.t));
  for (int i = 0; i < 2; i++) assert_ok(mah_tensor_settle(&a.t)); /* the second does nothing */
  assert_false(mah_tensor_is_in_room(&a.t));
  memset(a.room, 0, sizeof a.room);
  assert_int_equal((int)((double *)a.t.data)[2], 7);
  assert_ok(mah_tensor_narrow(&view, &a.t, 0, 1, 2));
  mah_tensor_release(&a.t);
  assert_int_equal((int)((double *)view.data)[1], 7);
  mah_tensor_release(&view);
  mah_tensor_release(&b.t);
  assert_int_equal(mah_memory_live(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dtypes_have_names_and_sizes),
      cmocka_unit_test(impossible_shapes_are_refused),
      cmocka_unit_test(out_of_memory_loses_nothing),
      cmocka_unit_test(borrowed_elements_are_the_callers),
      cmocka_unit_test(views_keep_the_storage),
      cmocka_unit_test(overlap_and_sameness_are_seen),
      cmocka_unit_test(few_elements_live_in_the_room),
      cmocka_unit_test(elements_move_out_of_the_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
