/* nonzeros.h - the elements of mostly-zero inputs (mah_sparse_row, mah_sparse_columns in
 * operands.h): found in a row, and brought into the order of their columns.
 */
#ifndef MAH_LEARN_KERNELS_NONZEROS_H
#define MAH_LEARN_KERNELS_NONZEROS_H

#include "learn/kernels/operands.h"
#include "tensor/kernels/real.h"

#define mah_nonzeros_find      MAH_VARIANT(mah_nonzeros_find)
#define mah_nonzeros_transpose MAH_VARIANT(mah_nonzeros_transpose)

/* The elements of a row x[0 ... n - 1], without codes; where n is odd, a 0 is added. Returns how
 * many there are. Up to MAH_SLACK more places may be written. */
int64_t mah_nonzeros_find(uint32_t *element, void *value, const void *x, int64_t n);

/* Brings a row's elements where they belong among the columns: that of pair j goes to place[j],
 * which moves on, as one of row `number`. Without codes `value` is filled, too. */
void mah_nonzeros_transpose(uint32_t *element, void *value, uint32_t *place,
                            const mah_sparse_row *row, int32_t has_codes, uint32_t number);
#endif
