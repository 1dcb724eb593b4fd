/* step.c - the solvers' fused updates on tensors, and the choice of kernels. */
#include "learn/step.h"

#include "base/parallel.h"
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

/* -- Steps --------------------------------------------------------------------------------------
 *
 * Each element is by itself, so the vectors are shared out in stretches.
 */

enum { STRETCH = 1 << 13 };

typedef struct step {
  const mah_learn_kernels *kernels;
  const mah_tensor *w, *a_, *b_, *g;
  const double *o; /* the solver's numbers, in the order of its prototype */
} step;

static void *at(const mah_tensor *t_, int64_t i) {
  return t_ ? (char *)t_->data + i * mah_dtype_size(t_->elem) : NULL;
}

static int64_t length(const step *s, int64_t first) {
  int64_t left = s->w->extent[0] - first;
  return left < STRETCH ? left : STRETCH;
}

static mah_status run(mah_task *task, step s) {
  s.kernels = mah_learn(s.w->elem);
  mah_parallel_run(task, &s, (int32_t)((s.w->extent[0] + STRETCH - 1) / STRETCH));
  return MAH_OK;
}

static void sgd_task(void *context, int32_t task) {
  const step *s = context;
  int64_t i = (int64_t)task * STRETCH;
  s->kernels->sgd(at(s->w, i), at(s->a_, i), at(s->g, i), length(s, i), s->o[0], s->o[1],
                  s->o[2] != 0);
}

mah_status mah_step_sgd(mah_tensor *w, mah_tensor *velocity, const mah_tensor *g, double lr,
                        double momentum, int32_t nesterov) {
  MAH_TRY(check_like(velocity, w, "velocity"));
  MAH_TRY(check_like(g, w, "gradient"));
  const double o[] = {lr, momentum, nesterov};
  return run(sgd_task, (step){.w = w, .a_ = velocity, .g = g, .o = o});
}

static void adam_task(void *context, int32_t task) {
  const step *s = context;
  int64_t i = (int64_t)task * STRETCH;
  s->kernels->adam(at(s->w, i), at(s->a_, i), at(s->b_, i), at(s->g, i), length(s, i), s->o[0],
                   s->o[1], s->o[2], s->o[3]);
}

mah_status mah_step_adam(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                         double lr, double beta1, double beta2, double epsilon) {
  MAH_TRY(check_like(m, w, "m"));
  MAH_TRY(check_like(v, w, "v"));
  MAH_TRY(check_like(g, w, "gradient"));
  const double o[] = {lr, beta1, beta2, epsilon};
  return run(adam_task, (step){.w = w, .a_ = m, .b_ = v, .g = g, .o = o});
}

static void adamw_task(void *context, int32_t task) {
  const step *s = context;
  int64_t i = (int64_t)task * STRETCH;
  s->kernels->adamw(at(s->w, i), at(s->a_, i), at(s->b_, i), at(s->g, i), length(s, i), s->o[0],
                    s->o[1], s->o[2], s->o[3], s->o[4], s->o[5]);
}

mah_status mah_step_adamw(mah_tensor *w, mah_tensor *m, mah_tensor *v, const mah_tensor *g,
                          double lr, double correction, double beta1, double beta2, double epsilon,
                          double decay) {
  MAH_TRY(check_like(m, w, "m"));
  MAH_TRY(check_like(v, w, "v"));
  MAH_TRY(check_like(g, w, "gradient"));
  const double o[] = {lr, correction, beta1, beta2, epsilon, decay};
  return run(adamw_task, (step){.w = w, .a_ = m, .b_ = v, .g = g, .o = o});
}

static void rmsprop_task(void *context, int32_t task) {
  const step *s = context;
  int64_t i = (int64_t)task * STRETCH;
  s->kernels->rmsprop(at(s->w, i), at(s->a_, i), at(s->b_, i), at(s->g, i), length(s, i), s->o[0],
                      s->o[1], s->o[2], s->o[3], s->o[4]);
}

mah_status mah_step_rmsprop(mah_tensor *w, mah_tensor *v, mah_tensor *b_, const mah_tensor *g,
                            double lr, double alpha, double epsilon, double momentum,
                            double decay) {
  MAH_TRY(check_like(v, w, "v"));
  if (b_ != NULL) MAH_TRY(check_like(b_, w, "b"));
  MAH_TRY(check_like(g, w, "gradient"));
  if (b_ == NULL && momentum != 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "a momentum of %g needs the vector b", momentum);
  const double o[] = {lr, alpha, epsilon, momentum, decay};
  return run(rmsprop_task, (step){.w = w, .a_ = v, .b_ = b_, .g = g, .o = o});
}

static void adagrad_task(void *context, int32_t task) {
  const step *s = context;
  int64_t i = (int64_t)task * STRETCH;
  s->kernels->adagrad(at(s->w, i), at(s->a_, i), at(s->g, i), length(s, i), s->o[0], s->o[1],
                      s->o[2]);
}

mah_status mah_step_adagrad(mah_tensor *w, mah_tensor *sum, const mah_tensor *g, double lr,
                            double epsilon, double decay) {
  MAH_TRY(check_like(sum, w, "sum"));
  MAH_TRY(check_like(g, w, "gradient"));
  const double o[] = {lr, epsilon, decay};
  return run(adagrad_task, (step){.w = w, .a_ = sum, .g = g, .o = o});
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
