#include "learn/max_norm.h"

#include "base/parallel.h"
#include "base/subnormals.h"
#include "learn/kernels/kernels.h"
#include "learn/vector.h"

#include <stddef.h>

mah_status mah_max_norm_check(const mah_tensor *w, const mah_max_norm *norms, int32_t n) {
  int64_t size = w->extent[0], end;
  for (int32_t i = 0; i < n; i++) {
    const mah_max_norm *m = &norms[i];
    if (m->first < 0 || m->inputs < 1 || m->units < 1 ||
        __builtin_mul_overflow(m->inputs, m->units, &end) ||
        __builtin_add_overflow(end, m->first, &end) || end > size)
      return mah_fail(MAH_ERROR_ARGUMENT, "max_norm: %.0f x %.0f weights from %.0f on of %.0f",
                      (double)m->inputs, (double)m->units, (double)m->first, (double)size);
    if (!(m->limit > 0))
      return mah_fail(MAH_ERROR_ARGUMENT, "max_norm must be > 0, got %g", m->limit);
  }
  return MAH_OK;
}

/* -- Some units for each task ------------------------------------------------------------------ */

enum { UNITS = 64 };

typedef struct job {
  const mah_learn_kernels *kernels;
  void *W;
  const mah_max_norm *norm;
} job;

static void task(void *context, int32_t i) {
  const job *j = context;
  int64_t first = (int64_t)i * UNITS, left = j->norm->units - first;
  mah_subnormals before = mah_subnormals_flush();
  j->kernels->max_norm(j->W, j->norm->inputs, j->norm->units, first, left < UNITS ? left : UNITS,
                       j->norm->limit);
  mah_subnormals_restore(before);
}

void mah_max_norm_run(void *w, int32_t dtype, const mah_max_norm *norms, int32_t n) {
  enum { FEW = 1 << 15 }; /* weights, that are scaled before another thread has begun */
  for (int32_t i = 0; i < n; i++) {
    job j = {mah_learn(dtype), (char *)w + norms[i].first * mah_dtype_size(dtype), &norms[i]};
    int32_t tasks = (int32_t)((norms[i].units + UNITS - 1) / UNITS);
    if (norms[i].inputs * norms[i].units > FEW)
      mah_parallel_run(task, &j, tasks);
    else
      for (int32_t k = 0; k < tasks; k++) task(&j, k);
  }
}

mah_status mah_max_norm_apply(mah_tensor *w, const mah_max_norm *norms, int32_t n) {
  MAH_TRY(mah_vector_check(w, "w"));
  MAH_TRY(mah_max_norm_check(w, norms, n));
  mah_max_norm_run(w->data, w->elem, norms, n);
  return MAH_OK;
}
