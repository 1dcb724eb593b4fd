#include "learn/pass.h"

#include "learn/activate.h"
#include "learn/dense.h"
#include "learn/dropout.h"
#include "learn/objective.h"

static const real *inputs_of(const mah_pass *pass, int32_t layer) {
  return layer == 0 ? pass->x : pass->out[layer - 1];
}

static int drops(const mah_pass *pass, int32_t layer) {
  return pass->training && pass->layers[layer].dropout > 0;
}

void mah_pass_forward(const mah_pass *pass) {
  const real *w = pass->w;
  for (int32_t i = 0; i < pass->until; i++) {
    const mah_layer *layer = &pass->layers[i];
    real *Y = pass->out[i];
    mah_dense_forward(Y, inputs_of(pass, i), w + layer->weight, pass->rows, layer->inputs,
                      layer->units);
    if (i == pass->n_layers - 1)
      mah_output_activate(pass->loss, Y, w + layer->bias, pass->rows, layer->units);
    else
      mah_activate(layer->activation, Y, w + layer->bias, pass->rows, layer->units);
    if (drops(pass, i))
      mah_dropout_forward(Y, pass->mask[i], pass->rows * layer->units,
                          pass->first_row * layer->units, layer->dropout, pass->seed, pass->step,
                          i);
  }
}

double mah_pass_gradient(const mah_pass *pass) {
  const real *w = pass->w;
  real *dw = pass->dw_, *dZ = pass->delta, *dX = pass->delta_in;
  int32_t last = pass->n_layers - 1;
  double loss = mah_objective(dw ? dZ : NULL, pass->out[last], pass, pass->layers[last].units);
  for (int32_t i = last; dw != NULL && i >= 0; i--) {
    const mah_layer *layer = &pass->layers[i];
    mah_dense_backward(i > 0 ? dX : NULL, dw + layer->weight, dw + layer->bias, dZ,
                       inputs_of(pass, i), w + layer->weight, pass->rows, layer->inputs,
                       layer->units);
    if (i == 0) break;
    const mah_layer *below = &pass->layers[i - 1];
    int64_t n = pass->rows * below->units;
    if (drops(pass, i - 1))
      mah_dropout_backward(dX, pass->out[i - 1], pass->mask[i - 1], n, below->dropout);
    mah_activate_backward(below->activation, dX, pass->out[i - 1], n);
    real *swap = dZ;
    dZ = dX;
    dX = swap;
  }
  return loss;
}

double mah_pass_penalty(const mah_layer *layers, int32_t n_layers, const void *w, void *dw_,
                        double l1, double l2) {
  double absolute = 0, squares = 0;
  for (int32_t i = 0; i < n_layers; i++) {
    int64_t n = (int64_t)layers[i].inputs * layers[i].units;
    const real *restrict W = (const real *)w + layers[i].weight;
    real *restrict dW = dw_ ? (real *)dw_ + layers[i].weight : NULL;
    real a = (real)l1, b = (real)l2;
    for (int64_t j = 0; l1 != 0 && j < n; j++) absolute += fabs((double)W[j]);
    for (int64_t j = 0; j < n; j++) squares += (double)W[j] * (double)W[j];
    for (int64_t j = 0; dW != NULL && j < n; j++) dW[j] += b * W[j];
    for (int64_t j = 0; dW != NULL && l1 != 0 && j < n; j++)
      dW[j] += W[j] > 0 ? a : W[j] < 0 ? -a : 0;
  }
  return l1 * absolute + 0.5 * l2 * squares;
}

void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns) {
  const real *p = P;
  for (int64_t b = 0; b < rows; b++, p += columns) {
    int32_t best = 0;
    for (int32_t k = 1; k < (int32_t)columns; k++)
      if (p[k] > p[best]) best = k;
    out[b] = best;
  }
}
