/* sort.c - stable radix sorts (least significant digit first) of keys that order as numbers do. */
#include "tensor/sort.h"

#include "base/memory.h"
#include "base/simd.h"
#include "tensor/kernels/select.h"
#include "tensor/kernels/sort.h"
#include "tensor/lanes.h"
#include "tensor/sort_shared.h"
#include "tensor/split.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_select_table, mah_select_kernels);
MAH_DECLARE_VARIANTS(mah_sort_table, mah_sort_kernels);

enum { CHUNK = 256 }; /* keys made at a time */

static void load_items(mah_item *items, const char *data, int64_t step, int64_t n, int32_t dtype,
                       uint64_t turn) {
  uint64_t key[CHUNK];
  mah_keys_load *load = MAH_PICK(mah_select_kernels)->load[dtype];
  for (int64_t done = 0, m; done < n; done += m, data += m * step) {
    m = n - done < CHUNK ? n - done : CHUNK;
    load(key, data, step, m, turn);
    for (int64_t i = 0; i < m; i++) items[done + i] = (mah_item){key[i], done + i};
  }
}

/* -- Sorting, whatever the keys ---------------------------------------------------------------- */

static void insertion_sort(mah_item *items, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    mah_item moved = items[i];
    int64_t at = i;
    for (; at > 0 && items[at - 1].key > moved.key; at--) items[at] = items[at - 1];
    items[at] = moved;
  }
}

/* One pass over digit `d`; returns 0 when all items have the same one. */
static int pass(mah_item *to, const mah_item *from, int64_t n, int d, const int64_t *count) {
  int64_t start[256], sum = 0;
  if (count[from[0].key >> 8 * d & 255] == n) return 0;
  for (int v = 0; v < 256; v++) {
    start[v] = sum;
    sum += count[v];
  }
  for (int64_t i = 0; i < n; i++) to[start[from[i].key >> 8 * d & 255]++] = from[i];
  return 1;
}

mah_item *mah_items_sort(mah_item *items, mah_item *spare, int64_t n) {
  int64_t count[8][256];
  if (n <= 48) return insertion_sort(items, n), items;
  memset(count, 0, sizeof count);
  for (int64_t i = 0; i < n; i++)
    for (int d = 0; d < 8; d++) count[d][items[i].key >> 8 * d & 255]++;
  for (int d = 0; d < 8; d++)
    if (pass(spare, items, n, d, count[d])) {
      mah_item *swap = items;
      items = spare;
      spare = swap;
    }
  return items;
}

/* -- Keys of 32 bits: one with its place below it is a word, and all words differ --------------*/

enum { DIGIT = 11, FEW = 48 }; /* a digit's bits, or less; what is sorted without digits */

/* By insertion from `at` to `end`, what is before being in order; returns the moves. */
static int64_t insert(uint64_t *item, int64_t at, int64_t end) {
  int64_t moves = 0;
  for (; at < end; at++) {
    uint64_t moved = item[at];
    int64_t to = at;
    for (; to > 0 && item[to - 1] > moved; to--) item[to] = item[to - 1];
    item[to] = moved;
    moves += at - to;
  }
  return moves;
}

enum { PIECE = 32 };

/* By insertion where next to all are in order; gives up, and returns 0, after too many moves. */
static int put_right(uint64_t *item, int64_t n) {
  const mah_sort_table *table = MAH_PICK(mah_sort_kernels);
  int64_t moves = 0;
  for (int64_t at = 1, end; at < n && moves <= n / 2; at = end) {
    end = n - at < PIECE ? n : at + PIECE;
    if (table->disordered(item + at - 1, end - at + 1)) moves += insert(item, at, end);
  }
  return moves <= n / 2;
}

/* Which bits of key - low are sorted by: `passes` digits of `bits` each, from bit `shift` on. */
typedef struct digits {
  uint32_t low;
  int shift, bits, passes;
  uint32_t count[4][1 << DIGIT];
} digits;

static void count_digits(digits *d, const uint32_t *restrict key, int64_t n) {
  uint32_t mask = ((uint32_t)1 << d->bits) - 1, low = d->low;
  uint32_t *restrict a = d->count[0], *restrict b = d->count[1];
  int bits = d->bits, first = d->shift;
  for (int p = 0; p < d->passes; p++) memset(d->count[p], 0, (mask + (size_t)1) * sizeof(uint32_t));
  for (int64_t i = 0; d->passes == 1 && i < n; i++) a[key[i] - low]++;
  for (int p = 0; p + 1 < d->passes; p += 2, first += 2 * bits) {
    a = d->count[p], b = d->count[p + 1];
    for (int64_t i = 0; i < n; i++) {
      uint32_t k = (key[i] - low) >> first;
      a[k & mask]++;
      b[k >> bits & mask]++;
    }
  }
  a = d->count[2];
  for (int64_t i = 0; d->passes == 3 && i < n; i++) a[(key[i] - low) >> first]++;
}

