#include "learn/drive/flat.h"

#include "learn/kernels/kernels.h"

#include <string.h>

mah_flat mah_flat_of(const mah_rule *rule, const mah_tensor *w, const mah_tensor *g,
                     const mah_average *average_) {
  int averages = average_ != NULL && average_->vector_ != NULL;
  return (mah_flat){.rule = rule,
                    .settings = mah_rule_settings(rule),
                    .update = mah_learn(w->elem)->update[rule->solver],
                    .dtype = w->elem,
                    .real_size = mah_dtype_size(w->elem),
                    .w = w->data,
                    .first = rule->first->data,
                    .second_ = rule->second_ ? rule->second_->data : NULL,
                    .g = g->data,
                    .average_ = averages ? average_->vector_->data : NULL,
                    .share = averages ? mah_average_share(average_) : 0};
}

static void *at(const mah_flat *f, void *vector_, int64_t i) {
  return vector_ ? (char *)vector_ + i * f->real_size : NULL;
}

static void step(const mah_flat *f, int64_t first, int64_t n, const mah_step_settings *settings) {
  f->update(at(f, f->w, first), at(f, f->first, first), at(f, f->second_, first),
            at(f, f->g, first), n, settings);
}

static void step_in(const mah_flat *f, const mah_range *range, int64_t first, int64_t n) {
  if (range->is_frozen) {
    memset(at(f, f->g, first), 0, (size_t)(n * f->real_size));
    return;
  }
  mah_step_settings settings = mah_rule_settings_in(f->rule, range);
  step(f, first, n, &settings);
}

void mah_flat_step(const mah_flat *f, int64_t first, int64_t n) {
  int64_t end = first + n;
  if (f->rule->ranges_ == NULL) {
    step(f, first, n, &f->settings);
    return;
  }
  for (int32_t i = 0; i < f->rule->n_ranges; i++) {
    const mah_range *range = &f->rule->ranges_[i];
    int64_t from = range->first < first ? first : range->first;
    int64_t to = range->first + range->count < end ? range->first + range->count : end;
    if (from < to) step_in(f, range, from, to - from);
  }
}

void mah_flat_average(const mah_flat *f, int64_t first, int64_t n) {
  if (f->average_ == NULL) return;
  mah_learn(f->dtype)->average(at(f, f->average_, first), at(f, f->w, first), n, f->share);
}
