/* sort_shared.h - a long lane of keys of 32 bits, sorted by several threads: as sort.c does it alone,
 * with the same result.
 *
 * An item is a word, a key with its place below it.
 */
#ifndef MAH_SORT_SHARED_H
#define MAH_SORT_SHARED_H

#include "tensor/kernels/select.h"
#include "tensor/kernels/sort.h"

#ifndef MAH_CDEF
/* Do threads help with a lane of n? */
int mah_sort_is_shared(int64_t n);

/* The keys of the elements, `step` bytes apart. */
void mah_sort_shared_load(mah_keys_load *load, uint32_t *key, const char *from, int64_t step,
                          int64_t n, uint64_t turn);
/* The items, key - *low with its place, in order, in one of two rooms; NULL without memory. */
uint64_t *mah_sort_shared_items(uint64_t *item, uint64_t *spare, uint32_t *low, const uint32_t *key,
                                int64_t n);
/* What they stand for, as mah_sort_table's elements. */
void mah_sort_shared_elements(uint32_t *to, int32_t *place, const uint64_t *item, int64_t n,
                              const mah_key_form *form, int32_t first);
#endif
#endif
