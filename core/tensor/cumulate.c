#include "tensor/cumulate.h"

#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/elementwise.h"
#include "tensor/kernels/cumulate.h"
#include "tensor/loop.h"

#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_cumulate_table, mah_cumulate_kernels);

enum {
  CHUNK = 1024, /* elements of a line, or lines side by side, that go through the buffers */
  SHORT = 16,   /* fewer lines than this are not worth going side by side */
};

/* The lines of x along dim, and those of the results, which are row major. */
typedef struct lines {
  int64_t count;           /* elements of a line */
  int64_t along[3];        /* bytes from one to the next: x, values, places */
  int32_t elem[2];         /* of x and values */
  int32_t work;            /* the kernels' number of what is computed in, MAH_WORK_F32 ... */
  int32_t work_elem;       /* and its dtype */
  int32_t op, first;       /* which one; what places count from */
  mah_convert *in_, *out_; /* to and from work_elem; NULL: the elements have it */
} lines;

enum { SUM, PRODUCT, SMALLEST, LARGEST };

typedef union cells { /* of work_elem */
  float f32[CHUNK];
  double f64[CHUNK];
  int32_t i32[CHUNK];
  int64_t i64[CHUNK];
} cells;

/* -- One line at a time ------------------------------------------------------------------------ */

/* n elements of a line as the kernels read them: where they are, or converted. */
static const void *read_row(void *buffer, const lines *l, const char *at, int64_t step, int64_t n) {
  int64_t size = mah_dtype_size(l->work_elem);
  if (!l->in_ && step == size) return at;
  mah_convert_row(l->work_elem, l->elem[0])(buffer, size, at, step, n);
  return buffer;
}

/* Writes n elements that are not there yet. */
static void write_row(const lines *l, char *at, int64_t step, const void *row, int64_t n) {
  if (row != at)
    mah_convert_row(l->elem[1], l->work_elem)(at, step, row, mah_dtype_size(l->work_elem), n);
}

static void start_with(void *best, int32_t work, int largest) {
  static const float f32[] = {INFINITY, -INFINITY};
  static const double f64[] = {INFINITY, -INFINITY};
  static const int32_t i32[] = {INT32_MAX, INT32_MIN};
  static const int64_t i64[] = {INT64_MAX, INT64_MIN};
  const void *const starts[] = {f32 + largest, f64 + largest, i32 + largest, i64 + largest};
  memcpy(best, starts[work], work == MAH_WORK_F32 || work == MAH_WORK_I32 ? 4 : 8);
}

/* Where the kernels write: into the line itself when it lies as they want it, else here. */
static void *target_of(cells *buffer, const lines *l, char *to) {
  return !l->out_ && l->along[1] == mah_dtype_size(l->work_elem) ? (void *)to : (void *)buffer;
}

static int64_t next_chunk(const lines *l, int64_t done) {
  return l->count - done < CHUNK ? l->count - done : CHUNK;
}

/* What sums and products begin with, in the form in which they are computed. */
typedef union start {
  double real;
  int64_t integer;
} start;

static start first_total(const lines *l) {
  start s;
  if (l->work == MAH_WORK_I64)
    s.integer = l->op == PRODUCT;
  else
    s.real = l->op == PRODUCT;
  return s;
}

static void sums_along(const lines *l, const char *from, char *to) {
  const mah_cumulate_table *table = MAH_PICK(mah_cumulate_kernels);
  mah_running_row *run = (l->op == SUM ? table->sum : table->product)[l->work];
  cells in, out;
  start total = first_total(l);
  for (int64_t done = 0, n; done < l->count; done += n) {
    n = next_chunk(l, done);
    char *target = to + done * l->along[1];
    void *result = target_of(&out, l, target);
    run(result, read_row(&in, l, from + done * l->along[0], l->along[0], n), n, &total);
    write_row(l, target, l->along[1], result, n);
  }
}

