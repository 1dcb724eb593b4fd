#include "learn/mlp.h"

#include "base/memory.h"
#include "learn/kernels.h"

#include <inttypes.h>
#include <string.h>

/* Larger batches go through the network in pieces of this many rows, which fit the caches. */
enum { MAX_ROWS = 512 };

struct mah_mlp {
  int32_t dtype, inputs, loss, n_layers;
  int64_t parameters;
  mah_layer *layers;
  /* Work space for `rows` rows. */
  int64_t rows;
  void *x, *target, *weight, *delta, *delta_in;
  int32_t *class;
  void **out, **mask; /* per layer */
};

/* -- Names ------------------------------------------------------------------------------------- */

const char *mah_activation_name(int32_t activation) {
  static const char *const names[] = {
#define X(entry, name, f, df) #name,
      MAH_ACTIVATIONS(X)
#undef X
  };
  return activation >= 0 && activation < MAH_ACTIVATION_COUNT ? names[activation] : NULL;
}

static const struct {
  const char *name, *output;
} losses[] = {
#define X(entry, name, output) {#name, #output},
    MAH_LOSSES(X)
#undef X
};

static int is_loss(int32_t loss) { return loss >= 0 && loss < MAH_LOSS_COUNT; }
const char *mah_loss_name(int32_t loss) { return is_loss(loss) ? losses[loss].name : NULL; }
const char *mah_loss_output(int32_t loss) { return is_loss(loss) ? losses[loss].output : NULL; }

/* -- Making ------------------------------------------------------------------------------------ */

static mah_status check_layer(const mah_layer *layer, int32_t i) {
  if (layer->units < 1)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d: %d units; at least 1 is needed", i + 1,
                    layer->units);
  if (mah_activation_name(layer->activation) == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d: unknown activation number %d", i + 1,
                    layer->activation);
  if (!(layer->dropout >= 0 && layer->dropout < 1))
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d: dropout must be in [0, 1), got %g", i + 1,
                    layer->dropout);
  return MAH_OK;
}

static void lay_out(mah_mlp *net) {
  int32_t inputs = net->inputs;
  for (int32_t i = 0; i < net->n_layers; i++) {
    mah_layer *layer = &net->layers[i];
    layer->inputs = inputs;
    layer->weight = net->parameters;
    layer->bias = layer->weight + (int64_t)inputs * layer->units;
    net->parameters = layer->bias + layer->units;
    inputs = layer->units;
  }
  net->layers[net->n_layers - 1].dropout = 0; /* outputs are never dropped */
}

mah_status mah_mlp_new(mah_mlp **out, int32_t dtype, int32_t inputs, int32_t loss,
                       const mah_layer *layers, int32_t n_layers) {
  if (dtype != MAH_FLOAT32 && dtype != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "a network is float32 or float64, not %s",
                    mah_dtype_name(dtype));
  if (inputs < 1 || n_layers < 1 || !is_loss(loss))
    return mah_fail(MAH_ERROR_ARGUMENT, "a network of %d inputs, %d layers and loss number %d",
                    inputs, n_layers, loss);
  for (int32_t i = 0; i < n_layers; i++) MAH_TRY(check_layer(&layers[i], i));
  mah_mlp *net = mah_alloc_zero(1, sizeof *net);
  if (net == NULL) return MAH_ERROR_MEMORY;
  *net = (mah_mlp){.dtype = dtype, .inputs = inputs, .loss = loss, .n_layers = n_layers};
  net->layers = mah_alloc(n_layers, sizeof *layers);
  net->out = mah_alloc_zero(n_layers, sizeof *net->out);
  net->mask = mah_alloc_zero(n_layers, sizeof *net->mask);
  if (net->layers == NULL || net->out == NULL || net->mask == NULL) {
    mah_mlp_free(net);
    return MAH_ERROR_MEMORY;
  }
  memcpy(net->layers, layers, sizeof *layers * (size_t)n_layers);
  lay_out(net);
  *out = net;
  return MAH_OK;
}

static void free_work_space(mah_mlp *net) {
  void **blocks[] = {&net->x, &net->target, &net->weight, &net->delta, &net->delta_in};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
    mah_free(*blocks[i]);
    *blocks[i] = NULL;
  }
  mah_free(net->class);
  net->class = NULL;
  for (int32_t i = 0; net->out != NULL && net->mask != NULL && i < net->n_layers; i++) {
    mah_free(net->out[i]);
    mah_free(net->mask[i]);
    net->out[i] = net->mask[i] = NULL;
  }
  net->rows = 0;
}

void mah_mlp_free(mah_mlp *net_) {
  if (net_ == NULL) return;
  free_work_space(net_);
  mah_free(net_->layers);
  mah_free(net_->out);
  mah_free(net_->mask);
  mah_free(net_);
}

int64_t mah_mlp_parameters(const mah_mlp *net) { return net->parameters; }

const mah_layer *mah_mlp_layer(const mah_mlp *net, int32_t i) {
  return i >= 0 && i < net->n_layers ? &net->layers[i] : NULL;
}

