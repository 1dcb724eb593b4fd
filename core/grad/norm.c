#include "grad/norm.h"

#include "base/parallel.h"
#include "base/simd.h"
#include "grad/kernels/norm.h"
#include "tensor/product.h"
#include "tensor/split.h"

MAH_DECLARE_VARIANTS(mah_norm_table, mah_norms);

/* -- Checks ------------------------------------------------------------------------------------ */

/* A matrix, with all that belongs to it. */
typedef struct norm {
  const mah_norm_table *table;
  int32_t elem, add, by_rows;
  int64_t rows, columns, row_bytes; /* of a row */
  mah_tensor *y, *dx_, *dweight_, *dbias_;
  const mah_tensor *x, *g, *weight_, *bias_;
  double *mean, *scale, *var;
  double eps;
} norm;

static mah_status check_vector(const mah_tensor *t_, const mah_tensor *x, const char *name) {
  if (t_ == NULL) return MAH_OK;
  MAH_TRY(mah_tensor_check(t_, name));
  if (t_->elem == x->elem && t_->ndim == 1 && t_->extent[0] == x->extent[x->ndim - 1] &&
      mah_tensor_is_contiguous(t_))
    return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: %s beside x, %s", name, mah_tensor_describe(t_),
                  mah_tensor_describe(x));
}

static mah_status check_spread(const mah_tensor *t, int64_t kinds, int64_t n) {
  MAH_TRY(mah_tensor_check_dtype(t, "spread", MAH_FLOAT64));
  if (t->ndim == 2 && t->extent[0] == kinds && t->extent[1] == n && mah_tensor_is_contiguous(t))
    return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "spread: %s does not fit", mah_tensor_describe(t));
}

/* by_rows: layer norm; else batch norm, whose spread has the variance, too. */
static mah_status plan(norm *p, const mah_tensor *x, const mah_tensor *spread,
                       const mah_tensor *weight_, int32_t by_rows) {
  MAH_TRY(mah_tensor_check_float(x, "x"));
  if (x->ndim < 1 || !mah_tensor_is_contiguous(x))
    return mah_fail(MAH_ERROR_SHAPE, "x: a matrix without gaps is expected, got %s",
                    mah_tensor_describe(x));
  MAH_TRY(check_vector(weight_, x, "weight"));
  p->table = MAH_PICK(mah_norms), p->elem = x->elem, p->by_rows = by_rows;
  p->columns = x->extent[x->ndim - 1];
  p->rows = p->columns > 0 ? mah_tensor_count(x) / p->columns : 0;
  p->row_bytes = p->columns * mah_dtype_size(x->elem);
  p->x = x, p->weight_ = weight_;
  int64_t n = by_rows ? p->rows : p->columns;
  MAH_TRY(check_spread(spread, by_rows ? 2 : 3, n));
  p->mean = spread->data, p->scale = p->mean + n, p->var = by_rows ? NULL : p->scale + n;
  if (!by_rows && p->columns > 0 && p->rows < 2)
    return mah_fail(MAH_ERROR_SHAPE, "batch norm: two rows or more are needed, got %s",
                    mah_tensor_describe(x));
  return MAH_OK;
}

static mah_status plan_back(norm *p, mah_tensor *dx_, mah_tensor *dweight_, mah_tensor *dbias_,
                            const mah_tensor *g, int32_t add) {
  MAH_TRY(mah_tensor_check_like(g, p->x, "g"));
  if (dx_ != NULL) MAH_TRY(mah_tensor_check_like(dx_, p->x, "dx"));
  MAH_TRY(check_vector(dweight_, p->x, "dweight"));
  MAH_TRY(check_vector(dbias_, p->x, "dbias"));
  p->g = g, p->dx_ = dx_, p->dweight_ = dweight_, p->dbias_ = dbias_, p->add = add;
  return MAH_OK;
}

/* -- Parts of the work, which do not depend on one another ------------------------------------- */

enum { PARTS = 64 }; /* of the rows, at most */

