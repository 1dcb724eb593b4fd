#include "tensor/reduce.h"

#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/fold.h"
#include "tensor/integers.h"
#include "tensor/kernels/mask.h"
#include "tensor/kernels/reduce.h"
#include "tensor/loop.h"
#include "tensor/split.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_mask_table, mah_mask_kernels);

enum { WIDTH = MAH_LINES_MOST, LINES_ASIDE = 256 /* columns that a thread folds, at least */ };

enum result { REAL, SUM, SAME, INDEX, TRUTH };
enum elements { ANY, NEEDS };

#define NAME(name, result, elements)   #name,
#define RESULT(name, result, elements) result,
#define NEED(name, result, elements)   elements,
static const char *const names[] = {MAH_REDUCE_OPS(NAME)};
static const enum result results[] = {MAH_REDUCE_OPS(RESULT)};
static const enum elements needs[] = {MAH_REDUCE_OPS(NEED)};

const char *mah_reduce_name(int32_t op) {
  return op >= 0 && op < MAH_REDUCE_COUNT ? names[op] : NULL;
}

/* r[j] = sqrt(sum (x - s[j])^2 / divisor), or without the root */
static void spread(double *r, const mah_lines *l, const double *s, double divisor, int root) {
  mah_lines_fold(r, MAH_FOLD_squares, l, s);
  for (int64_t j = 0; j < l->lines; j++) {
    r[j] = divisor > 0 ? r[j] / divisor : NAN;
    if (root) r[j] = sqrt(r[j]);
  }
}

static void logsumexp(double *r, const mah_lines *l) {
  double most[WIDTH], s[WIDTH];
  mah_lines_fold(most, MAH_FOLD_largest, l, NULL);
  for (int64_t j = 0; j < l->lines; j++) s[j] = isfinite(most[j]) ? most[j] : 0;
  mah_lines_fold(r, MAH_FOLD_exps, l, s);
  for (int64_t j = 0; j < l->lines; j++) r[j] = isfinite(most[j]) ? most[j] + log(r[j]) : most[j];
}

/* r[j] = how many are not 0; bytes are counted as bytes. */
static void count_nonzero(double *r, const mah_lines *l) {
  if (l->aside || mah_dtype_size(l->elem) > 1) {
    mah_lines_fold(r, MAH_FOLD_nonzero, l, NULL);
    return;
  }
  mah_mask_count *count = MAH_PICK(mah_mask_kernels)->count[l->elem];
  for (int64_t j = 0; j < l->lines; j++)
    r[j] = (double)count(l->data + j * l->across, l->along, l->count);
}

/* -- Without NaN ------------------------------------------------------------------------------- */

/* The extremes; NaN where there is no number. */
static void extremes_of_numbers(double *r, const mah_lines *l, int how) {
  double count[WIDTH];
  int doubtful = 0;
  mah_lines_fold(r, how, l, NULL);
  for (int64_t j = 0; j < l->lines; j++) doubtful |= r[j] == mah_fold_start(how);
  if (!doubtful) return;
  mah_lines_fold(count, MAH_FOLD_numbers, l, NULL);
  for (int64_t j = 0; j < l->lines; j++)
    if (count[j] == 0) r[j] = NAN;
}

/* The means, or what the numbers spread about them. */
static void moments_of_numbers(double *r, const mah_lines *l, int32_t op, double parameter) {
  double count[WIDTH], mean[WIDTH];
  mah_lines_fold(count, MAH_FOLD_numbers, l, NULL);
  mah_lines_fold(mean, MAH_FOLD_nansum, l, NULL);
  for (int64_t j = 0; j < l->lines; j++) r[j] = mean[j] /= count[j];
  if (op == MAH_REDUCE_nanmean) return;
  mah_lines_fold(r, MAH_FOLD_nansquares, l, mean);
  for (int64_t j = 0; j < l->lines; j++) {
    double divisor = count[j] - parameter;
    r[j] = divisor > 0 ? r[j] / divisor : NAN;
    if (op == MAH_REDUCE_nanstd) r[j] = sqrt(r[j]);
  }
}

/* -- All of them ------------------------------------------------------------------------------- */

