/* integers.h - sums and products of integers and bools in int64, modulo 2^64 (see reduce.h). */
#ifndef MAH_INTEGERS_H
#define MAH_INTEGERS_H

#include "tensor/tensor.h"

#ifndef MAH_CDEF
/* r[j] = the sum (or the product) of line j: `count` elements of dtype `elem`, `along` bytes apart;
 * lines are `across` bytes apart. */
void mah_integer_lines(int64_t *r, int product, const char *data, int32_t elem, int64_t lines,
                       int64_t across, int64_t count, int64_t along);
#endif
#endif