static void extremes_along(const lines *l, const char *from, char *to, char *place) {
  const mah_cumulate_table *table = MAH_PICK(mah_cumulate_kernels);
  mah_extreme_row *run = (l->op == LARGEST ? table->largest : table->smallest)[l->work];
  cells in, out, best;
  int32_t places[CHUNK], at = l->first;
  int in_a_row = l->along[2] == (int64_t)sizeof *places;
  start_with(&best, l->work, l->op == LARGEST);
  for (int64_t done = 0, n; done < l->count; done += n) {
    n = next_chunk(l, done);
    char *target = to + done * l->along[1];
    void *result = target_of(&out, l, target);
    const void *row = read_row(&in, l, from + done * l->along[0], l->along[0], n);
    char *there = place + done * l->along[2];
    int32_t *found = in_a_row ? (int32_t *)(void *)there : places;
    run(result, found, row, n, &best, &at, l->first + (int32_t)done);
    write_row(l, target, l->along[1], result, n);
    if (!in_a_row)
      mah_convert_row(MAH_INT32, MAH_INT32)(there, l->along[2], (char *)places, sizeof *places, n);
  }
}

/* -- Lines side by side: `across` bytes from one to the next ----------------------------------- */

static void sums_aside(const lines *l, int64_t n, const char *from, int64_t across, char *to) {
  const mah_cumulate_table *table = MAH_PICK(mah_cumulate_kernels);
  mah_running_side *run = (l->op == SUM ? table->sum_side : table->product_side)[l->work];
  start acc[CHUNK], one = first_total(l);
  cells in, out;
  for (int64_t j = 0; j < n; j++) acc[j] = one;
  for (int64_t i = 0; i < l->count; i++, from += l->along[0], to += l->along[1]) {
    void *result = l->out_ ? (void *)&out : (void *)to;
    run(acc, result, read_row(&in, l, from, across, n), n);
    write_row(l, to, mah_dtype_size(l->elem[1]), result, n);
  }
}

static void extremes_aside(const lines *l, int64_t n, const char *from, int64_t across, char *to,
                           char *place) {
  const mah_cumulate_table *table = MAH_PICK(mah_cumulate_kernels);
  mah_extreme_side *run = (l->op == LARGEST ? table->largest_side : table->smallest_side)[l->work];
  cells best, in, out;
  int32_t at[CHUNK];
  int64_t size = mah_dtype_size(l->work_elem);
  for (int64_t j = 0; j < n; j++) {
    start_with((char *)&best + j * size, l->work, l->op == LARGEST);
    at[j] = l->first;
  }
  for (int64_t i = 0; i < l->count; i++) {
    void *result = l->out_ ? (void *)&out : (void *)to;
    run(result, (int32_t *)(void *)place, read_row(&in, l, from, across, n), n, &best, at,
        l->first + (int32_t)i);
    write_row(l, to, mah_dtype_size(l->elem[1]), result, n);
    from += l->along[0], to += l->along[1], place += l->along[2];
  }
}

/* n lines, whose results lie side by side. */
static void aside(const lines *l, int64_t n, const char *from, int64_t across, char *to,
                  char *place_) {
  if (l->op < SMALLEST)
    sums_aside(l, n, from, across, to);
  else
    extremes_aside(l, n, from, across, to, place_);
}

/* -- All of them ------------------------------------------------------------------------------- */

static int goes_aside(const lines *l, const mah_loop *loop) {
  return loop->count >= SHORT && loop->step[0] < l->along[0] &&
         loop->step[1] == mah_dtype_size(l->elem[1]);
}

static mah_status each_line(const lines *l, const mah_tensor *x, const mah_tensor *values,
                            const mah_tensor *place_, int32_t dim) {
  mah_loop loop;
  mah_tensor first[3] = {*x, *values, place_ ? *place_ : *values}; /* not counted references */
  for (int i = 0; i < 3; i++) first[i].extent[dim] = 1;
  MAH_TRY(mah_loop_plan(&loop, 3, (const mah_tensor *[]){&first[0], &first[1], &first[2]}));
  int together = goes_aside(l, &loop);
  for (int more = loop.rows > 0; more; more = mah_loop_next(&loop))
    for (int64_t j = 0, n; j < loop.count; j += n) {
      const char *from = loop.data[0] + j * loop.step[0];
      char *to = loop.data[1] + j * loop.step[1], *at = loop.data[2] + j * loop.step[2];
      n = !together ? 1 : loop.count - j < CHUNK ? loop.count - j : CHUNK;
      if (together)
        aside(l, n, from, loop.step[0], to, at);
      else if (l->op < SMALLEST)
        sums_along(l, from, to);
      else
        extremes_along(l, from, to, at);
    }
  return MAH_OK;
}