static void reduce_lines(double *r, const mah_lines *l, int32_t op, double parameter) {
  double n = (double)l->count, s[WIDTH];
  switch (op) {
  case MAH_REDUCE_sum: mah_lines_fold(r, MAH_FOLD_sum, l, NULL); break;
  case MAH_REDUCE_prod: mah_lines_fold(r, MAH_FOLD_product, l, NULL); break;
  case MAH_REDUCE_min: mah_lines_fold(r, MAH_FOLD_smallest, l, NULL); break;
  case MAH_REDUCE_max: mah_lines_fold(r, MAH_FOLD_largest, l, NULL); break;
  case MAH_REDUCE_argmin: mah_lines_find(r, MAH_FOLD_smallest, l); break;
  case MAH_REDUCE_argmax: mah_lines_find(r, MAH_FOLD_largest, l); break;
  case MAH_REDUCE_norm:
    memset(s, 0, sizeof s);
    spread(r, l, s, 1, 1);
    break;
  case MAH_REDUCE_logsumexp: logsumexp(r, l); break;
  case MAH_REDUCE_mean:
    mah_lines_fold(r, MAH_FOLD_sum, l, NULL);
    for (int64_t j = 0; j < l->lines; j++) r[j] /= n;
    break;
  case MAH_REDUCE_var:
  case MAH_REDUCE_std:
    reduce_lines(s, l, MAH_REDUCE_mean, 0);
    spread(r, l, s, n - parameter, op == MAH_REDUCE_std);
    break;
  case MAH_REDUCE_any:
  case MAH_REDUCE_all:
    count_nonzero(r, l);
    for (int64_t j = 0; j < l->lines; j++) r[j] = op == MAH_REDUCE_any ? r[j] > 0 : r[j] == n;
    break;
  case MAH_REDUCE_count_nonzero: count_nonzero(r, l); break;
  case MAH_REDUCE_nansum: mah_lines_fold(r, MAH_FOLD_nansum, l, NULL); break;
  case MAH_REDUCE_nanprod: mah_lines_fold(r, MAH_FOLD_nanproduct, l, NULL); break;
  case MAH_REDUCE_nanmin: extremes_of_numbers(r, l, MAH_FOLD_nansmallest); break;
  case MAH_REDUCE_nanmax: extremes_of_numbers(r, l, MAH_FOLD_nanlargest); break;
  case MAH_REDUCE_nanargmin: mah_lines_find(r, MAH_FOLD_nansmallest, l); break;
  case MAH_REDUCE_nanargmax: mah_lines_find(r, MAH_FOLD_nanlargest, l); break;
  case MAH_REDUCE_nanmean:
  case MAH_REDUCE_nanvar:
  case MAH_REDUCE_nanstd: moments_of_numbers(r, l, op, parameter); break;
  }
}

static mah_status check_op(const mah_tensor *x, int32_t op, int64_t count) {
  if (!mah_reduce_name(op)) return mah_fail(MAH_ERROR_ARGUMENT, "unknown reduction number %d", op);
  if (needs[op] == NEEDS && count == 0)
    return mah_fail(MAH_ERROR_SHAPE, "%s of no elements (%s)", names[op], mah_tensor_describe(x));
  return MAH_OK;
}

static void swap(int64_t *a, int64_t *b) {
  int64_t was = *a;
  *a = *b;
  *b = was;
}

/* The dimensions in the order in which they lie in memory. */
static void sort_by_step(mah_tensor *t) {
  for (int32_t end = t->ndim; end > 1; end--)
    for (int32_t d = 1; d < end; d++)
      if (t->step[d - 1] < t->step[d]) {
        swap(&t->step[d - 1], &t->step[d]);
        swap(&t->extent[d - 1], &t->extent[d]);
      }
}

/* -- Integers, exactly ------------------------------------------------------------------------- */

/* The smallest or the largest int64 of each line. */
static void copy_extremes(char *out, int64_t out_step, const mah_lines *l, int how) {
  for (int64_t j = 0; j < l->lines; j++) {
    const char *at = l->data + j * l->across;
    memcpy(out + j * out_step, at + mah_place_of_integer(how, l, at) * l->along, sizeof(int64_t));
  }
}

/* The sum, product, min or max of each of at most WIDTH lines of integers, as `dtype`. */
static void reduce_integers(char *out, int64_t out_step, int32_t dtype, const mah_lines *l,
                            int32_t op) {
  union {
    int64_t sums[WIDTH];
    double extremes[WIDTH];
  } r;
  if (results[op] == SUM) {
    mah_integer_lines(r.sums, op == MAH_REDUCE_prod || op == MAH_REDUCE_nanprod, l->data, l->elem,
                      l->lines, l->across, l->count, l->along);
    mah_convert_row(dtype, MAH_INT64)(out, out_step, (char *)r.sums, sizeof r.sums[0], l->lines);
  } else if (l->elem == MAH_INT64) {
    copy_extremes(out, out_step, l,
                  op == MAH_REDUCE_max || op == MAH_REDUCE_nanmax ? MAH_FOLD_largest
                                                                  : MAH_FOLD_smallest);
  } else {
    reduce_lines(r.extremes, l, op, 0);
    mah_convert_row(dtype, MAH_FLOAT64)(out, out_step, (char *)r.extremes, sizeof(double),
                                        l->lines);
  }
}

/* -- The core's functions ---------------------------------------------------------------------- */

