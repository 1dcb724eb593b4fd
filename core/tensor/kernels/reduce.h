/* reduce.h - the folds that reductions are made of. */
#ifndef MAH_KERNELS_REDUCE_H
#define MAH_KERNELS_REDUCE_H

#ifndef MAH_CDEF
#include <stdint.h>

/* What is folded over x, where s is a number that the caller chose (a mean, a maximum). */
#define MAH_FOLDS(X)                                                                               \
  X(sum)     /* sum x */                                                                           \
  X(squares) /* sum (x - s)^2 */                                                                   \
  X(exps)    /* sum exp(x - s) */                                                                  \
  X(product)                                                                                       \
  X(smallest) /* NaN if any is */                                                                  \
  X(largest)                                                                                       \
  X(nonzero) /* how many x are not 0 */                                                            \
  X(nansum)  /* the same, where NaN are left out: */                                               \
  X(nansquares)                                                                                    \
  X(nanproduct)                                                                                    \
  X(nansmallest) /* of none: inf */                                                                \
  X(nanlargest)  /* of none: -inf */                                                               \
  X(numbers)     /* how many x are not NaN */

#define MAH_FOLD_ENTRY(name) MAH_FOLD_##name,
enum { MAH_FOLDS(MAH_FOLD_ENTRY) MAH_FOLD_COUNT };
#undef MAH_FOLD_ENTRY

/* n elements in a row -> one number */
typedef double mah_fold_row(const void *x, int64_t n, double s);
/* The place of the first of n elements that equals `value` (is NaN, if that is NaN). */
typedef int64_t mah_fold_first(const void *x, int64_t n, double value);
/* sum a b over n elements in a row */
typedef double mah_fold_dot(const void *a, const void *b, int64_t n);
/* n folds side by side: acc[j] takes in x[j] of each row, which lie `step` bytes apart */
typedef void mah_fold_side(double *acc, const void *x, int64_t rows, int64_t step, const double *s,
                           int64_t n);
/* acc[j] becomes x[j], and place[j] becomes i, where x[j] is smaller (larger), or the first NaN;
 * for the nan_ twins, where x[j] is smaller (larger), or the first number */
typedef void mah_fold_place(double *acc, double *place, const double *x, double i, int64_t n);

typedef struct mah_fold_table {
  mah_fold_row *row[2][MAH_FOLD_COUNT]; /* [0]: of floats, [1]: of doubles */
  mah_fold_side *side[2][MAH_FOLD_COUNT];
  mah_fold_first *first[2];
  mah_fold_dot *dot[2];
  mah_fold_place *place_smallest, *place_largest, *place_nansmallest, *place_nanlargest;
} mah_fold_table;
#endif
#endif
