#include "learn/compressed.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "learn/batch.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Rows are compressed in tasks of so many; the first walk counts, the second one writes. */
enum { TASK_ROWS = 512, MAX_CODES = 255, FARTHEST = 255, MAX_COLUMNS = (1 << 24) - 1 };

/* -- Values to codes ---------------------------------------------------------------------------
 *
 * A hash table of bit patterns with twice the room and linear probing.
 */
enum { SLOTS = 2048, SLOT_BITS = 11 };

typedef struct codes {
  int32_t count; /* MAX_CODES + 1: more than there is room for */
  uint64_t bits[MAX_CODES];
  int16_t slot[SLOTS]; /* code + 1, 0: free */
} codes;

static uint64_t bits_of(const void *values, int32_t dtype, int64_t i) {
  uint64_t wide;
  uint32_t narrow;
  if (dtype == MAH_FLOAT64) return memcpy(&wide, (const double *)values + i, sizeof wide), wide;
  return memcpy(&narrow, (const float *)values + i, sizeof narrow), narrow;
}

/* Where the pattern is, or belongs. */
static int find_slot(const codes *c, uint64_t bits) {
  uint32_t i = (uint32_t)((bits * 0x9E3779B97F4A7C15ull) >> (64 - SLOT_BITS));
  while (c->slot[i] != 0 && c->bits[c->slot[i] - 1] != bits) i = (i + 1) % SLOTS;
  return (int)i;
}

static void add_code(codes *c, uint64_t bits) {
  if (c->count > MAX_CODES) return;
  int i = find_slot(c, bits);
  if (c->slot[i] != 0) return;
  if (c->count < MAX_CODES) {
    c->bits[c->count] = bits;
    c->slot[i] = (int16_t)(c->count + 1);
  }
  c->count++;
}

/* -- Walking over the rows --------------------------------------------------------------------- */

typedef struct walk {
  const mah_tensor *x;
  double scale;
  const mah_learn_kernels *kernels;
  mah_compressed *c;
  int32_t tasks;
  codes *found;      /* per task; the first one is everybody's in the second walk */
  void *buffer;      /* per task: a row as reals, one's elements' values */
  uint32_t *element; /* per task: one's elements */
  uint32_t *pairs;   /* per row: how many it would take */
} walk;

static void *row_buffer(const walk *w, int32_t task, int which) {
  int64_t size = mah_dtype_size(w->c->dtype), room = w->c->columns + MAH_SLACK;
  return (char *)w->buffer + (2 * task + which) * room * size;
}

static uint32_t *elements_of(const walk *w, int32_t task) {
  return w->element + task * (w->c->columns + MAH_SLACK);
}

/* Compresses row r into the task's buffers; returns the number of elements. */
static int64_t compress_row(const walk *w, int32_t task, int64_t r) {
  const mah_tensor *x = w->x;
  const mah_compressed *c = w->c;
  mah_batch one = {.x = x, .count = c->rows};
  const void *row = (const char *)x->data + r * x->step[0] * mah_dtype_size(x->elem);
  if (x->elem != c->dtype) {
    void *converted = row_buffer(w, task, 0);
    mah_batch_gather(converted, c->dtype, x, &one, r, 1); /* cannot fail: r is a row */
    row = converted;
  }
  return w->kernels->find(elements_of(w, task), row_buffer(w, task, 1), row, c->columns);
}

static int64_t end_of(const walk *w, int32_t task) {
  int64_t end = (int64_t)(task + 1) * TASK_ROWS;
  return end < w->c->rows ? end : w->c->rows;
}

/* Pairs that only go on to the next element, which is far away. */
static uint32_t count_strides(const uint32_t *element, int64_t n) {
  uint32_t strides = 0, column = 0;
  for (int64_t e = 0; e < n; e++) {
    uint32_t next = element[e] / MAH_CODES;
    if (next - column > FARTHEST) strides += (next - column - 1) / FARTHEST;
    column = next;
  }
  return strides;
}