/* All elements as one line, of a copy (`flat`) where they do not lie as one. */
static mah_status one_line(mah_lines *l, mah_tensor *flat, const void *result, const mah_tensor *x,
                           int32_t op) {
  MAH_TRY(mah_tensor_check(x, "tensor"));
  if (result == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "result: a null pointer");
  MAH_TRY(check_op(x, op, mah_tensor_count(x)));
  mah_tensor view = *x; /* not a counted reference */
  if (results[op] != INDEX) sort_by_step(&view);
  int contiguous = view.ndim == 1 || mah_tensor_is_contiguous(&view);
  if (!contiguous) MAH_TRY(mah_tensor_clone(flat, &view));
  *l = (mah_lines){.data = contiguous ? x->data : flat->data,
                   .lines = 1,
                   .count = mah_tensor_count(x),
                   .along = (view.ndim == 1 ? view.step[0] : 1) * mah_dtype_size(x->elem),
                   .elem = x->elem};
  return MAH_OK;
}

static mah_status fail_without_number(int32_t op) {
  return mah_fail(MAH_ERROR_NUMERIC, "%s: all elements are NaN", names[op]);
}

mah_status mah_reduce_all(double *result, const mah_tensor *x, int32_t op, double parameter) {
  mah_tensor flat = {0};
  mah_lines l;
  MAH_TRY(one_line(&l, &flat, result, x, op));
  reduce_lines(result, &l, op, parameter);
  mah_tensor_release(&flat);
  return *result == *result || results[op] != INDEX ? MAH_OK : fail_without_number(op);
}

mah_status mah_trace(double *result, const mah_tensor *x, int64_t offset) {
  mah_tensor diagonal = {0};
  MAH_TRY(mah_tensor_check(x, "trace"));
  if (x->ndim != 2)
    return mah_fail(MAH_ERROR_SHAPE, "trace: a matrix is expected, got %s", mah_tensor_describe(x));
  MAH_TRY(mah_tensor_diagonal_of(&diagonal, x, offset, 0, 1));
  mah_status status = mah_reduce_all(result, &diagonal, MAH_REDUCE_sum, 0);
  mah_tensor_release(&diagonal);
  return status;
}

mah_status mah_reduce_integers(int64_t *result, const mah_tensor *x, int32_t op) {
  mah_tensor flat = {0};
  mah_lines l;
  MAH_TRY(one_line(&l, &flat, result, x, op));
  if (!mah_dtype_is_integer(x->elem) || (results[op] != SUM && results[op] != SAME)) {
    mah_tensor_release(&flat);
    return mah_fail(MAH_ERROR_DTYPE, "%s of %s is no integer", names[op], mah_tensor_describe(x));
  }
  reduce_integers((char *)result, sizeof *result, MAH_INT64, &l, op);
  mah_tensor_release(&flat);
  return MAH_OK;
}

static mah_status check_dim(const mah_tensor *x, int32_t dim) {
  MAH_TRY(mah_tensor_check(x, "tensor"));
  if (dim < 0 || dim >= x->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "dimension %d of a tensor with %d dimensions (%s)", dim + 1,
                    x->ndim, mah_tensor_describe(x));
  return MAH_OK;
}

static int32_t real_of(int32_t dtype) { return mah_dtype_is_integer(dtype) ? MAH_FLOAT64 : dtype; }
static int32_t sum_of(int32_t dtype) { return mah_dtype_is_integer(dtype) ? MAH_INT64 : dtype; }

static int32_t result_dtype(int32_t op, int32_t dtype) {
  switch (results[op]) {
  case SAME: return dtype;
  case INDEX: return MAH_INT32;
  case TRUTH: return MAH_BOOL;
  case SUM: return sum_of(dtype);
  default: return real_of(dtype);
  }
}

/* The lines of x along dim, or a part of them; out and x have that dimension with extent 1. */
static mah_status reduce_some(mah_tensor *out, const mah_tensor *x, mah_lines l, int32_t op,
                              double parameter) {
  mah_loop loop;
  double r[WIDTH];
  mah_convert *convert = mah_convert_row(out->elem, MAH_FLOAT64);
  MAH_TRY(mah_loop_plan(&loop, 2, (const mah_tensor *[]){out, x}));
  if (l.aside < 0) l.aside = mah_lines_go_aside(loop.count, loop.step[1], &l);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t done = 0; done < loop.count; done += l.lines) {
      l.lines = loop.count - done < WIDTH ? loop.count - done : WIDTH;
      l.across = loop.step[1];
      l.data = loop.data[1] + done * loop.step[1];
      char *to = loop.data[0] + done * loop.step[0];
      if (out->elem == MAH_INT64) { /* REAL results are float64, places int32 */
        reduce_integers(to, loop.step[0], out->elem, &l, op);
        continue;
      }
      reduce_lines(r, &l, op, parameter);
      for (int64_t j = 0; results[op] == INDEX && j < l.lines; j++)
        if (r[j] != r[j]) r[j] = -1; /* there is none */
      convert(to, loop.step[0], (const char *)r, sizeof r[0], l.lines);
    }
  return MAH_OK;
}