static int32_t outputs(const mah_mlp *net) { return net->layers[net->n_layers - 1].units; }

/* -- Work space -------------------------------------------------------------------------------- */

static int64_t widest(const mah_mlp *net) {
  int64_t units = 0;
  for (int32_t i = 0; i < net->n_layers; i++)
    if (net->layers[i].units > units) units = net->layers[i].units;
  return units;
}

static int fill_work_space(mah_mlp *net, int64_t rows) {
  size_t size = (size_t)mah_dtype_size(net->dtype);
  int filled = (net->x = mah_alloc(rows * net->inputs, size)) != NULL;
  filled = filled && (net->target = mah_alloc(rows * outputs(net), size)) != NULL;
  filled = filled && (net->weight = mah_alloc(rows, size)) != NULL;
  filled = filled && (net->delta = mah_alloc(rows * widest(net), size)) != NULL;
  filled = filled && (net->delta_in = mah_alloc(rows * widest(net), size)) != NULL;
  filled = filled && (net->class = mah_alloc(rows, sizeof *net->class)) != NULL;
  for (int32_t i = 0; filled && i < net->n_layers; i++) {
    const mah_layer *layer = &net->layers[i];
    filled = (net->out[i] = mah_alloc(rows * layer->units, size)) != NULL;
    if (filled && layer->dropout > 0)
      filled = (net->mask[i] = mah_alloc(rows * layer->units, size)) != NULL;
  }
  return filled;
}

/* Makes room for batches of `count` rows; what fits already is left alone, so that an epoch
 * allocates at most once. */
static mah_status make_room(mah_mlp *net, int64_t count) {
  int64_t rows = count < MAX_ROWS ? count : MAX_ROWS;
  if (rows <= net->rows) return MAH_OK;
  free_work_space(net);
  if (!fill_work_space(net, rows)) {
    free_work_space(net);
    return MAH_ERROR_MEMORY;
  }
  net->rows = rows;
  return MAH_OK;
}

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check_parameters(const mah_mlp *net, const mah_tensor *w, const char *name) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  MAH_TRY(mah_tensor_check_dtype(w, name, net->dtype));
  if (w->ndim != 1 || w->extent[0] != net->parameters || !mah_tensor_is_contiguous(w))
    return mah_fail(MAH_ERROR_SHAPE,
                    "%s: a contiguous vector of %" PRId64 " parameters is expected, got %s", name,
                    net->parameters, mah_tensor_describe(w));
  return MAH_OK;
}

/* -- Loading a piece of a batch ---------------------------------------------------------------- */

static mah_status check_classes(const int32_t *class, int64_t count, int32_t classes) {
  for (int64_t i = 0; i < count; i++)
    if (class[i] < 0 || class[i] >= classes)
      return mah_fail(MAH_ERROR_ARGUMENT, "y: class %d is outside of 0 ... %d", class[i],
                      classes - 1);
  return MAH_OK;
}

/* Points the pass at rows first ... first + count - 1 of the batch, copied only when they are not
 * already as the kernels want them. */
static mah_status load_inputs(mah_mlp *net, mah_pass *pass, const mah_batch *batch, int64_t first,
                              int64_t count) {
  const mah_tensor *x = batch->x;
  int64_t size = mah_dtype_size(net->dtype);
  pass->rows = count;
  pass->first_row = first;
  if (batch->order_ == NULL && x->elem == net->dtype && x->step[0] == net->inputs) {
    pass->x = (char *)x->data + (batch->first + first) * net->inputs * size;
    return MAH_OK;
  }
  pass->x = net->x;
  return mah_batch_gather(net->x, net->dtype, x, batch, first, count);
}

static mah_status load_targets(mah_mlp *net, mah_pass *pass, const mah_batch *batch, int64_t first,
                               int64_t count) {
  if (batch->weight_ != NULL) {
    pass->weight_ = net->weight;
    MAH_TRY(mah_batch_gather(net->weight, net->dtype, batch->weight_, batch, first, count));
  }
  if (mah_batch_has_classes(batch->y, net->loss)) {
    pass->class_ = net->class;
    MAH_TRY(mah_batch_gather(net->class, MAH_INT32, batch->y, batch, first, count));
    return check_classes(net->class, count, outputs(net));
  }
  pass->target_ = net->target;
  return mah_batch_gather(net->target, net->dtype, batch->y, batch, first, count);
}

