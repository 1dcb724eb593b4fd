/* pass.c - back-propagation (Rumelhart, Hinton, Williams, Nature 323, 1986), layer by layer.
 *
 * With y[-1] = x, the inputs, layer i computes
 *
 *   z[i] = y[i-1] W[i] + bias[i]        a row of y for each row of the batch
 *   y[i] = f(z[i])                      then, in training, y[i] * mask[i], where it drops
 *
 * and L is the mean loss of the last y and the targets. Each step back quotes the line forward that
 * it differentiates. dv stands for dL/dv, of the shape of v; delta is dz.
 */
#include "learn/kernels/pass.h"

#include "learn/kernels/activate.h"
#include "learn/kernels/dropout.h"
#include "learn/kernels/objective.h"
#include "learn/kernels/penalty.h"
#include "learn/kernels/row.h"
#include "learn/kernels/sieve.h"
#include "learn/kernels/sparse.h"
#include "tensor/kernels/dense.h"
#include "tensor/kernels/gemm.h"

/* -- Where things are -------------------------------------------------------------------------- */

static const mah_layer *layer_at(const mah_pass *pass, int32_t i) {
  return &pass->network->layers[i];
}

static const real *weights_at(const mah_pass *pass, int32_t i) {
  return (const real *)pass->w + layer_at(pass, i)->weight;
}

/* The pass's rows of what the work space holds of layer i, a (rows, units), or NULL. */
static real *rows_of(const mah_pass *pass, int32_t i, void *all_) {
  return all_ ? (real *)all_ + pass->row * layer_at(pass, i)->units : NULL;
}

static real *y_of(const mah_pass *pass, int32_t i) { return rows_of(pass, i, pass->work[i].out); }

static real *delta_of(const mah_pass *pass, int32_t i) {
  return rows_of(pass, i, pass->work[i].delta);
}

/* y[i-1] */
static const real *inputs_of(const mah_pass *pass, int32_t i) {
  if (i > 0) return y_of(pass, i - 1);
  return (const real *)pass->x + pass->row * layer_at(pass, 0)->inputs;
}

static void *room_of(const mah_pass *pass) {
  return pass->room_ ? (real *)pass->room_ + pass->row * MAH_DEPTH : NULL;
}

static int64_t count_of(const mah_pass *pass, int32_t i) {
  return pass->rows * layer_at(pass, i)->units;
}

static int is_last(const mah_pass *pass, int32_t i) { return i == pass->network->n_layers - 1; }

static int drops(const mah_pass *pass, int32_t i) {
  return pass->training && layer_at(pass, i)->dropout > 0;
}

static int is_sparse(const mah_pass *pass, int32_t i) { return i == 0 && pass->columns_ != NULL; }

/* -- Before: the weights, as the products want them -------------------------------------------- */

void mah_pass_pack_weights(const mah_pass *pass, int32_t i, int64_t first, int64_t count) {
  const mah_layer *layer = layer_at(pass, i);
  const real *W = weights_at(pass, i);
  if (!mah_gemm_takes_rows(layer->units))
    mah_gemm_pack(pass->work[i].packed, W, layer->inputs, layer->units, first, count);
  if (i > 0 && pass->has_gradient)
    mah_gemm_pack_transposed(pass->work[i].transposed_, W, layer->units, layer->inputs, first,
                             count);
}

/* -- Forward ----------------------------------------------------------------------------------- */

/* y[i] *= mask[i] */
static void drop(const mah_pass *pass, int32_t i) {
  const mah_layer *layer = layer_at(pass, i);
  mah_mask_key key = {.seed = pass->seed,
                      .step = pass->step,
                      .layer = i,
                      .first = (pass->first_row + pass->row) * layer->units};
  mah_dropout_forward(y_of(pass, i), rows_of(pass, i, pass->work[i].mask_), count_of(pass, i),
                      layer->dropout, &key);
}

