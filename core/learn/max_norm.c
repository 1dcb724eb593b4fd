#include "learn/max_norm.h"

#include "learn/drive/limit.h"
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

mah_status mah_max_norm_apply(mah_tensor *w, const mah_max_norm *norms, int32_t n) {
  MAH_TRY(mah_vector_check(w, "w"));
  MAH_TRY(mah_max_norm_check(w, norms, n));
  mah_limit_norms(w->data, w->elem, norms, n);
  return MAH_OK;
}
