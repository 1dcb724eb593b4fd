#include "tensor/sort_shared.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/simd.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_sort_table, mah_sort_kernels);

enum { LEAST = 1 << 18, DIGIT = 11, CHUNKS = 16 };

/* A lane in chunks, one a thread. The digits that begin at bit `shift` are counted and placed; from
 * keys in the first pass, from items in the others. */
typedef struct shared {
  int64_t n;
  int32_t chunks;
  int bits, shift;
  uint32_t low, (*count)[1 << DIGIT]; /* of each chunk */
  uint32_t least[CHUNKS], most[CHUNKS];
  const uint32_t *key;
  const uint64_t *from; /* NULL in the first pass */
  uint64_t *to;
} shared;

int mah_sort_is_shared(int64_t n) { return n >= LEAST && mah_parallel_threads() > 1; }

static int32_t chunks_now(void) {
  int32_t threads = mah_parallel_threads();
  return threads < CHUNKS ? threads : CHUNKS;
}

static int64_t begin(const shared *s, int32_t chunk) { return s->n * chunk / s->chunks; }

/* -- Passes ------------------------------------------------------------------------------------ */

static void span_task(void *context, int32_t i) {
  shared *s = context;
  MAH_PICK(mah_sort_kernels)
      ->span(&s->least[i], &s->most[i], s->key + begin(s, i), begin(s, i + 1) - begin(s, i));
}

static void count_task(void *context, int32_t i) {
  const shared *s = context;
  int64_t end = begin(s, i + 1), at = begin(s, i);
  uint32_t *count = s->count[i], mask = ((uint32_t)1 << s->bits) - 1, low = s->low;
  int shift = s->shift;
  memset(count, 0, sizeof s->count[i]);
  if (s->from == NULL)
    for (; at < end; at++) count[(s->key[at] - low) & mask]++;
  else
    for (; at < end; at++) count[s->from[at] >> shift & mask]++;
}

/* The counts become places: those of a digit in the order of the chunks. */
static void add_up(const shared *s) {
  uint32_t sum = 0;
  for (int v = 0; v < 1 << s->bits; v++)
    for (int32_t i = 0; i < s->chunks; i++) {
      uint32_t here = s->count[i][v];
      s->count[i][v] = sum;
      sum += here;
    }
}

static void place_task(void *context, int32_t i) {
  const shared *s = context;
  int64_t end = begin(s, i + 1), at = begin(s, i);
  uint32_t *start = s->count[i], mask = ((uint32_t)1 << s->bits) - 1, low = s->low;
  uint64_t *to = s->to;
  int shift = s->shift;
  for (; s->from == NULL && at < end; at++) {
    uint32_t k = s->key[at] - low;
    to[start[k & mask]++] = (uint64_t)k << 32 | (uint64_t)at;
  }
  for (; at < end; at++) {
    uint64_t item = s->from[at];
    to[start[item >> shift & mask]++] = item;
  }
}

/* How many passes over digits of s->bits bits order all keys. */
static int plan_passes(shared *s) {
  uint32_t least = s->least[0], most = s->most[0];
  for (int32_t i = 1; i < s->chunks; i++) {
    if (s->least[i] < least) least = s->least[i];
    if (s->most[i] > most) most = s->most[i];
  }
  int width = most == least ? 1 : 32 - __builtin_clz(most - least);
  int passes = (width + DIGIT - 1) / DIGIT;
  s->low = least;
  s->bits = (width + passes - 1) / passes;
  return passes;
}

uint64_t *mah_sort_shared_items(uint64_t *item, uint64_t *spare, uint32_t *low, const uint32_t *key,
                                int64_t n) {
  shared s = {.n = n, .chunks = chunks_now(), .key = key};
  s.count = mah_alloc(s.chunks, sizeof *s.count);
  if (s.count == NULL) return NULL;
  mah_parallel_run(span_task, &s, s.chunks);
  int passes = plan_passes(&s);
  for (int p = 0; p < passes; p++) {
    s.shift = 32 + p * s.bits;
    s.from = p == 0 ? NULL : item;
    s.to = p == 0 ? item : spare;
    mah_parallel_run(count_task, &s, s.chunks);
    add_up(&s);
    mah_parallel_run(place_task, &s, s.chunks);
    if (p == 0) continue;
    uint64_t *was = item;
    item = spare;
    spare = was;
  }
  mah_free(s.count);
  *low = s.low;
  return item;
}

/* -- Before and after -------------------------------------------------------------------------- */

typedef struct load {
  mah_keys_load *load;
  uint32_t *key;
  const char *from;
  int64_t step, n;
  uint64_t turn;
  int32_t chunks;
} load;

static void load_task(void *context, int32_t i) {
  const load *l = context;
  int64_t at = l->n * i / l->chunks, end = l->n * (i + 1) / l->chunks;
  l->load(l->key + at, l->from + at * l->step, l->step, end - at, l->turn);
}

void mah_sort_shared_load(mah_keys_load *row, uint32_t *key, const char *from, int64_t step,
                          int64_t n, uint64_t turn) {
  load l = {row, key, from, step, n, turn, chunks_now()};
  mah_parallel_run(load_task, &l, l.chunks);
}

typedef struct elements {
  uint32_t *to;
  int32_t *place;
  const uint64_t *item;
  int64_t n;
  const mah_key_form *form;
  int32_t first, chunks;
} elements;

static void elements_task(void *context, int32_t i) {
  const elements *e = context;
  int64_t at = e->n * i / e->chunks, end = e->n * (i + 1) / e->chunks;
  MAH_PICK(mah_sort_kernels)
      ->elements(e->to + at, e->place + at, e->item + at, end - at, e->form, e->first);
}

void mah_sort_shared_elements(uint32_t *to, int32_t *place, const uint64_t *item, int64_t n,
                              const mah_key_form *form, int32_t first) {
  elements e = {to, place, item, n, form, first, chunks_now()};
  mah_parallel_run(elements_task, &e, e.chunks);
}
