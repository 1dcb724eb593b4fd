/* compressed_rows.c - compressed inputs from rows that come without their zeros. */
#include "learn/drive/compressed.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>

typedef struct rows {
  const int64_t *start;
  const int32_t *column;
  const mah_tensor *value;
  int64_t count, columns;
} rows;

static double value_at(const rows *x, int64_t i) {
  const void *value = x->value->data;
  return x->value->elem == MAH_FLOAT32 ? (double)((const float *)value)[i]
                                       : ((const double *)value)[i];
}

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check_vector(const mah_tensor *t, const char *name, int32_t dtype) {
  MAH_TRY(mah_tensor_check_dtype(t, name, dtype));
  if (t->ndim == 1 && mah_tensor_is_contiguous(t)) return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: a contiguous vector is expected, got %s", name,
                  mah_tensor_describe(t));
}

static mah_status check_vectors(const mah_tensor *start, const mah_tensor *column,
                                const mah_tensor *value) {
  MAH_TRY(check_vector(start, "start", MAH_INT64));
  MAH_TRY(check_vector(column, "column", MAH_INT32));
  MAH_TRY(mah_tensor_check(value, "value"));
  MAH_TRY(check_vector(value, "value", value->elem == MAH_FLOAT64 ? MAH_FLOAT64 : MAH_FLOAT32));
  const int64_t *at = start->data;
  int64_t n = start->extent[0];
  if (n > 0 && at[0] == 0 && at[n - 1] == column->extent[0] &&
      column->extent[0] == value->extent[0])
    return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "start, column and value do not fit each other");
}

static mah_status check_row(const rows *x, int64_t r, const char *name) {
  int64_t before = -1, end = x->start[r + 1];
  if (x->start[r] > end || end > x->start[x->count])
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: row %" PRId64 " ends before it begins", name, r + 1);
  for (int64_t i = x->start[r]; i < end; before = x->column[i++]) {
    if (x->column[i] <= before || x->column[i] >= x->columns)
      return mah_fail(MAH_ERROR_ARGUMENT,
                      "%s: row %" PRId64 ": column %" PRId64 " is not in its place", name, r + 1,
                      (int64_t)x->column[i] + 1);
    if (!isfinite(value_at(x, i)))
      return mah_fail(MAH_ERROR_NUMERIC, "%s: row %" PRId64 ", column %" PRId64 " is %g", name,
                      r + 1, (int64_t)x->column[i] + 1, value_at(x, i));
  }
  return MAH_OK;
}

/* -- Pairs of columns -------------------------------------------------------------------------- */

static void set_value(mah_compressed *c, int64_t i, double value) {
  if (c->dtype == MAH_FLOAT32)
    ((float *)c->value)[i] = (float)value;
  else
    ((double *)c->value)[i] = value;
}

/* Is it 0 in dtype, too? */
static int is_zero(double value, int32_t dtype) {
  return dtype == MAH_FLOAT32 ? (float)value == 0 : value == 0;
}

/* The elements of row r; they are written from `place` on once there is room for them. Returns how
 * many there are. */
static int64_t put_row(mah_compressed *c, const rows *x, int64_t r, int64_t place) {
  int64_t count = 0, last = -1;
  for (int64_t i = x->start[r]; i < x->start[r + 1]; i++) {
    int64_t pair = x->column[i] / 2, second = x->column[i] % 2;
    if (is_zero(value_at(x, i), c->dtype)) continue;
    count += pair != last;
    last = pair;
    if (c->element == NULL) continue;
    int64_t e = place + count - 1;
    c->element[e] = (uint32_t)pair;
    set_value(c, 2 * e + second, value_at(x, i));
  }
  return count;
}

static mah_status compress(mah_compressed *c, const rows *x, const char *name) {
  c->start = mah_alloc_zero(x->count + 1, sizeof *c->start);
  if (c->start == NULL) return MAH_ERROR_MEMORY;
  for (int64_t r = 0; r < x->count; r++) {
    MAH_TRY(check_row(x, r, name));
    c->start[r + 1] = c->start[r] + put_row(c, x, r, 0);
  }
  int64_t n = c->start[x->count];
  c->element = mah_alloc(n, sizeof *c->element);
  c->value = mah_alloc_zero(2 * n, (size_t)mah_dtype_size(c->dtype));
  if (c->element == NULL || c->value == NULL) return MAH_ERROR_MEMORY;
  for (int64_t r = 0; r < x->count; r++) put_row(c, x, r, c->start[r]);
  return MAH_OK;
}

mah_status mah_compressed_from_rows(mah_compressed **out, const mah_tensor *start,
                                    const mah_tensor *column, const mah_tensor *value,
                                    int64_t columns, int32_t dtype, const char *name) {
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the result");
  MAH_TRY(check_vectors(start, column, value));
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "compressed inputs are float32 or float64, not %s",
                    mah_dtype_name(dtype));
  rows x = {start->data, column->data, value, start->extent[0] - 1, columns};
  mah_compressed *c = mah_alloc_zero(1, sizeof *c);
  if (c == NULL) return MAH_ERROR_MEMORY;
  *c = (mah_compressed){.dtype = dtype, .rows = x.count, .columns = columns};
  mah_status status = compress(c, &x, name);
  if (status == MAH_OK)
    *out = c;
  else
    mah_compressed_free(c);
  return status;
}