/* Two digits are enough for a few keys, most of which are in order then. `all`: every bit. */
static void plan_digits(digits *d, const uint32_t *key, int64_t n, int all) {
  uint32_t most;
  int digit = n < 1000 ? 8 : DIGIT; /* the counts are walked through, too */
  MAH_PICK(mah_sort_kernels)->span(&d->low, &most, key, n);
  int width = most == d->low ? 0 : 32 - __builtin_clz(most - d->low);
  d->shift = 0;
  if (!all && n < 1 << 18 && width > 2 * DIGIT) {
    d->shift = width - 2 * DIGIT;
    width = 2 * DIGIT;
    digit = DIGIT;
  }
  d->passes = width <= digit ? 1 : width <= 2 * digit ? 2 : width <= 3 * digit ? 3 : 4;
  d->bits = (width + d->passes - 1) / d->passes;
  count_digits(d, key, n);
}

/* counts become the places where the items of a digit begin */
static void add_up(uint32_t *count, int bits) {
  uint32_t sum = 0;
  for (int v = 0; v < 1 << bits; v++) {
    uint32_t here = count[v];
    count[v] = sum;
    sum += here;
  }
}

/* Puts the items of keys[n] in order by their digits; returns which of the two rooms has them. */
static uint64_t *sort_by_digits(uint64_t *item, uint64_t *spare, digits *d, const uint32_t *key,
                                int64_t n) {
  uint32_t mask = ((uint32_t)1 << d->bits) - 1, *start = d->count[0], low = d->low;
  int shift = d->shift;
  add_up(start, d->bits);
  for (int64_t i = 0; i < n; i++) {
    uint32_t k = key[i] - low;
    item[start[k >> shift & mask]++] = (uint64_t)k << 32 | (uint64_t)i;
  }
  for (int p = 1; p < d->passes; p++) {
    uint64_t *from = item;
    shift = 32 + d->shift + p * d->bits;
    start = d->count[p];
    add_up(start, d->bits);
    for (int64_t i = 0; i < n; i++) spare[start[from[i] >> shift & mask]++] = from[i];
    item = spare;
    spare = from;
  }
  return item;
}

/* The items, key - *low with the place below it, of keys[n], in order, in one of two rooms. */
static uint64_t *sort_keys(uint64_t *item, uint64_t *spare, uint32_t *low, const uint32_t *key,
                           int64_t n) {
  digits d;
  if (n <= FEW) {
    *low = 0;
    for (int64_t i = 0; i < n; i++) item[i] = (uint64_t)key[i] << 32 | (uint64_t)i;
    insert(item, 1, n);
    return item;
  }
  plan_digits(&d, key, n, 0);
  *low = d.low;
  uint64_t *sorted = sort_by_digits(item, spare, &d, key, n);
  if (d.shift == 0 || put_right(sorted, n)) return sorted;
  plan_digits(&d, key, n, 1);
  return sort_by_digits(item, spare, &d, key, n);
}

static void gather_values(char *to, int64_t step, const char *from, int64_t from_step,
                          const uint64_t *item, int64_t n, int64_t size) {
  for (int64_t i = 0; i < n; i++, to += step)
    memcpy(to, from + (int64_t)(uint32_t)item[i] * from_step, (size_t)size);
}

/* -- Lanes ------------------------------------------------------------------------------------- */

void mah_items_store(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                     int64_t n, const mah_item *items, int64_t count, int32_t first) {
  int64_t size = mah_dtype_size(x->elem), from_step = mah_lane_step(x, dim);
  char *to = values_ ? mah_lane(values_, dim, n) : NULL, *from = mah_lane(x, dim, n);
  char *place = place_ ? mah_lane(place_, dim, n) : NULL;
  for (int64_t i = 0; i < count; i++) {
    if (to)
      memcpy(to + i * mah_lane_step(values_, dim), from + items[i].place * from_step, (size_t)size);
    if (place)
      *(int32_t *)(void *)(place + i * mah_lane_step(place_, dim)) =
          (int32_t)items[i].place + first;
  }
}

mah_status mah_lane_check(const mah_tensor *x, int32_t dim, const char *function) {
  MAH_TRY(mah_tensor_check(x, function));
  if (dim < 0 || dim >= x->ndim)
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: dimension %d of %s", function, dim + 1,
                    mah_tensor_describe(x));
  if (x->extent[dim] > INT32_MAX - 1)
    return mah_fail(MAH_ERROR_SHAPE, "%s: %s is too long for int32 places", function,
                    mah_tensor_describe(x));
  return MAH_OK;
}

static void store_places(char *to, int64_t step, const uint64_t *item, int64_t n, int32_t first) {
  if (step == (int64_t)sizeof first) {
    MAH_PICK(mah_sort_kernels)->places((int32_t *)(void *)to, item, n, first);
    return;
  }
  for (int64_t i = 0; i < n; i++, to += step)
    *(int32_t *)(void *)to = (int32_t)(uint32_t)item[i] + first;
}

