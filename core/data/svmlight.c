#include "data/svmlight.h"

#include "base/memory.h"
#include "base/text.h"
#include "data/table/input.h"
#include "data/table/number.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 20 }; /* bytes of text at a time, unless a line is longer */

typedef struct list {
  void *data;
  int64_t count, room;
  size_t size; /* bytes of one */
} list;

typedef struct reader {
  const char *path;
  const mah_svmlight_options *o;
  mah_input input;
  char *text;
  int64_t size, room, line;
  int is_last; /* nothing follows the text */
  /* what was read */
  list start;          /* int64 (rows): the row's first element */
  list index, value;   /* int32, double: of each element */
  list y, count, qid;  /* double, int64 (rows), int64 (rows) */
  int64_t least, most; /* of the indices; INT32_MAX and -1: none so far */
} reader;

/* -- Lists ------------------------------------------------------------------------------------- */

static mah_status append(list *l, const void *item) {
  if (l->count == l->room) {
    int64_t room = l->room ? 2 * l->room : 256;
    char *larger = mah_alloc(room, l->size);
    if (larger == NULL) return MAH_ERROR_MEMORY;
    if (l->count > 0) memcpy(larger, l->data, (size_t)l->count * l->size);
    mah_free(l->data);
    l->data = larger;
    l->room = room;
  }
  memcpy((char *)l->data + (size_t)l->count * l->size, item, l->size);
  l->count++;
  return MAH_OK;
}

static mah_status to_tensor(mah_tensor *out, const list *l, int32_t dtype) {
  MAH_TRY(mah_tensor_new(out, dtype, 1, &l->count));
  if (l->count > 0) memcpy(out->data, l->data, (size_t)l->count * l->size);
  return MAH_OK;
}

/* -- Tokens ------------------------------------------------------------------------------------ */

static int is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The next token in [*at, end), which *at moves behind; 0 when there is none. */
static int next_token(const char **token, const char **at, const char *end) {
  while (*at < end && is_blank(**at)) ++*at;
  *token = *at;
  while (*at < end && !is_blank(**at)) ++*at;
  return *at > *token;
}

static mah_status fail_token(const reader *r, const char *at, const char *end, const char *what) {
  return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 ": '%.*s' is not %s", r->path, r->line,
                  (int)mah_text_cut(at, end - at, 60), at, what);
}

static int parse_number(double *out, const char *at, const char *end) {
  return mah_number_parse(out, at, end, (mah_notation){'.', '\0'});
}

static int parse_integer(int64_t *out, const char *at, const char *end) {
  return mah_integer_parse(out, at, end, (mah_notation){'.', '\0'});
}

