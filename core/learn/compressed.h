/* compressed.h - the inputs of a data set without their zeros, made once for a training.
 *
 * Where the inputs have at most 255 different values besides 0, as images have, an element takes
 * two bytes: how far its column is from the one before, and its value's place in a table. Rows are
 * picked in any order, so the fewer bytes the better.
 */
#ifndef MAH_COMPRESSED_H
#define MAH_COMPRESSED_H

#include "tensor/tensor.h"

typedef struct mah_compressed mah_compressed;

/* The inputs x (N, columns) of any dtype in a network's dtype; bytes and integers times `scale`.
 * *out is NULL where x is better taken as it is: it has more than `most` elements that are not zero
 * among its elements (0.33 is about right), or more than 16 million columns. The result does not look at
 * x any more. */
mah_status mah_compressed_new(mah_compressed **out, const mah_tensor *x, double scale,
                              int32_t dtype, double most);
void mah_compressed_free(mah_compressed *c_);
int64_t mah_compressed_bytes(const mah_compressed *c);

#ifndef MAH_CDEF
#include "learn/kernels.h"

struct mah_compressed {
  int32_t dtype, coded;
  int64_t rows, columns;
  uint32_t *start;   /* (rows + 1) of pairs or elements */
  uint16_t *pair;    /* coded: columns to go + 256 code; code 0: only to go on, a 0 is here */
  void *value;       /* (256) by code, of 0 the first; not coded: of each element */
  uint32_t *element; /* not coded: column * MAH_CODES */
};

/* values *= scale, or values /= whole where scale is 1 / whole: 255 / 255 is 1 */
void mah_compressed_scale(void *values, int32_t dtype, int64_t n, double scale);
#endif
#endif
