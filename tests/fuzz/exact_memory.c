/* exact_memory.c - memory.h for fuzzing: each block ends with its last byte, so that the sanitizer
 * sees the first one past it; the largest is remembered; nothing is cached.
 */
#include "base/memory.h"

#include "reader.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };
static const int64_t most_bytes = (int64_t)1 << 33;

static _Atomic int64_t live, peak, largest; /* some readers use threads */

static void raise_to(_Atomic int64_t *most, int64_t value) {
  int64_t seen = *most;
  while (value > seen && !atomic_compare_exchange_weak(most, &seen, value))
    ;
}

int64_t mah_memory_live(void) { return live; }
int64_t mah_memory_peak(void) { return peak; }
void mah_memory_trim(void) {}
void mah_memory_fail_at(int64_t n) { (void)n; }

int64_t fuzz_largest(void) { return atomic_exchange(&largest, 0); }

void *mah_alloc(int64_t count, size_t size) {
  int64_t bytes;
  void *block;
  if (count < 0 || __builtin_mul_overflow(count, (int64_t)size, &bytes) || bytes > most_bytes) {
    mah_fail(MAH_ERROR_MEMORY, "out of memory: %lld elements", (long long)count);
    return NULL;
  }
  raise_to(&largest, bytes);
  if (posix_memalign(&block, ALIGNMENT, (size_t)bytes + ALIGNMENT) != 0) {
    mah_fail(MAH_ERROR_MEMORY, "out of memory: %lld bytes", (long long)bytes);
    return NULL;
  }
  memcpy(block, &bytes, sizeof bytes);
  raise_to(&peak, atomic_fetch_add(&live, bytes) + bytes);
  return (char *)block + ALIGNMENT;
}

void *mah_alloc_zero(int64_t count, size_t size) {
  void *block = mah_alloc(count, size);
  return block ? memset(block, 0, (size_t)count * size) : NULL;
}

void mah_free(void *block_) {
  int64_t bytes;
  if (block_ == NULL) return;
  void *block = (char *)block_ - ALIGNMENT;
  memcpy(&bytes, block, sizeof bytes);
  live -= bytes;
  free(block);
}
