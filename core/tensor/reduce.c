#include "tensor/reduce.h"

#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/integers.h"
#include "tensor/kernels/mask.h"
#include "tensor/kernels/reduce.h"
#include "tensor/loop.h"
#include "tensor/split.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_fold_table, mah_folds);
MAH_DECLARE_VARIANTS(mah_mask_table, mah_mask_kernels);

enum {
  WIDTH = 1024,        /* columns folded side by side */
  CHUNK = 1024,        /* elements of a row folded at a time, through a buffer */
  LONG_CHUNK = 16384,  /* and without one */
  PLACE_CHUNK = 4096,  /* short: it is looked at again where it has the best */
  LINES_ASIDE = 256,   /* columns that a thread folds, at least */
  SHORT = 32,          /* lines shorter than this are folded side by side */
  PAIRWISE_ROWS = 256, /* rows added up before they join the total */
  TOGETHER = 256,      /* chunks folded before their results are joined */
  STRETCH = 1 << 15,   /* elements of a line that are a task for a thread */
};

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

/* Up to WIDTH lines of `count` elements each; a line is what one result is made of. */
typedef struct lines {
  const char *data;
  int64_t lines, across; /* how many, and bytes from one to the next */
  int64_t count, along;  /* elements of a line, and bytes from one to the next */
  int32_t elem;
  int aside; /* are they folded side by side? */
} lines;

/* -- One line at a time ------------------------------------------------------------------------ */

/* n elements from `at` on, `step` bytes apart, in a row: where they are if they lie so (*kind 0:
 * float, 1: double), else as doubles in the buffer. */
static const void *in_a_row(int *kind, double *buffer, const lines *l, const char *at, int64_t step,
                            int64_t n) {
  *kind = !(l->elem == MAH_FLOAT32 && step == (int64_t)sizeof(float));
  if (*kind == 0 || (l->elem == MAH_FLOAT64 && step == (int64_t)sizeof(double))) return at;
  mah_convert_row(MAH_FLOAT64, l->elem)((char *)buffer, sizeof(double), at, step, n);
  return buffer;
}

static int64_t chunk_of(const lines *l) {
  int in_place = l->elem <= MAH_FLOAT64 && l->along == mah_dtype_size(l->elem);
  return in_place ? LONG_CHUNK : CHUNK;
}

static double join(int fold, double a, double b) {
  switch (fold) {
  case MAH_FOLD_product:
  case MAH_FOLD_nanproduct: return a * b;
  case MAH_FOLD_nansmallest:
  case MAH_FOLD_smallest: return b < a || b != b ? b : a;
  case MAH_FOLD_nanlargest:
  case MAH_FOLD_largest: return b > a || b != b ? b : a;
  default: return a + b;
  }
}

static double start_of(int fold) {
  switch (fold) {
  case MAH_FOLD_product:
  case MAH_FOLD_nanproduct: return 1;
  case MAH_FOLD_smallest:
  case MAH_FOLD_nansmallest: return INFINITY;
  case MAH_FOLD_largest:
  case MAH_FOLD_nanlargest: return -INFINITY;
  default: return 0;
  }
}

static int seeks_largest(int fold) {
  return fold == MAH_FOLD_largest || fold == MAH_FOLD_nanlargest;
}

/* Chunks of one line; some threads may fold them. */
typedef struct chunks {
  const lines *line;
  const char *at; /* the first of them */
  int fold;
  int64_t elements, length, count; /* length: of a chunk; count: chunks */
  double s, part[TOGETHER];        /* part: what each gives */
} chunks;

static void fold_chunk(chunks *c, int64_t i) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  double buffer[CHUNK];
  int64_t from = i * c->length, n = c->elements - from;
  int kind;
  if (n > c->length) n = c->length;
  const lines *l = c->line;
  const void *row = in_a_row(&kind, buffer, l, c->at + from * l->along, l->along, n);
  c->part[i] = table->row[kind][c->fold](row, n, c->s);
}

static void fold_stretch(void *context, int32_t i) {
  chunks *c = context;
  int64_t each = STRETCH / c->length, last = (i + 1) * each;
  for (int64_t j = i * each; j < last && j < c->count; j++) fold_chunk(c, j);
}

