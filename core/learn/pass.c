#include "learn/pass.h"

#include "learn/activate.h"
#include "learn/dense.h"
#include "learn/dropout.h"
#include "learn/gemm.h"
#include "learn/objective.h"
#include "learn/penalty.h"
#include "learn/sparse.h"

/* -- Where things are -------------------------------------------------------------------------- */

/* The pass's rows of a layer's (rows, units), or NULL. */
static real *rows_of(const mah_pass *pass, void *const *list, int32_t layer) {
  real *all = list[layer];
  return all ? all + pass->row * pass->layers[layer].units : NULL;
}

static const real *inputs_of(const mah_pass *pass, int32_t layer) {
  if (layer > 0) return rows_of(pass, pass->out, layer - 1);
  return (const real *)pass->x + pass->row * pass->layers[0].inputs;
}

static int64_t count_of(const mah_pass *pass, int32_t layer) {
  return pass->rows * pass->layers[layer].units;
}

static int drops(const mah_pass *pass, int32_t layer) {
  return pass->training && pass->layers[layer].dropout > 0;
}

/* -- Forward ----------------------------------------------------------------------------------- */

static void drop(const mah_pass *pass, int32_t i) {
  const mah_layer *layer = &pass->layers[i];
  mah_dropout_forward(rows_of(pass, pass->out, i), rows_of(pass, pass->mask, i), count_of(pass, i),
                      (pass->first_row + pass->row) * layer->units, layer->dropout, pass->seed,
                      pass->step, i);
}

/* z = inputs W + bias, and max(z, 0) with relu */
static void add_up(const mah_pass *pass, int32_t i, int relu) {
  const mah_layer *layer = &pass->layers[i];
  const real *W = (const real *)pass->w + layer->weight;
  const real *bias = (const real *)pass->w + layer->bias;
  real *Y = rows_of(pass, pass->out, i);
  if (i == 0 && pass->sparse_) {
    mah_sparse_forward(Y, pass->sparse_, W, bias, relu, pass->row, pass->rows, layer->inputs,
                       layer->units, (char *)pass->sums + pass->row * MAH_SUMS);
    return;
  }
  mah_dense_forward(Y, inputs_of(pass, i), pass->few ? W : pass->packed[i], bias, relu, !pass->few,
                    pass->rows, layer->inputs, layer->units);
}

void mah_pass_forward(const mah_pass *pass, int32_t from, int32_t to) {
  for (int32_t i = from; i < to; i++) {
    int32_t activation = pass->layers[i].activation, is_last = i == pass->n_layers - 1;
    if (i > 0 && drops(pass, i - 1)) drop(pass, i - 1);
    add_up(pass, i, activation == MAH_RELU && !is_last);
    if (is_last)
      mah_output_activate(pass->loss, rows_of(pass, pass->out, i), pass->rows,
                          pass->layers[i].units);
    else if (activation != MAH_RELU && activation != MAH_IDENTITY)
      mah_activate(activation, rows_of(pass, pass->out, i), rows_of(pass, pass->z, i),
                   count_of(pass, i));
  }
}

double mah_pass_loss(const mah_pass *pass) {
  int32_t last = pass->n_layers - 1;
  return mah_objective(pass->dw_ ? rows_of(pass, pass->delta, last) : NULL,
                       rows_of(pass, pass->out, last), pass, pass->layers[last].units);
}

/* -- Backward ---------------------------------------------------------------------------------- */

void mah_pass_prepare(const mah_pass *pass, int32_t i, int64_t first, int64_t count) {
  const mah_layer *layer = &pass->layers[i];
  const real *W = (const real *)pass->w + layer->weight;
  mah_gemm_pack(pass->packed[i], W, layer->inputs, layer->units, first, count);
  if (i > 0 && pass->dw_)
    mah_gemm_pack_turned(pass->turned[i], W, layer->units, layer->inputs, first, count);
}

