/* fft_block.h - the vectors of a tensor side by side in a block, from where they lie and back. For
 * fft.c.
 */
#ifndef MAH_FFT_BLOCK_H
#define MAH_FFT_BLOCK_H

#include "tensor/fft_plan.h"

#ifndef MAH_CDEF
enum mah_fft_form { MAH_FFT_COMPLEX, MAH_FFT_TO_REAL, MAH_FFT_FROM_REAL, MAH_FFT_FROM_REAL_TO_ALL };

/* Vectors (outer, length, inner), `in` numbers long where they come from, `out` where they go. */
typedef struct mah_fft_job {
  enum mah_fft_form form;
  int backward, wide, packed; /* packed: real vectors as complex ones of half their length */
  char *out_re, *out_im_;
  const char *re_, *im_;
  int64_t n, in, out, outer, inner, lines, lanes;
  int64_t length; /* of the complex transform */
  double scale;
  const mah_fft_plan *plan, *half_;
  char *room;
  int64_t room_bytes, part_bytes;
  int32_t tasks;
} mah_fft_job;

static inline int64_t mah_fft_size(const mah_fft_job *j) { return j->wide ? 8 : 4; }
static inline int64_t mah_fft_row_bytes(const mah_fft_job *j) {
  return j->lanes == 1 ? mah_fft_size(j) : MAH_FFT_BLOCK;
}
const mah_fft_table *mah_fft_pick(void); /* this processor's kernels */

/* Lane l of a block is a vector whose first number lies at base[l]; its j-th one `step` numbers
 * behind. */
typedef struct mah_fft_strip {
  int64_t base[MAH_FFT_BLOCK / 4], step;
  int64_t lanes, room; /* in use, and in a row of the block */
  int64_t length;      /* numbers in a vector */
  int together;        /* lanes are neighbours in memory */
  int turned;          /* or one behind the other, the numbers of each being neighbours */
} mah_fft_strip;

/* The place of vectors first, first + 1, ... in a tensor where they are `length` long. */
void mah_fft_place(mah_fft_strip *s, const mah_fft_job *j, int64_t first, int64_t length);
/* Numbers first, first + by, ... of the vectors at x_ become `rows` rows of a block; then follow
 * zeros, up to `all`. */
void mah_fft_load(const mah_fft_job *j, char *block, const char *x_, const mah_fft_strip *s,
                  int64_t first, int64_t by, int64_t rows, int64_t all);
/* Rows of a block become numbers first, first + by, ... of the vectors at y, times `scale`. */
void mah_fft_store(const mah_fft_job *j, char *y, char *block, const mah_fft_strip *s,
                   int64_t first, int64_t by, int64_t rows, double scale);
/* Even numbers of the vectors at x become rows of b[0], odd ones of b[1]; and back. */
void mah_fft_load_pairs(const mah_fft_job *j, char *b[4], const mah_fft_strip *s);
void mah_fft_store_pairs(const mah_fft_job *j, char *b[4], const mah_fft_strip *s);
#endif
#endif
