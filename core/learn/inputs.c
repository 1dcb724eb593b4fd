#include "learn/inputs.h"

#include <stddef.h>

/* Up to this share of elements that are not zero, the sparse products are faster. */
static const double sparse_share = 0.33;

/* A piece's elements have numbers of 32 bits: 2^21 pairs of columns times some 512 rows. */
enum { MAX_COLUMNS = 1 << 22 };

mah_status mah_inputs_check(const mah_mlp *net, const mah_batch *batch) {
  const mah_compressed *c = batch->compressed_;
  if (c != NULL && c->dtype != net->dtype)
    return mah_fail(MAH_ERROR_DTYPE, "the compressed inputs are %s, the network is %s",
                    mah_dtype_name(c->dtype), mah_dtype_name(net->dtype));
  return MAH_OK;
}

/* -- A look at a few rows ---------------------------------------------------------------------- */

static const char *row_at(const mah_tensor *x, int64_t row) {
  return (const char *)x->data + row * x->step[0] * mah_dtype_size(x->elem);
}

/* Elements whose bytes are not all 0: -0 is rare. */
static int64_t count_nonzero(const void *row, int64_t size, int64_t n) {
  const uint32_t *words = row;
  const uint64_t *longs = row;
  const uint8_t *bytes = row;
  int64_t count = 0;
  for (int64_t j = 0; size == 4 && j < n; j++) count += words[j] != 0;
  for (int64_t j = 0; size == 8 && j < n; j++) count += longs[j] != 0;
  for (int64_t j = 0; size == 1 && j < n; j++) count += bytes[j] != 0;
  return count;
}

void mah_inputs_choose(mah_mlp *net, const mah_batch *batch) {
  enum { LOOKS = 8 };
  const mah_tensor *x = batch->x;
  int64_t looks = batch->count < LOOKS ? batch->count : LOOKS, nonzero = 0;
  net->is_sparse = batch->compressed_ != NULL;
  if (net->is_sparse || net->inputs > MAX_COLUMNS || looks == 0) return;
  for (int64_t i = 0; i < looks; i++) {
    int64_t place = batch->first + batch->count * i / looks;
    int64_t row = batch->order_ ? ((const int32_t *)batch->order_->data)[place] : place;
    nonzero += count_nonzero(row_at(x, row), mah_dtype_size(x->elem), net->inputs);
  }
  net->is_sparse = (double)nonzero <= sparse_share * (double)looks * (double)net->inputs;
}

/* -- A piece ----------------------------------------------------------------------------------- */

static int lies_ready(const mah_mlp *net, const mah_batch *batch) {
  const mah_tensor *x = batch->x;
  return batch->order_ == NULL && x->elem == net->dtype && x->step[0] == net->inputs;
}

void mah_inputs_load(mah_mlp *net, mah_pass *pass, const mah_batch *batch, int64_t first,
                     int64_t count, int as_matrix) {
  pass->row = 0;
  pass->rows = count;
  pass->first_row = first;
  pass->x = NULL;
  if (batch->compressed_ == NULL || as_matrix)
    pass->x =
        lies_ready(net, batch) && !as_matrix ? row_at(batch->x, batch->first + first) : net->x;
  if (as_matrix) net->is_sparse = 0;
}

int mah_inputs_bring(mah_mlp *net, const mah_pass *pass, const mah_batch *batch, int32_t shard,
                     int checks) {
  const mah_learn_kernels *kernels = mah_learn(net->dtype);
  int32_t elem = batch->x->elem;
  int64_t first = pass->row * net->inputs * kernels->real_size, n = pass->rows * net->inputs;
  if (pass->x == net->x) {
    void *x = (char *)net->x + first;
    mah_batch_gather(x, net->dtype, batch->x, batch, pass->first_row + pass->row, pass->rows);
    if (net->input_scale != 1 && (elem == MAH_UINT8 || elem == MAH_INT32))
      mah_compressed_scale(x, net->dtype, n, net->input_scale);
  }
  if (!net->is_sparse) return !checks || kernels->finite((const char *)pass->x + first, n);
  return mah_sparse_work_bring(&net->sparse, kernels, pass->x, shard, pass->row, pass->rows,
                               net->inputs, checks);
}
