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
  void *blocks[] = {z->list_from, z->shards_to, z->merged_from, z->merged_to, z->sums, z->delta};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_elements(&z->found);
  free_elements(&z->shards);
  free_elements(&z->merged);
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

static mah_status grow_pairs(mah_sparse_work *z, int32_t shards) {
  if (z->pairs <= z->room_pairs && shards <= z->room_shards) return MAH_OK;
  z->room_pairs = z->room_shards = 0;
  if (!grow(&z->list_from, z->pairs, sizeof *z->list_from) ||
      !grow(&z->shards_to, shards * z->pairs, sizeof *z->shards_to) ||
      !grow(&z->merged_from, z->pairs, sizeof *z->merged_from) ||
      !grow(&z->merged_to, z->pairs, sizeof *z->merged_to))
    return MAH_ERROR_MEMORY;
  z->room_pairs = z->pairs;
  z->room_shards = shards;
  return MAH_OK;
}

enum { LINE = 64, ELEMENTS = LINE / sizeof(uint32_t) }; /* of a cache line: bytes, elements */

/* Room for a pair's elements in all shards, and what `copy` may write too many. */
static int64_t merged_list(const mah_sparse_work *z) { return z->rows + ELEMENTS; }

/* What `find` may write of a row. */
static int64_t room_for_row(const mah_sparse_work *z) { return z->pairs + MAH_SLACK; }

mah_status mah_sparse_work_reserve(mah_sparse_work *z, const mah_batch *batch, int64_t first,
                                   int64_t rows, int32_t shards, int64_t shard_rows, int32_t dtype,
                                   int merges) {
  int has_codes = batch->compressed_ != NULL;
  z->pairs = (batch->x->extent[1] + 1) / 2;
  z->source_ = batch->compressed_;
  z->order_ = batch->order_ ? batch->order_->data : NULL;
  z->first = batch->first + first;
  z->rows = rows;
  z->list = mah_odd_lines(shard_rows, sizeof *z->shards.element);
  MAH_TRY(grow_pairs(z, shards));
  for (int64_t j = 0; j < z->pairs; j++) z->list_from[j] = (uint32_t)(j * z->list);
  if (!has_codes) MAH_TRY(grow_elements(&z->found, shards * room_for_row(z), dtype, has_codes));
  MAH_TRY(grow_elements(&z->shards, shards * z->pairs * z->list, dtype, has_codes));
  return merges ? grow_elements(&z->merged, z->pairs * merged_list(z), dtype, has_codes) : MAH_OK;
}

mah_status mah_sparse_work_reserve_products(mah_sparse_work *z, const mah_layer *layer,
                                            int64_t rows, int32_t dtype) {
  size_t size = (size_t)mah_dtype_size(dtype);
  if (z->sums == NULL) z->sums = mah_alloc(rows, MAH_SUMS);
  if (z->delta == NULL) z->delta = mah_alloc(rows * mah_packed_width(layer->units), size);
  return z->sums == NULL || z->delta == NULL ? MAH_ERROR_MEMORY : MAH_OK;
}

/* -- A shard's lists --------------------------------------------------------------------------- */

/* Where the row is in the source: start[0] ... start[1] - 1. */
static const int64_t *start_of(const mah_sparse_work *z, int64_t r) {
  return z->source_->start + (z->order_ ? z->order_[z->first + r] : z->first + r);
}

/* Compressed rows lie anywhere, so they are asked for before they are wanted: first where they
 * begin, then themselves. Always inline: GCC drops a call that does nothing else. */
enum { SOON = 24 };

__attribute__((always_inline)) static inline void fetch(const mah_sparse_work *z, int64_t r,
                                                        int64_t row, int64_t end) {
  if (r + 2 * SOON < end) __builtin_prefetch(start_of(z, r + 2 * SOON));
  if (r + SOON < row || r + SOON >= end) return;
  const int64_t *start = start_of(z, r + SOON);
  for (int64_t e = start[0]; e < start[1]; e += ELEMENTS)
    __builtin_prefetch(z->source_->element + e);
}

static mah_sparse_row compressed_row(const mah_sparse_work *z, int64_t r) {
  const int64_t *start = start_of(z, r);
  return (mah_sparse_row){.element = z->source_->element + start[0], .count = start[1] - start[0]};
}

