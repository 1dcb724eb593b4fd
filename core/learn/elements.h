/* elements.h - the elements of mostly-zero matrices: found, counted, transposed (mah_sparse_pairs,
 * kernels.h).
 */
#ifndef MAH_ELEMENTS_H
#define MAH_ELEMENTS_H

#include "learn/kernels.h"
#include "learn/real.h"

#define mah_elements_find       MAH_VARIANT(mah_elements_find)
#define mah_elements_find_codes MAH_VARIANT(mah_elements_find_codes)
#define mah_elements_count      MAH_VARIANT(mah_elements_count)
#define mah_elements_transpose  MAH_VARIANT(mah_elements_transpose)
#define mah_elements_finite     MAH_VARIANT(mah_elements_finite)

/* The elements of a pair of rows, x[0 ... n - 1] and y[0 ... n - 1]; or, when y_ is NULL, of the
 * pairs of neighbours x[0] and x[1], x[2] and x[3] ...: element j is of x[2j] and x[2j + 1], of
 * which the last may be missing and counts as 0. Returns how many there are. Up to MAH_SLACK more
 * places may be written. */
int64_t mah_elements_find(uint32_t *element, void *first, void *second, const void *x,
                          const void *y_, int64_t n);

/* The same of rows of codes, as mah_compressed has them: which of the n are not 0, a bit each, and
 * then the codes of these. Codes of both go into an element. n <= 65536; after the last code 8
 * bytes may be read. */
int64_t mah_elements_find_codes(uint32_t *element, const uint8_t *x, const uint8_t *y_, int64_t n);

/* x has, row by row, the elements of pairs of neighbours. Adds the number of elements j to
 * count[j]. */
void mah_elements_count(uint32_t *count, const mah_sparse_pairs *x, int64_t rows);

/* Brings them where they belong among the pairs of columns: element j of row r goes to place[j],
 * which moves on, as one of column first_row + r. first and second are filled when x has no
 * codes. */
void mah_elements_transpose(uint32_t *element, void *first, void *second, uint32_t *place,
                            const mah_sparse_pairs *x, int64_t rows, int64_t first_row);

/* Is none of x[0 ... n - 1] NaN or infinite? */
int mah_elements_finite(const void *x, int64_t n);
#endif