/* All parts: by the threads where the matrix is worth their while. */
static void run(norm *p, mah_task *task, int32_t parts) {
  if (mah_splits(p->rows * p->columns))
    mah_parallel_run(task, p, parts);
  else
    for (int32_t i = 0; i < parts; i++) task(p, i);
}

static void rows_of_part(const norm *p, int32_t part, int64_t *from, int64_t *to) {
  *from = p->rows * part / PARTS, *to = p->rows * (part + 1) / PARTS;
}

static const void *at(const mah_tensor *t_, int64_t bytes) {
  return t_ ? (const char *)t_->data + bytes : NULL;
}
static void *at_out(const mah_tensor *t_, int64_t bytes) {
  return t_ ? (char *)t_->data + bytes : NULL;
}
static const void *whole(const mah_tensor *t_) { return at(t_, 0); }

static int32_t strips(const norm *p) {
  return (int32_t)((p->columns + MAH_NORM_STRIP - 1) / MAH_NORM_STRIP);
}

/* The k-th strip; bytes: where it begins in a row. */
static mah_norm_strip strip_of(const norm *p, int32_t k, int64_t *bytes) {
  int64_t first = (int64_t)k * MAH_NORM_STRIP, left = p->columns - first;
  *bytes = first * mah_dtype_size(p->elem);
  int64_t shift = p->by_rows ? 0 : first;
  return (mah_norm_strip){.rows = p->rows,
                          .apart = p->columns,
                          .width = left < MAH_NORM_STRIP ? left : MAH_NORM_STRIP,
                          .x = at(p->x, *bytes),
                          .g = at(p->g, *bytes),
                          .weight_ = at(p->weight_, *bytes),
                          .mean = p->mean + shift,
                          .scale = p->scale + shift};
}

/* -- Layer norm -------------------------------------------------------------------------------- */

static void layer_part(void *context, int32_t part) {
  const norm *p = context;
  int64_t from, to;
  rows_of_part(p, part, &from, &to);
  for (int64_t i = from; i < to; i++)
    p->table->layer[p->elem](at_out(p->y, i * p->row_bytes), p->mean + i, p->scale + i,
                             at(p->x, i * p->row_bytes), whole(p->weight_), whole(p->bias_), p->eps,
                             p->columns);
}

mah_status mah_layer_norm(mah_tensor *y, mah_tensor *spread, const mah_tensor *x,
                          const mah_tensor *weight_, const mah_tensor *bias_, double eps) {
  norm p = {.y = y, .bias_ = bias_, .eps = eps};
  MAH_TRY(plan(&p, x, spread, weight_, 1));
  MAH_TRY(mah_tensor_check_like(y, x, "y"));
  MAH_TRY(check_vector(bias_, x, "bias"));
  run(&p, layer_part, PARTS);
  return MAH_OK;
}

static void layer_back_part(void *context, int32_t part) {
  const norm *p = context;
  int64_t from, to;
  rows_of_part(p, part, &from, &to);
  for (int64_t i = from; i < to; i++)
    p->table->layer_back[p->elem](at_out(p->dx_, i * p->row_bytes), at(p->g, i * p->row_bytes),
                                  at(p->x, i * p->row_bytes), whole(p->weight_), p->mean[i],
                                  p->scale[i], p->add & MAH_NORM_ADD_X, p->columns);
}

static void layer_sums_part(void *context, int32_t k) {
  const norm *p = context;
  int64_t bytes;
  mah_norm_strip strip = strip_of(p, k, &bytes);
  p->table->layer_sums[p->elem](at_out(p->dweight_, bytes), at_out(p->dbias_, bytes), &strip,
                                p->add);
}

