/* search.h - where numbers stand among ascending ones, many searches at a time. */
#ifndef MAH_KERNELS_SEARCH_H
#define MAH_KERNELS_SEARCH_H

#ifndef MAH_CDEF
#include <stdint.h>

/* What is searched in: float, double, int32_t, int64_t. */
enum { MAH_SEARCH_F32, MAH_SEARCH_F64, MAH_SEARCH_I32, MAH_SEARCH_I64, MAH_SEARCHES };

/* place[i] = how many of the n ascending numbers in `sorted` are less than x[i] (`right`: or equal
 * to it), plus `first`; NaN comes behind all numbers. */
typedef void mah_search_row(int32_t *place, const void *x, int64_t m, const void *sorted, int64_t n,
                            int32_t first);
/* out[i]: on the line through the points (xp, fp) beside x[i], where right[i] of the n xp are at
 * most x[i]; ends[0] before and ends[1] behind all of them. */
typedef void mah_interp_row(double *out, const double *x, const int32_t *right, int64_t m,
                            const double *xp, const double *fp, int64_t n, const double *ends);

typedef struct mah_search_table {
  mah_search_row *left[MAH_SEARCHES], *right[MAH_SEARCHES];
  mah_interp_row *interp;
} mah_search_table;
#endif
#endif
