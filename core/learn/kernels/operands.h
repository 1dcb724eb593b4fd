/* operands.h - what the learn wing's kernels are called with. Vectors of reals are void pointers
 * here: the float kernels take them for float, the double ones for double.
 */
#ifndef MAH_LEARN_KERNELS_OPERANDS_H
#define MAH_LEARN_KERNELS_OPERANDS_H

#include "learn/model/network.h"
#include "learn/model/solver.h"
#include "tensor/kernels/affine.h"

#include <stdint.h>

/* -- Places ------------------------------------------------------------------------------------ */

/* `count` elements of `size` bytes, rounded up to an odd number of cache lines: rows or lists that
 * lie so far apart do not crowd into a few sets of the cache. */
static inline int64_t mah_odd_lines(int64_t count, int64_t size) {
  return ((count * size + 63) / 64 | 1) * (64 / size);
}

/* -- Inputs without their zeros ---------------------------------------------------------------- */

/* A row. Its columns are taken two by two: an element for each pair of neighbours 2j and 2j + 1 of
 * which at least one is not zero, in their order. When there are codes, an element is
 * j << 16 | code of column 2j + 1 << 8 | code of column 2j; else element[e] is j, and the values
 * are value[2e] and value[2e + 1]. */
typedef struct mah_sparse_row {
  const uint32_t *element;
  const void *value;
  int64_t count;
} mah_sparse_row;

/* The same of many rows by columns: the pair j has the elements from[j] ... to[j] - 1, in the order
 * of the rows; the number of the row takes the place of j, and the value of a code is
 * code_[code]. */
typedef struct mah_sparse_columns {
  const uint32_t *from, *to, *element;
  const uint32_t *cuts_; /* (cuts, pairs): where each MAH_CUT_ROWS of a shard's rows end, but the
                            last ones; NULL: not known */
  const void *code_, *value;
  void *sums; /* work space: MAH_SUMS bytes for each row of the piece, aligned to 64 bytes */
  void *packed_delta; /* (rows of the piece, units): the first layer's delta, by sparse_pack */
} mah_sparse_columns;

/* So many rows share what they read of a W that is not packed; fewer are taken one by one. */
enum { MAH_TILE_ROWS = 4 };

enum {
  MAH_CODES = 256, /* code 0 is the value 0 */
  MAH_SLACK = 8,   /* elements that nonzeros_find may write too many */
  MAH_SUMS = 512,  /* bytes of work space that sparse_forward wants for each row */
  MAH_CUT_ROWS = 64
};

/* -- Masks, vectors ---------------------------------------------------------------------------- */

/* Which dropout mask: the same numbers draw the same one. */
typedef struct mah_mask_key {
  uint64_t seed, step;
  int32_t layer;
  int64_t first; /* place in the batch, row * units, of the first element */
} mah_mask_key;

/* A step from w to new_w, of n elements: see mah_vector_advance (learn/vector.h). */
typedef struct mah_secant {
  void *w, *g, *s, *y;
  const void *new_w, *new_g;
  int64_t n;
} mah_secant;

/* One step of a solver over n elements; second_ as in learn/step.h. */
typedef void mah_update(void *w, void *first, void *second_, const void *g, int64_t n,
                        const mah_step_settings *settings);

/* -- A pass ------------------------------------------------------------------------------------ */

/* What the work space holds of a layer for the rows of a piece. */
typedef struct mah_layer_work {
  void *out;          /* (rows, units): after activation and dropout */
  void *mask_;        /* (rows, units): 0 or 1/(1-rate); NULL without dropout */
  void *z_;           /* (rows, units): before the activation; NULL where it is not kept */
  void *delta;        /* (rows, units): dL/dz */
  void *packed;       /* (inputs, units): W, packed (gemm.h) where its rows are not taken */
  void *transposed_;  /* (units, inputs): W transposed, packed; NULL for the first layer */
  void *packed_delta; /* (rows of the piece, units): delta, packed, as W */
} mah_layer_work;

/* What the rows should come out as: class numbers, or targets; both NULL: forward only. */
typedef struct mah_targets {
  const int32_t *class_; /* (rows) */
  const void *target_;   /* (rows, outputs) */
  const void *weight_;   /* (rows): what a row counts; NULL: 1 each */
  double scale;          /* 1 / sum of the weights of the whole batch */
  int32_t sums_outputs;  /* the slopes of a mean over the outputs are those of their sum */
} mah_targets;

/* A piece of a batch on its way through the network, forward and back. A kernel takes `rows` of its
 * rows, from `row` on; the gradients of the weights are sums over all of them. */
typedef struct mah_pass {
  const mah_network *network;
  const mah_layer_work *work; /* per layer */
  int64_t row, rows;
  int64_t piece_rows;
  int64_t first_row; /* of the piece in the batch: masks do not depend on how a batch is cut */
  /* The inputs: a matrix (piece_rows, inputs), or without its zeros. */
  const void *x;
  const mah_sparse_columns *columns_;
  const void *w; /* flat parameters */
  void *room_;   /* (piece_rows, MAH_DEPTH): work space of dense products */
  mah_targets targets;
  int32_t is_unpacked; /* so few rows that W is taken as it is; no gradient, no columns_ */
  int32_t is_sieved;   /* x goes through the sieve of zeros; no gradient, no columns_ */
  int *finite_;        /* with is_sieved becomes 0 where x may hold NaN or infinity */
  int32_t training;    /* draw dropout masks? */
  uint64_t seed, step;
  /* The gradient. */
  int32_t has_gradient;
  int32_t accumulate; /* to dw? Otherwise dw is overwritten, with the penalties' share */
  void *dw;           /* flat */
  double l1, l2;      /* times targets.scale already */
} mah_pass;
#endif
