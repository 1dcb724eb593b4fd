/* without_zeros.h - a matrix's rows without their zeros, by plain loops. */
#ifndef WITHOUT_ZEROS_H
#define WITHOUT_ZEROS_H

#include "testing.h"

typedef struct without_zeros {
  mah_tensor start, column, value;
} without_zeros;

/* keeps_zeros: those in even columns are named, too. */
static inline without_zeros take_zeros_out(const mah_tensor *x, int keeps_zeros) {
  int64_t rows = x->extent[0], columns = x->extent[1], n = 0, starts = rows + 1;
  without_zeros z = {0};
  for (int i = 0; i < 2; i++) {
    if (i == 1) {
      assert_ok(mah_tensor_zeros(&z.start, MAH_INT64, 1, &starts));
      assert_ok(mah_tensor_zeros(&z.column, MAH_INT32, 1, &n));
      assert_ok(mah_tensor_zeros(&z.value, x->elem, 1, &n));
    }
    n = 0;
    for (int64_t r = 0; r < rows; r++) {
      for (int64_t j = 0; j < columns; j++) {
        double value = get(x->data, x->elem, r * columns + j);
        if (value == 0 && !(keeps_zeros && j % 2 == 0)) continue;
        if (i == 1) ((int32_t *)z.column.data)[n] = (int32_t)j;
        if (i == 1) set(z.value.data, x->elem, n, value);
        n++;
      }
      if (i == 1) ((int64_t *)z.start.data)[r + 1] = n;
    }
  }
  return z;
}

static inline void free_without_zeros(without_zeros *z) {
  mah_tensor_release(&z->start);
  mah_tensor_release(&z->column);
  mah_tensor_release(&z->value);
}

static inline mah_compressed *compress_rows(const mah_tensor *x, int32_t dtype, int keeps_zeros) {
  without_zeros z = take_zeros_out(x, keeps_zeros);
  mah_compressed *c = NULL;
  assert_ok(mah_compressed_from_rows(&c, &z.start, &z.column, &z.value, x->extent[1], dtype, "x"));
  free_without_zeros(&z);
  return c;
}
#endif
