/* elements.h - the elements of mostly-zero inputs: found, transposed (mah_sparse_row and
 * mah_sparse_columns, kernels.h).
 */
#ifndef MAH_ELEMENTS_H
#define MAH_ELEMENTS_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_elements_find      MAH_VARIANT(mah_elements_find)
#define mah_elements_transpose MAH_VARIANT(mah_elements_transpose)
#define mah_elements_finite    MAH_VARIANT(mah_elements_finite)

/* The elements of a row x[0 ... n - 1], without codes; where n is odd, a 0 is added. Returns how
 * many there are. Up to MAH_SLACK more places may be written. */
int64_t mah_elements_find(uint32_t *element, void *value, const void *x, int64_t n);

/* Brings a row's elements where they belong among the columns: that of pair j goes to place[j],
 * which moves on, as one of row `number`. Without codes `value` is filled, too. */
void mah_elements_transpose(uint32_t *element, void *value, uint32_t *place,
                            const mah_sparse_row *row, int32_t has_codes, uint32_t number);

/* Is none of x[0 ... n - 1] NaN or infinite? */
int mah_elements_finite(const void *x, int64_t n);
#endif