mah_status mah_back_layer_norm(mah_tensor *dx_, mah_tensor *dweight_, mah_tensor *dbias_,
                               const mah_tensor *g, const mah_tensor *x, const mah_tensor *spread,
                               const mah_tensor *weight_, int32_t add) {
  norm p = {0};
  MAH_TRY(plan(&p, x, spread, weight_, 1));
  MAH_TRY(plan_back(&p, dx_, dweight_, dbias_, g, add));
  if (dx_ != NULL) run(&p, layer_back_part, PARTS);
  if (dweight_ != NULL || dbias_ != NULL) run(&p, layer_sums_part, strips(&p));
  return MAH_OK;
}

/* -- Batch norm -------------------------------------------------------------------------------- */

static void batch_part(void *context, int32_t k) {
  const norm *p = context;
  int64_t bytes;
  mah_norm_strip strip = strip_of(p, k, &bytes);
  p->table->batch[p->elem](at_out(p->y, bytes), p->var + (int64_t)k * MAH_NORM_STRIP,
                           at(p->bias_, bytes), p->eps, &strip);
}

mah_status mah_batch_norm(mah_tensor *y, mah_tensor *spread, const mah_tensor *x,
                          const mah_tensor *weight_, const mah_tensor *bias_, double eps) {
  norm p = {.y = y, .bias_ = bias_, .eps = eps};
  MAH_TRY(plan(&p, x, spread, weight_, 0));
  MAH_TRY(mah_tensor_check_like(y, x, "y"));
  MAH_TRY(check_vector(bias_, x, "bias"));
  run(&p, batch_part, strips(&p));
  return MAH_OK;
}

static void batch_back_part(void *context, int32_t k) {
  const norm *p = context;
  int64_t bytes;
  mah_norm_strip strip = strip_of(p, k, &bytes);
  p->table->batch_back[p->elem](at_out(p->dx_, bytes), at_out(p->dweight_, bytes),
                                at_out(p->dbias_, bytes), &strip, p->add);
}

mah_status mah_back_batch_norm(mah_tensor *dx_, mah_tensor *dweight_, mah_tensor *dbias_,
                               const mah_tensor *g, const mah_tensor *x, const mah_tensor *spread,
                               const mah_tensor *weight_, int32_t add) {
  norm p = {0};
  MAH_TRY(plan(&p, x, spread, weight_, 0));
  MAH_TRY(plan_back(&p, dx_, dweight_, dbias_, g, add));
  run(&p, batch_back_part, strips(&p));
  return MAH_OK;
}

/* out = (1 - momentum) out + momentum new */
static void follow(const mah_tensor *out, const double *new, double momentum) {
  for (int64_t i = 0; i < out->extent[0]; i++) {
    if (out->elem == MAH_FLOAT32) {
      float *one = (float *)out->data + i;
      *one = (float)((1 - momentum) * (double)*one + momentum * new[i]);
    } else {
      double *one = (double *)out->data + i;
      *one = (1 - momentum) * *one + momentum * new[i];
    }
  }
}

static mah_status check_statistic(const mah_tensor *t, const mah_tensor *spread, const char *name) {
  MAH_TRY(mah_tensor_check_float(t, name));
  if (t->ndim == 1 && t->extent[0] == spread->extent[1] && mah_tensor_is_contiguous(t))
    return MAH_OK;
  return mah_fail(MAH_ERROR_SHAPE, "%s: %s beside %s columns", name, mah_tensor_describe(t),
                  mah_tensor_describe(spread));
}

mah_status mah_batch_norm_follow(mah_tensor *mean, mah_tensor *var, const mah_tensor *spread,
                                 double momentum) {
  MAH_TRY(mah_tensor_check(spread, "spread"));
  if (spread->ndim != 2) return mah_fail(MAH_ERROR_SHAPE, "spread: a matrix is expected");
  MAH_TRY(check_spread(spread, 3, spread->extent[1]));
  MAH_TRY(check_statistic(mean, spread, "running_mean"));
  MAH_TRY(check_statistic(var, spread, "running_var"));
  const double *values = spread->data;
  follow(mean, values, momentum);
  follow(var, values + 2 * spread->extent[1], momentum);
  return MAH_OK;
}
