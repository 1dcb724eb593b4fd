#include "base/memory.h"

#include "base/status.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
  ALIGNMENT = 64,
  HUGE_PAGE = 1 << 21,
  HUGE_LEAST = HUGE_PAGE, /* from here on a block asks for huge pages */
  LEAST_POWER = 6,        /* of two: the smallest block */
  STEPS = 8,              /* sizes of blocks from one power of two to the next */
  CLASSES = (64 - LEAST_POWER) * STEPS + 2,
};
static const int64_t cache_room = (int64_t)128 << 20; /* or as much as is live, if that is more */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* The sanitizer is to see every block come and go, and aborts when asked for more than this. */
enum { CACHES = !SANITIZED };
static const int64_t most_bytes = SANITIZED ? (int64_t)1 << 39 : INT64_MAX - 2 * HUGE_PAGE;

/* Each block is preceded by one cache line that remembers its size. */
typedef struct header {
  int64_t bytes;                /* asked for, and counted */
  size_t whole;                 /* with this header and rounding up */
  struct header *older, *newer; /* neighbours in the cache ... */
  struct header *above, *below; /* ... and among those of its size, the newest on top */
} header;
_Static_assert(sizeof(header) <= ALIGNMENT, "the header has a cache line");

static _Atomic int64_t live, peak, latest, fail_at;

int64_t mah_memory_live(void) { return live; }
int64_t mah_memory_peak(void) { return peak; }
int64_t mah_memory_ahead(void) { return live + latest / 2; }
void mah_memory_fail_at(int64_t n) { fail_at = n; }

static int told_to_fail(void) { return fail_at > 0 && atomic_fetch_sub(&fail_at, 1) == 1; }

static void count(int64_t bytes) {
  int64_t now = atomic_fetch_add(&live, bytes) + bytes;
  int64_t seen = peak;
  while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
  }
}

/* -- The cache --------------------------------------------------------------------------------- */

/* Freed blocks wait here for the next request of about their size: most of the cost of a large new
 * block is the kernel's first touch of its pages, and that of a small one malloc's search for the
 * alignment. Who finds the cache in use by another thread goes to malloc instead; nobody waits, and
 * a fork in between does no harm. */
static struct {
  atomic_flag busy;
  size_t bytes;
  header *oldest, *newest;
  header *top[CLASSES]; /* the newest block of each size */
} cache = {.busy = ATOMIC_FLAG_INIT};

static int enter(void) {
  return !atomic_flag_test_and_set_explicit(&cache.busy, memory_order_acquire);
}
static void leave(void) { atomic_flag_clear_explicit(&cache.busy, memory_order_release); }

/* Sizes are powers of two and seven steps to the next one: this is the step below `whole`. */
static int class_of(size_t whole) {
  int power = 63 - __builtin_clzll((unsigned long long)whole);
  return (power - LEAST_POWER) * STEPS + (int)(whole >> (power - 3) & (STEPS - 1));
}

static header *take(header *block) {
  *(block->above ? &block->above->below : &cache.top[class_of(block->whole)]) = block->below;
  if (block->below) block->below->above = block->above;
  *(block->newer ? &block->newer->older : &cache.newest) = block->older;
  *(block->older ? &block->older->newer : &cache.oldest) = block->newer;
  cache.bytes -= block->whole;
  return block;
}

static void put(header *block) {
  header **top = &cache.top[class_of(block->whole)];
  block->below = *top;
  block->older = cache.newest;
  block->above = block->newer = NULL;
  if (block->below) block->below->above = block;
  *(block->older ? &block->older->newer : &cache.oldest) = block;
  *top = cache.newest = block;
  cache.bytes += block->whole;
}

/* A block that fits without wasting more than a quarter. */
static header *take_cached(size_t whole) {
  header *found = NULL;
  if (!CACHES || !enter()) return NULL;
  for (int class = class_of(whole), last = class + 2; class <= last && found == NULL; class ++)
    if (cache.top[class]) found = take(cache.top[class]);
  leave();
  return found;
}

/* Is the block in the cache now, in the place of older ones? */
static int put_cached(header *block) {
  size_t room = (size_t)(live > cache_room ? live : cache_room);
  if (!CACHES || block->whole > room || !enter()) return 0;
  while (cache.bytes + block->whole > room) free(take(cache.oldest));
  put(block);
  leave();
  return 1;
}

void mah_memory_trim(void) {
  if (!enter()) return;
  while (cache.oldest) free(take(cache.oldest));
  leave();
}

/* -- Blocks ------------------------------------------------------------------------------------ */

static size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

static header *fresh_block(size_t whole) {
  if (whole < HUGE_LEAST) return aligned_alloc(ALIGNMENT, whole);
  void *block = aligned_alloc(HUGE_PAGE, whole);
#ifdef MADV_HUGEPAGE
  if (block != NULL) madvise(block, whole, MADV_HUGEPAGE); /* advice: may fail without harm */
#endif
  return block;
}

/* Blocks have few sizes, so that they find their like in the cache. */
static size_t whole_size(int64_t bytes) {
  size_t whole = round_up(ALIGNMENT + (size_t)bytes, ALIGNMENT);
  if (whole >= HUGE_LEAST) whole = round_up(whole, HUGE_PAGE);
  size_t step = (size_t)1 << (60 - __builtin_clzll((unsigned long long)whole));
  return CACHES && step > ALIGNMENT ? round_up(whole, step) : whole;
}

static header *get_block(int64_t bytes) {
  size_t whole = whole_size(bytes);
  if (told_to_fail()) return NULL;
  header *block = take_cached(whole);
  if (block != NULL) return block;
  block = fresh_block(whole);
  if (block == NULL) {
    mah_memory_trim();
    block = fresh_block(whole);
  }
  if (block != NULL) block->whole = whole;
  return block;
}

void *mah_alloc(int64_t n, size_t size) {
  int64_t bytes;
  if (n < 0 || __builtin_mul_overflow(n, (int64_t)size, &bytes) || bytes > most_bytes) {
    mah_fail(MAH_ERROR_MEMORY, "out of memory: %" PRId64 " elements of %zu bytes", n, size);
    return NULL;
  }
  header *block = get_block(bytes);
  if (block == NULL) {
    mah_fail(MAH_ERROR_MEMORY, "out of memory: %" PRId64 " bytes wanted, %" PRId64 " in use", bytes,
             mah_memory_live());
    return NULL;
  }
  block->bytes = bytes;
  latest = bytes;
  count(bytes);
  return (char *)block + ALIGNMENT;
}

void *mah_alloc_zero(int64_t n, size_t size) {
  void *block = mah_alloc(n, size);
  return block ? memset(block, 0, (size_t)n * size) : NULL;
}

void mah_free(void *block_) {
  if (block_ == NULL) return;
  header *block = (header *)(void *)((char *)block_ - ALIGNMENT);
  count(-block->bytes);
  if (!put_cached(block)) free(block);
}
