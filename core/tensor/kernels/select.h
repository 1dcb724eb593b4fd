/* select.h - order without sorting: elements as keys, the k-th smallest key, the k smallest. */
#ifndef MAH_KERNELS_SELECT_H
#define MAH_KERNELS_SELECT_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
/* Keys are unsigned numbers in the order of the elements: uint32_t for dtypes of up to 4 bytes,
 * uint64_t for others. All NaN have the greatest one, -0 has 0's. Turned keys, ~key, descend. */
typedef void mah_keys_load(void *key, const char *at, int64_t step, int64_t n, uint64_t turn);
/* The rank-th (from 0) of n > rank keys in ascending order; spare has room for as many. */
typedef uint64_t mah_keys_nth(void *spare, const void *keys, int64_t n, int64_t rank);
/* The smallest key above `key`, which is the rank-th of n > rank + 1; `key` again when it is the
 * next one, too. */
typedef uint64_t mah_keys_next(const void *keys, int64_t n, int64_t rank, uint64_t key);
/* Appends to kept and place the keys below `limit` and where they stand, `from` + their places;
 * both have room for all n. Returns how many. */
typedef int64_t mah_keys_below(void *kept, int32_t *place, const void *key, int64_t n,
                               uint64_t limit, int32_t from);

/* Of n keys and their places those of the k smallest stay, in their order, where `kth` is the k-th
 * smallest key; of those that equal it, the first. */
typedef void mah_keys_keep(void *key, int32_t *place, int64_t n, int64_t k, uint64_t kth);

/* [0]: of uint32_t, [1]: of uint64_t */
typedef struct mah_select_table {
  mah_keys_load *load[MAH_DTYPES];
  mah_keys_nth *nth[2];
  mah_keys_next *next[2];
  mah_keys_below *below[2];
  mah_keys_keep *keep[2];
} mah_select_table;
#endif
#endif
