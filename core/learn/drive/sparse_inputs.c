#include "learn/drive/sparse_inputs.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

/* -- Room -------------------------------------------------------------------------------------- */

static void free_elements(mah_element_list *list) {
  mah_free(list->element);
  mah_free(list->value);
  *list = (mah_element_list){0};
}

void mah_sparse_inputs_free(mah_sparse_inputs *s) {
  void *blocks[] = {s->list_from,   s->shards_to, s->shards_cut, s->shard_at,
                    s->merged_from, s->merged_to, s->sums,       s->packed_delta};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  free_elements(&s->found);
  free_elements(&s->shards);
  free_elements(&s->merged);
  *s = (mah_sparse_inputs){0};
}

/* Makes *block hold `count` elements; what it held is lost. */
static int grow(void *block, int64_t count, size_t size) {
  void **place = block;
  mah_free(*place);
  *place = mah_alloc(count, size);
  return *place != NULL;
}

static mah_status grow_elements(mah_element_list *list, int64_t n, int32_t dtype, int has_codes) {
  size_t size = (size_t)mah_dtype_size(dtype);
  if (n > list->room) {
    free_elements(list);
    if (!grow(&list->element, n, sizeof *list->element)) return MAH_ERROR_MEMORY;
    list->room = n;
  }
  if (has_codes || list->value != NULL) return MAH_OK;
  return grow(&list->value, 2 * list->room, size) ? MAH_OK : MAH_ERROR_MEMORY;
}

static mah_status grow_pairs(mah_sparse_inputs *s, int32_t shards) {
  if (s->pairs <= s->room_pairs && shards <= s->room_shards) return MAH_OK;
  s->room_pairs = s->room_shards = 0;
  if (!grow(&s->list_from, shards * s->pairs, sizeof *s->list_from) ||
      !grow(&s->shard_at, shards, sizeof *s->shard_at) ||
      !grow(&s->shards_to, shards * s->pairs, sizeof *s->shards_to) ||
      !grow(&s->merged_from, s->pairs, sizeof *s->merged_from) ||
      !grow(&s->merged_to, s->pairs, sizeof *s->merged_to))
    return MAH_ERROR_MEMORY;
  s->room_pairs = s->pairs;
  s->room_shards = shards;
  return MAH_OK;
}

enum { LINE = 64, ELEMENTS = LINE / sizeof(uint32_t) }; /* of a cache line: bytes, elements */

/* Room for a pair's elements in all shards, and what `copy` may write too many. */
static int64_t merged_list(const mah_sparse_inputs *s) { return s->rows + ELEMENTS; }

/* What nonzeros_find may write of a row. */
static int64_t room_for_row(const mah_sparse_inputs *s) { return s->pairs + MAH_SLACK; }

static int has_codes(const mah_batch *batch) {
  return batch->compressed_ != NULL && batch->compressed_->has_codes;
}

/* Where the order's row at a place is in the compressed rows: start[0] ... start[1] - 1. */
static const int64_t *start_at(const mah_batch *batch, int64_t place) {
  const int32_t *order = batch->order_ ? batch->order_->data : NULL;
  return batch->compressed_->start + (order ? order[place] : place);
}

/* The same of row r of the piece. */
static const int64_t *start_of(const mah_batch *batch, const mah_pass *pass, int64_t r) {
  return start_at(batch, batch->first + pass->first_row + r);
}

/* Elements of the piece's first rows, up to `end`. */
static int64_t count_elements(const mah_batch *batch, const mah_pass *pass, int64_t end) {
  int64_t count = 0;
  for (int64_t r = 0; r < end; r++) {
    const int64_t *start = start_of(batch, pass, r);
    count += start[1] - start[0];
  }
  return count;
}

/* Between two cuts, do the lists of the data set have more than a few elements on an average? */
static int is_worth_cutting(const mah_sparse_inputs *s, const mah_compressed *c_) {
  enum { FEW = 3 };
  if (c_ == NULL) return 1;
  return (double)c_->start[c_->rows] * MAH_CUT_ROWS > FEW * (double)s->pairs * (double)c_->rows;
}

static mah_status grow_cuts(mah_sparse_inputs *s, const mah_compressed *c_, int32_t shards,
                            int64_t shard_rows) {
  s->cuts = is_worth_cutting(s, c_) ? (shard_rows - 1) / MAH_CUT_ROWS : 0;
  int64_t n = shards * s->cuts * s->pairs;
  if (n <= s->room_cuts) return MAH_OK;
  s->room_cuts = 0;
  if (!grow(&s->shards_cut, n, sizeof *s->shards_cut)) return MAH_ERROR_MEMORY;
  s->room_cuts = n;
  return MAH_OK;
}

