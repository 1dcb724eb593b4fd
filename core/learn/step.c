#include "learn/step.h"

#include "base/parallel.h"
#include "base/subnormals.h"
#include "learn/drive/flat.h"
#include "learn/vector.h"

#include <math.h>
#include <stddef.h>

/* Each element is by itself, so the vectors are shared out in stretches. */
enum { STRETCH = 1 << 13 };

typedef struct job {
  mah_flat flat;
  int64_t n;
} job;

static void update_task(void *context, int32_t task) {
  const job *j = context;
  int64_t i = (int64_t)task * STRETCH, left = j->n - i;
  mah_subnormals before = mah_subnormals_flush();
  mah_flat_step(&j->flat, i, left < STRETCH ? left : STRETCH);
  mah_subnormals_restore(before);
}

/* What the solver keeps: NULL, or a vector like w where it is needed. */
static mah_status check_kept(const mah_tensor *t_, const char *name_, const mah_tensor *w) {
  if (t_ == NULL && name_ != NULL && name_[0] != '\0')
    return mah_fail(MAH_ERROR_ARGUMENT, "%s: the solver needs this vector", name_);
  if (t_ == NULL) return MAH_OK;
  return mah_vector_check_like(t_, name_ && name_[0] ? name_ : "the second vector", w, "w");
}

/* Do the ranges make up the vector, one behind the other? */
static mah_status check_ranges(const mah_rule *rule, int64_t size) {
  int64_t end = 0;
  if (rule->ranges_ == NULL) return MAH_OK;
  for (int32_t i = 0; i < rule->n_ranges; i++) {
    const mah_range *r = &rule->ranges_[i];
    if (r->first != end || r->count < 0 || __builtin_add_overflow(end, r->count, &end))
      return mah_fail(MAH_ERROR_ARGUMENT, "range %d of the rule does not begin where %d ends",
                      i + 1, i);
    if (!(r->lr_scale >= 0 && r->lr_scale < INFINITY))
      return mah_fail(MAH_ERROR_ARGUMENT, "lr_scale must be >= 0, got %g", r->lr_scale);
  }
  if (end == size) return MAH_OK;
  return mah_fail(MAH_ERROR_ARGUMENT, "the ranges of the rule end at %.0f of %.0f elements",
                  (double)end, (double)size);
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
  MAH_TRY(check_ranges(rule, w->extent[0]));
  MAH_TRY(check_kept(rule->first, kept[rule->solver][0], w));
  MAH_TRY(check_kept(rule->second_, kept[rule->solver][1], w));
  MAH_TRY(mah_vector_check_like(g, "gradient", w, "w"));
  if (rule->solver == MAH_RMSPROP && rule->second_ == NULL && rule->momentum != 0)
    return mah_fail(MAH_ERROR_ARGUMENT, "a momentum of %g needs the second vector", rule->momentum);
  return MAH_OK;
}

mah_status mah_step(mah_rule *rule, mah_tensor *w, const mah_tensor *g) {
  MAH_TRY(mah_step_check(rule, w, g));
  job j = {mah_flat_of(rule, w, g, NULL), w->extent[0]};
  mah_parallel_run(update_task, &j, (int32_t)((j.n + STRETCH - 1) / STRETCH));
  rule->t++;
  return MAH_OK;
}
