/* kernels.h - the learn wing's kernels for one number type and one instruction set. Vectors of
 * reals are void pointers here: float in the one table, double in the other.
 */
#ifndef MAH_LEARN_KERNELS_H
#define MAH_LEARN_KERNELS_H

#include "base/simd.h"
#include "learn/layer.h"

#include <stdint.h>

/* A few rows on their way through the network, forward and back: its work space. */
typedef struct mah_pass {
  const mah_layer *layers;
  int32_t n_layers, loss;
  const void *w; /* flat parameters */
  void *dw_;     /* flat gradient, added to; NULL: only the loss */
  int64_t rows;
  const void *x;          /* (rows, inputs) */
  void **out;             /* per layer (rows, units): after activation and dropout */
  void **mask;            /* per layer (rows, units): 0 or 1/(1-rate); NULL without dropout */
  void **z;               /* per layer (rows, units): before the activation; NULL where not kept */
  void *delta, *delta_in; /* (rows, widest layer): dL/dz of a layer, room for the one before */
  const int32_t *class_;  /* (rows) class numbers, or NULL and then */
  const void *target_;    /* (rows, outputs); both NULL: forward only */
  const void *weight_;    /* (rows) weights of the rows; NULL: 1 each */
  double scale;           /* 1 / sum of the weights of the whole batch */
  int32_t training;       /* draw dropout masks? */
  uint64_t seed, step;    /* of the masks */
  int64_t first_row;      /* of x in the batch: masks do not depend on how a batch is cut */
} mah_pass;

typedef struct mah_learn_kernels {
  /* pass.c */
  void (*forward)(const mah_pass *pass, int32_t from, int32_t to); /* layers from ... to - 1 */
  double (*loss)(mah_pass *pass);                                  /* loss * scale, and delta */
  void (*backward)(mah_pass *pass, int32_t from, int32_t to);      /* adds to dw_ */
  double (*penalty)(const mah_layer *layers, int32_t n_layers, const void *w, void *dw_, double l1,
                    double l2); /* l1 sum|W| + l2/2 sum W^2, and adds its gradient */
  void (*argmax)(int32_t *out, const void *p, int64_t rows, int64_t columns);
  /* objective.c */
  double (*objective)(void *dZ_, const void *P, const mah_pass *pass, int64_t K);
  /* dense.c */
  void (*dense_forward)(void *Y, const void *X, const void *W, int64_t rows, int64_t inputs,
                        int64_t units);
  void (*dense_backward)(void *dX_, void *dW, void *dbias, const void *dY, const void *X,
                         const void *W, int64_t rows, int64_t inputs, int64_t units);
  /* activate.c */
  void (*activate)(int32_t activation, void *Y, void *Z_, const void *bias, int64_t rows,
                   int64_t units);
  void (*activate_backward)(int32_t activation, void *dZ, const void *Y, const void *Z_, int64_t n);
  /* dropout.c */
  void (*drop)(void *Y, void *mask, int64_t n, int64_t first, double rate, uint64_t seed,
               uint64_t step, int32_t layer);
  void (*drop_backward)(void *dY, void *Y, const void *mask, int64_t n, double rate);
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
