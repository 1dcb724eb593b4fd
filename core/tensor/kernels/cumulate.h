/* cumulate.h - running sums, products and extremes of rows, one after the other or side by side. */
#ifndef MAH_KERNELS_CUMULATE_H
#define MAH_KERNELS_CUMULATE_H

#ifndef MAH_CDEF
#include <stdint.h>

/* What is computed in: the other dtypes are converted. */
enum { MAH_WORK_F32, MAH_WORK_F64, MAH_WORK_I32, MAH_WORK_I64, MAH_WORKS };

/* out[i] = *total o in[0] o ... o in[i], and *total becomes the last one. Floats and doubles are
 * computed in double, int64_t modulo 2^64; there is none for int32_t. */
typedef void mah_running_row(void *out, const void *in, int64_t n, void *total);
/* acc[j] = acc[j] o in[j]; out[j] = acc[j] */
typedef void mah_running_side(void *acc, void *out, const void *in, int64_t n);

/* out[i] = the largest (smallest) of *best, in[0] ... in[i]; place[i] = where the last such one
 * stands, `from` being in[0]'s; *best and *at are those of before, and become the last ones. NaN
 * beats every number. */
typedef void mah_extreme_row(void *out, int32_t *place, const void *in, int64_t n, void *best,
                             int32_t *at, int32_t from);
/* The same side by side: best[j] and at[j] take in in[j], which stands at `from`. */
typedef void mah_extreme_side(void *best, int32_t *at, const void *in, int64_t n, int32_t from);

typedef struct mah_cumulate_table {
  mah_running_row *sum[MAH_WORKS], *product[MAH_WORKS];
  mah_running_side *sum_side[MAH_WORKS], *product_side[MAH_WORKS];
  mah_extreme_row *largest[MAH_WORKS], *smallest[MAH_WORKS];
  mah_extreme_side *largest_side[MAH_WORKS], *smallest_side[MAH_WORKS];
} mah_cumulate_table;
#endif
#endif
