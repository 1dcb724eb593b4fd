#include "base/memory.h"

#include "base/status.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Each block is preceded by one cache line that remembers its size. */
enum { ALIGNMENT = 64 };

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

void *mah_alloc(int64_t n, size_t size) {
  int64_t bytes;
  if (n < 0 || __builtin_mul_overflow(n, (int64_t)size, &bytes) ||
      bytes > INT64_MAX - 2 * ALIGNMENT) {
    mah_fail(MAH_ERROR_MEMORY, "out of memory: %" PRId64 " elements of %zu bytes", n, size);
    return NULL;
  }
  size_t whole = ALIGNMENT + ((size_t)bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  char *block = told_to_fail() ? NULL : aligned_alloc(ALIGNMENT, whole);
  if (block == NULL) {
    mah_fail(MAH_ERROR_MEMORY, "out of memory: %" PRId64 " bytes wanted, %" PRId64 " in use", bytes,
             mah_memory_live());
    return NULL;
  }
  *(int64_t *)block = bytes;
  count(bytes);
  return block + ALIGNMENT;
}

void *mah_alloc_zero(int64_t n, size_t size) {
  void *block = mah_alloc(n, size);
  return block ? memset(block, 0, (size_t)n * size) : NULL;
}

void mah_free(void *block_) {
  if (block_ == NULL) return;
  char *block = (char *)block_ - ALIGNMENT;
  count(-*(int64_t *)block);
  free(block);
}
