#include "learn/sparse_work.h"

#include "base/memory.h"

#include <string.h>

/* -- Room -------------------------------------------------------------------------------------- */

static void free_elements(mah_elements *list) {
  mah_free(list->element);
  mah_free(list->value);
  *list = (mah_elements){0};
}

void mah_sparse_work_free(mah_sparse_work *z) {
  void *blocks[] = {z->rows, z->begin, z->places, z->sums, z->delta};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_elements(&z->by_row);
  free_elements(&z->by_column);
  *z = (mah_sparse_work){0};
}

/* Makes *block hold `count` elements; what it held is lost. */
static int grow(void *block, int64_t count, size_t size) {
  void **place = block;
  mah_free(*place);
  *place = mah_alloc(count, size);
  return *place != NULL;
}

static mah_status grow_elements(mah_elements *list, int64_t n, int32_t dtype, int has_codes) {
  size_t size = (size_t)mah_dtype_size(dtype);
  if (n > list->room) {
    free_elements(list);
    if (!grow(&list->element, n, sizeof *list->element)) return MAH_ERROR_MEMORY;
    list->room = n;
  }
  if (has_codes || list->value != NULL) return MAH_OK;
  return grow(&list->value, 2 * list->room, size) ? MAH_OK : MAH_ERROR_MEMORY;
}

static mah_status grow_lists(mah_sparse_work *z, int64_t rows, int64_t pairs) {
  if (rows > z->room_rows) {
    z->room_rows = 0;
    if (!grow(&z->rows, rows, sizeof *z->rows)) return MAH_ERROR_MEMORY;
    z->room_rows = rows;
  }
  if (pairs > z->room_pairs) {
    z->room_pairs = 0;
    if (!grow(&z->begin, pairs, sizeof *z->begin) ||
        !grow(&z->places, MAH_MAX_SHARDS * pairs, sizeof *z->places))
      return MAH_ERROR_MEMORY;
    z->room_pairs = pairs;
  }
  return MAH_OK;
}

/* Elements that a row may need, with what `find` may write too many. */
static int64_t room_for_row(const mah_sparse_work *z) { return z->pairs + MAH_SLACK; }

mah_status mah_sparse_work_reserve(mah_sparse_work *z, const mah_batch *batch, int64_t first,
                                   int64_t rows, int32_t dtype) {
  int has_codes = batch->compressed_ != NULL;
  z->pairs = (batch->x->extent[1] + 1) / 2;
  z->source_ = batch->compressed_;
  z->order_ = batch->order_ ? batch->order_->data : NULL;
  z->first = batch->first + first;
  z->last = batch->order_ ? batch->order_->extent[0] : batch->x->extent[0];
  MAH_TRY(grow_lists(z, rows, z->pairs));
  if (!has_codes) MAH_TRY(grow_elements(&z->by_row, rows * room_for_row(z), dtype, has_codes));
  return grow_elements(&z->by_column, rows * z->pairs, dtype, has_codes);
}

mah_status mah_sparse_work_reserve_products(mah_sparse_work *z, const mah_layer *layer,
                                            int64_t rows, int32_t dtype) {
  size_t size = (size_t)mah_dtype_size(dtype);
  if (z->sums == NULL) z->sums = mah_alloc(rows, MAH_SUMS);
  if (z->delta == NULL) z->delta = mah_alloc(rows * mah_packed_width(layer->units), size);
  return z->sums == NULL || z->delta == NULL ? MAH_ERROR_MEMORY : MAH_OK;
}

/* -- Elements by rows -------------------------------------------------------------------------- */

static int64_t source_row(const mah_sparse_work *z, int64_t r) {
  return z->order_ ? z->order_[z->first + r] : z->first + r;
}

/* Where row r of the piece, or of the next one, begins: `start[0] ... start[1] - 1`. NULL where there
 * is none; what the order says of the next piece has not been checked yet. */
static const int64_t *start_of(const mah_sparse_work *z, int64_t r) {
  if (z->first + r >= z->last) return NULL;
  int64_t row = source_row(z, r);
  return row >= 0 && row < z->source_->rows ? z->source_->start + row : NULL;
}

/* Asks for the rows that come soon, which lie anywhere: first where they begin, then themselves.
 * Always inline: GCC drops a call that does nothing else. */
__attribute__((always_inline)) static inline void fetch(const mah_sparse_work *z, int64_t r) {
  enum { SOON = 24, LINE = 64 / sizeof(uint32_t) };
  const int64_t *begin = start_of(z, r + 2 * SOON), *row = start_of(z, r + SOON);
  if (begin) __builtin_prefetch(begin);
  for (int64_t e = row ? row[0] : 0; row && e < row[1]; e += LINE)
    __builtin_prefetch(z->source_->element + e);
}

static mah_sparse_row compressed_row(const mah_sparse_work *z, int64_t r) {
  const int64_t *start = z->source_->start + source_row(z, r);
  return (mah_sparse_row){.element = z->source_->element + start[0], .count = start[1] - start[0]};
}

static mah_sparse_row find_row(const mah_sparse_work *z, const mah_learn_kernels *kernels,
                               const void *x, int64_t r, int64_t inputs) {
  int64_t place = r * room_for_row(z);
  uint32_t *element = z->by_row.element + place;
  char *value = (char *)z->by_row.value + 2 * place * kernels->real_size;
  x = (const char *)x + r * inputs * kernels->real_size;
  return (mah_sparse_row){element, value, kernels->find(element, value, x, inputs)};
}

void mah_sparse_work_find(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x_,
                          int32_t shard, int64_t row, int64_t rows, int64_t inputs) {
  uint32_t *counts = z->places + shard * z->pairs;
  memset(counts, 0, sizeof *counts * (size_t)z->pairs);
  for (int64_t r = row; r < row + rows; r++) {
    if (z->source_) fetch(z, r);
    z->rows[r] = z->source_ ? compressed_row(z, r) : find_row(z, kernels, x_, r, inputs);
    kernels->count_elements(counts, &z->rows[r], z->source_ != NULL);
  }
}

/* -- By columns -------------------------------------------------------------------------------- */

void mah_sparse_work_place(mah_sparse_work *z, int32_t shards) {
  uint32_t place = 0;
  for (int64_t j = 0; j < z->pairs; j++) {
    z->begin[j] = place;
    for (int32_t t = 0; t < shards; t++) {
      uint32_t *here = &z->places[t * z->pairs + j], count = *here;
      *here = place;
      place += count;
    }
  }
}

void mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, int32_t shard,
                           int64_t row, int64_t rows) {
  const mah_elements *to = &z->by_column;
  for (int64_t r = row; r < row + rows; r++)
    kernels->transpose_elements(to->element, to->value, z->places + shard * z->pairs, &z->rows[r],
                                z->source_ != NULL, (uint32_t)r);
}

mah_sparse_columns mah_sparse_work_columns(const mah_sparse_work *z, int32_t first, int32_t last) {
  return (mah_sparse_columns){
      .from = first == 0 ? z->begin : z->places + (first - 1) * z->pairs,
      .to = z->places + last * z->pairs,
      .element = z->by_column.element,
      .code_ = z->source_ ? z->source_->value : NULL,
      .value = z->by_column.value,
  };
}
