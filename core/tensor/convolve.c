/* convolve.c - what conv1d checks, and how it comes to sums of shifted rows (kernels/convolve.c).
 *
 * With a stride s the numbers that one result after the other reads are s apart. So each row of x
 * is laid out as s rows, of every s-th number each, with padding: what is read then lies together.
 */
#include "tensor/convolve.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/simd.h"
#include "tensor/kernels/convolve.h"
#include "tensor/product.h"

#include <string.h>

MAH_DECLARE_VARIANTS(mah_convolve_table, mah_convolve_kernels);

typedef struct job {
  const mah_tensor *out, *w;
  char *laid; /* (B, I, stride, width) */
  const char *bias;
  int64_t *at; /* (I / groups, K): where a term's numbers begin, from the group's first row */
  int64_t stride, width, inputs, per_group, outputs_per_group, blocks, size;
  int32_t tasks;
  int turned; /* kernels from behind */
} job;

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check_tensors(const mah_tensor *x, const mah_tensor *w, const mah_tensor *bias_,
                                int64_t groups) {
  MAH_TRY(mah_tensor_check_float(x, "conv1d"));
  MAH_TRY(mah_tensor_check_dtype(w, "conv1d: the weight", x->elem));
  if (bias_) MAH_TRY(mah_tensor_check_dtype(bias_, "conv1d: the bias", x->elem));
  if (x->ndim != 3 || w->ndim != 3)
    return mah_fail(MAH_ERROR_SHAPE,
                    "conv1d: two tensors with 3 dimensions are expected, got %s "
                    "and %s",
                    mah_tensor_describe(x), mah_tensor_describe(w));
  int64_t inputs = x->extent[1], outputs = w->extent[0];
  if (groups < 1 || inputs % groups != 0 || outputs % groups != 0 ||
      w->extent[1] != inputs / groups || w->extent[2] < 1)
    return mah_fail(MAH_ERROR_SHAPE,
                    "conv1d: shapes do not fit: %s and a weight of %s, %lld "
                    "groups",
                    mah_tensor_describe(x), mah_tensor_describe(w), (long long)groups);
  if (bias_ && (bias_->ndim != 1 || bias_->extent[0] != outputs))
    return mah_fail(MAH_ERROR_SHAPE, "conv1d: a bias of %lld is expected, got %s",
                    (long long)outputs, mah_tensor_describe(bias_));
  return MAH_OK;
}

static mah_status check_steps(int64_t *results, const mah_tensor *x, const mah_tensor *w,
                              int64_t stride, int64_t padding, int64_t dilation) {
  const int64_t most = (int64_t)1 << 40;
  if (stride < 1 || padding < 0 || dilation < 1 || stride > most || padding > most ||
      dilation > most / w->extent[2])
    return mah_fail(MAH_ERROR_ARGUMENT, "conv1d: stride %lld, padding %lld, dilation %lld",
                    (long long)stride, (long long)padding, (long long)dilation);
  int64_t room = x->extent[2] + 2 * padding - dilation * (w->extent[2] - 1) - 1;
  if (room < 0)
    return mah_fail(MAH_ERROR_SHAPE,
                    "conv1d: a kernel of %lld, dilation %lld, is longer than %s "
                    "with padding %lld",
                    (long long)w->extent[2], (long long)dilation, mah_tensor_describe(x),
                    (long long)padding);
  *results = room / stride + 1;
  return MAH_OK;
}

/* -- Laying out -------------------------------------------------------------------------------- */

/* Number j of a row goes to row (j + padding) % stride, place (j + padding) / stride. */
static void lay_row(const job *g, char *to, const char *row, int64_t n, int64_t padding) {
  if (g->stride == 1) {
    memcpy(to + padding * g->size, row, (size_t)(n * g->size));
    return;
  }
  for (int64_t j = 0; j < n; j++) {
    int64_t place = j + padding;
    int64_t at = place % g->stride * g->width + place / g->stride;
    memcpy(to + at * g->size, row + j * g->size, (size_t)g->size);
  }
}

/* x: row major */
static mah_status lay_out(job *g, const mah_tensor *x, int64_t padding) {
  int64_t length = x->extent[2], rows = x->extent[0] * x->extent[1];
  int64_t beyond = MAH_CONVOLVE_BEYOND / g->size;
  g->width = (length + 2 * padding + g->stride - 1) / g->stride + beyond;
  int64_t row = g->stride * g->width;
  if (rows > 0 && row > INT64_MAX / 16 / rows)
    return mah_fail(MAH_ERROR_MEMORY, "conv1d: out of memory");
  g->laid = mah_alloc_zero(rows * row, (size_t)g->size);
  if (g->laid == NULL) return MAH_ERROR_MEMORY;
  for (int64_t r = 0; r < rows; r++)
    lay_row(g, g->laid + r * row * g->size, (const char *)x->data + r * length * g->size, length,
            padding);
  return MAH_OK;
}

static mah_status find_terms(job *g, const mah_tensor *w, int64_t dilation) {
  int64_t kernel = w->extent[2];
  g->at = mah_alloc(g->per_group * kernel, sizeof *g->at);
  if (g->at == NULL) return MAH_ERROR_MEMORY;
  for (int64_t i = 0; i < g->per_group; i++)
    for (int64_t k = 0; k < kernel; k++) {
      int64_t place = (g->turned ? kernel - 1 - k : k) * dilation;
      g->at[i * kernel + k] = (i * g->stride + place % g->stride) * g->width + place / g->stride;
    }
  return MAH_OK;
}

/* -- Running ----------------------------------------------------------------------------------- */