static mah_status add_label(reader *r, const char *at, const char *end) {
  double label;
  if (!parse_number(&label, at, end)) return fail_token(r, at, end, "a label (a number)");
  return append(&r->y, &label);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* "1,3": ascending, as scikit-learn has them */
static mah_status add_labels(reader *r, const char *at, const char *end) {
  int64_t first = r->y.count;
  for (;; at++) {
    const char *comma = memchr(at, ',', (size_t)(end - at));
    const char *stop = comma != NULL ? comma : end;
    MAH_TRY(add_label(r, at, stop));
    if (comma == NULL) break;
    at = comma;
  }
  qsort((double *)r->y.data + first, (size_t)(r->y.count - first), sizeof(double), by_value);
  return MAH_OK;
}

static mah_status add_qid(reader *r, const char *at, const char *end) {
  int64_t qid;
  if (!parse_integer(&qid, at + 4, end)) return fail_token(r, at, end, "qid:INTEGER");
  return r->o->has_qid ? append(&r->qid, &qid) : MAH_OK;
}

static mah_status add_element(reader *r, const char *at, const char *end, int64_t *before) {
  const char *colon = memchr(at, ':', (size_t)(end - at));
  int64_t index;
  double value;
  if (colon == NULL || !parse_integer(&index, at, colon) || !parse_number(&value, colon + 1, end))
    return fail_token(r, at, end, "INDEX:VALUE");
  if (index < (r->o->zero_based == 0))
    return fail_token(r, at, end,
                      index < 0 ? "possible: an index below 0"
                                : "possible: with zero_based = false indices begin with 1");
  if (index >= INT32_MAX) return fail_token(r, at, end, "possible: an index above 2147483646");
  if (index <= *before)
    return fail_token(r, at, end, "in its place: indices must ascend within a row");
  *before = index;
  if (index < r->least) r->least = index;
  if (index > r->most) r->most = index;
  int32_t column = (int32_t)index;
  MAH_TRY(append(&r->index, &column));
  return append(&r->value, &value);
}

/* -- Lines ------------------------------------------------------------------------------------- */

static int is_qid(const char *at, const char *end) {
  return end - at >= 4 && memcmp(at, "qid:", 4) == 0;
}

static mah_status add_row_labels(reader *r, const char *token, const char *end) {
  int64_t before = r->y.count;
  MAH_TRY((r->o->is_multilabel ? add_labels : add_label)(r, token, end));
  int64_t count = r->y.count - before;
  return append(&r->count, &count);
}

static mah_status add_row(reader *r, const char *at, const char *end) {
  static const int64_t none = 0;
  const char *token, *hash = memchr(at, '#', (size_t)(end - at));
  int64_t before = -1;
  if (hash != NULL) end = hash;
  if (!next_token(&token, &at, end)) return MAH_OK;
  MAH_TRY(append(&r->start, &r->index.count));
  int is_unlabelled = r->o->is_multilabel && memchr(token, ':', (size_t)(at - token)) != NULL;
  if (is_unlabelled) {
    MAH_TRY(append(&r->count, &none));
    at = token;
  } else
    MAH_TRY(add_row_labels(r, token, at));
  int any = next_token(&token, &at, end), has_qid = any && is_qid(token, at);
  if (r->o->has_qid && !has_qid)
    return mah_fail(MAH_ERROR_FORMAT, "%s: line %" PRId64 " has no qid:NUMBER behind the label",
                    r->path, r->line);
  if (has_qid) {
    MAH_TRY(add_qid(r, token, at));
    any = next_token(&token, &at, end);
  }
  for (; any; any = next_token(&token, &at, end)) MAH_TRY(add_element(r, token, at, &before));
  return MAH_OK;
}

/* More of the file behind what the text has. */
static mah_status read_more(reader *r) {
  int64_t got;
  if (r->size == r->room) {
    char *larger = mah_alloc(r->room ? 2 * r->room : PIECE, 1);
    if (larger == NULL) return MAH_ERROR_MEMORY;
    if (r->size > 0) memcpy(larger, r->text, (size_t)r->size);
    mah_free(r->text);
    r->text = larger;
    r->room = r->room ? 2 * r->room : PIECE;
  }
  MAH_TRY(mah_input_read(&r->input, r->text + r->size, r->room - r->size, &got));
  r->is_last = got < r->room - r->size;
  r->size += got;
  return MAH_OK;
}

/* The lines that the text holds to their end; what is left over moves to the front. */
static mah_status add_lines(reader *r) {
  const char *at = r->text, *end = r->text + r->size;
  if (r->line == 0 && r->size >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;
  while (at < end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (stop == NULL && !r->is_last) break;
    if (stop == NULL) stop = end;
    r->line++;
    MAH_TRY(add_row(r, at, stop));
    at = stop < end ? stop + 1 : end;
  }
  r->size = end - at;
  memmove(r->text, at, (size_t)r->size);
  return MAH_OK;
}

static mah_status read_lines(reader *r) {
  do {
    MAH_TRY(read_more(r));
    MAH_TRY(add_lines(r));
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
  } while (!r->is_last);
  return MAH_OK;
}

/* -- Tensors ----------------------------------------------------------------------------------- */

/* scikit-learn's rule for "auto": from 1 when no index is 0, and there are any */
static int64_t first_column(const reader *r) {
  if (r->o->zero_based >= 0) return !r->o->zero_based;
  return r->most >= 0 && r->least > 0;
}

static mah_status count_columns(int64_t *out, const reader *r) {
  int64_t found = r->most < 0 ? 1 : r->most - first_column(r) + 1;
  *out = r->o->columns < 0 ? found : r->o->columns;
  if (*out >= found) return MAH_OK;
  return mah_fail(MAH_ERROR_FORMAT, "%s has %" PRId64 " features; n_features is %" PRId64, r->path,
                  found, r->o->columns);
}

static mah_status check_room(const reader *r, int64_t columns) {
  const double gib = 1024.0 * 1024 * 1024;
  double most = (double)r->o->most_bytes;
  double size = (double)r->start.count * (double)columns * (double)mah_dtype_size(r->o->dtype);
  if (most == 0) most = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
  if (size <= most) return MAH_OK;
  return mah_fail(
      MAH_ERROR_MEMORY,
      "%s: %" PRId64 " rows of %" PRId64 " features take %.3g GiB as a dense %s tensor, "
      "%.3g GiB are there",
      r->path, r->start.count, columns, size / gib, mah_dtype_name(r->o->dtype), most / gib);
}

static mah_status make_x(mah_tensor *x, const reader *r) {
  const int64_t *start = r->start.data, rows = r->start.count, first = first_column(r);
  const int32_t *index = r->index.data;
  const double *value = r->value.data;
  int64_t columns;
  MAH_TRY(count_columns(&columns, r));
  MAH_TRY(check_room(r, columns));
  MAH_TRY(mah_tensor_zeros(x, r->o->dtype, 2, (int64_t[]){rows, columns}));
  for (int64_t row = 0; row < rows; row++) {
    int64_t end = row + 1 < rows ? start[row + 1] : r->index.count;
    for (int64_t i = start[row]; i < end; i++) {
      int64_t at = row * columns + index[i] - first;
      if (r->o->dtype == MAH_FLOAT32)
        ((float *)x->data)[at] = (float)value[i];
      else
        ((double *)x->data)[at] = value[i];
    }
  }
  return MAH_OK;
}

static void free_reader(reader *r) {
  list *lists[] = {&r->start, &r->index, &r->value, &r->y, &r->count, &r->qid};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) mah_free(lists[i]->data);
  mah_free(r->text);
  mah_input_close(&r->input);
}

/* The rows as they were read, with columns from 0. */
static mah_status make_rows(mah_tensor *x, int64_t *columns, const reader *r) {
  mah_tensor *start = &x[0], *column = &x[1], *value = &x[2];
  int64_t rows = r->start.count, n = r->index.count, starts = rows + 1;
  const double *from = r->value.data;
  MAH_TRY(count_columns(columns, r));
  MAH_TRY(mah_tensor_new(start, MAH_INT64, 1, &starts));
  if (rows > 0) memcpy(start->data, r->start.data, (size_t)rows * sizeof(int64_t));
  ((int64_t *)start->data)[rows] = n;
  MAH_TRY(mah_tensor_new(column, MAH_INT32, 1, &n));
  MAH_TRY(mah_tensor_new(value, r->o->dtype, 1, &n));
  for (int64_t i = 0; i < n; i++) {
    ((int32_t *)column->data)[i] = (int32_t)(((int32_t *)r->index.data)[i] - first_column(r));
    if (r->o->dtype == MAH_FLOAT32)
      ((float *)value->data)[i] = (float)from[i];
    else
      ((double *)value->data)[i] = from[i];
  }
  return MAH_OK;
}

static mah_status check_call(const char *path, const mah_svmlight_options *options) {
  if (path == NULL || options == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "svmlight: tensors, a path and options are expected");
  if (options->dtype != MAH_FLOAT32 && options->dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "svmlight: float32 or float64 is expected, got %s",
                    mah_dtype_name(options->dtype));
  return MAH_OK;
}

enum { X, COLUMN, VALUE, Y, COUNT, QID, OUTS };

/* X is dense where there is no place for the number of columns. */
static mah_status load(mah_tensor *outs, int64_t *columns_, const char *path,
                       const mah_svmlight_options *options) {
  reader r = {.path = path,
              .o = options,
              .start.size = sizeof(int64_t),
              .index.size = sizeof(int32_t),
              .value.size = sizeof(double),
              .y.size = sizeof(double),
              .count.size = sizeof(int64_t),
              .qid.size = sizeof(int64_t),
              .least = INT32_MAX,
              .most = -1};
  MAH_TRY(mah_input_open(&r.input, path));
  mah_status status = read_lines(&r);
  if (status == MAH_OK)
    status = columns_ ? make_rows(&outs[X], columns_, &r) : make_x(&outs[X], &r);
  if (status == MAH_OK) status = to_tensor(&outs[Y], &r.y, MAH_FLOAT64);
  if (status == MAH_OK) status = to_tensor(&outs[COUNT], &r.count, MAH_INT64);
  if (status == MAH_OK) status = to_tensor(&outs[QID], &r.qid, MAH_INT64);
  free_reader(&r);
  for (int i = 0; i < OUTS && status != MAH_OK; i++) mah_tensor_release(&outs[i]);
  return status;
}

/* -- Both forms -------------------------------------------------------------------------------- */

static mah_status load_into(mah_tensor *const *places, int64_t *columns_, const char *path,
                            const mah_svmlight_options *options) {
  mah_tensor outs[OUTS] = {0};
  for (int i = 0; i < OUTS; i++)
    if (places[i] == NULL && (columns_ != NULL || (i != COLUMN && i != VALUE)))
      return mah_fail(MAH_ERROR_ARGUMENT, "svmlight: tensors, a path and options are expected");
  MAH_TRY(check_call(path, options));
  MAH_TRY(load(outs, columns_, path, options));
  for (int i = 0; i < OUTS; i++)
    if (places[i] != NULL) *places[i] = outs[i];
  return MAH_OK;
}

mah_status mah_svmlight_load(mah_tensor *x, mah_tensor *y, mah_tensor *count, mah_tensor *qid,
                             const char *path, const mah_svmlight_options *options) {
  return load_into((mah_tensor *[]){x, NULL, NULL, y, count, qid}, NULL, path, options);
}

mah_status mah_svmlight_load_rows(mah_tensor *start, mah_tensor *column, mah_tensor *value,
                                  int64_t *columns, mah_tensor *y, mah_tensor *count,
                                  mah_tensor *qid, const char *path,
                                  const mah_svmlight_options *options) {
  if (columns == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "svmlight: no place for the number of columns");
  return load_into((mah_tensor *[]){start, column, value, y, count, qid}, columns, path, options);
}
