/* kernels.h - the learn wing's kernels for one number type and one instruction set. Vectors of
 * reals are void pointers here: float in the one table, double in the other.
 */
#ifndef MAH_LEARN_KERNELS_H
#define MAH_LEARN_KERNELS_H

#include "base/simd.h"
#include "learn/layer.h"

#include <stdint.h>

/* A row of inputs without its zeros. Its columns are taken two by two: an element for each pair of
 * neighbours 2j and 2j + 1 of which at least one is not zero, in their order. When there are codes,
 * an element is j << 16 | code of column 2j + 1 << 8 | code of column 2j; else element[e] is j, and
 * the values are value[2e] and value[2e + 1]. */
typedef struct mah_sparse_row {
  const uint32_t *element;
  const void *value;
  int64_t count;
} mah_sparse_row;

/* The same of many rows by columns: the pair j has the elements from[j] ... to[j] - 1, in the order
 * of the rows; the number of the row takes the place of j, and the value of a code is code_[code].
 */
typedef struct mah_sparse_columns {
  const uint32_t *from, *to, *element;
  const void *code_, *value;
} mah_sparse_columns;

/* codes: 0 is the value 0; slack: elements that `find` may write too many; sums: bytes of work space
 * that sparse_forward wants for each row */
enum { MAH_CODES = 256, MAH_SLACK = 4, MAH_SUMS = 256 };

/* A packed matrix of so many columns has at most so many reals in each row, with any instruction
 * set: a network outlives a change of it. */
static inline int64_t mah_packed_width(int64_t columns) { return (columns + 31) / 32 * 32; }

/* `count` elements of `size` bytes, rounded up to an odd number of cache lines: rows or lists that
 * lie so far apart do not crowd into a few sets of the cache. */
static inline int64_t mah_odd_lines(int64_t count, int64_t size) {
  return ((count * size + 63) / 64 | 1) * (64 / size);
}

/* A piece of a batch on its way through the network, forward and back: its work space. A kernel
 * takes `rows` of its rows, from `row` on; w, dw_ and the gradients of the weights are of all. */
typedef struct mah_pass {
  const mah_layer *layers;
  int32_t n_layers, loss;
  const void *w; /* flat parameters */
  void *dw_;     /* flat gradient; NULL: only the loss */
  int32_t adds;  /* to what stands in dw_? Otherwise it is overwritten, with the penalties' share */
  double l1, l2; /* times `scale` already */
  int32_t few;   /* rows: the weights are taken as they are; no gradient, nothing sparse */
  int64_t row, rows;
  const void *x;                     /* (rows, inputs), or */
  const mah_sparse_columns *sparse_; /* the same without its zeros; what follows goes with it */
  void *sums;                        /* (piece_rows) times MAH_SUMS bytes */
  void *sparse_delta;                /* (piece_rows, units) of the first layer's delta, packed */
  int64_t piece_rows;
  void **out;            /* per layer (rows, units): after activation and dropout */
  void **mask;           /* per layer (rows, units): 0 or 1/(1-rate); NULL without dropout */
  void **z;              /* per layer (rows, units): before the activation; NULL where not kept */
  void **delta;          /* per layer (rows, units): dL/dz */
  void **packed;         /* per layer (inputs, units): W, packed (gemm.h) */
  void **turned;         /* per layer (units, inputs): W transposed, packed; NULL for the first */
  void **packed_delta;   /* per layer (piece_rows, units): delta, packed */
  const int32_t *class_; /* (rows) class numbers, or NULL and then */
  const void *target_;   /* (rows, outputs); both NULL: forward only */
  const void *weight_;   /* (rows) weights of the rows; NULL: 1 each */
  double scale;          /* 1 / sum of the weights of the whole batch */
  int32_t training;      /* draw dropout masks? */
  uint64_t seed, step;   /* of the masks */
  int64_t first_row;     /* of the piece in the batch: masks do not depend on how a batch is cut */
} mah_pass;

