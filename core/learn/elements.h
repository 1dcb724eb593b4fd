/* elements.h - the elements of mostly-zero matrices: found, unpacked, counted, transposed. */
#ifndef MAH_ELEMENTS_H
#define MAH_ELEMENTS_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_elements_find      MAH_VARIANT(mah_elements_find)
#define mah_elements_transpose MAH_VARIANT(mah_elements_transpose)
#define mah_elements_finite    MAH_VARIANT(mah_elements_finite)

/* The elements of x[0 ... columns - 1] that are not 0; returns how many there are. Up to
 * MAH_SLACK more places may be written. */
int64_t mah_elements_find(uint32_t *element, void *value, const void *x, int64_t columns);

/* Puts the elements of x where they belong among its columns: one of column j goes to place[j],
 * which moves on, as one of row first_row + r. value_ is filled when x is not coded. */
void mah_elements_transpose(uint32_t *element, void *value_, uint32_t *place,
                            const mah_sparse_rows *x, int64_t rows, int64_t first_row);

/* Is none of x[0 ... n - 1] NaN or infinite? */
int mah_elements_finite(const void *x, int64_t n);
#endif
