/* step.c - the solvers' fused updates on tensors, and the choice of kernels. */
#include "learn/step.h"

#include "learn/kernels.h"

#include <stddef.h>

MAH_DECLARE_VARIANTS(mah_learn_kernels, mah_learn_kernels_f32);
MAH_DECLARE_VARIANTS(mah_learn_kernels, mah_learn_kernels_f64);

const mah_learn_kernels *mah_learn_for(int32_t dtype, mah_simd simd) {
  return dtype == MAH_FLOAT64 ? MAH_PICK_FOR(simd, mah_learn_kernels_f64)
                              : MAH_PICK_FOR(simd, mah_learn_kernels_f32);
}

const mah_learn_kernels *mah_learn(int32_t dtype) {
  return mah_learn_for(dtype, mah_simd_current());
}

/* -- Checks ------------------------------------------------------------------------------------ */

static mah_status check_vector(const mah_tensor *t, const char *name) {
  MAH_TRY(mah_tensor_check(t, name));
  if (t->elem != MAH_FLOAT32 && t->elem != MAH_FLOAT64)
    return mah_fail(MAH_ERROR_DTYPE, "%s: float32 or float64 is expected, got %s", name,
                    mah_tensor_describe(t));
  if (t->ndim != 1 || !mah_tensor_is_contiguous(t))
    return mah_fail(MAH_ERROR_SHAPE, "%s: a contiguous vector is expected, got %s", name,
                    mah_tensor_describe(t));
  return MAH_OK;
}

/* Is `t` a vector like w: contiguous, of the same dtype and length? */
static mah_status check_like(const mah_tensor *t, const mah_tensor *w, const char *name) {
  MAH_TRY(check_vector(w, "w"));
  MAH_TRY(mah_tensor_check(t, name));
  if (t->ndim != 1 || t->elem != w->elem || t->extent[0] != w->extent[0] ||
      !mah_tensor_is_contiguous(t))
    return mah_fail(MAH_ERROR_SHAPE, "%s: a contiguous vector like w (%s) is expected, got %s",
                    name, mah_tensor_describe(w), mah_tensor_describe(t));
  return MAH_OK;
}

/* -- Steps ------------------------------------------------------------------------------------- */

mah_status mah_step_sgd(mah_tensor *w, mah_tensor *velocity, const mah_tensor *g, double lr,
                        double momentum, int32_t nesterov) {
  MAH_TRY(check_like(velocity, w, "velocity"));
  MAH_TRY(check_like(g, w, "gradient"));
  mah_learn(w->elem)->sgd(w->data, velocity->data, g->data, w->extent[0], lr, momentum, nesterov);
  return MAH_OK;
}

mah_status mah_step_adam(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                         double lr, double beta1, double beta2, double epsilon) {
  MAH_TRY(check_like(m, w, "m"));
  MAH_TRY(check_like(v, w, "v"));
  MAH_TRY(check_like(g, w, "gradient"));
  mah_learn(w->elem)->adam(w->data, m->data, v->data, g->data, w->extent[0], lr, beta1, beta2,
                           epsilon);
  return MAH_OK;
}

mah_status mah_step_adamw(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                          double lr, double correction, double beta1, double beta2, double epsilon,
                          double decay) {
  MAH_TRY(check_like(m, w, "m"));
  MAH_TRY(check_like(v, w, "v"));
  MAH_TRY(check_like(g, w, "gradient"));
  mah_learn(w->elem)->adamw(w->data, m->data, v->data, g->data, w->extent[0], lr, correction, beta1,
                            beta2, epsilon, decay);
  return MAH_OK;
}

mah_status mah_step_rmsprop(mah_tensor *w, mah_tensor *v, mah_tensor *b_, const mah_tensor *g,
                            double lr, double alpha, double epsilon, double momentum,
                            double decay) {
  MAH_TRY(check_like(v, w, "v"));
  if (b_ != NULL) MAH_TRY(check_like(b_, w, "b"));
  MAH_TRY(check_like(g, w, "gradient"));
  if (b_ == NULL && momentum != 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "a momentum of %g needs the vector b", momentum);
  mah_learn(w->elem)->rmsprop(w->data, v->data, b_ ? b_->data : NULL, g->data, w->extent[0], lr,
                              alpha, epsilon, momentum, decay);
  return MAH_OK;
}

mah_status mah_step_adagrad(mah_tensor *w, mah_tensor *sum, const mah_tensor *g, double lr,
                            double epsilon, double decay) {
  MAH_TRY(check_like(sum, w, "sum"));
  MAH_TRY(check_like(g, w, "gradient"));
  mah_learn(w->elem)->adagrad(w->data, sum->data, g->data, w->extent[0], lr, epsilon, decay);
  return MAH_OK;
}

/* -- Clipping ---------------------------------------------------------------------------------- */

mah_status mah_clip_norm(double *norm, mah_tensor *g, double max_norm) {
  if (norm == NULL) return mah_fail(MAH_ERROR_ARGUMENT, "no place for the norm");
  MAH_TRY(check_vector(g, "gradient"));
  if (!(max_norm > 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "the norm to clip at must be > 0, got %g", max_norm);
  *norm = mah_learn(g->elem)->clip_norm(g->data, g->extent[0], max_norm);
  return MAH_OK;
}

mah_status mah_clip_value(mah_tensor *g, double limit) {
  MAH_TRY(check_vector(g, "gradient"));
  if (!(limit > 0))
    return mah_fail(MAH_ERROR_ARGUMENT, "the value to clip at must be > 0, got %g", limit);
  mah_learn(g->elem)->clip_value(g->data, g->extent[0], limit);
  return MAH_OK;
}