/* z[i] = y[i-1] W[i] + bias[i], where y[i] will be; and max(z, 0) with relu */
static void affine(const mah_pass *pass, int32_t i, int relu) {
  const mah_layer *layer = layer_at(pass, i);
  int is_packed = !pass->is_unpacked && !mah_gemm_takes_rows(layer->units);
  mah_affine a = {.Y = y_of(pass, i),
                  .X = is_sparse(pass, i) ? NULL : inputs_of(pass, i),
                  .W = is_packed ? pass->work[i].packed : weights_at(pass, i),
                  .is_packed = is_packed,
                  .bias = (const real *)pass->w + layer->bias,
                  .relu = relu,
                  .room_ = room_of(pass),
                  .rows = pass->rows,
                  .inputs = layer->inputs,
                  .units = layer->units};
  if (i == 0 && pass->is_sieved) {
    a.W = weights_at(pass, i);
    int finite = mah_sieve_forward(&a);
    if (pass->finite_ != NULL) *pass->finite_ = finite;
  } else if (is_sparse(pass, i)) {
    a.columns_ = pass->columns_;
    a.row = pass->row;
    a.W = weights_at(pass, i);
    mah_sparse_forward(&a);
  } else if (pass->is_unpacked && pass->rows < MAH_TILE_ROWS) {
    mah_row_forward(&a);
  } else {
    mah_dense_forward(&a);
  }
}

/* y[i] = f(z[i]), in place */
static void activate(const mah_pass *pass, int32_t i) {
  int32_t f = layer_at(pass, i)->activation;
  if (is_last(pass, i))
    mah_output_activate(pass->network->loss, y_of(pass, i), pass->rows, layer_at(pass, i)->units);
  else if (f != MAH_RELU && f != MAH_IDENTITY)
    mah_activate(f, y_of(pass, i), rows_of(pass, i, pass->work[i].z_), count_of(pass, i));
}

void mah_pass_forward(const mah_pass *pass, int32_t from, int32_t to) {
  for (int32_t i = from; i < to; i++) {
    if (i > 0 && drops(pass, i - 1)) drop(pass, i - 1);
    affine(pass, i, layer_at(pass, i)->activation == MAH_RELU && !is_last(pass, i));
    activate(pass, i);
  }
}

/* L, and the last layer's dz: for the pairs of output activation and loss (learn/model/loss.h), the
 * two derivatives dL/dy f'(z) come out as one simple formula, mostly y - target. */
double mah_pass_loss(const mah_pass *pass) {
  int32_t last = pass->network->n_layers - 1;
  return mah_objective(pass->has_gradient ? delta_of(pass, last) : NULL, y_of(pass, last), pass);
}

/* -- Backward: from dz[i] to dz[i-1] ----------------------------------------------------------- */

/* z[i] = y[i-1] W[i] + bias[i], so each element of y[i-1] reaches L through all z[i] of its row:
 *   dy[i-1] = dz[i] W[i]^T
 * A relu's y[i-1] = max(z, 0) lets through what belongs to y > 0: that is done on the way. */
static void backward_inputs(const mah_pass *pass, int32_t i, int relu) {
  const mah_layer *layer = layer_at(pass, i);
  mah_dense_backward_inputs(&(mah_affine_inputs){.dX = delta_of(pass, i - 1),
                                                 .dY = delta_of(pass, i),
                                                 .transposed = pass->work[i].transposed_,
                                                 .gate_ = relu ? y_of(pass, i - 1) : NULL,
                                                 .room_ = room_of(pass),
                                                 .rows = pass->rows,
                                                 .inputs = layer->inputs,
                                                 .units = layer->units});
}

/* y' = y mask:  dy = dy' mask
 * y = f(z):     dz = dy f'(z)
 * delta holds dy', or dy, and becomes dz; where f is MAH_CUSTOM it stays dy. */
static void backward_activation(const mah_pass *pass, int32_t i) {
  enum { CACHED = 1024 }; /* elements that stay in the first-level cache */
  const mah_layer *layer = layer_at(pass, i);
  real *delta = delta_of(pass, i), *z = rows_of(pass, i, pass->work[i].z_), undropped[CACHED];
  const real *out = y_of(pass, i), *mask = rows_of(pass, i, pass->work[i].mask_);
  for (int64_t k = 0, n; k < count_of(pass, i); k += n) {
    const real *y = out + k;
    n = count_of(pass, i) - k < CACHED ? count_of(pass, i) - k : CACHED;
    if (drops(pass, i)) {
      mah_dropout_backward(undropped, delta + k, y, mask + k, n, layer->dropout);
      y = undropped;
    }
    if (layer->activation != MAH_CUSTOM && layer->activation != MAH_IDENTITY)
      mah_activate_backward(layer->activation, delta + k, y, z ? z + k : NULL, n);
  }
}