static mah_sparse_row find_row(const mah_sparse_work *z, const mah_learn_kernels *kernels,
                               const void *x, int32_t shard, int64_t r, int64_t inputs) {
  int64_t place = shard * room_for_row(z);
  uint32_t *element = z->found.element + place;
  char *value = (char *)z->found.value + 2 * place * kernels->real_size;
  x = (const char *)x + r * inputs * kernels->real_size;
  return (mah_sparse_row){element, value, kernels->find(element, value, x, inputs)};
}

/* The lists of a shard: its part of z->shards. */
static mah_elements lists_of(const mah_sparse_work *z, const mah_learn_kernels *kernels,
                             int32_t shard) {
  int64_t place = shard * z->pairs * z->list;
  char *value = z->shards.value;
  return (mah_elements){z->shards.element + place,
                        value ? value + 2 * place * kernels->real_size : NULL, 0};
}

int mah_sparse_work_bring(mah_sparse_work *z, const mah_learn_kernels *kernels, const void *x_,
                          int32_t shard, int64_t row, int64_t rows, int64_t inputs, int checks) {
  mah_elements lists = lists_of(z, kernels, shard);
  uint32_t *to = z->shards_to + shard * z->pairs;
  int all_finite = 1, has_codes = z->source_ != NULL;
  memcpy(to, z->list_from, sizeof *to * (size_t)z->pairs);
  for (int64_t r = has_codes ? row - 2 * SOON : row; r < row + rows; r++) {
    if (has_codes) fetch(z, r, row, row + rows);
    if (r < row) continue;
    mah_sparse_row it =
        has_codes ? compressed_row(z, r) : find_row(z, kernels, x_, shard, r, inputs);
    if (checks && !has_codes) all_finite &= kernels->finite(it.value, 2 * it.count);
    kernels->transpose_elements(lists.element, lists.value, to, &it, has_codes, (uint32_t)r);
  }
  return all_finite;
}

mah_sparse_columns mah_sparse_work_shard(const mah_sparse_work *z, const mah_learn_kernels *kernels,
                                         int32_t shard) {
  mah_elements lists = lists_of(z, kernels, shard);
  return (mah_sparse_columns){.from = z->list_from,
                              .to = z->shards_to + shard * z->pairs,
                              .element = lists.element,
                              .code_ = z->source_ ? z->source_->value : NULL,
                              .value = lists.value};
}

/* -- All shards' lists ------------------------------------------------------------------------- */

/* By whole cache lines: there is room for that on both sides. Most lists fit into one. */
static void copy(void *to_, const void *from_, int64_t bytes) {
  char *to = to_;
  const char *from = from_;
  for (; bytes > 0; bytes -= LINE, to += LINE, from += LINE) memcpy(to, from, LINE);
}

static void merge(mah_sparse_work *z, int64_t real_size, int32_t shards, int64_t j, int64_t place) {
  int64_t size = 2 * real_size, shard_size = z->pairs * z->list;
  char *value = z->merged.value;
  const char *shard_value = z->shards.value;
  z->merged_from[j] = (uint32_t)place;
  for (int32_t t = 0; t < shards; t++) {
    int64_t from = z->list_from[j], n = z->shards_to[t * z->pairs + j] - from;
    from += t * shard_size;
    copy(z->merged.element + place, z->shards.element + from, n * (int64_t)sizeof(uint32_t));
    if (!z->source_) copy(value + place * size, shard_value + from * size, n * size);
    place += n;
  }
  z->merged_to[j] = (uint32_t)place;
}

mah_sparse_columns mah_sparse_work_merge(mah_sparse_work *z, const mah_learn_kernels *kernels,
                                         int32_t shards, int64_t first, int64_t count) {
  if (shards == 1) return mah_sparse_work_shard(z, kernels, 0);
  for (int64_t j = first / 2; j < (first + count + 1) / 2; j++)
    merge(z, kernels->real_size, shards, j, j * merged_list(z));
  return (mah_sparse_columns){.from = z->merged_from,
                              .to = z->merged_to,
                              .element = z->merged.element,
                              .code_ = z->source_ ? z->source_->value : NULL,
                              .value = z->merged.value};
}
