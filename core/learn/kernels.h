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
  int32_t until; /* forward ends after so many layers */
  const void *w; /* flat parameters */
  void *dw_;     /* flat gradient, added to; NULL: only the loss */
  int64_t rows;
  const void *x;          /* (rows, inputs) */
  void **out;             /* per layer (rows, units): after activation and dropout */
  void **mask;            /* per layer (rows, units): 0 or 1/(1-rate); unused without dropout */
  void *delta, *delta_in; /* (rows, widest layer): dL/dz of a layer and of the one before */
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
  void (*forward)(const mah_pass *pass);    /* fills out[] */
  double (*gradient)(const mah_pass *pass); /* after forward: loss * scale; adds to dw_ */
  double (*penalty)(const mah_layer *layers, int32_t n_layers, const void *w, void *dw_, double l1,
                    double l2); /* l1 sum|W| + l2/2 sum W^2, and adds its gradient */
  void (*argmax)(int32_t *out, const void *p, int64_t rows, int64_t columns);
  /* dense.c */
  void (*dense_forward)(void *Y, const void *X, const void *W, int64_t rows, int64_t inputs,
                        int64_t units);
  void (*dense_backward)(void *dX_, void *dW, void *dbias, const void *dY, const void *X,
                         const void *W, int64_t rows, int64_t inputs, int64_t units);
  /* activation.c */
  void (*activate)(int32_t activation, void *Y, const void *bias, int64_t rows, int64_t units);
  void (*activate_backward)(int32_t activation, void *dZ, const void *Y, int64_t n);
  /* update.c */
  void (*sgd)(void *w, void *velocity, const void *g, int64_t n, double lr, double momentum,
              int32_t nesterov);
  void (*adam)(void *w, void *m, void *v, const void *g, int64_t n, double lr, double beta1,
               double beta2, double epsilon);
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