/* Lists that lie close together, for n elements of a piece. */
static mah_status reserve_close(mah_sparse_inputs *s, int64_t n, int64_t rows, int32_t dtype,
                                int has_gradient) {
  if (n > UINT32_MAX)
    return mah_fail(MAH_ERROR_SHAPE, "x: %" PRId64 " rows have %" PRId64 " elements: too many",
                    rows, n);
  MAH_TRY(grow_elements(&s->shards, n, dtype, 0));
  return has_gradient ? grow_elements(&s->merged, n, dtype, 0) : MAH_OK;
}

mah_status mah_sparse_inputs_reserve_ahead(mah_sparse_inputs *s, const mah_batch *batch,
                                           int64_t end, int64_t rows, int32_t dtype) {
  int64_t most = 0, sum = 0;
  if (batch->compressed_ == NULL || has_codes(batch)) return MAH_OK;
  for (int64_t place = batch->first; place < end; place++) {
    const int64_t *start = start_at(batch, place);
    int64_t row = (place - batch->first) % batch->count;
    sum = start[1] - start[0] + (row % rows > 0 ? sum : 0);
    if (sum > most) most = sum;
  }
  return reserve_close(s, most, rows, dtype, 1);
}

mah_status mah_sparse_inputs_reserve(mah_sparse_inputs *s, const mah_batch *batch,
                                     const mah_pass *piece, int32_t shards, int64_t shard_rows) {
  int coded = has_codes(batch), is_matrix = batch->compressed_ == NULL;
  int32_t dtype = piece->network->dtype;
  s->pairs = (piece->network->inputs + 1) / 2;
  s->is_close = !coded && !is_matrix;
  s->rows = piece->piece_rows;
  s->list = mah_odd_lines(shard_rows, sizeof *s->shards.element);
  MAH_TRY(grow_pairs(s, shards));
  MAH_TRY(grow_cuts(s, batch->compressed_, shards, shard_rows));
  if (s->is_close)
    return reserve_close(s, count_elements(batch, piece, s->rows), s->rows, dtype,
                         piece->has_gradient);
  for (int64_t j = 0; j < s->pairs; j++) s->list_from[j] = (uint32_t)(j * s->list);
  if (is_matrix) MAH_TRY(grow_elements(&s->found, shards * room_for_row(s), dtype, coded));
  MAH_TRY(grow_elements(&s->shards, shards * s->pairs * s->list, dtype, coded));
  if (!piece->has_gradient) return MAH_OK;
  return grow_elements(&s->merged, s->pairs * merged_list(s), dtype, coded);
}

mah_status mah_sparse_inputs_reserve_products(mah_sparse_inputs *s, const mah_network *network,
                                              int64_t rows) {
  size_t size = (size_t)mah_dtype_size(network->dtype);
  int64_t width = mah_packed_width(network->layers[0].units);
  if (s->sums == NULL) s->sums = mah_alloc(rows, MAH_SUMS);
  if (s->packed_delta == NULL) s->packed_delta = mah_alloc(rows * width, size);
  return s->sums == NULL || s->packed_delta == NULL ? MAH_ERROR_MEMORY : MAH_OK;
}

/* -- A shard's lists --------------------------------------------------------------------------- */

/* Compressed rows lie anywhere, so they are asked for before they are wanted: first where they
 * begin, then themselves. Always inline: GCC drops a call that does nothing else. */
enum { SOON = 24 };

__attribute__((always_inline)) static inline void prefetch(const mah_batch *batch,
                                                           const mah_pass *pass, int64_t r) {
  int64_t end = pass->row + pass->rows;
  if (r + 2 * SOON < end) __builtin_prefetch(start_of(batch, pass, r + 2 * SOON));
  if (r + SOON < pass->row || r + SOON >= end) return;
  const int64_t *start = start_of(batch, pass, r + SOON);
  for (int64_t e = start[0]; e < start[1]; e += ELEMENTS)
    __builtin_prefetch(batch->compressed_->element + e);
}

static uint32_t *from_of(const mah_sparse_inputs *s, int32_t shard) {
  return s->list_from + (s->is_close ? shard * s->pairs : 0);
}