static void fold_chunks(chunks *c) {
  int64_t each = STRETCH / c->length;
  if (mah_splits(c->elements / 2)) /* folding is quick */
    mah_parallel_run(fold_stretch, c, (int32_t)((c->count + each - 1) / each));
  else
    for (int64_t i = 0; i < c->count; i++) fold_chunk(c, i);
}

/* Sums of chunks are added with Neumaier's correction. */
static double fold_long_line(int fold, const lines *l, const char *at, double s) {
  chunks c; /* not initialised: it is large */
  double total = start_of(fold), lost = 0;
  int64_t length = chunk_of(l), most = TOGETHER * length;
  int additive = join(fold, 2, 3) == 5;
  c.line = l, c.fold = fold, c.s = s, c.length = length;
  for (int64_t done = 0; done < l->count; done += c.elements) {
    c.at = at + done * l->along;
    c.elements = l->count - done < most ? l->count - done : most;
    c.count = (c.elements + length - 1) / length;
    fold_chunks(&c);
    for (int64_t i = 0; i < c.count; i++) {
      double part = c.part[i], sum = join(fold, total, part);
      if (additive && isfinite(sum))
        lost += fabs(total) >= fabs(part) ? (total - sum) + part : (part - sum) + total;
      total = sum;
    }
  }
  return total + lost;
}

/* acc[j]: line j's. A line that lies in a row, and is one chunk, is one call. */
static void fold_lines(double *acc, int fold, const lines *l, const double *s_) {
  int64_t most = chunk_of(l);
  mah_fold_row *row = MAH_PICK(mah_folds)->row[l->elem == MAH_FLOAT64][fold];
  int at_once = most == LONG_CHUNK && l->count <= most;
  for (int64_t j = 0; j < l->lines; j++) {
    const char *at = l->data + j * l->across;
    double s = s_ ? s_[j] : 0;
    acc[j] = at_once ? row(at, l->count, s) : fold_long_line(fold, l, at, s);
  }
}

/* NaN when there is none to be found: all are NaN, which are left out. */
static double place_in_line(int fold, const lines *l, const char *at) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  double buffer[CHUNK], best = NAN;
  int64_t place = -1, most = chunk_of(l) == CHUNK ? CHUNK : PLACE_CHUNK;
  int kind;
  for (int64_t done = 0, n; done < l->count; done += n, at += n * l->along) {
    n = l->count - done < most ? l->count - done : most;
    const void *row = in_a_row(&kind, buffer, l, at, l->along, n);
    double part = table->row[kind][fold](row, n, 0);
    int better = place < 0 || (seeks_largest(fold) ? part > best : part < best);
    if (!better && part == part) continue;
    int64_t first = table->first[kind](row, n, part);
    double found = kind == 0 ? (double)((const float *)row)[first] : ((const double *)row)[first];
    if (found != found && part == part) continue; /* only NaN here */
    best = part;
    place = done + first;
    if (best != best) break;
  }
  return place < 0 ? NAN : (double)place;
}

typedef struct places {
  const lines *line;
  const char *at;
  int fold;
  int64_t length; /* of a stretch */
  double place[TOGETHER];
} places;

static void find_in_stretch(void *context, int32_t i) {
  places *p = context;
  lines part = *p->line;
  int64_t from = i * p->length, left = part.count - from;
  part.count = left < p->length ? left : p->length;
  p->place[i] = (double)from + place_in_line(p->fold, &part, p->at + from * part.along);
}

/* A long line's stretches by several threads; the first of the best ones, or of NaN, wins. */
static double place_in_long_line(int fold, const lines *l, const char *at) {
  places p = {.line = l, .at = at, .fold = fold, .length = l->count / TOGETHER + STRETCH};
  int64_t stretches = (l->count + p.length - 1) / p.length;
  double best = 0, place = NAN, x;
  if (!mah_splits(l->count / 2)) return place_in_line(fold, l, at);
  mah_parallel_run(find_in_stretch, &p, (int32_t)stretches);
  for (int64_t i = 0; i < stretches && best == best; i++) {
    if (p.place[i] != p.place[i]) continue;
    mah_convert_row(MAH_FLOAT64, l->elem)((char *)&x, sizeof x, at + (int64_t)p.place[i] * l->along,
                                          l->along, 1);
    if (place == place && x == x && join(fold, best, x) == best) continue;
    place = p.place[i];
    best = x;
  }
  return place;
}