static void run_task(void *context, int32_t task) {
  const job *g = context;
  const mah_tensor *out = g->out, *w = g->w;
  int64_t outputs = out->extent[1], results = out->extent[2], blocks = out->extent[0] * g->blocks;
  int64_t terms = g->per_group * w->extent[2], per_group = g->outputs_per_group;
  int64_t blocks_per_group = g->blocks / (outputs / per_group);
  int64_t first = blocks * task / g->tasks, end = blocks * (task + 1) / g->tasks;
  for (int64_t n = first; n < end; n++) {
    int64_t batch = n / g->blocks, block = n % g->blocks, group = block / blocks_per_group;
    int64_t o = block % blocks_per_group * MAH_CONVOLVE_OUTPUTS, rows = per_group - o;
    if (rows > MAH_CONVOLVE_OUTPUTS) rows = MAH_CONVOLVE_OUTPUTS;
    o += group * per_group;
    const char *x =
        g->laid + (batch * g->inputs + group * g->per_group) * g->stride * g->width * g->size;
    MAH_PICK(mah_convolve_kernels)
        ->rows[out->elem == MAH_FLOAT64]((char *)out->data +
                                             (batch * outputs + o) * results * g->size,
                                         results, x, g->at, (char *)w->data + o * terms * g->size,
                                         terms, g->bias + o * g->size, terms, rows, results);
  }
}

static mah_status run(mah_tensor *out, const mah_tensor *x, const mah_tensor *w,
                      const mah_tensor *bias, int64_t stride, int64_t padding, int64_t dilation,
                      int64_t groups, int turned) {
  enum { WORTH = 1 << 16, MOST_TASKS = 64 };
  int64_t outputs = w->extent[0] / groups;
  job g = {.out = out,
           .w = w,
           .bias = bias->data,
           .stride = stride,
           .inputs = x->extent[1],
           .per_group = x->extent[1] / groups,
           .outputs_per_group = outputs,
           .blocks = groups * ((outputs + MAH_CONVOLVE_OUTPUTS - 1) / MAH_CONVOLVE_OUTPUTS),
           .size = mah_dtype_size(x->elem),
           .turned = turned};
  mah_status status = lay_out(&g, x, padding);
  if (status == MAH_OK) status = find_terms(&g, w, dilation);
  int64_t blocks = out->extent[0] * g.blocks;
  g.tasks = mah_tensor_count(out) * g.per_group * w->extent[2] < WORTH || blocks < 2 ? 1
            : blocks < MOST_TASKS ? (int32_t)blocks
                                  : MOST_TASKS;
  if (status == MAH_OK && mah_tensor_count(out) > 0) mah_parallel_run(run_task, &g, g.tasks);
  mah_free(g.laid);
  mah_free(g.at);
  return status;
}

/* t in row-major order: itself, or a copy. */
static mah_status arrange(mah_tensor *out, const mah_tensor *t) {
  if (mah_tensor_is_contiguous(t) && !mah_tensor_is_in_room(t)) return mah_tensor_alias(out, t);
  return mah_tensor_clone(out, t);
}

static mah_status conv1d(mah_tensor *out, const mah_tensor *x, const mah_tensor *w,
                         const mah_tensor *bias_, int64_t stride, int64_t padding, int64_t dilation,
                         int64_t groups, int turned) {
  mah_tensor rows = {0}, kernels = {0}, bias = {0};
  int64_t results = 0;
  MAH_TRY(check_tensors(x, w, bias_, groups));
  MAH_TRY(check_steps(&results, x, w, stride, padding, dilation));
  mah_status status = arrange(&rows, x);
  if (status == MAH_OK) status = arrange(&kernels, w);
  if (status == MAH_OK)
    status = bias_ ? arrange(&bias, bias_) : mah_tensor_zeros(&bias, x->elem, 1, w->extent);
  if (status == MAH_OK)
    status = mah_tensor_new(out, x->elem, 3, (int64_t[]){x->extent[0], w->extent[0], results});
  if (status == MAH_OK) {
    status = run(out, &rows, &kernels, &bias, stride, padding, dilation, groups, turned);
    if (status != MAH_OK) mah_tensor_release(out);
  }
  mah_tensor_release(&rows);
  mah_tensor_release(&kernels);
  mah_tensor_release(&bias);
  return status;
}

mah_status mah_conv1d(mah_tensor *out, const mah_tensor *x, const mah_tensor *w,
                      const mah_tensor *bias_, int64_t stride, int64_t padding, int64_t dilation,
                      int64_t groups) {
  return conv1d(out, x, w, bias_, stride, padding, dilation, groups, 0);
}

/* A view of a vector as one row of one channel of one batch: nothing that must be released. */
static mah_tensor as_batch(const mah_tensor *v) {
  mah_tensor t = *v;
  t.ndim = 3;
  t.extent[2] = v->extent[0];
  t.step[2] = v->step[0];
  t.extent[0] = t.extent[1] = 1;
  t.step[0] = t.step[1] = v->extent[0];
  return t;
}

mah_status mah_convolve(mah_tensor *out, const mah_tensor *a, const mah_tensor *v) {
  MAH_TRY(mah_tensor_check_float(a, "convolve"));
  MAH_TRY(mah_tensor_check_dtype(v, "convolve", a->elem));
  if (a->ndim != 1 || v->ndim != 1 || a->extent[0] == 0 || v->extent[0] == 0)
    return mah_fail(MAH_ERROR_SHAPE,
                    "convolve: two vectors with elements are expected, got %s "
                    "and %s",
                    mah_tensor_describe(a), mah_tensor_describe(v));
  mah_tensor x = as_batch(a), w = as_batch(v);
  MAH_TRY(conv1d(out, &x, &w, NULL, 1, v->extent[0] - 1, 1, 1, 1));
  out->extent[0] = out->extent[2];
  out->step[0] = 1;
  out->ndim = 1;
  return MAH_OK;
}
