#include "learn/sparse_work.h"

#include "base/memory.h"

#include <string.h>

/* Makes *block hold `count` elements; what it held is lost. */
static int grow(void *block, int64_t count, size_t size) {
  void **place = block;
  mah_free(*place);
  *place = mah_alloc(count, size);
  return *place != NULL;
}

static void free_packed(mah_sparse_work *z) {
  mah_free(z->weights);
  mah_free(z->delta);
  for (int32_t i = 0; i < z->n_sums; i++) mah_free(z->sums[i]);
  mah_free(z->sums);
  z->weights = z->delta = NULL;
  z->sums = NULL;
  z->n_sums = 0;
}

void mah_sparse_work_free(mah_sparse_work *z) {
  void *blocks[] = {z->pairs,  z->from,  z->to,     z->element,     z->value,
                    z->places, z->start, z->turned, z->turned_value};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_packed(z);
  *z = (mah_sparse_work){0};
}

/* -- By rows ----------------------------------------------------------------------------------- */

static mah_status reserve_rows(mah_sparse_work *z, int64_t rows) {
  if (rows <= z->room_rows) return MAH_OK;
  z->room_rows = 0;
  if (!grow(&z->from, rows, sizeof *z->from) || !grow(&z->to, rows, sizeof *z->to) ||
      !grow(&z->pairs, rows, sizeof *z->pairs))
    return MAH_ERROR_MEMORY;
  z->room_rows = rows;
  return MAH_OK;
}

static mah_status reserve_elements(mah_sparse_work *z, int64_t n) {
  if (n <= z->room_element) return MAH_OK;
  z->room_element = 0;
  n += n / 4; /* the next piece has a little more */
  if (!grow(&z->element, n, sizeof *z->element)) return MAH_ERROR_MEMORY;
  z->room_element = n;
  return MAH_OK;
}

mah_status mah_sparse_work_take(mah_sparse_work *z, const mah_compressed *c, const int32_t *order_,
                                int64_t first, int64_t count) {
  MAH_TRY(reserve_rows(z, count));
  uint32_t place = 0;
  z->source_ = c;
  for (int64_t i = 0; i < count; i++) {
    int64_t row = order_ ? order_[first + i] : first + i;
    z->from[i] = c->coded ? place : c->start[row];
    z->to[i] = z->from[i] + (c->start[row + 1] - c->start[row]);
    if (c->coded) z->pairs[i] = c->pair + c->start[row];
    place += c->start[row + 1] - c->start[row];
  }
  if (c->coded) MAH_TRY(reserve_elements(z, place));
  z->rows = (mah_sparse_rows){.from = z->from,
                              .to = z->to,
                              .element = c->coded ? z->element : c->element,
                              .value = c->value,
                              .coded = c->coded};
  return MAH_OK;
}

/* Asks for a row that comes soon: they lie anywhere. */
static void fetch(const mah_sparse_work *z, int64_t r) {
  const char *p = (const char *)z->pairs[r],
             *end = (const char *)(z->pairs[r] + z->to[r] - z->from[r]);
  for (; p < end; p += 64) __builtin_prefetch(p);
}

/* Pairs that only go on become elements too, of code 0 and value 0. */
static void unpack_row(uint32_t *restrict element, const uint16_t *restrict pair, uint32_t n) {
  uint32_t column = 0;
  for (uint32_t i = 0; i < n; i++) {
    column += (pair[i] & 255u) * MAH_CODES;
    element[i] = column + (pair[i] >> 8);
  }
}

void mah_sparse_work_unpack(mah_sparse_work *z, int64_t row, int64_t rows) {
  enum { AHEAD = 6 };
  int64_t end = row + rows;
  if (z->source_ == NULL || !z->source_->coded) return;
  for (int64_t r = row; r < end && r < row + AHEAD; r++) fetch(z, r);
  for (int64_t r = row; r < end; r++) {
    if (r + AHEAD < end) fetch(z, r + AHEAD);
    unpack_row(z->element + z->from[r], z->pairs[r], z->to[r] - z->from[r]);
  }
}

mah_status mah_sparse_work_reserve(mah_sparse_work *z, int32_t dtype, int64_t rows,
                                   int64_t inputs) {
  int64_t room = rows * (inputs + MAH_SLACK);
  z->source_ = NULL;
  MAH_TRY(reserve_rows(z, rows));
  MAH_TRY(reserve_elements(z, room));
  if (room > z->room_value) {
    z->room_value = 0;
    if (!grow(&z->value, room, (size_t)mah_dtype_size(dtype))) return MAH_ERROR_MEMORY;
    z->room_value = room;
  }
  z->rows = (mah_sparse_rows){
      .from = z->from, .to = z->to, .element = z->element, .value = z->value, .coded = 0};
  return MAH_OK;
}

