#include "learn/sparse_work.h"

#include "base/memory.h"

#include <string.h>

static int64_t pairs_of(int64_t n) { return (n + 1) / 2; }

/* Elements that a row may need, with what `find` may write too many. */
static int64_t room_for(int64_t elements) { return elements + MAH_SLACK; }

/* -- Room -------------------------------------------------------------------------------------- */

static void free_elements(mah_elements *list) {
  mah_free(list->element);
  mah_free(list->first);
  mah_free(list->second);
  *list = (mah_elements){0};
}

void mah_sparse_work_free(mah_sparse_work *z) {
  void *blocks[] = {z->row_from,    z->row_to, z->neighbours_from, z->neighbours_to,
                    z->column_from, z->places, z->weights,         z->delta};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_elements(&z->by_row);
  free_elements(&z->by_neighbours);
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
  if (has_codes || list->first != NULL) return MAH_OK;
  if (!grow(&list->first, list->room, size) || !grow(&list->second, list->room, size)) {
    free_elements(list);
    return MAH_ERROR_MEMORY;
  }
  return MAH_OK;
}

static mah_status grow_rows(mah_sparse_work *z, int64_t rows) {
  if (rows <= z->room_rows) return MAH_OK;
  z->room_rows = 0;
  if (!grow(&z->row_from, rows, sizeof *z->row_from) ||
      !grow(&z->row_to, rows, sizeof *z->row_to) ||
      !grow(&z->neighbours_from, rows, sizeof *z->neighbours_from) ||
      !grow(&z->neighbours_to, rows, sizeof *z->neighbours_to))
    return MAH_ERROR_MEMORY;
  z->room_rows = rows;
  return MAH_OK;
}

static mah_status grow_columns(mah_sparse_work *z, int64_t columns) {
  if (columns <= z->room_columns) return MAH_OK;
  z->room_columns = 0;
  if (!grow(&z->column_from, columns + 1, sizeof *z->column_from) ||
      !grow(&z->places, MAH_MAX_SHARDS * columns, sizeof *z->places))
    return MAH_ERROR_MEMORY;
  z->room_columns = columns;
  return MAH_OK;
}

static mah_sparse_pairs pairs_in(const mah_elements *list, const mah_compressed *codes_,
                                 const uint32_t *from, const uint32_t *to) {
  return (mah_sparse_pairs){.from = from,
                            .to = to,
                            .element = list->element,
                            .code_ = codes_ ? codes_->value : NULL,
                            .first = list->first,
                            .second = list->second};
}

mah_status mah_sparse_work_reserve(mah_sparse_work *z, const mah_batch *batch, int64_t first,
                                   int64_t rows, int32_t dtype, int columns) {
  const mah_compressed *codes_ = batch->compressed_;
  int64_t inputs = batch->x->extent[1];
  int has_codes = codes_ != NULL;
  z->source_ = codes_;
  z->order_ = batch->order_ ? batch->order_->data : NULL;
  z->first = batch->first + first;
  z->last = batch->order_ ? batch->order_->extent[0] : batch->x->extent[0];
  MAH_TRY(grow_rows(z, rows));
  MAH_TRY(grow_elements(&z->by_row, pairs_of(rows) * room_for(inputs), dtype, has_codes));
  z->rows = pairs_in(&z->by_row, codes_, z->row_from, z->row_to);
  if (!columns) return MAH_OK;
  int64_t pairs = pairs_of(inputs);
  MAH_TRY(grow_columns(z, pairs));
  MAH_TRY(grow_elements(&z->by_neighbours, rows * room_for(pairs), dtype, has_codes));
  MAH_TRY(grow_elements(&z->by_column, rows * pairs, dtype, has_codes));
  z->neighbours = pairs_in(&z->by_neighbours, codes_, z->neighbours_from, z->neighbours_to);
  z->columns = pairs_in(&z->by_column, codes_, z->column_from, z->column_from + 1);
  return MAH_OK;
}

mah_status mah_sparse_work_reserve_packed(mah_sparse_work *z, const mah_layer *layer, int64_t rows,
                                          int32_t dtype) {
  int64_t width = mah_packed_width(layer->units);
  size_t size = (size_t)mah_dtype_size(dtype);
  if (z->weights == NULL) z->weights = mah_alloc(layer->inputs * width, size);
  if (z->delta == NULL) z->delta = mah_alloc(rows * width, size);
  return z->weights == NULL || z->delta == NULL ? MAH_ERROR_MEMORY : MAH_OK;
}

