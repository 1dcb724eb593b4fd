/* step.c - the solvers' fused updates on tensors, and the choice of kernels. */
#include "learn/mlp.h"

#include "learn/kernels.h"

MAH_DECLARE_VARIANTS(mah_learn_kernels, mah_learn_kernels_f32);
MAH_DECLARE_VARIANTS(mah_learn_kernels, mah_learn_kernels_f64);

const mah_learn_kernels *mah_learn_for(int32_t dtype, mah_simd simd) {
  return dtype == MAH_FLOAT64 ? MAH_PICK_FOR(simd, mah_learn_kernels_f64)
                              : MAH_PICK_FOR(simd, mah_learn_kernels_f32);
}

const mah_learn_kernels *mah_learn(int32_t dtype) {
  return mah_learn_for(dtype, mah_simd_current());
}

/* Is `t` a vector like w: contiguous, of the same dtype and length? */
static mah_status check_like(const mah_tensor *t, const mah_tensor *w, const char *name) {
  MAH_TRY(mah_tensor_check(t, name));
  if (w->elem != MAH_FLOAT32 && w->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "w: float32 or float64 is expected, got %s",
                    mah_tensor_describe(w));
  if (t->ndim != 1 || t->elem != w->elem || t->extent[0] != w->extent[0] ||
      !mah_tensor_is_contiguous(t))
    return mah_fail(MAH_ERROR_SHAPE, "%s: a contiguous vector like w (%s) is expected, got %s",
                    name, mah_tensor_describe(w), mah_tensor_describe(t));
  return MAH_OK;
}

mah_status mah_step_sgd(mah_tensor *w, mah_tensor *velocity, const mah_tensor *g, double lr,
                        double momentum, int32_t nesterov) {
  MAH_TRY(mah_tensor_check(w, "w"));
  MAH_TRY(check_like(w, w, "w"));
  MAH_TRY(check_like(velocity, w, "velocity"));
  MAH_TRY(check_like(g, w, "gradient"));
  mah_learn(w->elem)->sgd(w->data, velocity->data, g->data, w->extent[0], lr, momentum, nesterov);
  return MAH_OK;
}

mah_status mah_step_adam(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                         double lr, double beta1, double beta2, double epsilon) {
  MAH_TRY(mah_tensor_check(w, "w"));
  MAH_TRY(check_like(w, w, "w"));
  MAH_TRY(check_like(m, w, "m"));
  MAH_TRY(check_like(v, w, "v"));
  MAH_TRY(check_like(g, w, "gradient"));
  mah_learn(w->elem)->adam(w->data, m->data, v->data, g->data, w->extent[0], lr, beta1, beta2,
                           epsilon);
  return MAH_OK;
}
