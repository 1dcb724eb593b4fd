#include "learn/drive/batch.h"

#include "learn/drive/rows.h"
#include "learn/kernels/kernels.h"
#include "learn/model/loss.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* -- Checks ------------------------------------------------------------------------------------ */

mah_status mah_batch_check_inputs(const mah_tensor *x, int32_t inputs) {
  MAH_TRY(mah_tensor_check(x, "x"));
  if (x->ndim != 2 || x->extent[1] != inputs)
    return mah_fail(MAH_ERROR_SHAPE, "x: %s does not fit a network of %d inputs",
                    mah_tensor_describe(x), inputs);
  if (x->extent[1] > 1 && x->step[1] != 1)
    return mah_fail(MAH_ERROR_SHAPE,
                    "x: each row must lie contiguous in memory; a contiguous copy of x does");
  return MAH_OK;
}

int mah_batch_has_classes(const mah_tensor *y, int32_t loss) {
  return loss == MAH_CROSS_ENTROPY && y->ndim == 1;
}

int64_t mah_batch_rows(const mah_batch *batch) {
  if (batch->spread_ != NULL) return batch->spread_->start[batch->exchange_->size];
  return batch->x != NULL ? batch->x->extent[0] : batch->compressed_->rows;
}

static const char *describe_inputs(const mah_batch *batch) {
  static _Thread_local char text[64];
  const mah_compressed *c = batch->compressed_;
  if (batch->x != NULL) return mah_tensor_describe(batch->x);
  snprintf(text, sizeof text, "sparse %s %" PRId64 "x%" PRId64, mah_dtype_name(c->dtype), c->rows,
           c->columns);
  return text;
}

static mah_status check_targets(const mah_batch *batch, int32_t outputs, int32_t loss) {
  const mah_tensor *y = batch->y, *weight = batch->weight_;
  int64_t rows = mah_batch_rows(batch);
  MAH_TRY(mah_tensor_check(y, "y"));
  if (mah_batch_has_classes(y, loss)) MAH_TRY(mah_tensor_check_dtype(y, "y", MAH_INT32));
  int fits = mah_batch_has_classes(y, loss) || (y->ndim == 1 && outputs == 1) ||
             (y->ndim == 2 && y->extent[1] == outputs);
  if (!fits || y->extent[0] != rows)
    return mah_fail(MAH_ERROR_SHAPE, "y: %s does not fit x: %s and a network of %d outputs",
                    mah_tensor_describe(y), describe_inputs(batch), outputs);
  if (weight == NULL) return MAH_OK;
  MAH_TRY(mah_tensor_check(weight, "weight"));
  if (weight->ndim != 1 || weight->extent[0] != rows)
    return mah_fail(MAH_ERROR_SHAPE, "weight: %s does not fit x: %s", mah_tensor_describe(weight),
                    describe_inputs(batch));
  return MAH_OK;
}

/* x, and what else there is of it */
mah_status mah_batch_check_inputs_of(const mah_batch *batch, int32_t inputs) {
  const mah_compressed *c = batch->compressed_;
  const mah_tensor *x = batch->x;
  if (x == NULL && c != NULL && c->columns == inputs) return MAH_OK;
  if (x == NULL && c != NULL)
    return mah_fail(MAH_ERROR_SHAPE, "x: %s does not fit a network of %d inputs",
                    describe_inputs(batch), inputs);
  MAH_TRY(mah_batch_check_inputs(x, inputs));
  if (c != NULL && (c->rows != x->extent[0] || c->columns != x->extent[1]))
    return mah_fail(MAH_ERROR_SHAPE, "the compressed inputs are %" PRId64 "x%" PRId64 ", x is %s",
                    c->rows, c->columns, mah_tensor_describe(x));
  return MAH_OK;
}

/* So that gathering cannot fail later, inside of a task. */
static mah_status check_order(const mah_batch *batch) {
  const int32_t *order = batch->order_ ? batch->order_->data : NULL;
  int64_t n = mah_batch_rows(batch), end = batch->first + batch->count;
  uint32_t rows = n > INT32_MAX ? 1u << 31 : (uint32_t)n;
  int bad = 0; /* any? The loop ends early for nobody, so it runs over several at a time. */
  for (int64_t i = batch->first; order != NULL && i < end; i++) bad |= (uint32_t)order[i] >= rows;
  for (int64_t i = batch->first; bad && i < end; i++)
    if ((uint32_t)order[i] >= rows)
      return mah_fail(MAH_ERROR_ARGUMENT, "row number %" PRId64 " is outside of %" PRId64 " rows",
                      (int64_t)order[i] + 1, n);
  return MAH_OK;
}

static mah_status check_exchange(const mah_exchange *e_) {
  if (e_ != NULL && (e_->rank < 0 || e_->rank >= e_->size || e_->gather == NULL))
    return mah_fail(MAH_ERROR_ARGUMENT, "an exchange of rank %d of %d%s", e_->rank, e_->size,
                    e_->gather ? "" : " with no way to the others");
  return MAH_OK;
}

