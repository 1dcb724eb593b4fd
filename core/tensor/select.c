/* select.c - the k greatest elements and quantiles (sort.h) by selection. */
#include "tensor/kernels/select.h"
#include "base/bits.h"
#include "base/memory.h"
#include "base/simd.h"
#include "tensor/copy.h"
#include "tensor/half.h"
#include "tensor/lanes.h"
#include "tensor/sort.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

MAH_DECLARE_VARIANTS(mah_select_table, mah_select_kernels);

/* -- The k greatest or smallest ---------------------------------------------------------------- */

enum { BLOCK = 64 }; /* elements that are compared with the k-th best together */

/* Candidates, in the order of their places; room for 2 k + BLOCK. */
typedef struct candidates {
  void *key, *spare;
  int32_t *place;
  mah_item *items; /* room for 2 k */
  int64_t k, count, room;
  int wide;
} candidates;

static void *key_at(const candidates *c, int64_t i) {
  return (char *)c->key + i * (c->wide ? 8 : 4);
}

/* Keeps the k best and returns the worst key among them: later elements must be below it. */
static uint64_t keep_best(candidates *c) {
  const mah_select_table *table = MAH_PICK(mah_select_kernels);
  uint64_t kth = table->nth[c->wide](c->spare, c->key, c->count, c->k - 1);
  table->keep[c->wide](c->key, c->place, c->count, c->k, kth);
  c->count = c->k;
  return kth;
}

static void find_best(candidates *c, const char *at, int64_t step, int64_t n, int32_t dtype,
                      uint64_t turn) {
  const mah_select_table *table = MAH_PICK(mah_select_kernels);
  uint64_t block[BLOCK], limit = 0;
  int open = 1; /* until there are enough, everything is a candidate */
  c->count = 0;
  for (int64_t done = 0, m; done < n; done += m, at += m * step) {
    m = n - done < BLOCK ? n - done : BLOCK;
    if (c->count + m > c->room) limit = keep_best(c), open = 0;
    table->load[dtype](open ? key_at(c, c->count) : block, at, step, m, turn);
    int32_t *place = c->place + c->count;
    for (int32_t i = 0; open && i < (int32_t)m; i++) place[i] = (int32_t)done + i;
    c->count +=
        open ? m
             : table->below[c->wide](key_at(c, c->count), place, block, m, limit, (int32_t)done);
  }
  if (c->count > c->k) keep_best(c);
}

static const mah_item *sort_best(const candidates *c) {
  for (int64_t i = 0; i < c->k; i++) {
    const void *key = key_at(c, i);
    uint64_t wide = c->wide ? *(const uint64_t *)key : *(const uint32_t *)key;
    c->items[i] = (mah_item){wide, c->place[i]};
  }
  return mah_items_sort(c->items, c->items + c->k, c->k);
}

static mah_status make_candidates(candidates *c, int64_t k, int32_t dtype) {
  *c = (candidates){.k = k, .room = 2 * k + BLOCK, .wide = mah_dtype_size(dtype) == 8};
  /* one block of memory: what needs the strictest alignment first */
  c->items = mah_alloc(2 * k + 2 * c->room + (c->room + 1) / 2, sizeof *c->items);
  if (c->items == NULL) return MAH_ERROR_MEMORY;
  c->key = c->items + 2 * k;
  c->spare = (uint64_t *)c->key + c->room;
  c->place = (int32_t *)(void *)((uint64_t *)c->spare + c->room);
  return MAH_OK;
}

/* Half of the elements or so: sorted, and the first ones taken. */
static mah_status head_of(mah_tensor *out, const mah_tensor *sorted, int32_t dim, int64_t k) {
  mah_tensor head = {0};
  MAH_TRY(mah_tensor_narrow(&head, sorted, dim, 0, k));
  mah_status status = mah_tensor_clone(out, &head);
  mah_tensor_release(&head);
  return status;
}

static mah_status sort_and_cut(mah_tensor *values, mah_tensor *place, const mah_tensor *x,
                               int32_t dim, int64_t k, int32_t largest, int32_t first) {
  mah_tensor all = {0}, all_places = {0};
  MAH_TRY(mah_sort(&all, &all_places, x, dim, largest, first));
  mah_status status = head_of(values, &all, dim, k);
  if (status == MAH_OK) status = head_of(place, &all_places, dim, k);
  mah_tensor_release(&all);
  mah_tensor_release(&all_places);
  return status;
}