/* For the gradient of the weights, which all rows have a part in. */
void mah_pass_pack_delta(const mah_pass *pass, int32_t i) {
  const mah_layer_work *work = &pass->work[i];
  int64_t inputs = layer_at(pass, i)->inputs, units = layer_at(pass, i)->units;
  if (is_sparse(pass, i))
    mah_sparse_pack(pass->columns_->packed_delta, work->delta, pass->piece_rows, units, pass->row,
                    pass->rows);
  else if (mah_dense_packs_delta(inputs, units))
    mah_gemm_pack(work->packed_delta, work->delta, pass->piece_rows, units, pass->row, pass->rows);
}

void mah_pass_backward(const mah_pass *pass, int32_t from, int32_t to) {
  for (int32_t i = to - 1; i >= from; i--) {
    mah_pass_pack_delta(pass, i);
    if (i == 0) return;
    int relu = layer_at(pass, i - 1)->activation == MAH_RELU && !drops(pass, i - 1);
    backward_inputs(pass, i, relu);
    if (!relu) backward_activation(pass, i - 1);
  }
}

/* -- Backward: the gradients ------------------------------------------------------------------- */

/* z[i] = y[i-1] W[i] + bias[i]: each weight reaches L through its column of z[i], in every row:
 *   dW[i] = y[i-1]^T dz[i]  (+ l2 W[i])
 * The penalty's share, or what other pieces have added up already, is where the sum begins. */
static void backward_weights(const mah_pass *pass, int32_t i, int64_t first, int64_t count,
                             void *room_) {
  const mah_layer *layer = layer_at(pass, i);
  real *dW = (real *)pass->dw + layer->weight;
  int is_packed = mah_dense_packs_delta(layer->inputs, layer->units);
  mah_affine_weights a = {.dW = dW,
                          .start_ = pass->accumulate ? dW
                                    : pass->l2 != 0  ? weights_at(pass, i)
                                                     : NULL,
                          .share = pass->accumulate ? 1 : pass->l2,
                          .X = is_sparse(pass, i) ? NULL : inputs_of(pass, i),
                          .columns_ = pass->columns_,
                          .dY = is_packed ? pass->work[i].packed_delta : pass->work[i].delta,
                          .is_packed = is_packed,
                          .first = first,
                          .count = count,
                          .room_ = room_,
                          .rows = pass->piece_rows,
                          .inputs = layer->inputs,
                          .units = layer->units};
  if (is_sparse(pass, i)) {
    a.dY = pass->columns_->packed_delta;
    mah_sparse_backward_weights(&a);
  } else {
    mah_dense_backward_weights(&a);
  }
}

/* The same for the bias, which reaches every row:  dbias[i] = sum over the rows of dz[i] */
static void backward_bias(const mah_pass *pass, int32_t i) {
  const mah_layer *layer = layer_at(pass, i);
  mah_dense_backward_bias((real *)pass->dw + layer->bias, pass->work[i].delta, pass->piece_rows,
                          layer->units, pass->accumulate);
}

void mah_pass_weights(const mah_pass *pass, int32_t i, int64_t first, int64_t count, void *room_) {
  int64_t units = layer_at(pass, i)->units, place = layer_at(pass, i)->weight + first * units;
  backward_weights(pass, i, first, count, room_);
  if (!pass->accumulate && pass->l1 != 0)
    mah_penalty_slopes((real *)pass->dw + place, (const real *)pass->w + place, count * units,
                       pass->l1);
  if (first == 0) backward_bias(pass, i);
}

/* -- Classes ----------------------------------------------------------------------------------- */

static int32_t argmax(const real *p, int64_t n) {
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
  int64_t K = mah_network_outputs(pass->network), correct = 0;
  const real *p = y_of(pass, pass->network->n_layers - 1), *t = pass->targets.target_;
  const int32_t *class = pass->targets.class_;
  for (int64_t b = 0; b < pass->rows; b++, p += K)
    if (class)
      correct += argmax(p, K) == class[pass->row + b];
    else
      correct += is_right_side(p, t + (pass->row + b) * K, K);
  return correct;
}

void mah_pass_argmax(int32_t *out, const void *P, int64_t rows, int64_t columns) {
  for (int64_t b = 0; b < rows; b++) out[b] = argmax((const real *)P + b * columns, columns);
}
