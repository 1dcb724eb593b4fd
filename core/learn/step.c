#include "learn/step.h"

#include "base/parallel.h"
#include "learn/kernels/kernels.h"
#include "learn/vector.h"

#include <stddef.h>

typedef struct step {
  mah_update *update;
  const mah_tensor *w, *first, *second_, *g;
  const mah_step_settings *settings;
} step;

/* Each element is by itself, so the vectors are shared out in stretches. */
enum { STRETCH = 1 << 13 };

static void *at(const mah_tensor *t_, int64_t i) {
  return t_ ? (char *)t_->data + i * mah_dtype_size(t_->elem) : NULL;
}

static void update_task(void *context, int32_t task) {
  const step *s = context;
  int64_t i = (int64_t)task * STRETCH, left = s->w->extent[0] - i;
  s->update(at(s->w, i), at(s->first, i), at(s->second_, i), at(s->g, i),
            left < STRETCH ? left : STRETCH, s->settings);
}

/* What the solver keeps: NULL, or a vector like w where it is needed. */
static mah_status check_kept(const mah_tensor *t_, const char *name_, const mah_tensor *w) {
  if (t_ == NULL && name_ != NULL && name_[0] != '\0')
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: the solver needs this vector", name_);
  if (t_ == NULL) return MAH_OK;
  return mah_vector_check_like(t_, name_ && name_[0] ? name_ : "the second vector", w, "w");
}

mah_status mah_step(int32_t solver, mah_tensor *w, mah_tensor *first, mah_tensor *second_,
                    const mah_tensor *g, const mah_step_settings *settings) {
  static const char *const kept[][2] = {
#define X(entry, name, first, second) {first, second},
      MAH_SOLVERS(X)
#undef X
  };
  if (solver < 0 || solver >= MAH_SOLVER_COUNT || settings == NULL)
    return mah_fail(MAH_ERROR_ARGUMENT, "no solver has the number %d, or it has no settings",
                    solver);
  MAH_TRY(mah_vector_check(w, "w"));
  MAH_TRY(check_kept(first, kept[solver][0], w));
  MAH_TRY(check_kept(second_, kept[solver][1], w));
  MAH_TRY(mah_vector_check_like(g, "gradient", w, "w"));
  if (solver == MAH_RMSPROP && second_ == NULL && settings->momentum != 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "a momentum of %g needs the second vector",
                    settings->momentum);
  step s = {mah_learn(w->elem)->update[solver], w, first, second_, g, settings};
  mah_parallel_run(update_task, &s, (int32_t)((w->extent[0] + STRETCH - 1) / STRETCH));
  return MAH_OK;
}