/* Where the smallest or the largest int64 of a line stands; as doubles, neighbours may be equal. */
static int64_t place_of_integer(int fold, const lines *l, const char *at) {
  int64_t best, place = 0;
  memcpy(&best, at, sizeof best);
  for (int64_t i = 1; i < l->count; i++) {
    int64_t x;
    memcpy(&x, at + i * l->along, sizeof x);
    if (seeks_largest(fold) ? x > best : x < best) best = x, place = i;
  }
  return place;
}

/* -- Lines side by side ------------------------------------------------------------------------ */

static void fold_side(double *acc, int fold, const lines *l, const double *s) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  double buffer[WIDTH], part[WIDTH];
  int kind;
  for (int64_t j = 0; j < l->lines; j++) acc[j] = start_of(fold);
  for (int64_t from = 0; from < l->count; from += PAIRWISE_ROWS) {
    int64_t to = l->count - from < PAIRWISE_ROWS ? l->count : from + PAIRWISE_ROWS;
    for (int64_t j = 0; j < l->lines; j++) part[j] = start_of(fold);
    const char *at = l->data + from * l->along;
    for (int64_t i = from, rows; i < to; i += rows, at += rows * l->along) {
      const void *row = in_a_row(&kind, buffer, l, at, l->across, l->lines);
      rows = row == at ? to - i : 1;
      table->side[kind][fold](part, row, rows, l->along, s, l->lines);
    }
    for (int64_t j = 0; j < l->lines; j++) acc[j] = join(fold, acc[j], part[j]);
  }
}

static void place_side(double *place, int fold, const lines *l) {
  const mah_fold_table *table = MAH_PICK(mah_folds);
  mah_fold_place *note = fold == MAH_FOLD_largest       ? table->place_largest
                         : fold == MAH_FOLD_smallest    ? table->place_smallest
                         : fold == MAH_FOLD_nansmallest ? table->place_nansmallest
                                                        : table->place_nanlargest;
  mah_convert *convert = mah_convert_row(MAH_FLOAT64, l->elem);
  double x[WIDTH], acc[WIDTH];
  convert((char *)acc, sizeof acc[0], l->data, l->across, l->lines);
  memset(place, 0, sizeof place[0] * (size_t)l->lines);
  for (int64_t i = 1; i < l->count; i++) {
    convert((char *)x, sizeof x[0], l->data + i * l->along, l->across, l->lines);
    note(acc, place, x, (double)i, l->lines);
  }
  int leaves_nan = fold == MAH_FOLD_nansmallest || fold == MAH_FOLD_nanlargest;
  for (int64_t j = 0; leaves_nan && j < l->lines; j++)
    if (acc[j] != acc[j]) place[j] = NAN;
}

/* -- Either way -------------------------------------------------------------------------------- */

/* Side by side when that runs through memory in smaller steps, or when the lines are very short. */
static int goes_across(int64_t how_many, int64_t across, const lines *l) {
  return how_many > 1 && (across < l->along || l->count < SHORT);
}

static void fold(double *acc, int how, const lines *l, const double *s_) {
  if (l->aside) {
    fold_side(acc, how, l, s_);
    return;
  }
  fold_lines(acc, how, l, s_);
}

static void find(double *place, int how, const lines *l) {
  if (l->elem == MAH_INT64) {
    for (int64_t j = 0; j < l->lines; j++)
      place[j] = (double)place_of_integer(how, l, l->data + j * l->across);
    return;
  }
  if (l->aside) {
    place_side(place, how, l);
    return;
  }
  for (int64_t j = 0; j < l->lines; j++)
    place[j] = place_in_long_line(how, l, l->data + j * l->across);
}