static void count_task(void *context, int32_t task) {
  const walk *w = context;
  const void *values = row_buffer(w, task, 1);
  for (int64_t r = (int64_t)task * TASK_ROWS; r < end_of(w, task); r++) {
    int64_t n = compress_row(w, task, r);
    w->c->start[r + 1] = (uint32_t)n;
    w->pairs[r] = (uint32_t)n + count_strides(elements_of(w, task), n);
    for (int64_t e = 0; e < n && w->found[task].count <= MAX_CODES; e++)
      add_code(&w->found[task], bits_of(values, w->c->dtype, e));
  }
}

static void write_pairs(const walk *w, uint16_t *pair, const uint32_t *element, const void *values,
                        int64_t n) {
  uint32_t column = 0;
  for (int64_t e = 0; e < n; e++) {
    uint32_t next = element[e] / MAH_CODES;
    for (; next - column > FARTHEST; column += FARTHEST) *pair++ = FARTHEST;
    int code = w->found->slot[find_slot(w->found, bits_of(values, w->c->dtype, e))];
    *pair++ = (uint16_t)(next - column + 256 * (uint32_t)code);
    column = next;
  }
}

static void write_task(void *context, int32_t task) {
  const walk *w = context;
  mah_compressed *c = w->c;
  size_t size = (size_t)mah_dtype_size(c->dtype);
  const void *values = row_buffer(w, task, 1);
  for (int64_t r = (int64_t)task * TASK_ROWS; r < end_of(w, task); r++) {
    int64_t n = compress_row(w, task, r), at = c->start[r];
    if (c->coded) {
      write_pairs(w, c->pair + at, elements_of(w, task), values, n);
      continue;
    }
    memcpy(c->element + at, elements_of(w, task), (size_t)n * sizeof *c->element);
    memcpy((char *)c->value + (size_t)at * size, values, (size_t)n * size);
  }
}

/* -- Making ------------------------------------------------------------------------------------ */

static void merge_codes(const walk *w) {
  for (int32_t t = 1; t < w->tasks; t++) {
    if (w->found[t].count > MAX_CODES) w->found->count = MAX_CODES + 1;
    for (int32_t i = 0; w->found->count <= MAX_CODES && i < w->found[t].count; i++)
      add_code(w->found, w->found[t].bits[i]);
  }
}

/* Turns counts into places; 0 where x is better taken as it is. */
static int add_up_counts(const walk *w, double most) {
  mah_compressed *c = w->c;
  uint64_t total = 0, elements = 0;
  for (int64_t r = 0; r < c->rows; r++) {
    elements += c->start[r + 1];
    total += c->coded ? w->pairs[r] : c->start[r + 1];
    if (total > UINT32_MAX) return 0;
    c->start[r + 1] = (uint32_t)total;
  }
  return (double)elements <= most * (double)c->rows * (double)c->columns;
}

static void fill_table(const walk *w) {
  memset(w->c->value, 0, (MAX_CODES + 1) * (size_t)mah_dtype_size(w->c->dtype));
  for (int32_t i = 0; i < w->found->count; i++) {
    uint32_t narrow = (uint32_t)w->found->bits[i];
    if (w->c->dtype == MAH_FLOAT64)
      memcpy((double *)w->c->value + i + 1, &w->found->bits[i], sizeof(double));
    else
      memcpy((float *)w->c->value + i + 1, &narrow, sizeof narrow);
  }
}

static mah_status write_elements(walk *w) {
  mah_compressed *c = w->c;
  int64_t total = c->start[c->rows], values = c->coded ? MAX_CODES + 1 : total;
  c->value = mah_alloc(values, (size_t)mah_dtype_size(c->dtype));
  if (c->coded)
    c->pair = mah_alloc(total, sizeof *c->pair);
  else
    c->element = mah_alloc(total, sizeof *c->element);
  if (c->value == NULL || (c->coded ? c->pair == NULL : c->element == NULL))
    return MAH_ERROR_MEMORY;
  if (c->coded) fill_table(w);
  mah_parallel_run(write_task, w, w->tasks);
  if (w->x->elem == MAH_UINT8 || w->x->elem == MAH_INT32)
    mah_compressed_scale(c->value, c->dtype, values, w->scale);
  return MAH_OK;
}