/* delta holds dL/d(what the next layer read) of layer i, and becomes dL/dz, or dL/dy. */
static void turn_back(const mah_pass *pass, int32_t i) {
  enum { BLOCK = 1024 }; /* elements that stay in the first-level cache */
  const mah_layer *layer = &pass->layers[i];
  real *delta = rows_of(pass, pass->delta, i), *z = rows_of(pass, pass->z, i), before[BLOCK];
  const real *out = rows_of(pass, pass->out, i), *mask = rows_of(pass, pass->mask, i);
  for (int64_t k = 0, n; k < count_of(pass, i); k += n) {
    const real *y = out + k;
    n = count_of(pass, i) - k < BLOCK ? count_of(pass, i) - k : BLOCK;
    if (drops(pass, i)) {
      mah_dropout_backward(before, delta + k, y, mask + k, n, layer->dropout);
      y = before;
    }
    if (layer->activation != MAH_CUSTOM && layer->activation != MAH_IDENTITY)
      mah_activate_backward(layer->activation, delta + k, y, z ? z + k : NULL, n);
  }
}

static void pack_delta(const mah_pass *pass, int32_t i) {
  if (i == 0 && pass->sparse_)
    mah_sparse_pack(pass->sparse_delta, pass->delta[i], pass->piece_rows, pass->layers[i].units,
                    pass->row, pass->rows);
  else
    mah_gemm_pack(pass->packed_delta[i], pass->delta[i], pass->piece_rows, pass->layers[i].units,
                  pass->row, pass->rows);
}

void mah_pass_backward(const mah_pass *pass, int32_t from, int32_t to) {
  for (int32_t i = to - 1; i >= from; i--) {
    const mah_layer *layer = &pass->layers[i];
    pack_delta(pass, i);
    if (i == 0) return;
    int relu = pass->layers[i - 1].activation == MAH_RELU && !drops(pass, i - 1);
    mah_dense_backward_inputs(rows_of(pass, pass->delta, i - 1), rows_of(pass, pass->delta, i),
                              pass->turned[i], relu ? rows_of(pass, pass->out, i - 1) : NULL,
                              pass->rows, layer->inputs, layer->units);
    if (!relu) turn_back(pass, i - 1);
  }
}

void mah_pass_weights(const mah_pass *pass, int32_t i, int64_t first, int64_t count, void *slice_) {
  const mah_layer *layer = &pass->layers[i];
  const real *W = (const real *)pass->w + layer->weight;
  real *dW = (real *)pass->dw_ + layer->weight;
  const real *start = pass->adds ? dW : pass->l2 != 0 ? W : NULL;
  double share = pass->adds ? 1 : pass->l2;
  if (i == 0 && pass->sparse_)
    mah_sparse_backward_weights(dW, start, share, pass->sparse_, pass->sparse_delta,
                                pass->piece_rows, layer->inputs, layer->units, first, count);
  else
    mah_dense_backward_weights(dW, start, share, inputs_of(pass, i), pass->packed_delta[i],
                               pass->rows, layer->inputs, layer->units, first, count, slice_);
  if (!pass->adds && pass->l1 != 0)
    mah_penalty_slopes(dW + first * layer->units, W + first * layer->units, count * layer->units,
                       pass->l1, 0);
  if (first == 0)
    mah_dense_backward_bias((real *)pass->dw_ + layer->bias, pass->delta[i], pass->rows,
                            layer->units, pass->adds);
}

/* -- Classes ----------------------------------------------------------------------------------- */

static int32_t largest(const real *p, int64_t n) {
  int32_t best = 0;
  for (int32_t k = 1; k < (int32_t)n; k++)
    if (p[k] > p[best]) best = k;
  return best;
}

static int is_right_side(const real *p, const real *t, int64_t n) {
  for (int64_t k = 0; k < n; k++)
    if ((real)(p[k] > (real)0.5) != t[k]) return 0;
  return 1;
}

int64_t mah_pass_correct(const mah_pass *pass) {
  int32_t last = pass->n_layers - 1;
  int64_t K = pass->layers[last].units, correct = 0;
  const real *p = rows_of(pass, pass->out, last), *t = pass->target_;
  for (int64_t b = 0; b < pass->rows; b++, p += K)
    if (pass->class_)
      correct += largest(p, K) == pass->class_[pass->row + b];
    else
      correct += is_right_side(p, t + (pass->row + b) * K, K);
  return correct;
}

void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns) {
  for (int64_t b = 0; b < rows; b++) out[b] = largest((const real *)P + b * columns, columns);
}
