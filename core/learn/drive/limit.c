#include "learn/drive/limit.h"

#include "base/parallel.h"
#include "base/subnormals.h"
#include "learn/kernels/kernels.h"

enum { UNITS = 64 }; /* for each task */

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

void mah_limit_norms(void *w, int32_t dtype, const mah_max_norm *norms, int32_t n) {
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