/* -- Finding the elements ---------------------------------------------------------------------- */

static const uint8_t *codes_of(const mah_sparse_work *z, int64_t r) {
  int64_t row = z->order_ ? z->order_[z->first + r] : z->first + r;
  return z->source_->bytes + z->source_->start[row];
}

/* Asks for a row that comes soon, in this piece or the next: they lie anywhere. What the order says
 * of the next piece has not been checked yet. */
static void fetch(const mah_sparse_work *z, int64_t r) {
  if (z->first + r >= z->last) return;
  int64_t row = z->order_ ? z->order_[z->first + r] : z->first + r;
  if (row < 0 || row >= z->source_->rows) return;
  const int64_t *start = z->source_->start + row;
  for (int64_t i = start[0]; i < start[1]; i += 64) __builtin_prefetch(z->source_->bytes + i);
}

/* The elements of a pair of rows from `place` on, or (y_ NULL) of one row's neighbours. */
static uint32_t find(const mah_elements *list, const mah_learn_kernels *kernels, int64_t place,
                     int has_codes, const void *x, const void *y_, int64_t inputs) {
  int64_t at = place * kernels->real_size;
  int64_t n = has_codes ? kernels->find_codes(list->element + place, x, y_, inputs)
                        : kernels->find(list->element + place, (char *)list->first + at,
                                        (char *)list->second + at, x, y_, inputs);
  return (uint32_t)(place + n);
}

static const void *row_of(const mah_sparse_work *z, const mah_learn_kernels *kernels,
                          const void *x_, int64_t r, int64_t inputs) {
  return z->source_ ? (const void *)codes_of(z, r)
                    : (const char *)x_ + r * inputs * kernels->real_size;
}

/* A last row without another one is its own: its results are the only ones that are kept. */
void mah_sparse_work_find(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x_,
                          int64_t row, int64_t rows, int64_t inputs) {
  enum { AHEAD = 24 };
  int64_t end = row + rows;
  for (int64_t r = row; r < end; r += 2) {
    if (z->source_) fetch(z, r + AHEAD), fetch(z, r + AHEAD + 1);
    int64_t place = r / 2 * room_for(inputs);
    z->row_from[r / 2] = (uint32_t)place;
    z->row_to[r / 2] =
        find(&z->by_row, kernels, place, z->source_ != NULL, row_of(z, kernels, x_, r, inputs),
             row_of(z, kernels, x_, r + 1 < end ? r + 1 : r, inputs), inputs);
  }
}

/* -- By columns -------------------------------------------------------------------------------- */

void mah_sparse_work_find_neighbours(mah_sparse_work *z, const mah_learn_kernels *kernels,
                                     const void *x_, int32_t shard, int64_t row, int64_t rows,
                                     int64_t inputs) {
  uint32_t *counts = z->places + shard * pairs_of(inputs);
  for (int64_t r = row; r < row + rows; r++) {
    int64_t place = r * room_for(pairs_of(inputs));
    z->neighbours_from[r] = (uint32_t)place;
    z->neighbours_to[r] = find(&z->by_neighbours, kernels, place, z->source_ != NULL,
                               row_of(z, kernels, x_, r, inputs), NULL, inputs);
  }
  mah_sparse_pairs some = z->neighbours;
  some.from += row;
  some.to += row;
  memset(counts, 0, sizeof *counts * (size_t)pairs_of(inputs));
  kernels->count_elements(counts, &some, rows);
}

/* The elements of a column come in the order of the shards. */
void mah_sparse_work_place(mah_sparse_work *z, int32_t shards, int64_t inputs) {
  uint32_t place = 0;
  for (int64_t j = 0; j < pairs_of(inputs); j++) {
    z->column_from[j] = place;
    for (int32_t t = 0; t < shards; t++) {
      uint32_t *here = &z->places[t * pairs_of(inputs) + j], count = *here;
      *here = place;
      place += count;
    }
  }
  z->column_from[pairs_of(inputs)] = place;
}

void mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, int32_t shard,
                           int64_t row, int64_t rows, int64_t inputs) {
  mah_sparse_pairs some = z->neighbours;
  some.from += row;
  some.to += row;
  kernels->transpose_elements(z->by_column.element, z->by_column.first, z->by_column.second,
                              z->places + shard * pairs_of(inputs), &some, rows, row);
}