/* Can the elements of a lane be made of their keys? */
static int are_in_keys(int32_t dtype, const char *from, int64_t step, int64_t n) {
  if (dtype != MAH_FLOAT32 || step != (int64_t)sizeof(float)) return dtype == MAH_INT32;
  return !MAH_PICK(mah_sort_kernels)->share_keys((const float *)(const void *)from, n);
}

static void load_keys(mah_keys_load *load, uint32_t *key, const char *from, int64_t step, int64_t n,
                      uint64_t turn) {
  load(key, from, step, n, turn);
}

/* One lane of keys of 32 bits; memory for n keys and 2 n items. Results have no gaps. */
static void sort_narrow(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                        int64_t lane, uint64_t turn, int32_t first, uint64_t *memory) {
  mah_key_form form = {0, (uint32_t)turn, x->elem == MAH_FLOAT32};
  int64_t n = x->extent[dim], step = mah_lane_step(x, dim), size = mah_dtype_size(x->elem);
  uint32_t *key = (uint32_t *)(void *)(memory + 2 * n);
  const char *from = mah_lane(x, dim, lane);
  char *to = values_ ? mah_lane(values_, dim, lane) : NULL;
  char *place = place_ ? mah_lane(place_, dim, lane) : NULL;
  mah_keys_load *load = MAH_PICK(mah_select_kernels)->load[x->elem];
  int shared = mah_sort_is_shared(n);
  const uint64_t *item = NULL;
  (shared ? mah_sort_shared_load : load_keys)(load, key, from, step, n, turn);
  if (shared) item = mah_sort_shared_items(memory, memory + n, &form.low, key, n);
  if (item == NULL) item = sort_keys(memory, memory + n, &form.low, key, n);
  if (to && mah_lane_step(values_, dim) == size && are_in_keys(x->elem, from, step, n)) {
    (shared ? mah_sort_shared_elements : MAH_PICK(mah_sort_kernels)->elements)(
        (uint32_t *)(void *)to, place ? (int32_t *)(void *)place : (int32_t *)key, item, n, &form,
        first);
    return;
  }
  if (place) store_places(place, mah_lane_step(place_, dim), item, n, first);
  if (to) gather_values(to, mah_lane_step(values_, dim), from, step, item, n, size);
}

static void sort_wide(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                      int64_t lane, uint64_t turn, int32_t first, mah_item *items) {
  int64_t n = x->extent[dim];
  load_items(items, mah_lane(x, dim, lane), mah_lane_step(x, dim), n, x->elem, turn);
  mah_items_store(values_, place_, x, dim, lane, mah_items_sort(items, items + n, n), n, first);
}

/* All lanes; with several, some by each thread, in a room of its own. */
typedef struct sorting {
  mah_tensor *values_, *place_;
  const mah_tensor *x;
  int32_t dim, first, rooms;
  int64_t lanes, room; /* room: words for one lane */
  uint64_t turn, *memory;
} sorting;

static void sort_lanes(void *context, int32_t i) {
  const sorting *s = context;
  uint64_t *room = s->memory + i * s->room;
  for (int64_t l = s->lanes * i / s->rooms; l < s->lanes * (i + 1) / s->rooms; l++)
    if (mah_dtype_size(s->x->elem) < 8)
      sort_narrow(s->values_, s->place_, s->x, s->dim, l, s->turn, s->first, room);
    else
      sort_wide(s->values_, s->place_, s->x, s->dim, l, s->turn, s->first, (mah_item *)room);
}

mah_status mah_sort(mah_tensor *values_, mah_tensor *place_, const mah_tensor *x, int32_t dim,
                    int32_t descending, int32_t first) {
  MAH_TRY(mah_lane_check(x, dim, "sort"));
  int64_t n = x->extent[dim], lanes = n > 0 ? mah_lane_count(x, dim) : 0;
  int32_t threads = mah_splits(mah_tensor_count(x)) ? mah_parallel_threads() : 1;
  sorting s = {.values_ = values_, .place_ = place_, .x = x, .dim = dim, .first = first};
  s.lanes = lanes;
  s.rooms = lanes > threads ? threads : lanes > 1 ? (int32_t)lanes : 1;
  s.room = mah_dtype_size(x->elem) < 8 ? (5 * n + 2) / 2 : 2 * n * (int64_t)sizeof(mah_item) / 8;
  s.turn = descending ? UINT64_MAX : 0;
  s.memory = mah_alloc(s.rooms * s.room, sizeof *s.memory);
  mah_status status = s.memory ? MAH_OK : MAH_ERROR_MEMORY;
  if (status == MAH_OK && values_) status = mah_tensor_new(values_, x->elem, x->ndim, x->extent);
  if (status == MAH_OK && place_) status = mah_tensor_new(place_, MAH_INT32, x->ndim, x->extent);
  if (status == MAH_OK && s.rooms == 1) sort_lanes(&s, 0);
  if (status == MAH_OK && s.rooms > 1) mah_parallel_run(sort_lanes, &s, s.rooms);
  mah_free(s.memory);
  if (status != MAH_OK) {
    mah_tensor_release(values_);
    mah_tensor_release(place_);
  }
  return status;
}