void mah_sparse_work_find(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x,
                          int64_t row, int64_t rows, int64_t inputs) {
  int64_t size = kernels->real_size;
  for (int64_t r = row; r < row + rows; r++) {
    int64_t place = r * (inputs + MAH_SLACK);
    int64_t n = kernels->find(z->element + place, (char *)z->value + place * size,
                              (const char *)x + r * inputs * size, inputs);
    z->from[r] = (uint32_t)place;
    z->to[r] = (uint32_t)(place + n);
  }
}

/* -- Packed ------------------------------------------------------------------------------------ */

mah_status mah_sparse_work_reserve_packed(mah_sparse_work *z, const mah_learn_kernels *kernels,
                                          const mah_layer *layer, int64_t rows, int32_t shards) {
  int64_t width = kernels->packed_width(layer->units);
  size_t size = (size_t)kernels->real_size;
  if (z->weights == NULL) z->weights = mah_alloc(layer->inputs * width, size);
  if (z->delta == NULL) z->delta = mah_alloc(rows * width, size);
  if (z->sums == NULL) z->sums = mah_alloc_zero(MAH_MAX_SHARDS, sizeof *z->sums);
  if (z->weights == NULL || z->delta == NULL || z->sums == NULL) return MAH_ERROR_MEMORY;
  for (; z->n_sums < shards; z->n_sums++) {
    z->sums[z->n_sums] = mah_alloc_zero(layer->inputs * width, size);
    if (z->sums[z->n_sums] == NULL) return MAH_ERROR_MEMORY;
  }
  return MAH_OK;
}

/* -- By columns -------------------------------------------------------------------------------- */

mah_status mah_sparse_work_reserve_columns(mah_sparse_work *z, int32_t dtype, int64_t rows,
                                           int64_t inputs, int32_t shards) {
  int64_t n = 0; /* the elements there are, or may be found */
  for (int64_t r = 0; r < rows; r++) n += z->source_ ? z->to[r] - z->from[r] : inputs;
  if (n > z->room_turned) {
    z->room_turned = 0;
    n += n / 4;
    if (!grow(&z->turned, n, sizeof *z->turned) ||
        !grow(&z->turned_value, n, (size_t)mah_dtype_size(dtype)))
      return MAH_ERROR_MEMORY;
    z->room_turned = n;
  }
  if (shards * inputs > z->room_places) {
    z->room_places = 0;
    if (!grow(&z->places, shards * inputs, sizeof *z->places)) return MAH_ERROR_MEMORY;
    z->room_places = shards * inputs;
  }
  if (inputs + 1 > z->room_start) {
    z->room_start = 0;
    if (!grow(&z->start, inputs + 1, sizeof *z->start)) return MAH_ERROR_MEMORY;
    z->room_start = inputs + 1;
  }
  z->columns = (mah_sparse_rows){.from = z->start,
                                 .to = z->start + 1,
                                 .element = z->turned,
                                 .value = z->rows.coded ? z->rows.value : z->turned_value,
                                 .coded = z->rows.coded};
  return MAH_OK;
}

void mah_sparse_work_count(mah_sparse_work *z, int32_t shard, int64_t row, int64_t rows,
                           int64_t inputs) {
  uint32_t *counts = z->places + shard * inputs;
  const uint32_t *element = z->rows.element;
  memset(counts, 0, sizeof *counts * (size_t)inputs);
  for (int64_t r = row; r < row + rows; r++)
    for (uint32_t e = z->from[r]; e < z->to[r]; e++) counts[element[e] / MAH_CODES]++;
}

/* The elements of a column come in the order of the shards. */
void mah_sparse_work_place(mah_sparse_work *z, int32_t shards, int64_t inputs) {
  uint32_t place = 0;
  for (int64_t j = 0; j < inputs; j++) {
    z->start[j] = place;
    for (int32_t t = 0; t < shards; t++) {
      uint32_t *here = &z->places[t * inputs + j], count = *here;
      *here = place;
      place += count;
    }
  }
  z->start[inputs] = place;
}

void mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, int32_t shard,
                           int64_t row, int64_t rows, int64_t inputs) {
  mah_sparse_rows x = z->rows;
  x.from += row;
  x.to += row;
  kernels->transpose_elements(z->turned, z->rows.coded ? NULL : z->turned_value,
                              z->places + shard * inputs, &x, rows, row);
}
