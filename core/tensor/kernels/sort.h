/* sort.h - what sorting does before and after: keys of 32 bits are looked over, and items become
 * elements and places. An item is a word, a key with its place below it.
 */
#ifndef MAH_KERNELS_SORT_H
#define MAH_KERNELS_SORT_H

#ifndef MAH_CDEF
#include <stdint.h>

/* What an item's key is: an element's, or ~ it, less `low`. */
typedef struct mah_key_form {
  uint32_t low, turn; /* turn: all ones for ~ */
  int is_float;
} mah_key_form;

typedef struct mah_sort_table {
  /* The least and the greatest of n > 0 keys. */
  void (*span)(uint32_t *least, uint32_t *most, const uint32_t *key, int64_t n);
  /* Is any float NaN or -0, which share a key with others (kernels/select.h)? */
  int (*share_keys)(const float *x, int64_t n);
  /* Is any item less than the one before? */
  int (*disordered)(const uint64_t *item, int64_t n);
  /* to[i] = the bits of the element that item i stands for; place[i] as below */
  void (*elements)(uint32_t *to, int32_t *place, const uint64_t *item, int64_t n,
                   const mah_key_form *form, int32_t first);
  /* to[i] = the place of item i, counted from `first` */
  void (*places)(int32_t *to, const uint64_t *item, int64_t n, int32_t first);
} mah_sort_table;
#endif
#endif