typedef struct each {
  mah_lines l;
  int32_t op;
  double parameter;
} each;

static void reduce_part(void *context, mah_tensor *const *part) {
  const each *e = context;
  reduce_some(part[0], part[1], e->l, e->op, e->parameter);
}

/* All of them. Which way they are folded is decided before they are shared out. */
static mah_status reduce_each(mah_tensor *out, const mah_tensor *x, mah_lines l, int32_t op,
                              double parameter) {
  const mah_tensor *operand[] = {out, x};
  mah_loop loop;
  l.aside = -1;
  if (!mah_splits(mah_tensor_count(x) * l.count) || mah_tensor_count(x) < 2)
    return reduce_some(out, x, l, op, parameter);
  MAH_TRY(mah_loop_plan(&loop, 2, operand));
  l.aside = mah_lines_go_aside(loop.count, loop.step[1], &l);
  each e = {l, op, parameter};
  return mah_split_heavy(reduce_part, &e, 2, operand, l.count, l.aside ? LINES_ASIDE : 1);
}

static void drop_dim(mah_tensor *t, int32_t dim) {
  mah_tensor view = {0};
  if (mah_tensor_squeeze(&view, t, dim) != MAH_OK) return; /* cannot be: the extent is 1 */
  mah_tensor_release(t);
  *t = view;
}

/* Of a new row of places: are they all there? */
static mah_status check_places(const mah_tensor *out, int32_t op) {
  const int32_t *place = out->data;
  int missing = 0;
  for (int64_t i = 0; i < mah_tensor_count(out); i++) missing |= place[i] < 0;
  return missing ? fail_without_number(op) : MAH_OK;
}

static mah_status check_reduction(const mah_tensor *x, int32_t op, int32_t dim) {
  MAH_TRY(check_dim(x, dim));
  MAH_TRY(check_op(x, op, x->extent[dim]));
  if (x->extent[dim] > INT32_MAX && results[op] == INDEX)
    return mah_fail(MAH_ERROR_SHAPE, "%s: dimension %d of %s is too long", names[op], dim + 1,
                    mah_tensor_describe(x));
  return MAH_OK;
}

/* The first element of each line; not a counted reference. */
static mah_tensor first_of(const mah_tensor *x, int32_t dim) {
  mah_tensor first = *x;
  first.extent[dim] = 1;
  return first;
}

static mah_lines lines_of(const mah_tensor *x, int32_t dim) {
  return (mah_lines){
      .count = x->extent[dim], .along = x->step[dim] * mah_dtype_size(x->elem), .elem = x->elem};
}

/* A view of t that has a dimension of extent 1 at `dim`; not a counted reference. */
static mah_tensor with_dim(const mah_tensor *t, int32_t dim) {
  mah_tensor view = *t;
  for (int32_t d = t->ndim; d > dim; d--) {
    view.extent[d] = t->extent[d - 1];
    view.step[d] = t->step[d - 1];
  }
  view.extent[dim] = 1;
  view.step[dim] = 0;
  view.ndim++;
  return view;
}

mah_status mah_reduce_into(mah_tensor *out, const mah_tensor *x, int32_t op, int32_t dim,
                           double parameter) {
  MAH_TRY(check_reduction(x, op, dim));
  MAH_TRY(mah_tensor_check_dtype(out, names[op], result_dtype(op, x->elem)));
  mah_tensor first = first_of(x, dim);
  mah_tensor to = out->ndim == x->ndim - 1 ? with_dim(out, dim) : *out;
  if (results[op] == INDEX || !mah_tensor_same_shape(&to, &first))
    return mah_fail(MAH_ERROR_SHAPE, "%s: out is %s, and %s is reduced along dimension %d",
                    names[op], mah_tensor_describe(out), mah_tensor_describe(x), dim + 1);
  return reduce_each(&to, &first, lines_of(x, dim), op, parameter);
}

mah_status mah_reduce(mah_tensor *out, const mah_tensor *x, int32_t op, int32_t dim, int32_t keep,
                      double parameter) {
  MAH_TRY(check_reduction(x, op, dim));
  mah_tensor first = first_of(x, dim);
  MAH_TRY(mah_tensor_new(out, result_dtype(op, x->elem), first.ndim, first.extent));
  mah_status status = reduce_each(out, &first, lines_of(x, dim), op, parameter);
  if (status == MAH_OK && results[op] == INDEX) status = check_places(out, op);
  if (status != MAH_OK) mah_tensor_release(out);
  if (status == MAH_OK && !keep) drop_dim(out, dim);
  return status;
}
