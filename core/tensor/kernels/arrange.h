/* arrange.h - rows of elements turned around or repeated, by the elements' size. */
#ifndef MAH_KERNELS_ARRANGE_H
#define MAH_KERNELS_ARRANGE_H

#ifndef MAH_CDEF
#include <stdint.h>

enum { MAH_ELEMENT_SIZES = 4 }; /* 1, 2, 4 and 8 bytes */

/* out[i] = in[n - 1 - i] */
typedef void mah_reverse_row(void *out, const void *in, int64_t n);
/* out: each of the n elements `times` times */
typedef void mah_repeat_row(void *out, const void *in, int64_t n, int64_t times);
/* out: element i of n count[i] times */
typedef void mah_repeat_counted(void *out, const void *in, const int64_t *count, int64_t n);

typedef struct mah_arrange_table { /* [k]: of elements of 2^k bytes */
  mah_reverse_row *reverse[MAH_ELEMENT_SIZES];
  mah_repeat_row *repeat[MAH_ELEMENT_SIZES];
  mah_repeat_counted *counted[MAH_ELEMENT_SIZES];
} mah_arrange_table;
#endif
#endif