typedef struct mah_learn_kernels {
  int64_t real_size; /* bytes */
  /* pass.c */
  void (*forward)(const mah_pass *pass, int32_t from, int32_t to); /* layers from ... to - 1 */
  double (*loss)(const mah_pass *pass);                            /* loss * scale, and delta */
  void (*backward)(const mah_pass *pass, int32_t from, int32_t to);
  void (*weights)(const mah_pass *pass, int32_t layer, int64_t first, int64_t count, void *slice_);
  void (*prepare)(const mah_pass *pass, int32_t layer, int64_t first, int64_t count);
  int64_t (*correct)(const mah_pass *pass);
  void (*argmax)(int32_t *out, const void *p, int64_t rows, int64_t columns);
  /* penalty.c */
  double (*penalty)(const void *W, int64_t n, double l1, double l2);
  void (*penalty_slopes)(void *dW, const void *W, int64_t n, double l1, double l2);
  /* objective.c */
  double (*objective)(void *dZ_, const void *P, const mah_pass *pass, int64_t K);
  /* dense.c */
  void (*dense_forward)(void *Y, const void *X, const void *W, const void *bias, int32_t relu,
                        int32_t packed, int64_t rows, int64_t inputs, int64_t units);
  void (*dense_backward_inputs)(void *dX, const void *dY, const void *T, const void *gate_,
                                int64_t rows, int64_t inputs, int64_t units);
  void (*dense_backward_weights)(void *dW, const void *start_, double share, const void *X,
                                 const void *dY, int64_t rows, int64_t inputs, int64_t units,
                                 int64_t first, int64_t count, void *slice_);
  void (*dense_backward_bias)(void *dbias, const void *dY, int64_t rows, int64_t units,
                              int32_t adds);
  /* gemm.c */
  void (*gemm_pack)(void *packed, const void *B, int64_t k, int64_t n, int64_t first,
                    int64_t count);
  void (*gemm_pack_turned)(void *packed, const void *W, int64_t k, int64_t n, int64_t first,
                           int64_t count);
  /* sparse.c */
  void (*sparse_forward)(void *Y, const mah_sparse_columns *x, const void *W, const void *bias,
                         int32_t relu, int64_t first_row, int64_t rows, int64_t inputs,
                         int64_t units, void *sums);
  void (*sparse_backward_weights)(void *dW, const void *start_, double share,
                                  const mah_sparse_columns *x, const void *dY, int64_t rows,
                                  int64_t inputs, int64_t units, int64_t first, int64_t count);
  void (*sparse_pack)(void *packed, const void *dY, int64_t rows, int64_t units, int64_t first,
                      int64_t count);
  /* elements.c */
  int64_t (*find)(uint32_t *element, void *value, const void *x, int64_t n);
  void (*transpose_elements)(uint32_t *element, void *value, uint32_t *place,
                             const mah_sparse_row *row, int32_t has_codes, uint32_t number);
  int (*finite)(const void *x, int64_t n);
  /* activate.c */
  void (*activate)(int32_t activation, void *Y, void *Z_, int64_t n);
  void (*activate_backward)(int32_t activation, void *dZ, const void *Y, const void *Z_, int64_t n);
  /* dropout.c */
  void (*drop)(void *Y, void *mask, int64_t n, int64_t first, double rate, uint64_t seed,
               uint64_t step, int32_t layer);
  void (*drop_backward)(void *Y, void *dY, const void *dropped, const void *mask, int64_t n,
                        double rate);
  /* update.c */
  void (*sgd)(void *w, void *velocity, const void *g, int64_t n, double lr, double momentum,
              int32_t nesterov);
  void (*adam)(void *w, void *m, void *v, const void *g, int64_t n, double lr, double beta1,
               double beta2, double epsilon);
  void (*adamw)(void *w, void *m, void *v, const void *g, int64_t n, double lr, double correction,
                double beta1, double beta2, double epsilon, double decay);
  void (*rmsprop)(void *w, void *v, void *momentum_, const void *g, int64_t n, double lr,
                  double alpha, double epsilon, double momentum, double decay);
  void (*adagrad)(void *w, void *sum, const void *g, int64_t n, double lr, double epsilon,
                  double decay);
  /* clip.c */
  double (*clip_norm)(void *g, int64_t n, double max_norm);
  void (*clip_value)(void *g, int64_t n, double limit);
  /* fused.c */
  double (*combine)(void *out, double a, const void *x, double b, const void *y, const void *z_,
                    int64_t n);
  void (*look)(double *dot, double *largest, const void *x, const void *y, int64_t n);
  void (*advance)(double *sy, double *yy, void *w, void *g, void *s, void *y, const void *new_w,
                  const void *new_g, int64_t n);
} mah_learn_kernels;

/* The table for a dtype, MAH_FLOAT32 or MAH_FLOAT64, on this machine. */
const mah_learn_kernels *mah_learn(int32_t dtype);
const mah_learn_kernels *mah_learn_for(int32_t dtype, mah_simd simd); /* for tests */
#endif
