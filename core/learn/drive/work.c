#include "learn/drive/work.h"

#include "base/memory.h"
#include "learn/model/activation.h"
#include "tensor/tensor.h"

/* Larger batches go through the network in pieces of this many rows, which fit the caches. */
enum { MAX_ROWS = 512 };

static size_t size_of(const mah_work *work) { return (size_t)mah_dtype_size(work->network->dtype); }

/* -- Chunks ------------------------------------------------------------------------------------ */

/* Multiples of AVX2's tiles (gemm.c); elsewhere smaller ones are left over. Even, for the pairs of
 * columns (sparse.h). The first layer's inputs are not alike, so it has more chunks. */
static int64_t chunk_size(int32_t layer) { return layer == 0 ? 48 : 96; }

static int64_t chunks_of(const mah_network *network, int32_t i) {
  return (network->layers[i].inputs + chunk_size(i) - 1) / chunk_size(i);
}

/* Cuts the layers' inputs into chunks. */
static mah_status cut(mah_work *work) {
  const mah_network *network = work->network;
  int64_t n = 0;
  for (int32_t i = 0; i < network->n_layers; i++) n += chunks_of(network, i);
  if (n > INT32_MAX)
    return mah_fail(MAH_ERROR_SHAPE, "the network's layers have too many inputs altogether");
  mah_chunk *chunk = work->chunks = mah_alloc(n, sizeof *chunk);
  if (chunk == NULL) return MAH_ERROR_MEMORY;
  work->n_chunks = (int32_t)n;
  for (int32_t i = 0; i < network->n_layers; i++)
    for (int64_t first = 0; first < network->layers[i].inputs; first += chunk_size(i)) {
      int64_t left = network->layers[i].inputs - first;
      int64_t count = left < chunk_size(i) ? left : chunk_size(i);
      *chunk++ = (mah_chunk){.layer = i, .first = first, .count = count};
    }
  return MAH_OK;
}

/* From so many columns on, a dense product wants work space. */
enum { WIDE = 32 };

mah_status mah_work_reserve_products(mah_work *work, int is_sparse) {
  int64_t depth = work->rows < MAH_DEPTH ? work->rows : MAH_DEPTH;
  for (int32_t i = 0; i < work->n_chunks; i++) {
    mah_chunk *chunk = &work->chunks[i];
    int wants =
        work->network->layers[chunk->layer].units > WIDE && (chunk->layer > 0 || !is_sparse);
    if (!wants || chunk->room_ != NULL) continue;
    chunk->room_ = mah_alloc(chunk->count * depth, size_of(work));
    if (chunk->room_ == NULL) return MAH_ERROR_MEMORY;
  }
  return MAH_OK;
}

/* Is there a product with many columns, forward or back? */
static int is_wide(const mah_network *network) {
  for (int32_t i = 0; i < network->n_layers; i++)
    if (network->layers[i].units > WIDE || (i > 0 && network->layers[i].inputs > WIDE)) return 1;
  return 0;
}

/* -- Rows -------------------------------------------------------------------------------------- */

static void free_layer(mah_layer_work *layer) {
  void *blocks[] = {layer->out,    layer->mask_,       layer->z_,          layer->delta,
                    layer->packed, layer->transposed_, layer->packed_delta};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  *layer = (mah_layer_work){0};
}

/* All that depends on the number of rows. */
static void free_rows(mah_work *work) {
  void *blocks[] = {work->x, work->target, work->weight, work->class, work->room_};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) mah_free(blocks[i]);
  work->x = work->target = work->weight = work->room_ = NULL;
  work->class = NULL;
  for (int32_t i = 0; work->layers != NULL && i < work->network->n_layers; i++)
    free_layer(&work->layers[i]);
  for (int32_t i = 0; i < work->n_chunks; i++) {
    mah_free(work->chunks[i].room_);
    work->chunks[i].room_ = NULL;
  }
  mah_sparse_inputs_free(&work->sparse);
  work->rows = 0;
}

static int make(void **block, int64_t count, size_t size) {
  return (*block = mah_alloc(count, size)) != NULL;
}

static int make_packed(void **block, int64_t rows, int64_t columns, size_t size) {
  return make(block, rows, (size_t)mah_packed_width(columns) * size);
}

static int make_layer(mah_work *work, int32_t i, int64_t rows) {
  const mah_layer *layer = &work->network->layers[i];
  mah_layer_work *to = &work->layers[i];
  size_t size = size_of(work);
  int64_t n = rows * layer->units;
  return make(&to->out, n, size) && make(&to->delta, n, size) &&
         (layer->dropout == 0 || make(&to->mask_, n, size)) &&
         (!mah_activation_keeps_z(layer->activation) || make(&to->z_, n, size)) &&
         make_packed(&to->packed, layer->inputs, layer->units, size) &&
         make_packed(&to->packed_delta, rows, layer->units, size) &&
         (i == 0 || make_packed(&to->transposed_, layer->units, layer->inputs, size));
}

static int make_rows(mah_work *work, int64_t rows) {
  size_t size = size_of(work);
  int32_t outputs = mah_network_outputs(work->network);
  int made = make(&work->target, rows * outputs, size) && make(&work->weight, rows, size) &&
             (work->class = mah_alloc(rows, sizeof *work->class)) != NULL &&
             (!is_wide(work->network) || make(&work->room_, rows * MAH_DEPTH, size));
  for (int32_t i = 0; made && i < work->network->n_layers; i++) made = make_layer(work, i, rows);
  return made;
}

mah_status mah_work_reserve(mah_work *work, int64_t count) {
  int64_t rows = count < MAX_ROWS ? count : MAX_ROWS;
  if (rows <= work->rows) return MAH_OK;
  free_rows(work);
  if (!make_rows(work, rows)) {
    free_rows(work);
    return MAH_ERROR_MEMORY;
  }
  work->rows = rows;
  return MAH_OK;
}

mah_status mah_work_reserve_matrix(mah_work *work) {
  if (work->x != NULL) return MAH_OK;
  return make(&work->x, work->rows * work->network->inputs, size_of(work)) ? MAH_OK
                                                                           : MAH_ERROR_MEMORY;
}

/* -- All of it --------------------------------------------------------------------------------- */

mah_status mah_work_init(mah_work *work, const mah_network *network) {
  *work = (mah_work){.network = network};
  work->layers = mah_alloc_zero(network->n_layers, sizeof *work->layers);
  mah_status status = work->layers ? cut(work) : MAH_ERROR_MEMORY;
  if (status != MAH_OK) mah_work_release(work);
  return status;
}

void mah_work_release(mah_work *work) {
  if (work->network == NULL) return;
  free_rows(work);
  mah_parcel_release(&work->parcel);
  mah_free(work->augment_);
  mah_free(work->augment_target_);
  mah_free(work->layers);
  mah_free(work->chunks);
  *work = (mah_work){0};
}
