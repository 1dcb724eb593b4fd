#include "learn/step.h"

#include "base/parallel.h"
#include "learn/kernels/kernels.h"
#include "learn/vector.h"

#include <stddef.h>

typedef struct step {
  mah_update *update;
  const mah_tensor *w, *first, *second_, *g;
  mah_step_settings settings;
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
            left < STRETCH ? left : STRETCH, &s->settings);
}

/* What the solver keeps: NULL, or a vector like w where it is needed. */
static mah_status check_kept(const mah_tensor *t_, const char *name_, const mah_tensor *w) {
  if (t_ == NULL && name_ != NULL && name_[0] != '\0')
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: the solver needs this vector", name_);
  if (t_ == NULL) return MAH_OK;
  return mah_vector_check_like(t_, name_ && name_[0] ? name_ : "the second vector", w, "w");
}

mah_status mah_step_check(const mah_rule *rule, const mah_tensor *w, const mah_tensor *g) {
  static const char *const kept[][2] = {
#define X(entry, name, first, second) {first, second},
      MAH_SOLVERS(X)
#undef X
  };
  if (rule == NULL || rule->solver < 0 || rule->solver >= MAH_SOLVER_COUNT || rule->t < 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "no solver has the number %d, or no step the number %.0f",
                    rule ? rule->solver : -1, rule ? (double)rule->t + 1 : 0);
  MAH_TRY(mah_vector_check(w, "w"));
  MAH_TRY(check_kept(rule->first, kept[rule->solver][0], w));
  MAH_TRY(check_kept(rule->second_, kept[rule->solver][1], w));
  MAH_TRY(mah_vector_check_like(g, "gradient", w, "w"));
  if (rule->solver == MAH_RMSPROP && rule->second_ == NULL && rule->momentum != 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "a momentum of %g needs the second vector", rule->momentum);
  return MAH_OK;
}

mah_status mah_step(mah_rule *rule, mah_tensor *w, const mah_tensor *g) {
  MAH_TRY(mah_step_check(rule, w, g));
  step s = {mah_learn(w->elem)->update[rule->solver],
            w,
            rule->first,
            rule->second_,
            g,
            mah_rule_settings(rule)};
  mah_parallel_run(update_task, &s, (int32_t)((w->extent[0] + STRETCH - 1) / STRETCH));
  rule->t++;
  return MAH_OK;
}
