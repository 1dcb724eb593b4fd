#include "learn/work.h"

#include "base/memory.h"

#include <inttypes.h>

/* Larger batches go through the network in pieces of this many rows, which fit the caches. */
enum { MAX_ROWS = 512 };

int32_t mah_work_outputs(const mah_mlp *net) { return net->layers[net->n_layers - 1].units; }

/* -- Room -------------------------------------------------------------------------------------- */

void mah_work_free(mah_mlp *net) {
  void **blocks[] = {&net->x, &net->target, &net->weight};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
    mah_free(*blocks[i]);
    *blocks[i] = NULL;
  }
  mah_free(net->class);
  net->class = NULL;
  void **lists[] = {net->out,    net->mask,   net->z,           net->delta,
                    net->packed, net->turned, net->packed_delta};
  for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
    for (int32_t i = 0; lists[k] != NULL && i < net->n_layers; i++) {
      mah_free(lists[k][i]);
      lists[k][i] = NULL;
    }
  for (int32_t i = 0; net->chunks != NULL && i < net->n_chunks; i++) {
    mah_free(net->chunks[i].slice_);
    net->chunks[i].slice_ = NULL;
  }
  mah_sparse_work_free(&net->sparse);
  net->rows = 0;
}

static void *new_packed(int64_t rows, int64_t columns, size_t size) {
  return mah_alloc(rows, (size_t)mah_packed_width(columns) * size);
}

static int fill_layer(mah_mlp *net, int32_t i, int64_t rows) {
  const mah_layer *layer = &net->layers[i];
  size_t size = (size_t)mah_dtype_size(net->dtype);
  int64_t n = rows * layer->units;
  int keeps_z = layer->activation == MAH_CUSTOM || mah_activation_keeps_z(layer->activation);
  int filled = (net->out[i] = mah_alloc(n, size)) != NULL;
  filled = filled && (net->delta[i] = mah_alloc(n, size)) != NULL;
  if (layer->dropout > 0) filled = filled && (net->mask[i] = mah_alloc(n, size)) != NULL;
  filled = filled && (net->packed[i] = new_packed(layer->inputs, layer->units, size)) != NULL;
  filled = filled && (net->packed_delta[i] = new_packed(rows, layer->units, size)) != NULL;
  if (i > 0)
    filled = filled && (net->turned[i] = new_packed(layer->units, layer->inputs, size)) != NULL;
  if (keeps_z) filled = filled && (net->z[i] = mah_alloc(n, size)) != NULL;
  return filled;
}

static int fill(mah_mlp *net, int64_t rows) {
  size_t size = (size_t)mah_dtype_size(net->dtype);
  int filled = (net->x = mah_alloc(rows * net->inputs, size)) != NULL;
  filled = filled && (net->target = mah_alloc(rows * mah_work_outputs(net), size)) != NULL;
  filled = filled && (net->weight = mah_alloc(rows, size)) != NULL;
  filled = filled && (net->class = mah_alloc(rows, sizeof *net->class)) != NULL;
  for (int32_t i = 0; filled && i < net->n_layers; i++) filled = fill_layer(net, i, rows);
  return filled;
}

mah_status mah_work_reserve(mah_mlp *net, int64_t count) {
  int64_t rows = count < MAX_ROWS ? count : MAX_ROWS;
  net->stage.layers = NULL;
  if (rows <= net->rows) return MAH_OK;
  mah_work_free(net);
  if (!fill(net, rows)) {
    mah_work_free(net);
    return MAH_ERROR_MEMORY;
  }
  net->rows = rows;
  return MAH_OK;
}

mah_status mah_work_reserve_slices(mah_mlp *net) {
  enum { INPUTS = 200, UNITS = 64 };
  size_t size = (size_t)mah_dtype_size(net->dtype);
  for (int32_t i = 0; i < net->n_chunks; i++) {
    mah_chunk *chunk = &net->chunks[i];
    const mah_layer *layer = &net->layers[chunk->layer];
    int is_sparse = chunk->layer == 0 && net->is_sparse;
    if (layer->inputs < INPUTS || layer->units < UNITS || is_sparse || chunk->slice_) continue;
    chunk->slice_ = mah_alloc(net->rows * mah_odd_lines(chunk->count, (int64_t)size), size);
    if (chunk->slice_ == NULL) return MAH_ERROR_MEMORY;
  }
  return MAH_OK;
}

/* -- Checks ------------------------------------------------------------------------------------ */

mah_status mah_work_check_parameters(const mah_mlp *net, const mah_tensor *w, const char *name) {
  if (net == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "the network has been freed");
  MAH_TRY(mah_tensor_check_dtype(w, name, net->dtype));
  if (w->ndim != 1 || w->extent[0] != net->parameters || !mah_tensor_is_contiguous(w))
    return mah_fail(MAH_ERROR_SHAPE,
                    "%s: a contiguous vector of %" PRId64 " parameters is expected, got %s", name,
                    net->parameters, mah_tensor_describe(w));
  return MAH_OK;
}

/* -- Loading ----------------------------------------------------------------------------------- */

mah_pass mah_work_pass(const mah_mlp *net) {
  return (mah_pass){.layers = net->layers,
                    .n_layers = net->n_layers,
                    .loss = net->loss,
                    .out = net->out,
                    .mask = net->mask,
                    .z = net->z,
                    .delta = net->delta,
                    .packed = net->packed,
                    .turned = net->turned,
                    .packed_delta = net->packed_delta};
}

mah_status mah_work_load_targets(mah_mlp *net, mah_pass *pass, const mah_batch *batch,
                                 int64_t first, int64_t count) {
  int32_t outputs = mah_work_outputs(net);
  if (batch->weight_ != NULL) {
    pass->weight_ = net->weight;
    MAH_TRY(mah_batch_gather(net->weight, net->dtype, batch->weight_, batch, first, count));
  }
  if (mah_batch_has_classes(batch->y, net->loss)) {
    pass->class_ = net->class;
    MAH_TRY(mah_batch_gather(net->class, MAH_INT32, batch->y, batch, first, count));
    return mah_batch_check_classes(net->class, batch, first, count, outputs);
  }
  pass->target_ = net->target;
  MAH_TRY(mah_batch_gather(net->target, net->dtype, batch->y, batch, first, count));
  return mah_batch_check_targets(net->target, net->dtype, batch, first, count, outputs, net->loss);
}
