#include "learn/clip.h"

#include "learn/kernels/kernels.h"
#include "learn/vector.h"

#include <stddef.h>

mah_status mah_clip_norm(double *norm, mah_tensor *g, double max_norm) {
  if (norm == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the norm");
  MAH_TRY(mah_vector_check(g, "gradient"));
  if (!(max_norm > 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "the norm to clip at must be > 0, got %g", max_norm);
  *norm = mah_learn(g->elem)->clip_norm(g->data, g->extent[0], max_norm);
  return MAH_OK;
}

mah_status mah_clip_value(mah_tensor *g, double limit) {
  MAH_TRY(mah_vector_check(g, "gradient"));
  if (!(limit > 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "the value to clip at must be > 0, got %g", limit);
  mah_learn(g->elem)->clip_value(g->data, g->extent[0], limit);
  return MAH_OK;
}