/* The lists of a shard: its part of s->shards. */
static mah_element_list lists_of(const mah_sparse_inputs *s, int64_t real_size, int32_t shard) {
  int64_t place = s->is_close ? s->shard_at[shard] : shard * s->pairs * s->list;
  char *value = s->shards.value;
  return (mah_element_list){s->shards.element + place, value ? value + 2 * place * real_size : NULL,
                            0};
}

static uint32_t *cuts_of(const mah_sparse_inputs *s, int32_t shard) {
  return s->shards_cut + shard * s->cuts * s->pairs;
}

/* Before row r of the shard: do the rows so far end at a cut? */
static void note_cut(mah_sparse_inputs *s, const mah_pass *pass, int32_t shard, int64_t r) {
  int64_t rows = r - pass->row;
  if (s->cuts == 0 || rows == 0 || rows % MAH_CUT_ROWS != 0) return;
  memcpy(cuts_of(s, shard) + (rows / MAH_CUT_ROWS - 1) * s->pairs, s->shards_to + shard * s->pairs,
         sizeof *s->shards_to * (size_t)s->pairs);
}

static void fetch_compressed(mah_sparse_inputs *s, const mah_batch *batch, const mah_pass *pass,
                             int32_t shard) {
  const mah_learn_kernels *kernels = mah_learn(pass->network->dtype);
  mah_element_list lists = lists_of(s, kernels->real_size, shard);
  uint32_t *to = s->shards_to + shard * s->pairs;
  for (int64_t r = pass->row - 2 * SOON; r < pass->row + pass->rows; r++) {
    prefetch(batch, pass, r);
    if (r < pass->row) continue;
    note_cut(s, pass, shard, r);
    const int64_t *start = start_of(batch, pass, r);
    mah_sparse_row row = {batch->compressed_->element + start[0], NULL, start[1] - start[0]};
    kernels->nonzeros_transpose(lists.element, NULL, to, &row, 1, (uint32_t)r);
  }
}

/* Where a shard's lists begin when they lie close together. */
static void count_lists(mah_sparse_inputs *s, const mah_batch *batch, const mah_pass *pass,
                        int32_t shard) {
  uint32_t *from = from_of(s, shard), sum = 0;
  s->shard_at[shard] = count_elements(batch, pass, pass->row);
  memset(from, 0, sizeof *from * (size_t)s->pairs);
  for (int64_t r = pass->row; r < pass->row + pass->rows; r++) {
    const int64_t *start = start_of(batch, pass, r);
    for (int64_t e = start[0]; e < start[1]; e++) from[batch->compressed_->element[e]]++;
  }
  for (int64_t j = 0; j < s->pairs; j++) {
    uint32_t count = from[j];
    from[j] = sum;
    sum += count;
  }
}

static void fetch_close(mah_sparse_inputs *s, const mah_batch *batch, const mah_pass *pass,
                        int32_t shard) {
  const mah_learn_kernels *kernels = mah_learn(pass->network->dtype);
  const mah_compressed *c = batch->compressed_;
  mah_element_list lists = lists_of(s, kernels->real_size, shard);
  for (int64_t r = pass->row; r < pass->row + pass->rows; r++) {
    note_cut(s, pass, shard, r);
    const int64_t *start = start_of(batch, pass, r);
    const char *value = (const char *)c->value + 2 * start[0] * kernels->real_size;
    mah_sparse_row row = {c->element + start[0], value, start[1] - start[0]};
    kernels->nonzeros_transpose(lists.element, lists.value, s->shards_to + shard * s->pairs, &row,
                                0, (uint32_t)r);
  }
}

/* Are all values numbers? */
static int fetch_matrix(mah_sparse_inputs *s, const mah_pass *pass, int32_t shard, int checks) {
  const mah_learn_kernels *kernels = mah_learn(pass->network->dtype);
  int64_t size = kernels->real_size, inputs = pass->network->inputs;
  int64_t place = shard * room_for_row(s);
  mah_element_list lists = lists_of(s, size, shard);
  uint32_t *to = s->shards_to + shard * s->pairs, *element = s->found.element + place;
  char *value = (char *)s->found.value + 2 * place * size;
  int all_finite = 1;
  for (int64_t r = pass->row; r < pass->row + pass->rows; r++) {
    note_cut(s, pass, shard, r);
    const char *x = (const char *)pass->x + r * inputs * size;
    mah_sparse_row row = {element, value, kernels->nonzeros_find(element, value, x, inputs)};
    if (checks) all_finite &= kernels->finite(value, 2 * row.count);
    kernels->nonzeros_transpose(lists.element, lists.value, to, &row, 0, (uint32_t)r);
  }
  return all_finite;
}