/* r[j] = sqrt(sum (x - s[j])^2 / divisor), or without the root */
static void spread(double *r, const lines *l, const double *s, double divisor, int root) {
  fold(r, MAH_FOLD_squares, l, s);
  for (int64_t j = 0; j < l->lines; j++) {
    r[j] = divisor > 0 ? r[j] / divisor : NAN;
    if (root) r[j] = sqrt(r[j]);
  }
}

static void logsumexp(double *r, const lines *l) {
  double most[WIDTH], s[WIDTH];
  fold(most, MAH_FOLD_largest, l, NULL);
  for (int64_t j = 0; j < l->lines; j++) s[j] = isfinite(most[j]) ? most[j] : 0;
  fold(r, MAH_FOLD_exps, l, s);
  for (int64_t j = 0; j < l->lines; j++) r[j] = isfinite(most[j]) ? most[j] + log(r[j]) : most[j];
}

/* r[j] = how many are not 0; bytes are counted as bytes. */
static void count_nonzero(double *r, const lines *l) {
  if (l->aside || mah_dtype_size(l->elem) > 1) {
    fold(r, MAH_FOLD_nonzero, l, NULL);
    return;
  }
  mah_mask_count *count = MAH_PICK(mah_mask_kernels)->count[l->elem];
  for (int64_t j = 0; j < l->lines; j++)
    r[j] = (double)count(l->data + j * l->across, l->along, l->count);
}

/* -- Without NaN ------------------------------------------------------------------------------- */

/* The extremes; NaN where there is no number. */
static void extremes_of_numbers(double *r, const lines *l, int how) {
  double count[WIDTH];
  int doubtful = 0;
  fold(r, how, l, NULL);
  for (int64_t j = 0; j < l->lines; j++) doubtful |= r[j] == start_of(how);
  if (!doubtful) return;
  fold(count, MAH_FOLD_numbers, l, NULL);
  for (int64_t j = 0; j < l->lines; j++)
    if (count[j] == 0) r[j] = NAN;
}

/* The means, or what the numbers spread about them. */
static void moments_of_numbers(double *r, const lines *l, int32_t op, double parameter) {
  double count[WIDTH], mean[WIDTH];
  fold(count, MAH_FOLD_numbers, l, NULL);
  fold(mean, MAH_FOLD_nansum, l, NULL);
  for (int64_t j = 0; j < l->lines; j++) r[j] = mean[j] /= count[j];
  if (op == MAH_REDUCE_nanmean) return;
  fold(r, MAH_FOLD_nansquares, l, mean);
  for (int64_t j = 0; j < l->lines; j++) {
    double divisor = count[j] - parameter;
    r[j] = divisor > 0 ? r[j] / divisor : NAN;
    if (op == MAH_REDUCE_nanstd) r[j] = sqrt(r[j]);
  }
}

/* -- All of them ------------------------------------------------------------------------------- */

