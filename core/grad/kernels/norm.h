/* norm.h - the rows and strips of columns that norm.c works on. */
#ifndef MAH_KERNELS_NORM_H
#define MAH_KERNELS_NORM_H

#ifndef MAH_CDEF
#include <stdint.h>
#endif

/* To the gradient of which operand is added? The others' old elements are not read. */
enum { MAH_NORM_ADD_X = 1, MAH_NORM_ADD_WEIGHT = 2, MAH_NORM_ADD_BIAS = 4 };

#ifndef MAH_CDEF
enum { MAH_NORM_STRIP = 64 }; /* columns that are taken at a time */

/* Columns of a matrix whose rows are `apart` elements apart: the pointers are at the first of the
 * strip's, of x, g and dx as well as of weight, bias, mean and scale. */
typedef struct mah_norm_strip {
  int64_t rows, apart, width;
  const void *x, *g;
  const void *weight_;
  double *mean, *scale; /* of the columns; of layer norm, of the rows */
} mah_norm_strip;

/* [0]: of floats, [1]: of doubles. keep: 1, the old elements are added to; 0, they are not read. */
typedef struct mah_norm_table {
  /* y = (x - mean) scale weight_ + bias_, scale = 1 / sqrt(var + eps), of a row */
  void (*layer[2])(void *y, double *mean, double *scale, const void *x, const void *weight_,
                   const void *bias_, double eps, int64_t n);
  void (*layer_back[2])(void *dx, const void *g, const void *x, const void *weight_, double mean,
                        double scale, int keep, int64_t n);
  /* dweight_ = sum_i g h, dbias_ = sum_i g over the rows of layer norm */
  void (*layer_sums[2])(void *dweight_, void *dbias_, const mah_norm_strip *strip, int add);
  /* y of a strip, with its mean, scale and var (M - 1) */
  void (*batch[2])(void *y, double *var, const void *bias_, double eps,
                   const mah_norm_strip *strip);
  void (*batch_back[2])(void *dx_, void *dweight_, void *dbias_, const mah_norm_strip *strip,
                        int add);
} mah_norm_table;
#endif
#endif