static mah_status compress(walk *w, double most, int *worth_it) {
  mah_compressed *c = w->c;
  int64_t room = c->columns + MAH_SLACK;
  c->start = mah_alloc_zero(c->rows + 1, sizeof *c->start);
  w->pairs = mah_alloc(c->rows, sizeof *w->pairs);
  w->found = mah_alloc_zero(w->tasks, sizeof *w->found);
  w->buffer = mah_alloc(2 * w->tasks * room, (size_t)mah_dtype_size(c->dtype));
  w->element = mah_alloc(w->tasks * room, sizeof *w->element);
  if (c->start == NULL || w->pairs == NULL || w->found == NULL || w->buffer == NULL ||
      w->element == NULL)
    return MAH_ERROR_MEMORY;
  mah_parallel_run(count_task, w, w->tasks);
  merge_codes(w);
  c->coded = w->found->count <= MAX_CODES;
  *worth_it = add_up_counts(w, most);
  return *worth_it ? write_elements(w) : MAH_OK;
}

mah_status mah_compressed_new(mah_compressed **out, const mah_tensor *x, double scale,
                              int32_t dtype, double most) {
  MAH_TRY(mah_tensor_check(x, "x"));
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the result");
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "compressed inputs are float32 or float64, not %s",
                    mah_dtype_name(dtype));
  if (x->ndim != 2)
    return mah_fail(MAH_ERROR_SHAPE, "x: a matrix is expected, got %s", mah_tensor_describe(x));
  *out = NULL;
  if (x->extent[0] == 0 || x->extent[1] > MAX_COLUMNS || x->step[1] != 1 ||
      x->extent[0] / TASK_ROWS >= INT32_MAX)
    return MAH_OK;
  mah_compressed *c = mah_alloc_zero(1, sizeof *c);
  if (c == NULL) return MAH_ERROR_MEMORY;
  *c = (mah_compressed){.dtype = dtype, .rows = x->extent[0], .columns = x->extent[1]};
  walk w = {.x = x, .scale = scale, .kernels = mah_learn(dtype), .c = c};
  w.tasks = (int32_t)((c->rows + TASK_ROWS - 1) / TASK_ROWS);
  int worth_it = 0;
  mah_status status = compress(&w, most, &worth_it);
  mah_free(w.found);
  mah_free(w.buffer);
  mah_free(w.element);
  mah_free(w.pairs);
  if (status == MAH_OK && worth_it)
    *out = c;
  else
    mah_compressed_free(c);
  return status;
}

void mah_compressed_free(mah_compressed *c_) {
  if (c_ == NULL) return;
  mah_free(c_->start);
  mah_free(c_->pair);
  mah_free(c_->element);
  mah_free(c_->value);
  mah_free(c_);
}

int64_t mah_compressed_bytes(const mah_compressed *c) {
  int64_t total = c->start[c->rows], size = mah_dtype_size(c->dtype);
  int64_t each = c->coded ? (int64_t)sizeof *c->pair : (int64_t)sizeof *c->element + size;
  return (c->rows + 1) * (int64_t)sizeof *c->start + total * each;
}

/* x / 255 is not quite x * (1 / 255). */
void mah_compressed_scale(void *values, int32_t dtype, int64_t n, double scale) {
  double whole = round(1 / scale);
  int divides = whole != 0 && fabs(whole * scale - 1) < 1e-15;
  double by = divides ? whole : scale;
  if (dtype == MAH_FLOAT32)
    for (float *v = values; n > 0; n--, v++)
      *v = (float)(divides ? (double)*v / by : (double)*v * by);
  else
    for (double *v = values; n > 0; n--, v++) *v = divides ? *v / by : *v * by;
}