static mah_status select_best(mah_tensor *values, mah_tensor *place, const mah_tensor *x,
                              int32_t dim, int64_t k, int32_t largest, int32_t first) {
  candidates c;
  int64_t extent[MAH_MAX_DIMS];
  memcpy(extent, x->extent, sizeof extent);
  extent[dim] = k;
  MAH_TRY(mah_tensor_new(values, x->elem, x->ndim, extent));
  MAH_TRY(mah_tensor_new(place, MAH_INT32, x->ndim, extent));
  if (mah_tensor_count(values) == 0) return MAH_OK;
  MAH_TRY(make_candidates(&c, k, x->elem));
  int64_t lanes = mah_lane_count(x, dim);
  for (int64_t l = 0; l < lanes; l++) {
    find_best(&c, mah_lane(x, dim, l), mah_lane_step(x, dim), x->extent[dim], x->elem,
              largest ? UINT64_MAX : 0);
    mah_items_store(values, place, x, dim, l, sort_best(&c), k, first);
  }
  mah_free(c.items);
  return MAH_OK;
}

mah_status mah_topk(mah_tensor *values, mah_tensor *place, const mah_tensor *x, int32_t dim,
                    int64_t k, int32_t largest, int32_t first) {
  MAH_TRY(mah_lane_check(x, dim, "topk"));
  if (k < 0 || k > x->extent[dim])
    return mah_fail(MAH_ERROR_ARGUMENT, "topk: k = %" PRId64 " is outside of 0 ... %" PRId64, k,
                    x->extent[dim]);
  int many = k > BLOCK && k > x->extent[dim] / 4;
  mah_status status = (many ? sort_and_cut : select_best)(values, place, x, dim, k, largest, first);
  if (status != MAH_OK) {
    mah_tensor_release(values);
    mah_tensor_release(place);
  }
  return status;
}

/* -- Quantiles --------------------------------------------------------------------------------- */

enum { SEVERAL = 6 }; /* more quantiles than this are read off a sorted copy */

/* A lane, sorted, or as keys among which those wanted are found. */
typedef struct lane {
  const char *sorted_;
  int64_t step, n; /* bytes from one sorted element to the next; elements */
  int64_t numbers; /* those that are not NaN */
  int skips_nan;   /* or is the result NaN where there is one? */
  void *key, *spare;
  int32_t elem;
} lane;

static double element(const char *data, int32_t dtype) {
  const void *at = data;
  switch (dtype) {
  case MAH_FLOAT32: return (double)*(const float *)at;
  case MAH_FLOAT64: return *(const double *)at;
  case MAH_INT32: return *(const int32_t *)at;
  case MAH_INT64: return (double)*(const int64_t *)at;
  case MAH_FLOAT16: return (double)mah_f16_to_float(*(const mah_f16 *)at);
  case MAH_BFLOAT16: return (double)mah_bf16_to_float(*(const mah_bf16 *)at);
  default: return *(const uint8_t *)at;
  }
}

/* The element that has this key (kernels/select.c makes them). */
static double element_of_key(uint64_t key, int32_t dtype) {
  const uint32_t sign32 = (uint32_t)1 << 31;
  const uint64_t sign64 = (uint64_t)1 << 63;
  uint32_t narrow = (uint32_t)key;
  switch (dtype) {
  case MAH_FLOAT16: /* as float32 */
  case MAH_BFLOAT16:
  case MAH_FLOAT32: return (double)mah_float_of_bits(narrow & sign32 ? narrow ^ sign32 : ~narrow);
  case MAH_FLOAT64: return mah_double_of_bits(key & sign64 ? key ^ sign64 : ~key);
  case MAH_INT32: return (int32_t)(narrow ^ sign32);
  case MAH_INT64: return (double)(int64_t)(key ^ sign64);
  default: return narrow;
  }
}

/* The rank-th element, and the next. */
static void neighbours(double *a, double *b, const lane *l, int64_t rank) {
  int last = rank + 1 == l->numbers;
  if (l->sorted_) {
    *a = element(l->sorted_ + rank * l->step, l->elem);
    *b = last ? *a : element(l->sorted_ + (rank + 1) * l->step, l->elem);
    return;
  }
  const mah_select_table *table = MAH_PICK(mah_select_kernels);
  int wide = mah_dtype_size(l->elem) == 8;
  uint64_t key = table->nth[wide](l->spare, l->key, l->n, rank);
  *a = element_of_key(key, l->elem);
  *b = last ? *a : element_of_key(table->next[wide](l->key, l->n, rank, key), l->elem);
}

