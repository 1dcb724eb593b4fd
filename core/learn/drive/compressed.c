#include "learn/drive/compressed.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "learn/drive/rows.h"
#include "learn/kernels/kernels.h"

#include <math.h>
#include <string.h>

/* Rows are encoded in tasks of so many. */
enum { TASK_ROWS = 512, MAX_CODES = MAH_CODES - 1 };

/* The number of a pair of columns takes 16 bits of an element. */
enum { MAX_COMPRESSED_COLUMNS = 2 << 16 };

/* -- Values to codes ---------------------------------------------------------------------------
 *
 * A hash table of bit patterns with room to spare and linear probing.
 */
enum { SLOTS = 2048, SLOT_BITS = 11 };

typedef struct codes {
  int32_t count;    /* MAX_CODES + 1: more than there is room for */
  int64_t elements; /* that are not zero */
  uint64_t bits[MAX_CODES];
  uint8_t slot[SLOTS]; /* code, 1 ... MAX_CODES; 0: free */
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
  int i = find_slot(c, bits);
  if (c->slot[i] != 0 || c->count > MAX_CODES) return;
  if (c->count < MAX_CODES) {
    c->bits[c->count] = bits;
    c->slot[i] = (uint8_t)(c->count + 1);
  }
  c->count++;
}

/* -0 is 0, too. */
static int is_zero(uint64_t bits, int32_t dtype) {
  return bits << (dtype == MAH_FLOAT64 ? 1 : 33) == 0;
}

/* -- Walking over the rows: the first walk counts, the second one writes ----------------------- */

typedef struct walk {
  const mah_tensor *x;
  const mah_learn_kernels *kernels;
  mah_compressed *c;
  int32_t tasks;
  codes *found;      /* per task; the first one is everybody's in the second walk */
  void *buffer;      /* per task: a row as reals, and its elements' values */
  uint32_t *element; /* per task: the row's elements */
} walk;

/* Elements that a row may have, with what nonzeros_find may write too many. */
static int64_t room_of(const walk *w) { return (w->c->columns + 1) / 2 + MAH_SLACK; }

static void *row_buffer(const walk *w, int32_t task) {
  return (char *)w->buffer + 4 * task * room_of(w) * w->kernels->real_size;
}

static void *values_of(const walk *w, int32_t task) {
  return (char *)row_buffer(w, task) + 2 * room_of(w) * w->kernels->real_size;
}

static uint32_t *elements_of(const walk *w, int32_t task) { return w->element + task * room_of(w); }

static int64_t end_of(const walk *w, int32_t task) {
  int64_t end = (int64_t)(task + 1) * TASK_ROWS;
  return end < w->c->rows ? end : w->c->rows;
}

/* The elements of row r into the task's buffers; returns how many. */
static int64_t find(const walk *w, int32_t task, int64_t r) {
  const mah_tensor *x = w->x;
  const void *row = (const char *)x->data + r * x->step[0] * mah_dtype_size(x->elem);
  if (x->elem != w->c->dtype) {
    void *converted = row_buffer(w, task);
    mah_row_convert(converted, w->c->dtype, x, r);
    row = converted;
  }
  return w->kernels->nonzeros_find(elements_of(w, task), values_of(w, task), row, w->c->columns);
}

static void count_task(void *context, int32_t task) {
  const walk *w = context;
  codes *found = &w->found[task];
  for (int64_t r = (int64_t)task * TASK_ROWS; r < end_of(w, task); r++) {
    if (found->count > MAX_CODES) return; /* no use */
    int64_t n = w->c->start[r + 1] = find(w, task, r);
    for (int64_t e = 0; e < 2 * n; e++) {
      uint64_t bits = bits_of(values_of(w, task), w->c->dtype, e);
      if (is_zero(bits, w->c->dtype)) continue;
      add_code(found, bits);
      found->elements++;
    }
  }
}

static uint32_t code_of(const walk *w, int32_t task, int64_t i) {
  uint64_t bits = bits_of(values_of(w, task), w->c->dtype, i);
  return is_zero(bits, w->c->dtype) ? 0 : w->found->slot[find_slot(w->found, bits)];
}

static void write_task(void *context, int32_t task) {
  const walk *w = context;
  const uint32_t *pair = elements_of(w, task);
  for (int64_t r = (int64_t)task * TASK_ROWS; r < end_of(w, task); r++) {
    int64_t n = find(w, task, r);
    uint32_t *element = w->c->element + w->c->start[r];
    for (int64_t e = 0; e < n; e++)
      element[e] = pair[e] << 16 | code_of(w, task, 2 * e + 1) << 8 | code_of(w, task, 2 * e);
  }
}

