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
 * While they are collected, in a hash table of bit patterns with room to spare and linear probing.
 * Most values are what was seen last in their place, so that is looked at first.
 */
enum { SLOTS = 2048, SLOT_BITS = 11 };

typedef struct codes {
  int32_t count;    /* MAX_CODES + 1: more than there is room for */
  int64_t elements; /* that are not zero */
  uint64_t bits[MAX_CODES];
  uint8_t slot[SLOTS];  /* code, 1 ... MAX_CODES; 0: free */
  uint64_t seen[SLOTS]; /* the pattern that belongs here and was seen last; 0: none */
} codes;

/* dtype is a constant where this is inlined. */
static inline uint64_t bits_of(const void *values, int32_t dtype, int64_t i) {
  uint64_t wide;
  uint32_t narrow;
  if (dtype == MAH_FLOAT64) return memcpy(&wide, (const double *)values + i, sizeof wide), wide;
  return memcpy(&narrow, (const float *)values + i, sizeof narrow), narrow;
}

/* Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4). */
static inline uint32_t hash(uint64_t bits, uint64_t factor, int slot_bits) {
  return (uint32_t)(bits * factor >> (64 - slot_bits));
}

static inline uint32_t home_of(uint64_t bits) {
  return hash(bits, 0x9E3779B97F4A7C15ull, SLOT_BITS);
}

/* Where the pattern is, or belongs. */
static uint32_t find_slot(const codes *c, uint64_t bits) {
  uint32_t i = home_of(bits);
  while (c->slot[i] != 0 && c->bits[c->slot[i] - 1] != bits) i = (i + 1) % SLOTS;
  return i;
}

static void add_code(codes *c, uint64_t bits) {
  uint32_t i = find_slot(c, bits);
  c->seen[home_of(bits)] = bits;
  if (c->slot[i] != 0 || c->count > MAX_CODES) return;
  if (c->count < MAX_CODES) {
    c->bits[c->count] = bits;
    c->slot[i] = (uint8_t)(c->count + 1);
  }
  c->count++;
}

/* -0 is 0, too. */
static inline int is_zero(uint64_t bits, int32_t dtype) {
  return bits << (dtype == MAH_FLOAT64 ? 1 : 33) == 0;
}

static inline void add_codes_of(codes *c, const void *values, int32_t dtype, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = bits_of(values, dtype, i);
    int counts = !is_zero(bits, dtype);
    c->elements += counts;
    if (counts & (c->seen[home_of(bits)] != bits)) add_code(c, bits);
  }
}

static void add_codes(codes *c, const void *values, int32_t dtype, int64_t n) {
  if (dtype == MAH_FLOAT64)
    add_codes_of(c, values, MAH_FLOAT64, n);
  else
    add_codes_of(c, values, MAH_FLOAT32, n);
}

/* -- Codes by values: once they are all known, a table without collisions ---------------------- */

enum { TABLE = 1 << 16, TABLE_BITS = 16 };

typedef struct code_table {
  uint64_t factor;
  uint8_t code[TABLE];
} code_table;

/* 0 and -0 have code 0, so no other pattern may have their places. */
static int fill_table(code_table *t, const codes *c, int32_t dtype) {
  uint32_t minus_0 = hash((uint64_t)1 << (dtype == MAH_FLOAT64 ? 63 : 31), t->factor, TABLE_BITS);
  memset(t->code, 0, sizeof t->code);
  for (int32_t i = 0; i < c->count; i++) {
    uint32_t place = hash(c->bits[i], t->factor, TABLE_BITS);
    if (place == 0 || place == minus_0 || t->code[place] != 0) return 0;
    t->code[place] = (uint8_t)(i + 1);
  }
  return 1;
}

/* About every second factor will do: 255 patterns are 32,000 pairs, each of which collides with a
 * probability of 1 / TABLE. */
static void make_table(code_table *t, const codes *c, int32_t dtype) {
  t->factor = 0x9E3779B97F4A7C15ull;
  while (!fill_table(t, c, dtype)) t->factor = t->factor * 0xD1342543DE82EF95ull + 2;
}

static inline uint32_t code_at(const code_table *t, const void *values, int32_t dtype, int64_t i) {
  return t->code[hash(bits_of(values, dtype, i), t->factor, TABLE_BITS)];
}

/* element = pair << 16 | code of its second value << 8 | code of its first */
static inline void encode_as(uint32_t *restrict element, const uint32_t *pair, const void *values,
                             const code_table *t, int32_t dtype, int64_t n) {
  for (int64_t e = 0; e < n; e++)
    element[e] = pair[e] << 16 | code_at(t, values, dtype, 2 * e + 1) << 8 |
                 code_at(t, values, dtype, 2 * e);
}

static void encode(uint32_t *element, const uint32_t *pair, const void *values, const code_table *t,
                   int32_t dtype, int64_t n) {
  if (dtype == MAH_FLOAT64)
    encode_as(element, pair, values, t, MAH_FLOAT64, n);
  else
    encode_as(element, pair, values, t, MAH_FLOAT32, n);
}

/* -- Walking over the rows: the first walk counts, the second one writes ----------------------- */