static mah_pass new_pass(const mah_mlp *net, const mah_tensor *w) {
  return (mah_pass){.layers = net->layers,
                    .n_layers = net->n_layers,
                    .until = net->n_layers,
                    .loss = net->loss,
                    .w = w->data,
                    .out = net->out,
                    .mask = net->mask,
                    .delta = net->delta,
                    .delta_in = net->delta_in};
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* -- Loss and gradient ------------------------------------------------------------------------- */

static mah_status run_batch(mah_mlp *net, mah_pass *pass, double *loss, const mah_batch *batch) {
  const mah_learn_kernels *kernels = mah_learn(net->dtype);
  for (int64_t first = 0; first < batch->count; first += net->rows) {
    int64_t count = smaller(net->rows, batch->count - first);
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
    MAH_TRY(load_inputs(net, pass, batch, first, count));
    MAH_TRY(load_targets(net, pass, batch, first, count));
    kernels->forward(pass);
    *loss += kernels->gradient(pass);
  }
  *loss += kernels->penalty(net->layers, net->n_layers, pass->w, pass->dw_, batch->l1 * pass->scale,
                            batch->l2 * pass->scale);
  return MAH_OK;
}

mah_status mah_mlp_gradient(mah_mlp *net, double *loss, mah_tensor *gradient_, const mah_tensor *w,
                            const mah_batch *batch) {
  double weights;
  MAH_TRY(check_parameters(net, w, "w"));
  if (gradient_ != NULL) MAH_TRY(check_parameters(net, gradient_, "gradient"));
  MAH_TRY(mah_batch_check(batch, net->inputs, outputs(net), net->loss));
  MAH_TRY(mah_batch_sum_of_weights(&weights, batch));
  MAH_TRY(make_room(net, batch->count));
  mah_pass pass = new_pass(net, w);
  pass.training = batch->training;
  pass.seed = batch->seed;
  pass.step = batch->step;
  pass.scale = 1 / weights;
  if (gradient_ != NULL) {
    pass.dw_ = gradient_->data;
    memset(pass.dw_, 0, (size_t)(net->parameters * mah_dtype_size(net->dtype)));
  }
  *loss = 0;
  return run_batch(net, &pass, loss, batch);
}

/* -- Forward only ------------------------------------------------------------------------------ */

/* Sends all of x through the first `layers` layers and hands each piece to `take`. */
static mah_status run_forward(mah_mlp *net, const mah_tensor *w, const mah_tensor *x,
                              int32_t layers, mah_tensor *out,
                              void (*take)(const mah_mlp *, const mah_pass *, mah_tensor *)) {
  mah_batch batch = {.x = x, .count = x->extent[0]};
  MAH_TRY(make_room(net, batch.count));
  mah_pass pass = new_pass(net, w);
  pass.until = layers;
  for (int64_t first = 0; first < batch.count; first += net->rows) {
    if (mah_interrupt_requested()) return mah_fail(MAH_ERROR_INTERRUPTED, "interrupted");
    MAH_TRY(load_inputs(net, &pass, &batch, first, smaller(net->rows, batch.count - first)));
    mah_learn(net->dtype)->forward(&pass);
    take(net, &pass, out);
  }
  return MAH_OK;
}

static void take_outputs(const mah_mlp *net, const mah_pass *pass, mah_tensor *out) {
  int64_t bytes = net->layers[pass->until - 1].units * mah_dtype_size(net->dtype);
  memcpy((char *)out->data + pass->first_row * bytes, pass->out[pass->until - 1],
         (size_t)(pass->rows * bytes));
}

static void take_classes(const mah_mlp *net, const mah_pass *pass, mah_tensor *out) {
  int32_t *class = (int32_t *)out->data + pass->first_row;
  const void *p = pass->out[net->n_layers - 1];
  if (outputs(net) > 1) {
    mah_learn(net->dtype)->argmax(class, p, pass->rows, outputs(net));
    return;
  }
  for (int64_t i = 0; i < pass->rows; i++)
    class[i] =
        net->dtype == MAH_FLOAT32 ? ((const float *)p)[i] > 0.5f : ((const double *)p)[i] > 0.5;
}

static mah_status check_result(const mah_tensor *out, int32_t dtype, int64_t rows,
                               int64_t columns) {
  MAH_TRY(mah_tensor_check_dtype(out, "out", dtype));
  int64_t wide = out->ndim == 2 ? out->extent[1] : 1;
  if (out->ndim < 1 || out->ndim > 2 || out->extent[0] != rows || wide != columns ||
      !mah_tensor_is_contiguous(out))
    return mah_fail(MAH_ERROR_SHAPE, "out: %" PRId64 "x%" PRId64 " is expected, got %s", rows,
                    columns, mah_tensor_describe(out));
  return MAH_OK;
}

mah_status mah_mlp_forward(mah_mlp *net, mah_tensor *out, const mah_tensor *w, const mah_tensor *x,
                           int32_t layer) {
  MAH_TRY(check_parameters(net, w, "w"));
  MAH_TRY(mah_batch_check_inputs(x, net->inputs));
  if (layer < 0 || layer >= net->n_layers)
    return mah_fail(MAH_ERROR_ARGUMENT, "layer %d of a network with %d", layer + 1, net->n_layers);
  MAH_TRY(check_result(out, net->dtype, x->extent[0], net->layers[layer].units));
  return run_forward(net, w, x, layer + 1, out, take_outputs);
}

mah_status mah_mlp_predict(mah_mlp *net, mah_tensor *out, const mah_tensor *w,
                           const mah_tensor *x) {
  MAH_TRY(check_parameters(net, w, "w"));
  MAH_TRY(mah_batch_check_inputs(x, net->inputs));
  MAH_TRY(check_result(out, MAH_INT32, x->extent[0], 1));
  return run_forward(net, w, x, net->n_layers, out, take_classes);
}
