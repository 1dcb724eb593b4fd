/* compressed.h - the inputs of a data set without their zeros, made once for a training.
 *
 * Images have at most 255 different values besides 0, so one byte tells which. A row is a list of
 * its elements, 4 bytes for two columns (mah_sparse_row, kernels/operands.h). Rows that come
 * without their zeros may have any values, which lie beside the elements then.
 */
#ifndef MAH_LEARN_DRIVE_COMPRESSED_H
#define MAH_LEARN_DRIVE_COMPRESSED_H

#include "tensor/tensor.h"

typedef struct mah_compressed mah_compressed;

/* Up to this share of elements that are not zero, in percent, the sparse products are faster. */
enum { MAH_SPARSE_PERCENT = 33 };

/* The inputs x (N, columns) of any dtype in a network's dtype; bytes and integers times `scale`.
 * *out is NULL where x is better taken as it is: it has more than `most` elements that are not zero
 * among its elements (MAH_SPARSE_PERCENT / 100 is about right), more than 255 different values
 * besides 0, or more than 131072 columns. The result does not look at x any more. */
mah_status mah_compressed_new(mah_compressed **out, const mah_tensor *x, double scale,
                              int32_t dtype, double most);

/* The same of rows that come without their zeros, with any number of columns and values: row r has
 * value[i] in column[i], counted from 0 and ascending, for i = start[r] ... start[r + 1] - 1.
 * start (rows + 1) int64, column (elements) int32, value (elements) of either floating-point dtype;
 * errors name row and column of NaN and infinity, and begin with `name`. */
mah_status mah_compressed_from_rows(mah_compressed **out, const mah_tensor *start,
                                    const mah_tensor *column, const mah_tensor *value,
                                    int64_t columns, int32_t dtype, const char *name);
/* What mah_compressed_new decides by. */
typedef struct mah_survey {
  int64_t elements;   /* that are not zero */
  int64_t count;      /* of different values besides 0; more than 255: too many, or x is too wide */
  uint64_t bits[255]; /* the values, as they are in the network's dtype before they are scaled */
} mah_survey;

mah_status mah_compressed_survey(mah_survey *out, const mah_tensor *x, int32_t dtype);
void mah_compressed_free(mah_compressed *c_);
int64_t mah_compressed_bytes(const mah_compressed *c);

#ifndef MAH_CDEF
struct mah_compressed {
  int32_t dtype, has_codes;
  int64_t rows, columns;
  int64_t *start;    /* (rows + 1) of row r in `element` */
  uint32_t *element; /* of the rows, one after the other */
  void *value;       /* (MAH_CODES) by code; of 0 it is 0. Without codes: two of each element */
};

/* values *= scale, or values /= whole where scale is 1 / whole: 255 / 255 is 1 */
void mah_compressed_scale(void *values, int32_t dtype, int64_t n, double scale);
#endif
#endif