/* From the nearer one as NumPy does, so that both ends are met exactly. */
static double interpolate(const lane *l, double q) {
  double at = q * (double)(l->numbers - 1), below = floor(at), t = at - below, a, b;
  neighbours(&a, &b, l, (int64_t)below);
  if (t == 0 || a == b) return a;
  if (isinf(a) || isinf(b)) return isinf(a) && isinf(b) ? NAN : isinf(a) ? a : b;
  if (isinf(b - a)) return a * (1 - t) + b * t;
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/* How many elements are no NaN, which come last in order. */
static int64_t count_numbers(const lane *l) {
  int64_t numbers = l->n, nan = 0;
  if (l->sorted_) {
    while (numbers > 0 && isnan(element(l->sorted_ + (numbers - 1) * l->step, l->elem))) numbers--;
    return numbers;
  }
  if (l->elem == MAH_FLOAT32 || mah_dtype_is_half(l->elem))
    for (int64_t i = 0; i < l->n; i++) nan += ((const uint32_t *)l->key)[i] == UINT32_MAX;
  if (l->elem == MAH_FLOAT64)
    for (int64_t i = 0; i < l->n; i++) nan += ((const uint64_t *)l->key)[i] == UINT64_MAX;
  return numbers - nan;
}

static void store_quantiles(mah_tensor *out, int32_t dim, int64_t n, lane *l, const mah_tensor *q) {
  l->numbers = count_numbers(l);
  int nan = l->numbers == 0 || (l->numbers < l->n && !l->skips_nan);
  for (int64_t k = 0; k < q->extent[0]; k++) {
    double fraction = ((const double *)q->data)[k * q->step[0]];
    double value = nan ? NAN : interpolate(l, fraction);
    void *to = mah_lane(out, dim, n) + k * mah_lane_step(out, dim);
    mah_convert_row(out->elem, MAH_FLOAT64)(to, 0, (const char *)&value, 0, 1);
  }
}

static mah_status check_fractions(const mah_tensor *q) {
  MAH_TRY(mah_tensor_check_dtype(q, "quantile: q", MAH_FLOAT64));
  if (q->ndim != 1)
    return mah_fail(MAH_ERROR_SHAPE, "quantile: q must be a vector, got %s",
                    mah_tensor_describe(q));
  for (int64_t k = 0; k < q->extent[0]; k++) {
    double fraction = ((const double *)q->data)[k * q->step[0]];
    if (!(fraction >= 0 && fraction <= 1))
      return mah_fail(MAH_ERROR_ARGUMENT, "quantile: q = %g is outside of 0 ... 1", fraction);
  }
  return MAH_OK;
}

static mah_status quantiles_of_sorted(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                      const mah_tensor *q, int skips_nan) {
  mah_tensor sorted = {0};
  MAH_TRY(mah_sort(&sorted, NULL, x, dim, 0, 0));
  lane l = {.n = x->extent[dim],
            .step = mah_lane_step(&sorted, dim),
            .skips_nan = skips_nan,
            .elem = x->elem};
  int64_t lanes = mah_lane_count(x, dim);
  for (int64_t i = 0; i < lanes; i++) {
    l.sorted_ = mah_lane(&sorted, dim, i);
    store_quantiles(out, dim, i, &l, q);
  }
  mah_tensor_release(&sorted);
  return MAH_OK;
}

static mah_status quantiles_of_keys(mah_tensor *out, const mah_tensor *x, int32_t dim,
                                    const mah_tensor *q, int skips_nan) {
  lane l = {.n = x->extent[dim], .skips_nan = skips_nan, .elem = x->elem};
  int64_t lanes = mah_lane_count(x, dim), size = mah_dtype_size(x->elem) == 8 ? 8 : 4;
  l.key = mah_alloc(2 * l.n, (size_t)size);
  if (l.key == NULL) return MAH_ERROR_MEMORY;
  l.spare = (char *)l.key + l.n * size;
  for (int64_t i = 0; i < lanes; i++) {
    MAH_PICK(mah_select_kernels)
        ->load[x->elem](l.key, mah_lane(x, dim, i), mah_lane_step(x, dim), l.n, 0);
    store_quantiles(out, dim, i, &l, q);
  }
  mah_free(l.key);
  return MAH_OK;
}

static mah_status quantile(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *q,
                           int skips_nan) {
  int64_t extent[MAH_MAX_DIMS];
  MAH_TRY(mah_lane_check(x, dim, "quantile"));
  MAH_TRY(check_fractions(q));
  if (x->extent[dim] == 0)
    return mah_fail(MAH_ERROR_SHAPE, "quantile: %s has no elements", mah_tensor_describe(x));
  memcpy(extent, x->extent, sizeof extent);
  extent[dim] = q->extent[0];
  MAH_TRY(
      mah_tensor_new(out, mah_dtype_is_integer(x->elem) ? MAH_FLOAT64 : x->elem, x->ndim, extent));
  mah_status status =
      (q->extent[0] > SEVERAL ? quantiles_of_sorted : quantiles_of_keys)(out, x, dim, q, skips_nan);
  if (status != MAH_OK) mah_tensor_release(out);
  return status;
}

mah_status mah_quantile(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *q) {
  return quantile(out, x, dim, q, 0);
}

mah_status mah_nanquantile(mah_tensor *out, const mah_tensor *x, int32_t dim, const mah_tensor *q) {
  return quantile(out, x, dim, q, 1);
}