typedef struct walk {
  const mah_tensor *x;
  const mah_learn_kernels *kernels;
  mah_compressed *c;
  int32_t tasks;
  codes *found;      /* per task; then the first one is everybody's */
  code_table *table; /* for the second walk */
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
    add_codes(found, values_of(w, task), w->c->dtype, 2 * n);
  }
}

static void write_task(void *context, int32_t task) {
  const walk *w = context;
  const uint32_t *pair = elements_of(w, task);
  for (int64_t r = (int64_t)task * TASK_ROWS; r < end_of(w, task); r++) {
    int64_t n = find(w, task, r);
    encode(w->c->element + w->c->start[r], pair, values_of(w, task), w->table, w->c->dtype, n);
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

/* The first walk: all tasks' codes and elements. *fits: are there few enough codes? */
static mah_status look(walk *w, int *fits) {
  mah_compressed *c = w->c;
  size_t size = (size_t)w->kernels->real_size;
  c->start = mah_alloc_zero(c->rows + 1, sizeof *c->start);
  w->found = mah_alloc_zero(w->tasks, sizeof *w->found);
  w->buffer = mah_alloc(4 * w->tasks * room_of(w), size);
  w->element = mah_alloc(w->tasks * room_of(w), sizeof *w->element);
  if (c->start == NULL || w->found == NULL || w->buffer == NULL || w->element == NULL)
    return MAH_ERROR_MEMORY;
  mah_parallel_run(count_task, w, w->tasks);
  *fits = merge_codes(w);
  return MAH_OK;
}

static mah_status compress(walk *w, double scale, double most, int *worth_it) {
  mah_compressed *c = w->c;
  MAH_TRY(look(w, worth_it));
  *worth_it = *worth_it && is_sparse(w, most);
  if (!*worth_it) return MAH_OK;
  c->value = mah_alloc(MAH_CODES, (size_t)w->kernels->real_size);
  w->table = mah_alloc(1, sizeof *w->table);
  if (c->value == NULL || w->table == NULL) return MAH_ERROR_MEMORY;
  for (int64_t r = 0; r < c->rows; r++) c->start[r + 1] += c->start[r];
  c->element = mah_alloc(c->start[c->rows], sizeof *c->element);
  if (c->element == NULL) return MAH_ERROR_MEMORY;
  make_table(w->table, w->found, c->dtype);
  mah_parallel_run(write_task, w, w->tasks);
  fill_values(w, scale);
  return MAH_OK;
}

static mah_status check(const void *out, const mah_tensor *x, int32_t dtype) {
  MAH_TRY(mah_tensor_check(x, "x"));
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the result");
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "compressed inputs are float32 or float64, not %s",
                    mah_dtype_name(dtype));
  if (x->ndim != 2)
    return mah_fail(MAH_ERROR_SHAPE, "x: a matrix is expected, got %s", mah_tensor_describe(x));
  return MAH_OK;
}

static int may_be_compressed(const mah_tensor *x) {
  return x->extent[1] > 0 && x->extent[1] <= MAX_COMPRESSED_COLUMNS && x->step[1] == 1 &&
         x->extent[0] / TASK_ROWS < INT32_MAX;
}

static mah_status begin(walk *w, const mah_tensor *x, int32_t dtype) {
  *w = (walk){.x = x, .kernels = mah_learn(dtype), .c = mah_alloc_zero(1, sizeof *w->c)};
  if (w->c == NULL) return MAH_ERROR_MEMORY;
  *w->c = (mah_compressed){
      .dtype = dtype, .has_codes = 1, .rows = x->extent[0], .columns = x->extent[1]};
  w->tasks = (int32_t)((w->c->rows + TASK_ROWS - 1) / TASK_ROWS);
  return MAH_OK;
}

/* All but what was made. */
static void end(walk *w) {
  mah_free(w->found);
  mah_free(w->buffer);
  mah_free(w->element);
  mah_free(w->table);
}

mah_status mah_compressed_new(mah_compressed **out, const mah_tensor *x, double scale,
                              int32_t dtype, double most) {
  walk w;
  int worth_it = 0;
  MAH_TRY(check(out, x, dtype));
  *out = NULL;
  if (x->extent[0] == 0 || !may_be_compressed(x)) return MAH_OK;
  MAH_TRY(begin(&w, x, dtype));
  mah_status status = compress(&w, scale, most, &worth_it);
  end(&w);
  if (status == MAH_OK && worth_it)
    *out = w.c;
  else
    mah_compressed_free(w.c);
  return status;
}

mah_status mah_compressed_survey(mah_survey *out, const mah_tensor *x, int32_t dtype) {
  walk w;
  int fits = 0;
  MAH_TRY(check(out, x, dtype));
  *out = (mah_survey){.count = may_be_compressed(x) ? 0 : MAX_CODES + 1};
  if (x->extent[0] == 0 || out->count > 0) return MAH_OK;
  MAH_TRY(begin(&w, x, dtype));
  mah_status status = look(&w, &fits);
  if (status == MAH_OK) {
    out->elements = w.found->elements;
    out->count = fits ? w.found->count : MAX_CODES + 1;
    memcpy(out->bits, w.found->bits, sizeof out->bits);
  }
  end(&w);
  mah_compressed_free(w.c);
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
