#include "learn/average.h"

#include "base/subnormals.h"
#include "learn/kernels/kernels.h"
#include "learn/vector.h"

#include <stddef.h>

mah_status mah_average_check(const mah_average *average, const mah_tensor *w) {
  MAH_TRY(mah_vector_check_like(average->vector_, "average", w, "w"));
  if (average->count < 0 || !(average->is_equal || (average->decay >= 0 && average->decay < 1)))
    return mah_fail(MAH_ERROR_ARGUMENT, "an average over %.0f weights with the decay %g",
                    (double)average->count, average->decay);
  return MAH_OK;
}

mah_status mah_average_add(mah_average *average, const mah_tensor *w) {
  MAH_TRY(mah_vector_check(w, "w"));
  if (average == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "there is no average");
  MAH_TRY(mah_average_check(average, w));
  mah_subnormals before = mah_subnormals_flush();
  mah_learn(w->elem)->average(average->vector_->data, w->data, w->extent[0],
                              mah_average_share(average));
  mah_subnormals_restore(before);
  average->count++;
  return MAH_OK;
}