static mah_status check_dim(const mah_tensor *x, int32_t dim, const char *function) {
  MAH_TRY(mah_tensor_check(x, function));
  if (dim < 0 || dim >= x->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: dimension %d of %s", function, dim + 1,
                    mah_tensor_describe(x));
  return MAH_OK;
}

static lines plan_lines(const mah_tensor *x, const mah_tensor *values, int32_t dim, int32_t work) {
  static const int32_t dtypes[MAH_WORKS] = {MAH_FLOAT32, MAH_FLOAT64, MAH_INT32, MAH_INT64};
  lines l = {.count = x->extent[dim],
             .along = {x->step[dim] * mah_dtype_size(x->elem),
                       values->step[dim] * mah_dtype_size(values->elem),
                       values->step[dim] * (int64_t)sizeof(int32_t)},
             .elem = {x->elem, values->elem},
             .work = work,
             .work_elem = dtypes[work]};
  if (l.work_elem != x->elem) l.in_ = mah_convert_row(l.work_elem, x->elem);
  if (l.work_elem != values->elem) l.out_ = mah_convert_row(values->elem, l.work_elem);
  return l;
}

/* What extremes are looked for in, and floats are added up from. */
static int32_t work_of(int32_t dtype) {
  switch (dtype) {
  case MAH_FLOAT64: return MAH_WORK_F64;
  case MAH_INT64: return MAH_WORK_I64;
  default: return mah_dtype_is_integer(dtype) ? MAH_WORK_I32 : MAH_WORK_F32;
  }
}

static mah_status cumulate(mah_tensor *out, const mah_tensor *x, int32_t dim, int op,
                           const char *function) {
  MAH_TRY(check_dim(x, dim, function));
  int32_t dtype = mah_dtype_is_integer(x->elem) ? MAH_INT64 : x->elem;
  MAH_TRY(mah_tensor_new(out, dtype, x->ndim, x->extent));
  if (mah_tensor_count(x) == 0) return MAH_OK;
  lines l = plan_lines(x, out, dim, work_of(dtype));
  l.op = op;
  mah_status status = each_line(&l, x, out, NULL, dim);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

mah_status mah_cumsum(mah_tensor *out, const mah_tensor *x, int32_t dim) {
  return cumulate(out, x, dim, SUM, "cumsum");
}

mah_status mah_cumprod(mah_tensor *out, const mah_tensor *x, int32_t dim) {
  return cumulate(out, x, dim, PRODUCT, "cumprod");
}

mah_status mah_cumulate_extreme(mah_tensor *values, mah_tensor *place, const mah_tensor *x,
                                int32_t dim, int32_t largest, int32_t first) {
  const char *function = largest ? "cummax" : "cummin";
  MAH_TRY(check_dim(x, dim, function));
  if (x->extent[dim] > INT32_MAX - 1)
    return mah_fail(MAH_ERROR_SHAPE, "%s: dimension %d of %s is too long", function, dim + 1,
                    mah_tensor_describe(x));
  MAH_TRY(mah_tensor_new(values, x->elem, x->ndim, x->extent));
  mah_status status = mah_tensor_new(place, MAH_INT32, x->ndim, x->extent);
  if (status == MAH_OK && mah_tensor_count(x) > 0) {
    lines l = plan_lines(x, values, dim, work_of(x->elem));
    l.op = largest ? LARGEST : SMALLEST;
    l.first = first;
    status = each_line(&l, x, values, place, dim);
  }
  if (status != MAH_OK) mah_tensor_release(values);
  if (status != MAH_OK) mah_tensor_release(place);
  return status;
}

/* -- Differences ------------------------------------------------------------------------------- */

mah_status mah_diff(mah_tensor *out, const mah_tensor *x, int32_t dim) {
  MAH_TRY(check_dim(x, dim, "diff"));
  mah_tensor later = *x, earlier = *x; /* not counted references */
  int64_t n = x->extent[dim] > 0 ? x->extent[dim] - 1 : 0;
  later.extent[dim] = earlier.extent[dim] = n;
  if (n == 0) return mah_tensor_new(out, x->elem, x->ndim, later.extent);
  later.data = (char *)later.data + later.step[dim] * mah_dtype_size(x->elem);
  int32_t op = x->elem == MAH_BOOL ? MAH_OP_ne : MAH_OP_sub;
  return mah_binary(out, op, &later, &earlier, 0);
}
