/* memory.h - the one allocator: 64-byte aligned, overflow-checked, counted, and able to fail on
 * request, so that the tests can walk every out-of-memory path.
 */
#ifndef MAH_MEMORY_H
#define MAH_MEMORY_H

#ifndef MAH_CDEF
#include <stddef.h>
#include <stdint.h>
#endif

int64_t mah_memory_live(void); /* bytes allocated and not yet freed, over all threads */
int64_t mah_memory_peak(void); /* the largest mah_memory_live() so far */

int64_t mah_memory_ahead(void); /* live bytes, and half of the latest block over again */

/* Blocks that are freed are kept for the next request of about their size, up to 128 MiB
 * in all, or as much as is live; they do not count as live. This gives them back to the system. */
void mah_memory_trim(void);

/* The n-th allocation from now on fails (1 = the next one), once; 0 cancels. For tests. */
void mah_memory_fail_at(int64_t n);

#ifndef MAH_CDEF
/* count * size bytes, not initialised, aligned to 64. NULL (with the message set) when the product
 * overflows or memory is out. count = 0 gives a valid pointer. */
void *mah_alloc(int64_t count, size_t size);
void *mah_alloc_zero(int64_t count, size_t size);
void mah_free(void *block_); /* takes NULL */
#endif
#endif