/* -- Making ------------------------------------------------------------------------------------ */

/* All tasks' codes become the first one's; returns 0 where there are too many. */
static int merge_codes(const walk *w) {
  for (int32_t t = 1; t < w->tasks; t++) {
    if (w->found[t].count > MAX_CODES) return 0;
    for (int32_t i = 0; i < w->found[t].count; i++) add_code(w->found, w->found[t].bits[i]);
    w->found->elements += w->found[t].elements;
  }
  return w->found->count <= MAX_CODES;
}

static int is_sparse(const walk *w, double most) {
  double all = (double)w->c->rows * (double)w->c->columns;
  return (double)w->found->elements <= most * all;
}

static double value_of(const walk *w, int32_t code) {
  if (code == 0 || code > w->found->count) return 0;
  uint64_t bits = w->found->bits[code - 1];
  uint32_t narrow = (uint32_t)bits;
  double wide_value;
  float value;
  if (w->c->dtype == MAH_FLOAT64) return memcpy(&wide_value, &bits, sizeof bits), wide_value;
  return memcpy(&value, &narrow, sizeof narrow), (double)value;
}

static void fill_values(const walk *w, double scale) {
  mah_compressed *c = w->c;
  for (int32_t i = 0; i < MAH_CODES; i++)
    if (c->dtype == MAH_FLOAT64)
      ((double *)c->value)[i] = value_of(w, i);
    else
      ((float *)c->value)[i] = (float)value_of(w, i);
  if (mah_dtype_is_integer(w->x->elem)) mah_compressed_scale(c->value, c->dtype, MAH_CODES, scale);
}

static mah_status compress(walk *w, double scale, double most, int *worth_it) {
  mah_compressed *c = w->c;
  size_t size = (size_t)w->kernels->real_size;
  c->start = mah_alloc_zero(c->rows + 1, sizeof *c->start);
  c->value = mah_alloc(MAH_CODES, size);
  w->found = mah_alloc_zero(w->tasks, sizeof *w->found);
  w->buffer = mah_alloc(4 * w->tasks * room_of(w), size);
  w->element = mah_alloc(w->tasks * room_of(w), sizeof *w->element);
  if (c->start == NULL || c->value == NULL || w->found == NULL || w->buffer == NULL ||
      w->element == NULL)
    return MAH_ERROR_MEMORY;
  mah_parallel_run(count_task, w, w->tasks);
  *worth_it = merge_codes(w) && is_sparse(w, most);
  if (!*worth_it) return MAH_OK;
  for (int64_t r = 0; r < c->rows; r++) c->start[r + 1] += c->start[r];
  c->element = mah_alloc(c->start[c->rows], sizeof *c->element);
  if (c->element == NULL) return MAH_ERROR_MEMORY;
  mah_parallel_run(write_task, w, w->tasks);
  fill_values(w, scale);
  return MAH_OK;
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
  if (x->extent[0] == 0 || x->extent[1] == 0 || x->extent[1] > MAX_COMPRESSED_COLUMNS ||
      x->step[1] != 1 || x->extent[0] / TASK_ROWS >= INT32_MAX)
    return MAH_OK;
  mah_compressed *c = mah_alloc_zero(1, sizeof *c);
  if (c == NULL) return MAH_ERROR_MEMORY;
  *c = (mah_compressed){
      .dtype = dtype, .has_codes = 1, .rows = x->extent[0], .columns = x->extent[1]};
  walk w = {.x = x, .kernels = mah_learn(dtype), .c = c};
  w.tasks = (int32_t)((c->rows + TASK_ROWS - 1) / TASK_ROWS);
  int worth_it = 0;
  mah_status status = compress(&w, scale, most, &worth_it);
  mah_free(w.found);
  mah_free(w.buffer);
  mah_free(w.element);
  if (status == MAH_OK && worth_it)
    *out = c;
  else
    mah_compressed_free(c);
  return status;
}

void mah_compressed_free(mah_compressed *c_) {
  if (c_ == NULL) return;
  mah_free(c_->start);
  mah_free(c_->element);
  mah_free(c_->value);
  mah_free(c_);
}

int64_t mah_compressed_bytes(const mah_compressed *c) {
  return (c->rows + 1) * (int64_t)sizeof *c->start +
         c->start[c->rows] *
             ((int64_t)sizeof *c->element + (c->has_codes ? 0 : 2 * mah_dtype_size(c->dtype)));
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