int mah_sparse_inputs_fetch(mah_sparse_inputs *s, const mah_batch *batch, const mah_pass *pass,
                            int32_t shard, int checks) {
  if (s->is_close) count_lists(s, batch, pass, shard);
  memcpy(s->shards_to + shard * s->pairs, from_of(s, shard),
         sizeof *s->shards_to * (size_t)s->pairs);
  if (batch->compressed_ == NULL) return fetch_matrix(s, pass, shard, checks);
  (s->is_close ? fetch_close : fetch_compressed)(s, batch, pass, shard);
  return 1;
}

mah_sparse_columns mah_sparse_inputs_shard(const mah_sparse_inputs *s, const mah_batch *batch,
                                           int32_t dtype, int32_t shard) {
  mah_element_list lists = lists_of(s, mah_dtype_size(dtype), shard);
  return (mah_sparse_columns){.from = from_of(s, shard),
                              .to = s->shards_to + shard * s->pairs,
                              .element = lists.element,
                              .cuts_ = s->cuts > 0 ? cuts_of(s, shard) : NULL,
                              .code_ = has_codes(batch) ? batch->compressed_->value : NULL,
                              .value = lists.value,
                              .sums = s->sums,
                              .packed_delta = s->packed_delta};
}

/* -- All shards' lists ------------------------------------------------------------------------- */

/* By whole cache lines: there is room for that on both sides. Most lists fit into one. */
static void copy(void *to_, const void *from_, int64_t bytes) {
  char *to = to_;
  const char *from = from_;
  for (; bytes > 0; bytes -= LINE, to += LINE, from += LINE) memcpy(to, from, LINE);
}

/* The elements of pair j, from `place` on. */
static void merge(mah_sparse_inputs *s, int64_t real_size, int coded, int32_t shards, int64_t j,
                  int64_t place) {
  int64_t size = 2 * real_size, shard_size = s->pairs * s->list;
  char *value = s->merged.value;
  const char *shard_value = s->shards.value;
  s->merged_from[j] = (uint32_t)place;
  for (int32_t t = 0; t < shards; t++) {
    int64_t from = s->list_from[j], n = s->shards_to[t * s->pairs + j] - from;
    from += t * shard_size;
    copy(s->merged.element + place, s->shards.element + from, n * (int64_t)sizeof(uint32_t));
    if (!coded) copy(value + place * size, shard_value + from * size, n * size);
    place += n;
  }
  s->merged_to[j] = (uint32_t)place;
}

/* The same of lists that lie close together: behind all shards' elements of the pairs before. */
static void merge_close(mah_sparse_inputs *s, int64_t real_size, int32_t shards, int64_t j) {
  int64_t size = 2 * real_size, place = 0;
  for (int32_t t = 0; t < shards; t++) place += from_of(s, t)[j];
  s->merged_from[j] = (uint32_t)place;
  for (int32_t t = 0; t < shards; t++) {
    int64_t from = from_of(s, t)[j], n = s->shards_to[t * s->pairs + j] - from;
    from += s->shard_at[t];
    if (n == 0) continue;
    memcpy(s->merged.element + place, s->shards.element + from, (size_t)n * sizeof(uint32_t));
    memcpy((char *)s->merged.value + place * size, (char *)s->shards.value + from * size,
           (size_t)(n * size));
    place += n;
  }
  s->merged_to[j] = (uint32_t)place;
}

mah_sparse_columns mah_sparse_inputs_merge(mah_sparse_inputs *s, const mah_batch *batch,
                                           int32_t dtype, int32_t shards, int64_t first,
                                           int64_t count) {
  mah_sparse_columns columns = mah_sparse_inputs_shard(s, batch, dtype, 0);
  if (shards == 1) return columns;
  for (int64_t j = first / 2; j < (first + count + 1) / 2; j++)
    if (s->is_close)
      merge_close(s, mah_dtype_size(dtype), shards, j);
    else
      merge(s, mah_dtype_size(dtype), has_codes(batch), shards, j, j * merged_list(s));
  columns.from = s->merged_from;
  columns.to = s->merged_to;
  columns.element = s->merged.element;
  columns.value = s->merged.value;
  return columns;
}
