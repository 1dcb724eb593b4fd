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
  HUGE_LEAST = 1 << 22,  /* from here on a block asks for huge pages */
  CACHE_LEAST = 1 << 16, /* smaller blocks are left to malloc */
  CACHE_SLOTS = 256,
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
  int64_t bytes; /* asked for, and counted */
  size_t whole;  /* with this header and rounding up */
} header;

static _Atomic int64_t live, peak, fail_at;

int64_t mah_memory_live(void) { return live; }
int64_t mah_memory_peak(void) { return peak; }
void mah_memory_fail_at(int64_t n) { fail_at = n; }

static int told_to_fail(void) { return fail_at > 0 && atomic_fetch_sub(&fail_at, 1) == 1; }

static void count(int64_t bytes) {
  int64_t now = atomic_fetch_add(&live, bytes) + bytes;
  int64_t seen = peak;
  while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
  }
}

/* -- The cache --------------------------------------------------------------------------------- */

/* Freed blocks wait here, oldest first, for the next request of about their size: most of the cost
 * of a large new block is the kernel's first touch of its pages. Who finds the cache in use by
 * another thread goes to malloc instead; nobody waits, and a fork in between does no harm. */
static struct {
  atomic_flag busy;
  int used;
  size_t bytes;
  header *block[CACHE_SLOTS];
} cache = {.busy = ATOMIC_FLAG_INIT};

static int enter(void) {
  return !atomic_flag_test_and_set_explicit(&cache.busy, memory_order_acquire);
}
static void leave(void) { atomic_flag_clear_explicit(&cache.busy, memory_order_release); }

static header *take_slot(int i) {
  header *block = cache.block[i];
  cache.used--;
  cache.bytes -= block->whole;
  memmove(&cache.block[i], &cache.block[i + 1], sizeof cache.block[0] * (size_t)(cache.used - i));
  return block;
}

/* The newest block that fits without wasting more than a quarter. */
static header *take_cached(size_t whole) {
  header *found = NULL;
  if (!CACHES || whole < CACHE_LEAST || !enter()) return NULL;
  for (int i = cache.used - 1; i >= 0 && found == NULL; i--) {
    size_t size = cache.block[i]->whole;
    if (size >= whole && size - whole <= whole / 4) found = take_slot(i);
  }
  leave();
  return found;
}

/* Is the block in the cache now, in the place of older ones? */
static int put_cached(header *block) {
  size_t room = (size_t)(live > cache_room ? live : cache_room);
  if (!CACHES || block->whole < CACHE_LEAST || block->whole > room || !enter()) return 0;
  while (cache.used == CACHE_SLOTS || cache.bytes + block->whole > room) free(take_slot(0));
  cache.block[cache.used++] = block;
  cache.bytes += block->whole;
  leave();
  return 1;
}

void mah_memory_trim(void) {
  if (!enter()) return;
  while (cache.used > 0) free(take_slot(0));
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

static header *get_block(int64_t bytes) {
  size_t whole = round_up(ALIGNMENT + (size_t)bytes, ALIGNMENT);
  if (whole >= HUGE_LEAST) whole = round_up(whole, HUGE_PAGE);
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
