#include "learn/pass.h"

#include "learn/activate.h"
#include "learn/dense.h"
#include "learn/dropout.h"
#include "learn/objective.h"
#include "learn/sums.h"

static const real *inputs_of(const mah_pass *pass, int32_t layer) {
  return layer == 0 ? pass->x : pass->out[layer - 1];
}

static int drops(const mah_pass *pass, int32_t layer) {
  return pass->training && pass->layers[layer].dropout > 0;
}

/* -- Forward ----------------------------------------------------------------------------------- */

static void drop(const mah_pass *pass, int32_t i) {
  const mah_layer *layer = &pass->layers[i];
  mah_dropout_forward(pass->out[i], pass->mask[i], pass->rows * layer->units,
                      pass->first_row * layer->units, layer->dropout, pass->seed, pass->step, i);
}

void mah_pass_forward(const mah_pass *pass, int32_t from, int32_t to) {
  const real *w = pass->w;
  for (int32_t i = from; i < to; i++) {
    const mah_layer *layer = &pass->layers[i];
    if (i > 0 && drops(pass, i - 1)) drop(pass, i - 1);
    mah_dense_forward(pass->out[i], inputs_of(pass, i), w + layer->weight, pass->rows,
                      layer->inputs, layer->units);
    if (i == pass->n_layers - 1)
      mah_output_activate(pass->loss, pass->out[i], w + layer->bias, pass->rows, layer->units);
    else
      mah_activate(layer->activation, pass->out[i], pass->z[i], w + layer->bias, pass->rows,
                   layer->units);
  }
}

double mah_pass_loss(mah_pass *pass) {
  int32_t last = pass->n_layers - 1;
  return mah_objective(pass->dw_ ? pass->delta : NULL, pass->out[last], pass,
                       pass->layers[last].units);
}

/* -- Backward ---------------------------------------------------------------------------------- */

/* delta holds dL/d(what the next layer read) of layer i, and becomes dL/dz, or dL/dy. */
static void turn_back(mah_pass *pass, int32_t i) {
  const mah_layer *layer = &pass->layers[i];
  int64_t n = pass->rows * layer->units;
  if (drops(pass, i))
    mah_dropout_backward(pass->delta, pass->out[i], pass->mask[i], n, layer->dropout);
  if (layer->activation != MAH_CUSTOM)
    mah_activate_backward(layer->activation, pass->delta, pass->out[i], pass->z[i], n);
}

void mah_pass_backward(mah_pass *pass, int32_t from, int32_t to) {
  const real *w = pass->w;
  real *dw = pass->dw_;
  for (int32_t i = to - 1; i >= from; i--) {
    const mah_layer *layer = &pass->layers[i];
    mah_dense_backward(i > 0 ? pass->delta_in : NULL, dw + layer->weight, dw + layer->bias,
                       pass->delta, inputs_of(pass, i), w + layer->weight, pass->rows,
                       layer->inputs, layer->units);
    if (i == 0) break;
    void *swap = pass->delta;
    pass->delta = pass->delta_in;
    pass->delta_in = swap;
    turn_back(pass, i - 1);
  }
}

/* -- Penalties --------------------------------------------------------------------------------- */

/* dW += l1 sign(W) + l2 W */
static void add_penalty_slopes(real *restrict dW, const real *restrict W, int64_t n, double l1,
                               double l2) {
  real a = (real)l1, b = (real)l2;
  if (l1 == 0)
    for (int64_t i = 0; i < n; i++) dW[i] += b * W[i];
  else
    for (int64_t i = 0; i < n; i++) dW[i] += b * W[i] + (W[i] > 0 ? a : W[i] < 0 ? -a : 0);
}

double mah_pass_penalty(const mah_layer *layers, int32_t n_layers, const void *w, void *dw_,
                        double l1, double l2) {
  double penalty = 0;
  if (l1 == 0 && l2 == 0) return 0;
  for (int32_t i = 0; i < n_layers; i++) {
    int64_t n = (int64_t)layers[i].inputs * layers[i].units;
    const real *W = (const real *)w + layers[i].weight;
    if (l1 != 0) penalty += l1 * sum_of_magnitudes(W, n);
    if (l2 != 0) penalty += 0.5 * l2 * sum_of_squares(W, n);
    if (dw_ != NULL) add_penalty_slopes((real *)dw_ + layers[i].weight, W, n, l1, l2);
  }
  return penalty;
}

/* -- Classes ----------------------------------------------------------------------------------- */

void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns) {
  const real *p = P;
  for (int64_t b = 0; b < rows; b++, p += columns) {
    int32_t best = 0;
    for (int32_t k = 1; k < (int32_t)columns; k++)
      if (p[k] > p[best]) best = k;
    out[b] = best;
  }
}
