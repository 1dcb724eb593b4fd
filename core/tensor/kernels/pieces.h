/* pieces.h - bytes moved piece by piece: rows of a matrix, rows of several side by side, a matrix
 * turned around, elements picked by their positions. */
#ifndef MAH_KERNELS_PIECES_H
#define MAH_KERNELS_PIECES_H

#include "tensor/apply.h"

#ifndef MAH_CDEF
/* `rows` pieces of `bytes`; steps in bytes from one to the next. */
typedef void mah_pieces_copy(char *out, int64_t out_step, const char *in, int64_t in_step,
                             int64_t bytes, int64_t rows);
/* Row r of out, out_step apart: the r-th pieces of all n inputs, in which they lie together. */
typedef void mah_pieces_join(char *out, int64_t out_step, const char *const *in,
                             const int64_t *bytes, int64_t n, int64_t rows);
/* out[i, j] = in[j, i]; steps in elements from one row to the next. */
typedef void mah_pieces_turn(void *out, int64_t out_step, const void *in, int64_t in_step,
                             int64_t rows, int64_t columns);
/* Are all n positions inside of -size ... -1 and first ... size - 1 + first? */
typedef int mah_pieces_inside(const int32_t *position, int64_t n, int32_t first, int64_t size);
/* to[k] = from[position[k]], k < n; positions count from `first`, and from -1 at the end of
 * `size`. They are inside. */
typedef void mah_pieces_pick(char *to, const char *from, const int32_t *position, int64_t n,
                             int32_t first, int64_t size);

typedef struct mah_pieces_table {
  mah_pieces_copy *copy;
  mah_pieces_join *join;
  mah_pieces_turn *turn[MAH_DTYPES];
  mah_pieces_inside *inside;
  mah_pieces_pick *pick_1, *pick_2, *pick_4, *pick_8; /* elements of so many bytes */
} mah_pieces_table;
#endif
#endif