static void reduce_lines(double *r, const lines *l, int32_t op, double parameter) {
  double n = (double)l->count, s[WIDTH];
  switch (op) {
  case MAH_REDUCE_sum: fold(r, MAH_FOLD_sum, l, NULL); break;
  case MAH_REDUCE_prod: fold(r, MAH_FOLD_product, l, NULL); break;
  case MAH_REDUCE_min: fold(r, MAH_FOLD_smallest, l, NULL); break;
  case MAH_REDUCE_max: fold(r, MAH_FOLD_largest, l, NULL); break;
  case MAH_REDUCE_argmin: find(r, MAH_FOLD_smallest, l); break;
  case MAH_REDUCE_argmax: find(r, MAH_FOLD_largest, l); break;
  case MAH_REDUCE_norm:
    memset(s, 0, sizeof s);
    spread(r, l, s, 1, 1);
    break;
  case MAH_REDUCE_logsumexp: logsumexp(r, l); break;
  case MAH_REDUCE_mean:
    fold(r, MAH_FOLD_sum, l, NULL);
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
  case MAH_REDUCE_nansum: fold(r, MAH_FOLD_nansum, l, NULL); break;
  case MAH_REDUCE_nanprod: fold(r, MAH_FOLD_nanproduct, l, NULL); break;
  case MAH_REDUCE_nanmin: extremes_of_numbers(r, l, MAH_FOLD_nansmallest); break;
  case MAH_REDUCE_nanmax: extremes_of_numbers(r, l, MAH_FOLD_nanlargest); break;
  case MAH_REDUCE_nanargmin: find(r, MAH_FOLD_nansmallest, l); break;
  case MAH_REDUCE_nanargmax: find(r, MAH_FOLD_nanlargest, l); break;
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
static void copy_extremes(char *out, int64_t out_step, const lines *l, int how) {
  for (int64_t j = 0; j < l->lines; j++) {
    const char *at = l->data + j * l->across;
    memcpy(out + j * out_step, at + place_of_integer(how, l, at) * l->along, sizeof(int64_t));
  }
}

/* The sum, product, min or max of each of at most WIDTH lines of integers, as `dtype`. */
static void reduce_integers(char *out, int64_t out_step, int32_t dtype, const lines *l,
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
static mah_status one_line(lines *l, mah_tensor *flat, const void *result, const mah_tensor *x,
                           int32_t op) {
  MAH_TRY(mah_tensor_check(x, "tensor"));
  if (result == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "result: a null pointer");
  MAH_TRY(check_op(x, op, mah_tensor_count(x)));
  mah_tensor view = *x; /* not a counted reference */
  if (results[op] != INDEX) sort_by_step(&view);
  int contiguous = view.ndim == 1 || mah_tensor_is_contiguous(&view);
  if (!contiguous) MAH_TRY(mah_tensor_clone(flat, &view));
  *l = (lines){.data = contiguous ? x->data : flat->data,
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
  lines l;
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
  lines l;
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
static mah_status reduce_some(mah_tensor *out, const mah_tensor *x, lines l, int32_t op,
                              double parameter) {
  mah_loop loop;
  double r[WIDTH];
  mah_convert *convert = mah_convert_row(out->elem, MAH_FLOAT64);
  MAH_TRY(mah_loop_plan(&loop, 2, (const mah_tensor *[]){out, x}));
  if (l.aside < 0) l.aside = goes_across(loop.count, loop.step[1], &l);
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
  lines l;
  int32_t op;
  double parameter;
} each;

static void reduce_part(void *context, mah_tensor *const *part) {
  const each *e = context;
  reduce_some(part[0], part[1], e->l, e->op, e->parameter);
}

/* All of them. Which way they are folded is decided before they are shared out. */
static mah_status reduce_each(mah_tensor *out, const mah_tensor *x, lines l, int32_t op,
                              double parameter) {
  const mah_tensor *operand[] = {out, x};
  mah_loop loop;
  l.aside = -1;
  if (!mah_splits(mah_tensor_count(x) * l.count) || mah_tensor_count(x) < 2)
    return reduce_some(out, x, l, op, parameter);
  MAH_TRY(mah_loop_plan(&loop, 2, operand));
  l.aside = goes_across(loop.count, loop.step[1], &l);
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

mah_status mah_reduce(mah_tensor *out, const mah_tensor *x, int32_t op, int32_t dim, int32_t keep,
                      double parameter) {
  MAH_TRY(check_dim(x, dim));
  MAH_TRY(check_op(x, op, x->extent[dim]));
  if (x->extent[dim] > INT32_MAX && results[op] == INDEX)
    return mah_fail(MAH_ERROR_SHAPE, "%s: dimension %d of %s is too long", names[op], dim + 1,
                    mah_tensor_describe(x));
  lines l = {
      .count = x->extent[dim], .along = x->step[dim] * mah_dtype_size(x->elem), .elem = x->elem};
  mah_tensor first = *x; /* the first element of each line; not a counted reference */
  first.extent[dim] = 1;
  MAH_TRY(mah_tensor_new(out, result_dtype(op, x->elem), first.ndim, first.extent));
  mah_status status = reduce_each(out, &first, l, op, parameter);
  if (status == MAH_OK && results[op] == INDEX) status = check_places(out, op);
  if (status != MAH_OK) mah_tensor_release(out);
  if (status == MAH_OK && !keep) drop_dim(out, dim);
  return status;
}
