/* One row of a data set, in another number type. */
#include "testing.h"

#include "learn/drive/rows.h"

static void set_any(mah_tensor *t, int64_t i, int value) {
  if (t->elem == MAH_UINT8)
    ((uint8_t *)t->data)[i] = (uint8_t)value;
  else if (t->elem == MAH_INT32)
    ((int32_t *)t->data)[i] = value;
  else if (t->elem == MAH_INT64)
    ((int64_t *)t->data)[i] = value;
  else
    set(t->data, t->elem, i, value);
}

static mah_tensor numbered(int32_t dtype, int32_t ndim, int64_t rows, int64_t columns) {
  mah_tensor t = {0};
  assert_ok(mah_tensor_zeros(&t, dtype, ndim, (int64_t[]){rows, columns}));
  for (int64_t i = 0; i < mah_tensor_count(&t); i++) set_any(&t, i, (int)i + 1);
  return t;
}

static void a_row_of_a_matrix_is_converted(void **state) {
  (void)state;
  for (int32_t from = 0; from < NUMBERS; from++)
    for (int32_t to = MAH_FLOAT32; to <= MAH_FLOAT64; to++) {
      mah_tensor x = numbered(from, 2, 4, 5);
      double row[6] = {0};
      set(row, to, 5, -7);
      assert_ok(mah_row_convert(row, to, &x, 2));
      for (int i = 0; i < 5; i++) assert_true(get(row, to, i) == 11 + i);
      assert_true(get(row, to, 5) == -7);
      mah_tensor_release(&x);
    }
}

static void a_row_of_a_vector_is_one_element(void **state) {
  (void)state;
  mah_tensor x = numbered(MAH_INT32, 1, 6, 0);
  double row[] = {0, -7};
  assert_ok(mah_row_convert(row, MAH_FLOAT64, &x, 5));
  assert_true(row[0] == 6 && row[1] == -7);
  mah_tensor_release(&x);
}

/* Every second column of every third row. */
static void a_row_of_a_view_is_that_of_the_view(void **state) {
  (void)state;
  mah_tensor x = numbered(MAH_UINT8, 2, 9, 6), rows = {0}, view = {0};
  float row[3];
  assert_ok(mah_tensor_stride(&rows, &x, 0, 1, 3, 3));
  assert_ok(mah_tensor_stride(&view, &rows, 1, 0, 3, 2));
  assert_ok(mah_row_convert(row, MAH_FLOAT32, &view, 1));
  for (int i = 0; i < 3; i++) assert_true(row[i] == (float)(4 * 6 + 1 + 2 * i));
  mah_tensor_release(&x);
  mah_tensor_release(&rows);
  mah_tensor_release(&view);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_row_of_a_matrix_is_converted),
      cmocka_unit_test(a_row_of_a_vector_is_one_element),
      cmocka_unit_test(a_row_of_a_view_is_that_of_the_view),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
