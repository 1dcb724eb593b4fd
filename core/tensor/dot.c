/* dot.c - the product of two vectors, the same for any number of threads. */
#include "base/parallel.h"
#include "base/simd.h"
#include "tensor/kernels/reduce.h"
#include "tensor/product.h"
#include "tensor/split.h"

#include <cblas.h>

MAH_DECLARE_VARIANTS(mah_fold_table, mah_folds);

static mah_status check_vectors(const char *function, const mah_tensor *a, const mah_tensor *b) {
  MAH_TRY(mah_tensor_check_float(a, function));
  MAH_TRY(mah_tensor_check_float(b, function));
  if (a->ndim != 1 || b->ndim != 1)
    return mah_fail(MAH_ERROR_SHAPE, "%s: two vectors are expected, got %s and %s", function,
                    mah_tensor_describe(a), mah_tensor_describe(b));
  if (a->elem != b->elem)
    return mah_fail(MAH_ERROR_DTYPE, "%s: one dtype is expected, got %s and %s", function,
                    mah_tensor_describe(a), mah_tensor_describe(b));
  MAH_TRY(mah_product_check_extent(a));
  return mah_product_check_extent(b);
}

/* Chunks of two vectors that lie in a row; their sums are added up in double. */
enum { DOT_CHUNK = 1 << 13, DOT_CHUNKS = 512, DOT_TASK = 4 };

typedef struct dots {
  const char *a, *b;
  int64_t n, size; /* size: of an element */
  mah_fold_dot *dot;
  double part[DOT_CHUNKS];
} dots;

static void dot_task(void *context, int32_t i) {
  dots *d = context;
  int64_t end = (i + 1) * (int64_t)DOT_TASK * DOT_CHUNK;
  if (end > d->n) end = d->n;
  for (int64_t from = i * (int64_t)DOT_TASK * DOT_CHUNK, n; from < end; from += n) {
    n = end - from < DOT_CHUNK ? end - from : DOT_CHUNK;
    d->part[from / DOT_CHUNK] = d->dot(d->a + from * d->size, d->b + from * d->size, n);
  }
}

static double dot_of_rows(const mah_tensor *a, const mah_tensor *b) {
  dots d; /* not initialised: it is large */
  double sum = 0;
  int64_t size = mah_dtype_size(a->elem), most = (int64_t)DOT_CHUNK * DOT_CHUNKS;
  d.dot = MAH_PICK(mah_folds)->dot[a->elem == MAH_FLOAT64];
  d.size = size;
  if (a->extent[0] <= DOT_CHUNK) return d.dot(a->data, b->data, a->extent[0]);
  for (int64_t done = 0; done < a->extent[0]; done += d.n) {
    d.a = (const char *)a->data + done * size;
    d.b = (const char *)b->data + done * size;
    d.n = a->extent[0] - done < most ? a->extent[0] - done : most;
    int32_t tasks = (int32_t)((d.n + DOT_CHUNK * DOT_TASK - 1) / (DOT_CHUNK * DOT_TASK));
    if (mah_splits(d.n))
      mah_parallel_run(dot_task, &d, tasks);
    else
      for (int32_t i = 0; i < tasks; i++) dot_task(&d, i);
    for (int64_t i = 0; i * DOT_CHUNK < d.n; i++) sum += d.part[i];
  }
  return sum;
}

mah_status mah_tensor_dot(double *out, const mah_tensor *a, const mah_tensor *b) {
  if (out == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "dot: the result is a null pointer");
  MAH_TRY(check_vectors("dot", a, b));
  if (a->extent[0] != b->extent[0]) return mah_product_fail_shapes("dot", a, b);
  int n = (int)a->extent[0], a_step = (int)a->step[0], b_step = (int)b->step[0];
  if (a_step == 1 && b_step == 1) {
    *out = dot_of_rows(a, b);
    return MAH_OK;
  }
  *out = a->elem == MAH_FLOAT32 ? (double)cblas_sdot(n, a->data, a_step, b->data, b_step)
                                : cblas_ddot(n, a->data, a_step, b->data, b_step);
  return MAH_OK;
}