static mah_status check_spread(const mah_batch *batch) {
  const mah_spread *spread = batch->spread_;
  const mah_exchange *e = batch->exchange_;
  if (spread == NULL) return MAH_OK;
  if (e == NULL || spread->start == NULL || batch->x == NULL || batch->compressed_ != NULL)
    return mah_fail(
        MAH_ERROR_ARGUMENT,
        "rows that are spread over ranks want an exchange, and a matrix of this rank's");
  if (batch->x->extent[0] != spread->start[e->rank + 1] - spread->start[e->rank])
    return mah_fail(MAH_ERROR_SHAPE, "x: %s is not rows %" PRId64 " ... %" PRId64 " of all ranks'",
                    mah_tensor_describe(batch->x), spread->start[e->rank] + 1,
                    spread->start[e->rank + 1]);
  return MAH_OK;
}

mah_status mah_batch_check(const mah_batch *batch, int32_t inputs, int32_t outputs, int32_t loss) {
  if (batch == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no batch");
  MAH_TRY(check_exchange(batch->exchange_));
  MAH_TRY(mah_batch_check_inputs_of(batch, inputs));
  MAH_TRY(check_spread(batch));
  MAH_TRY(check_targets(batch, outputs, loss));
  int64_t rows = mah_batch_rows(batch);
  if (batch->order_ != NULL) {
    MAH_TRY(mah_tensor_check_dtype(batch->order_, "order", MAH_INT32));
    if (batch->order_->ndim != 1 || !mah_tensor_is_contiguous(batch->order_))
      return mah_fail(MAH_ERROR_SHAPE, "order: a contiguous vector is expected, got %s",
                      mah_tensor_describe(batch->order_));
    rows = batch->order_->extent[0];
  }
  if (batch->first < 0 || batch->count < 1 || batch->first > rows - batch->count)
    return mah_fail(MAH_ERROR_ARGUMENT, "a batch of %" PRId64 " rows from %.0f of %" PRId64,
                    batch->count, (double)batch->first + 1, rows);
  return check_order(batch);
}

static double value_of(const void *reals, int32_t dtype, int64_t i) {
  return dtype == MAH_FLOAT32 ? (double)((const float *)reals)[i] : ((const double *)reals)[i];
}

/* The first j < n with t[offset + j step] not finite, or n. */
static int64_t find_not_finite(const mah_tensor *t, int64_t offset, int64_t n, int64_t step) {
  int64_t j = 0;
  while (j < n && isfinite(value_of(t->data, t->elem, offset + j * step))) j++;
  return j;
}

mah_status mah_batch_check_finite(const mah_tensor *x, const char *name) {
  MAH_TRY(mah_tensor_check(x, name));
  if (x->elem != MAH_FLOAT32 && x->elem != MAH_FLOAT64) return MAH_OK;
  if (x->ndim < 1 || x->ndim > 2)
    return mah_fail(MAH_ERROR_SHAPE, "%s: a matrix is expected, got %s", name,
                    mah_tensor_describe(x));
  int64_t columns = x->ndim == 2 ? x->extent[1] : 1, step = x->ndim == 2 ? x->step[1] : 1;
  for (int64_t i = 0; i < x->extent[0]; i++) {
    const char *row = (const char *)x->data + i * x->step[0] * mah_dtype_size(x->elem);
    if (step == 1 && mah_learn(x->elem)->finite(row, columns)) continue;
    int64_t j = find_not_finite(x, i * x->step[0], columns, step);
    if (j < columns)
      return mah_fail(MAH_ERROR_NUMERIC, "%s: row %" PRId64 ", column %" PRId64 " is %g", name,
                      i + 1, j + 1, value_of(x->data, x->elem, i * x->step[0] + j * step));
  }
  return MAH_OK;
}

/* -- Gathering: the rows of a batch, in order and in the network's number type ----------------- */

static const int32_t *order_of(const mah_batch *batch, int64_t first) {
  return batch->order_ ? (const int32_t *)batch->order_->data + batch->first + first : NULL;
}

static int64_t row_of(const mah_batch *batch, const int32_t *order, int64_t first, int64_t i) {
  return order ? order[i] : batch->first + first + i;
}

/* The same bytes are copied as they are; `bytes` of each row, which are `apart`. */
__attribute__((always_inline)) static inline void copy_rows(char *to, const mah_tensor *t,
                                                            const mah_batch *batch, int64_t first,
                                                            int64_t count, size_t bytes,
                                                            int64_t apart) {
  const int32_t *order = order_of(batch, first);
  const char *from = t->data;
  for (int64_t i = 0; i < count; i++)
    memcpy(to + (size_t)i * bytes, from + row_of(batch, order, first, i) * apart, bytes);
}

/* Short rows by copies of a length that the compiler knows. */
static void copy(char *to, const mah_tensor *t, const mah_batch *batch, int64_t first,
                 int64_t count, size_t bytes) {
  int64_t apart = t->step[0] * mah_dtype_size(t->elem);
  switch (bytes) {
  case 4: copy_rows(to, t, batch, first, count, 4, apart); break;
  case 8: copy_rows(to, t, batch, first, count, 8, apart); break;
  case 16: copy_rows(to, t, batch, first, count, 16, apart); break;
  case 32: copy_rows(to, t, batch, first, count, 32, apart); break;
  default: copy_rows(to, t, batch, first, count, bytes, apart);
  }
}

mah_status mah_batch_gather(void *out, int32_t dtype, const mah_tensor *t, const mah_batch *batch,
                            int64_t first, int64_t count) {
  const int32_t *order = order_of(batch, first);
  int64_t columns = t->ndim == 2 ? t->extent[1] : 1;
  size_t bytes = (size_t)(columns * mah_dtype_size(dtype));
  if (t->elem == dtype && (columns == 1 || t->step[1] == 1)) {
    copy(out, t, batch, first, count, bytes);
    return MAH_OK;
  }
  for (int64_t i = 0; i < count; i++)
    MAH_TRY(
        mah_row_convert((char *)out + (size_t)i * bytes, dtype, t, row_of(batch, order, first, i)));
  return MAH_OK;
}

mah_status mah_batch_sum_of_weights(double *sum, const mah_batch *batch) {
  *sum = (double)batch->count;
  if (batch->weight_ == NULL) return MAH_OK;
  *sum = 0;
  for (int64_t i = 0; i < batch->count; i++) {
    double weight;
    MAH_TRY(mah_batch_gather(&weight, MAH_FLOAT64, batch->weight_, batch, i, 1));
    *sum += weight;
  }
  return *sum > 0 ? MAH_OK : mah_fail(MAH_ERROR_ARGUMENT, "the batch's weights add up to %g", *sum);
}

/* -- Are the targets what the loss takes? ------------------------------------------------------ */

mah_status mah_batch_check_classes(const int32_t *class, const mah_batch *batch, int64_t first,
                                   int64_t count, int32_t classes) {
  int bad = 0; /* any? As above */
  for (int64_t i = 0; i < count; i++) bad |= (uint32_t) class[i] >= (uint32_t)classes;
  for (int64_t i = 0; bad && i < count; i++)
    if (class[i] < 0 || class[i] >= classes)
      return mah_fail(MAH_ERROR_ARGUMENT, "y: row %" PRId64 ": class %d is outside of 0 ... %d",
                      row_of(batch, order_of(batch, first), first, i) + 1, class[i], classes - 1);
  return MAH_OK;
}

/* The first i < n with target[i] not in [0, high], which NaN is not; or n. */
static int64_t find_outside(const void *target, int32_t dtype, int64_t n, double high) {
  int64_t i = 0;
  if (dtype == MAH_FLOAT32)
    for (const float *t = target; i < n && t[i] >= 0 && (double)t[i] <= high;) i++;
  else
    for (const double *t = target; i < n && t[i] >= 0 && t[i] <= high;) i++;
  return i;
}

/* With cross entropy each row is a distribution, or its gradient is not p - t. Returns the first
 * row that does not add up to 1, and its sum; or `rows`. */
static int64_t find_no_distribution(double *sum, const void *target, int32_t dtype, int64_t rows,
                                    int64_t columns) {
  for (int64_t i = 0; i < rows; i++) {
    *sum = 0;
    for (int64_t k = 0; k < columns; k++) *sum += value_of(target, dtype, i * columns + k);
    if (fabs(*sum - 1) > 1e-3) return i;
  }
  return rows;
}

mah_status mah_batch_check_targets(const void *target, int32_t dtype, const mah_batch *batch,
                                   int64_t first, int64_t count, int32_t outputs, int32_t loss) {
  int is_share = loss == MAH_CROSS_ENTROPY || loss == MAH_BINARY;
  if (!is_share && loss != MAH_POISSON) return MAH_OK;
  const int32_t *order = order_of(batch, first);
  int64_t n = count * outputs, bad = find_outside(target, dtype, n, is_share ? 1 : INFINITY);
  if (bad < n)
    return mah_fail(MAH_ERROR_ARGUMENT, "y: row %" PRId64 ": %g; %s takes targets in %s",
                    row_of(batch, order, first, bad / outputs) + 1, value_of(target, dtype, bad),
                    mah_loss_name(loss), is_share ? "[0, 1]" : "[0, inf)");
  double sum;
  if (loss != MAH_CROSS_ENTROPY) return MAH_OK;
  bad = find_no_distribution(&sum, target, dtype, count, outputs);
  if (bad == count) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT,
                  "y: row %" PRId64 " adds up to %g; cross_entropy takes shares that add up to 1",
                  row_of(batch, order, first, bad) + 1, sum);
}
